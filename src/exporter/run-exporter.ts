import type { ProfileName } from '../../charts/model.ts';
import type { ClusterOptions } from '../cluster/kubeconfig.ts';
import { inClusterContext } from '../cluster/kubeconfig.ts';
import { printLine } from '../platform/terminal/print.ts';
import { subjectOf } from '../status/report/subject.ts';
import { readExpected } from './read-expected.ts';
import { Reporting } from './reporting.ts';
import { ExporterServer } from './server.ts';

export interface ExporterOptions extends ClusterOptions {
  readonly profile?: ProfileName;
  readonly host: string;
  readonly port: number;
  /** Seconds between two reports. */
  readonly interval: number;
  /** A file that lists what should be there. @default the configuration; without one what the labels tell */
  readonly expected?: string;
}

/**
 * Serves the health report until the signal ends it.
 *
 * @throws UsageError if the port is taken, or the kubeconfig or the file of what is expected can't be read
 * @throws ConfigurationError if the configuration is wrong
 */
export async function runExporter(options: ExporterOptions, signal: AbortSignal): Promise<void> {
  const expected = options.expected === undefined ? undefined : readExpected(options.expected);
  const subject = await subjectOf('all', [], { ...options, expected });
  if (subject.problem) throw subject.problem;
  const tell = (line: string) => printLine(`${new Date().toISOString()} ${line}`);
  const reporting = new Reporting(subject, { intervalSeconds: options.interval, tell });
  const server = new ExporterServer(reporting, subject.view.environment);
  const port = await server.listen(options.port, options.host);
  const { context } = subject.cluster;
  tell(
    `serves /metrics and /report.json at ${options.host}:${port}, of ${context === inClusterContext ? 'its own cluster' : context}`,
  );
  try {
    await reporting.run(signal);
  } finally {
    await server.close();
  }
  tell('stopped');
}
