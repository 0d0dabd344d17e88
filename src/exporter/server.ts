import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../platform/errors.ts';
import { statusDocument } from '../status/report/document.ts';
import { exposition, expositionType } from './exposition.ts';
import { type KeptReport, ownFamilies, reportFamilies } from './report-families.ts';
import type { Reporting } from './reporting.ts';

/** After how long without a turn of its loop the exporter is to be started again, in milliseconds. */
const hung = 600_000;

/** What is answered under a route. */
interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Serves what is known over HTTP: `/metrics`, `/report.json`, `/healthz`, `/readyz`. Nothing can be changed by it. */
export class ExporterServer {
  readonly #server: Server;
  /** The text of the last report: many may ask for the same. */
  #rendered: { readonly of: KeptReport; readonly text: string } | undefined;

  /** @param environment that the metrics are of; none if the labels in the cluster tell */
  constructor(
    private readonly reporting: Pick<Reporting, 'known' | 'idle'>,
    private readonly environment?: string,
  ) {
    this.#server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      send(response, isRead ? this.#answer(pathname) : { status: 405, type: plainText, text: 'only GET\n' });
    });
    this.#server.maxConnections = 64;
  }

  /**
   * Listens.
   *
   * @param port 0 for any
   * @returns the port
   * @throws UsageError if the port is taken
   */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) =>
        reject(
          new UsageError(`can't listen on ${host}:${port}: ${error.message}`, 'Name another port: --port', {
            cause: error,
          }),
        ),
      );
      this.#server.listen(port, host, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Answers what was asked, and then no more. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    await closed;
  }

  #answer(path: string): Answer {
    const { known, idle } = this.reporting;
    if (path === '/metrics') return { status: 200, type: expositionType, text: this.#metrics() };
    if (path === '/report.json') {
      if (!known.kept) return problem(503, known.failure ?? 'no report yet');
      const document = statusDocument(known.kept.report, known.stale);
      return { status: 200, type: 'application/json', text: `${JSON.stringify(document)}\n` };
    }
    if (path === '/healthz') return idle < hung ? ok : problem(503, 'makes no reports any more');
    if (path === '/readyz')
      return known.up ? ok : problem(503, known.failure ?? known.stale?.message ?? 'the cluster can’t be read');
    return problem(404, 'there are /metrics, /report.json, /healthz, /readyz');
  }

  #metrics(): string {
    const { kept, up } = this.reporting.known;
    const age = kept && (performance.now() - kept.madeAt) / 1000;
    const own = exposition(ownFamilies(this.environment, up, age));
    // What was true once is not shown as if it were.
    if (!kept || !up) return own;
    if (this.#rendered?.of !== kept) this.#rendered = { of: kept, text: exposition(reportFamilies(kept)) };
    return own + this.#rendered.text;
  }
}

const plainText = 'text/plain; charset=utf-8';
const ok: Answer = { status: 200, type: plainText, text: 'ok\n' };
const problem = (status: number, message: string): Answer => ({ status, type: plainText, text: `${message}\n` });

function send(response: ServerResponse, { status, type, text }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}
