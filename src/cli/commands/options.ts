import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ProfileName } from '../../../charts/model.ts';
import { printLine } from '../../platform/terminal/print.ts';

/** Options of commands that work for one profile. */
export interface ProfileOptions {
  readonly profile: ProfileName;
}

/** `--profile`; which exist is known once the configuration was read. */
export const profileOption = () => profile('profile: local, external, production, or one in repoctl.yaml');

/** The same for commands that refuse profiles of real clusters. */
export const developmentProfileOption = () => profile('profile: local, external, or one that extends these');

/** The same for commands that are for real clusters: which one is said each time. */
export const requiredProfileOption = () =>
  profileNamed('profile: production, or one in repoctl.yaml that extends it').makeOptionMandatory();

const profile = (what: string): Option => profileNamed(what).default('local');

const profileNamed = (what: string): Option => new Option('--profile <name>', what).env('REPOCTL_PROFILE');

/** `--image-tag`, of commands that make the manifests of a real cluster. */
export const imageTagOption = () =>
  new Option('--image-tag <tag>', 'tag of the images in production, instead of profiles.production.images.tag');

/** Options of commands that talk to a cluster; gives them to a command. */
export const withClusterOptions = (command: Command): Command =>
  command
    .option('--context <name>', 'context of the kubeconfig (default: the environment’s own cluster)')
    .option('--kubeconfig <file>', 'default: $KUBECONFIG, or ~/.kube/config');

/** Options that confirm what must not happen by accident. */
export interface ConsentOptions {
  readonly adopt?: readonly string[];
  readonly startEmpty?: boolean;
}

/** Options of commands that make namespaces and what is in them; gives them to a command. */
export const withConsentOptions = (command: Command): Command =>
  command
    .option(
      '--adopt <namespace>',
      'take over an existing namespace of another owner; repeatable',
      (namespace: string, before: readonly string[] = []) => [...before, namespace],
    )
    .option('--start-empty', 'start a renamed service empty; the data of the old name stays in its claim');

/** `-o json`, of commands that print text by default. */
export const jsonOption = () => new Option('-o, --output <format>', 'print as data').choices(['json']);

export interface JsonOptions {
  readonly output?: 'json';
}

/** `--timeout`, in seconds. */
export const timeoutOption = (what: string, seconds: number) =>
  new Option('--timeout <seconds>', what).argParser(positive).default(seconds);

/** `--timeout` of commands that wait for what they start. */
export const startTimeout = () => timeoutOption('how long to wait until everything is healthy', 300);

/** `--timeout` of commands that wait for nothing but others that work on the same project. */
export const othersTimeout = () => timeoutOption('how long to wait for another command on the project', 120);

function positive(given: string): number {
  const number = Number(given);
  if (!(number > 0)) throw new InvalidArgumentError('expected a number of seconds above 0');
  return number;
}

/** Says on stderr what is being done. */
export const report = (line: string): void => printLine(line);
