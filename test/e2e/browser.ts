import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { attempt } from './run.ts';

/** The Chromium of this machine; none if there is none. */
export const chromiumPath: string | undefined = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => attempt('sh', ['-c', `command -v ${name}`]).stdout.trim())
  .find((path) => path !== '');

/** A page in the Chromium of this machine, and pictures of it to look at. */
export class BrowserPage {
  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    /** The folder of the pictures; REPOCTL_E2E_SCREENSHOTS names another one. */
    readonly pictures: string,
  ) {}

  static async open(): Promise<BrowserPage> {
    // As root Chromium has no sandbox.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const browser = await chromium.launch({ executablePath: chromiumPath, args });
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    page.setDefaultTimeout(60_000);
    const pictures = process.env.REPOCTL_E2E_SCREENSHOTS ?? mkdtempSync(join(tmpdir(), 'repoctl-screenshots-'));
    mkdirSync(pictures, { recursive: true });
    return new BrowserPage(browser, page, pictures);
  }

  async picture(name: string): Promise<void> {
    const path = join(this.pictures, `${name}.png`);
    await this.page.screenshot({ path });
    process.stderr.write(`screenshot: ${path}\n`);
  }

  close = (): Promise<void> => this.browser.close();
}
