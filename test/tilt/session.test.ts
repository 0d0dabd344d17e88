import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findSession, refuseOtherProfile, type Session } from '../../src/tilt/session.ts';

const patience = { timeout: 5 };
const shop = { name: 'shop', tier: 'project' } as const;

/** A resource as `tilt get uiresources` has it. */
const resource = (name: string, label: string, status: Readonly<Record<string, unknown>> = {}) => ({
  metadata: { name, labels: { [label]: label } },
  status: { disableStatus: { state: 'Enabled' }, updateStatus: 'ok', triggerMode: 0, ...status },
});
const disabled = { disableStatus: { state: 'Disabled' }, updateStatus: 'none' };

describe('a Tilt session', () => {
  const before = { ...process.env };
  let folder: string;
  let server: Server;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'repoctl-session-'));
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    process.env.PATH = `${folder}:${before.PATH}`;
    process.env.TILT_PORT = String(port);
    runs({});
  });

  afterEach(() => {
    server.close();
    process.env.PATH = before.PATH;
    delete process.env.TILT_PORT;
    rmSync(folder, { recursive: true });
  });

  /** A `tilt` that answers as one does, and writes down what it was told. */
  function runs(answers: { tiltfile?: object; cluster?: object; uiresources?: object[] }): void {
    const { uiresources = [] } = answers;
    const given = {
      tiltfile: answers.tiltfile ?? { spec: { path: join(folder, 'Tiltfile') } },
      cluster: answers.cluster ?? { spec: {}, status: { connection: { kubernetes: { context: 'kind-shop' } } } },
      uiresources: { items: uiresources },
    };
    for (const [name, answer] of Object.entries(given)) writeFileSync(join(folder, name), JSON.stringify(answer));
    const script = [
      '#!/bin/sh',
      'case "$1" in',
      '  version) echo v0.37.2 ;;',
      `  get) cat "${folder}/$2" ;;`,
      `  *) echo "$@" >> "${folder}/told" ;;`,
      'esac',
    ];
    writeFileSync(join(folder, 'tilt'), `${script.join('\n')}\n`, { mode: 0o755 });
    writeFileSync(join(folder, 'told'), '');
  }

  const told = () =>
    readFileSync(join(folder, 'told'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/ --port \d+$/, ''));

  async function session(): Promise<Session> {
    const found = await findSession(folder, 'kind-shop');
    if (!found) throw new Error('no session was found');
    return found;
  }

  test('is one of the same folder and cluster, whichever way it was started', async () => {
    expect(await findSession(folder, 'kind-shop')).toBeDefined();
    expect(await findSession(join(folder, 'other'), 'kind-shop')).toBeUndefined();
    expect(await findSession(folder, 'kind-other')).toBeUndefined();
  });

  test('is none where nobody listens', async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await findSession(folder, 'kind-shop')).toBeUndefined();
  });

  test('takes out what it runs of a namespace, not its buttons, and nothing of others', async () => {
    runs({
      uiresources: [
        resource('shop-api', 'shop'),
        resource('shop-old', 'shop', disabled),
        resource('shop:secrets', 'shop'),
        resource('shop:seed', 'shop', { triggerMode: 2, updateStatus: 'none' }),
        resource('web-page', 'web'),
        resource('shop-redis', 'global'),
      ],
    });
    await (await session()).disable(shop);
    expect(told()).toEqual(['disable shop-api shop:secrets']);
  });

  test('starts what is disabled, and tries again what failed', async () => {
    runs({ uiresources: [resource('shop-api', 'shop', disabled), resource('shop-db', 'shop')] });
    await (await session()).enable([shop], patience);
    expect(told()).toEqual(['enable shop-api']);
    runs({ uiresources: [resource('shop-api', 'shop', { updateStatus: 'error' })] });
    await expect((await session()).enable([shop], patience)).rejects.toThrow("Tilt can't deploy shop-api");
    expect(told()).toEqual(['trigger shop-api']);
  });

  test('is given up when it is not done in time', async () => {
    runs({ uiresources: [resource('shop-api', 'shop', { updateStatus: 'in_progress' })] });
    await expect((await session()).trigger(['shop-api'], { timeout: 1 })).rejects.toThrow(
      'Tilt is not done with shop-api',
    );
  });

  test('builds again what is enabled', async () => {
    runs({ uiresources: [resource('shop-api', 'shop'), resource('shop-worker', 'shop', disabled)] });
    await (await session()).trigger(['shop-api', 'shop-worker'], patience);
    expect(told()).toEqual(['trigger shop-api']);
  });
});

test('a session is for the profile local', () => {
  expect(() => refuseOtherProfile('external')).toThrow('with the profile local; given external');
  expect(() => refuseOtherProfile()).not.toThrow();
});
