import { Command, InvalidArgumentError, Option } from 'commander';
import type { ClusterOptions } from '../../cluster/kubeconfig.ts';
import { developmentProfileOption, type ProfileOptions, withClusterOptions } from './options.ts';

interface Options extends ClusterOptions, ProfileOptions {
  readonly follow?: boolean;
  readonly since?: string;
  readonly previous?: boolean;
  readonly tail?: number;
  readonly timestamps?: boolean;
}

export const logsCommand = () =>
  withClusterOptions(
    new Command('logs')
      .summary('show the logs of all pods of a project, in the order of time')
      .description(
        'Show the logs of all pods of a project in the order of time, init containers included. With --follow, include new ' +
          'pods and restarted containers until Ctrl-C.',
      )
      .argument('<name>', 'a project, or "global" for the global tier')
      .argument('[service]', 'only this service or workload, e.g. api or postgres')
      .addOption(developmentProfileOption())
      .option('-f, --follow', 'follow new lines')
      .option('--since <time>', 'only newer lines: 30s, 10m, 2h, 1d, or a time such as 2026-01-31T09:00:00Z')
      .addOption(new Option('--previous', 'the logs of restarted containers before the restart').conflicts('follow'))
      .addOption(new Option('--tail <lines>', 'only the last lines of each container').argParser(lineCount))
      .option('--timestamps', 'begin each line with its time'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  repoctl infra project logs turfoo -f --since 10m\n  repoctl infra project logs turfoo api --tail 100\n' +
        '  repoctl infra project logs turfoo celery-worker --previous\n  repoctl infra project logs global redis -f',
    )
    .action(logs);

function lineCount(given: string): number {
  if (!/^\d{1,9}$/.test(given)) throw new InvalidArgumentError('expected a number of lines, such as 100');
  return Number(given);
}

async function logs(name: string, service: string | undefined, options: Options): Promise<void> {
  const [
    { connect },
    { loadLastGood },
    { findRoot },
    { instantOf },
    { isTier, select, selectLeft },
    { leftBehind },
    { showLogs },
    { parseSince },
  ] = await Promise.all([
    import('../../cluster/connect.ts'),
    import('../../synth/last-good.ts'),
    import('../../config/root.ts'),
    import('../../logs/instant.ts'),
    import('../../logs/selection.ts'),
    import('../../synth/left-behind.ts'),
    import('../../logs/show-logs.ts'),
    import('../../logs/parse-since.ts'),
  ]);
  const now = new Date();
  const { follow = false, previous = false, timestamps = false } = options;
  const since = options.since === undefined ? undefined : parseSince(options.since, now);
  const { environment } = loadLastGood(findRoot(process.cwd()), {
    profile: options.profile,
    development: true,
    environmentFilesOf: [],
  });
  const cluster = await connect(options);
  const known = [environment, ...environment.projects].map(({ namespace }) => namespace);
  const left = isTier(environment, name) ? [] : await leftBehind(cluster, environment.namespace, known);
  const found = left.find((each) => each.name === name || each.project === name);
  const selection = found ? selectLeft(found, service) : select(environment, name, service);

  const interrupt = new AbortController();
  if (follow) for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort());
  // Nothing that was: so that no line is lost if the connection breaks off before the first one comes.
  const start = follow && options.tail === 0 ? { since: since ?? instantOf(now) } : { since, tail: options.tail };
  process.exitCode = await showLogs(cluster, selection, { follow, previous, timestamps, ...start }, process, interrupt);
}
