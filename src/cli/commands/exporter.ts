import { Command, InvalidArgumentError, Option } from 'commander';
import { exporterPort } from '../../../charts/common/report-metrics.ts';
import type { ExporterOptions } from '../../exporter/run-exporter.ts';
import { profileOption, withClusterOptions } from './options.ts';

export const exporterCommand = () =>
  withClusterOptions(
    new Command('exporter')
      .summary('serve the health report as Prometheus metrics and JSON')
      .description(
        'Serve the health report over HTTP until SIGTERM or Ctrl-C: /metrics for Prometheus, /report.json as status -o json ' +
          'prints it, /healthz and /readyz. Only read the cluster: follow its objects and make one report at a time. In a pod, ' +
          'use its ServiceAccount.',
      )
      .addOption(new Option('--port <port>', 'port to listen on').argParser(portNumber).default(exporterPort))
      .option('--host <address>', 'address to listen on', '127.0.0.1')
      .addOption(new Option('--interval <seconds>', 'seconds between two reports').argParser(seconds).default(15))
      .option('--expected <file>', 'list of what should run (default: the configuration; without one, the labels)')
      .addOption(profileOption()),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl exporter\n  repoctl exporter --profile production --context staging\n' +
        '  curl -s localhost:9464/metrics | grep repoctl_resource_problem',
    )
    .action(async (options: ExporterOptions) => {
      const [{ runExporter }, { interruptible }] = await Promise.all([
        import('../../exporter/run-exporter.ts'),
        import('../../platform/process/interrupt.ts'),
      ]);
      await interruptible((signal) => runExporter(options, signal));
    });

function portNumber(given: string): number {
  const port = Number(given);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('expected 0 to 65535');
  return port;
}

function seconds(given: string): number {
  const number = Number(given);
  if (!(number >= 1 && number <= 3600)) throw new InvalidArgumentError('expected 1 to 3600 seconds');
  return number;
}
