import { parse as parseEnvironmentFile } from 'dotenv';
import { ConfigurationError, problemLine } from '../config/problem.ts';
import { locate, parseYaml } from '../config/yaml-file.ts';
import { type Interpolated, interpolate } from './compose-interpolation.ts';
import { type ComposePort, composePort } from './compose-ports.ts';
import { shellWords } from './shell-words.ts';
import type { Source } from './source.ts';

/** A service of a compose file, its short forms spelt out. */
export interface ComposeService {
  readonly name: string;
  readonly image?: string;
  readonly build?: ComposeBuild;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  /** `undefined` where the value isn't in the file. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly ports: readonly ComposePort[];
  readonly dependsOn: Readonly<Record<string, 'started' | 'completed'>>;
  readonly healthcheck?: readonly string[];
  readonly volumes: readonly ComposeVolume[];
  readonly user?: string;
  readonly replicas?: number;
  /** The parts of it that are left out, as sentences. */
  readonly notes: readonly string[];
}

/** The services of a compose file that become one project. */
export interface ProjectPart {
  readonly name: string;
  readonly directory: string;
  readonly builds: readonly ComposeService[];
}

export interface ComposeBuild {
  /** Relative to the compose file. */
  readonly context: string;
  /** Relative to the context. */
  readonly dockerfile: string;
  readonly target?: string;
  readonly args: Readonly<Record<string, string>>;
}

export interface ComposeVolume {
  /** A path of the machine's if it begins with `.`, `/` or `~`, otherwise a volume's name; none for an anonymous one. */
  readonly source?: string;
  readonly target: string;
}

export interface ComposeFile {
  readonly name?: string;
  readonly services: readonly ComposeService[];
}

type Data = Readonly<Record<string, unknown>>;

/**
 * Reads a compose file.
 *
 * @param file its path, for messages
 * @param source the files beside it: `.env` and those of `env_file`
 * @throws ConfigurationError if it is not YAML, or has no services
 * @see https://docs.docker.com/reference/compose-file/
 */
export function readComposeFile(file: string, text: string, source: Source): ComposeFile {
  const { data, problems = [] } = { data: undefined, ...parseYaml(file, text) };
  if (problems.length > 0)
    throw new ConfigurationError(problems.map((problem) => problemLine(problem, locate(text, problem.place))));
  const { name, services } = data as unknown as Data;
  if (!isMap(services)) throw new ConfigurationError([`${file}:1:1: services: required, but not given`]);
  const values = parseEnvironmentFile(source.text('.env') ?? '');
  return {
    name: typeof name === 'string' ? name : undefined,
    services: Object.entries(services).flatMap(([service, each]) =>
      isMap(each) ? [readService(service, each, values, source)] : [],
    ),
  };
}

/** Keys without meaning here, or that the result has anyway. */
const silent = [
  'restart',
  'container_name',
  'init',
  'stdin_open',
  'tty',
  'logging',
  'labels',
  'platform',
  'pull_policy',
];
const carried = ['image', 'build', 'command', 'entrypoint', 'environment', 'env_file', 'ports', 'expose'];
const also = ['depends_on', 'healthcheck', 'volumes', 'user', 'deploy', 'scale'];

/** Reasons why keys are left out, where there is one to tell. */
const reasons: Readonly<Record<string, string>> = {
  privileged: 'pods run without privileges (Pod Security restricted)',
  cap_add: 'pods run without capabilities (Pod Security restricted)',
  devices: 'pods have no devices of the machine',
  network_mode: 'pods have a network of their own',
  networks: "every service can be reached by its name in the project's namespace",
  profiles: 'it is started always',
  secrets: 'list them in infra/.env.example, they become environment variables',
  configs: 'copy the files into the image, or add a ConfigMap in infra/manifests/',
  extends: 'write it out',
  links: 'services are reached by their addresses',
  working_dir: 'set WORKDIR in the Dockerfile',
  tmpfs: '/tmp can be written to',
  stop_grace_period: 'stopSeconds says how long a workload may take to stop',
};

function readService(name: string, data: Data, values: Record<string, string>, source: Source): ComposeService {
  const known = new Set([...silent, ...carried, ...also]);
  const notes = Object.keys(data)
    .filter((key) => !known.has(key) && !key.startsWith('x-'))
    .map((key) => `"${key}" is not carried over${reasons[key] ? `: ${reasons[key]}` : ''}`);
  const filled = (value: unknown): string => interpolate(String(value ?? ''), values).text;
  const line = (value: unknown): string[] | undefined => {
    if (Array.isArray(value)) return value.map(filled);
    return typeof value === 'string' ? shellWords(filled(value)) : undefined;
  };
  const deploy = isMap(data.deploy) ? data.deploy : {};
  for (const key of Object.keys(deploy))
    if (key !== 'replicas' && key !== 'mode') notes.push(`"deploy.${key}" is not carried over`);
  return {
    name,
    image: data.image === undefined ? undefined : filled(data.image),
    build: readBuild(data.build, filled),
    command: line(data.command),
    entrypoint: line(data.entrypoint),
    environment: { ...environmentFiles(data.env_file, source), ...readEnvironment(data.environment, values) },
    ports: [
      ...list(data.ports).map((port) => composePort(isMap(port) ? port : filled(port))),
      ...list(data.expose).map((port) => composePort(filled(port), true)),
    ].flatMap((port) => {
      if (typeof port === 'string') notes.push(port);
      return typeof port === 'string' ? [] : [port];
    }),
    dependsOn: readDependencies(data.depends_on),
    healthcheck: readHealthcheck(data.healthcheck, filled),
    volumes: list(data.volumes).flatMap((volume) => readVolume(volume, filled)),
    user: data.user === undefined ? undefined : filled(data.user),
    replicas: [deploy.replicas, data.scale].map(Number).find((count) => Number.isInteger(count) && count >= 0),
    notes,
  };
}

function readBuild(given: unknown, filled: (value: unknown) => string): ComposeBuild | undefined {
  if (typeof given === 'string') return { context: filled(given), dockerfile: 'Dockerfile', args: {} };
  if (!isMap(given)) return undefined;
  const args = pairs(given.args).map(([name, value]) => [name, filled(value)]);
  return {
    context: filled(given.context ?? '.'),
    dockerfile: filled(given.dockerfile ?? 'Dockerfile'),
    target: given.target === undefined ? undefined : filled(given.target),
    args: Object.fromEntries(args),
  };
}

/** The entries of a map, or of a list of `NAME=value`. */
function pairs(given: unknown): [string, unknown][] {
  if (isMap(given)) return Object.entries(given);
  return list(given).map((entry) => {
    const text = String(entry);
    const at = text.indexOf('=');
    return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
  });
}

function readEnvironment(given: unknown, values: Record<string, string>): Record<string, string | undefined> {
  const value = (name: string, each: unknown): string | undefined => {
    // Without a value it is that of the shell, of which nothing is known here.
    if (each === null || each === undefined) return values[name];
    const { text, unknown }: Interpolated = interpolate(String(each), values);
    return unknown.length > 0 && text === '' ? undefined : text;
  };
  return Object.fromEntries(pairs(given).map(([name, each]) => [name, value(name, each)]));
}

function environmentFiles(given: unknown, source: Source): Record<string, string> {
  const paths = (typeof given === 'string' ? [given] : list(given)).map((entry) =>
    String(isMap(entry) ? entry.path : entry),
  );
  return Object.assign({}, ...paths.map((path) => parseEnvironmentFile(source.text(path) ?? '')));
}

function readDependencies(given: unknown): Record<string, 'started' | 'completed'> {
  const condition = (each: unknown) =>
    isMap(each) && each.condition === 'service_completed_successfully' ? 'completed' : 'started';
  if (isMap(given)) return Object.fromEntries(Object.entries(given).map(([name, each]) => [name, condition(each)]));
  return Object.fromEntries(list(given).map((name) => [String(name), 'started']));
}

/** The program of a health check: `CMD-SHELL` as one of `sh`. */
function readHealthcheck(given: unknown, filled: (value: unknown) => string): string[] | undefined {
  if (!isMap(given) || given.disable === true) return undefined;
  if (typeof given.test === 'string') return ['sh', '-c', filled(given.test)];
  const [form, ...rest] = list(given.test).map(filled);
  if (form === 'CMD' && rest.length > 0) return rest;
  return form === 'CMD-SHELL' ? ['sh', '-c', rest.join(' ')] : undefined;
}

function readVolume(given: unknown, filled: (value: unknown) => string): ComposeVolume[] {
  if (isMap(given)) {
    if (given.type === 'tmpfs') return [];
    return [{ source: given.source === undefined ? undefined : filled(given.source), target: filled(given.target) }];
  }
  const [first = '', second] = filled(given).split(':');
  return [second === undefined ? { target: first } : { source: first, target: second }];
}

const isMap = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value);

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
