import type { Metrics } from '../../charts/common/metrics.ts';
import type { PodSettings } from '../../charts/common/pod-fields.ts';
import { servicePorts } from '../../charts/common/ports.ts';
import type { EnvironmentValues } from '../../charts/common/variable-source.ts';
import { globalPath, serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import type { Environment, Profile, Project } from '../../charts/model.ts';
import { securityExceptions } from '../../charts/namespace-security.ts';
import { secrets } from '../../charts/wiring.ts';
import { suggestion } from '../platform/nearest.ts';
import { projectFile } from './discover.ts';
import { type Problem, pathText, type Refuse } from './problem.ts';
import { environmentFile } from './root.ts';

/** A service or a workload, as far as its pods go. */
interface Pods {
  readonly path: readonly PropertyKey[];
  readonly name: string;
  readonly settings: PodSettings & {
    readonly env?: EnvironmentValues;
    readonly replicas?: number;
    readonly autoscale?: { readonly max: number };
    readonly storage?: unknown;
    readonly metrics?: { readonly port?: string };
  };
  /** Names of its ports, and their numbers. */
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  /** Where its metrics are, as far as they can be told. */
  readonly metrics: Metrics | undefined;
  readonly controller: string;
}

/** Names of volumes that pods have anyway, each with whose it is. */
const takenVolumes: Readonly<Record<string, string>> = { tmp: '/tmp', module: "Celery's module" };

/** The parts of a project, or of the global tier, that have pods. */
type PodOwner = Pick<Project, 'services' | 'workloads' | 'images' | 'env'>;

const globalTier = ({ services }: Environment): PodOwner => ({ services, workloads: [], images: [], env: {} });

/**
 * Refuses what can't be said of pods together, field by field it is right.
 *
 * @param project none for the global tier
 */
export function checkPods(environment: Environment, project: Project | undefined, refuse: Refuse): void {
  const owner = project ?? globalTier(environment);
  let known: ReadonlyMap<string, readonly string[]> | undefined;
  const keysOf: KeysOf = (secret) => {
    // Most projects name no Secret.
    known ??= new Map(
      secrets(environment, environment.profiles.local, project).map(({ name, keys }) => [
        name,
        keys.map(({ key }) => key),
      ]),
    );
    return known.get(secret);
  };
  const all: Pods[] = [
    ...owner.services.map(({ name, kind, settings }) => ({
      path: project ? ['services', name] : globalPath(name),
      name,
      settings: settings as Pods['settings'],
      ports: serviceKinds[kind]?.ports(settings) ?? [],
      metrics: serviceKinds[kind]?.metrics?.(settings),
      controller: serviceKinds[kind]?.controller(settings) ?? '',
    })),
    ...owner.workloads.map(({ name, kind, settings }) => ({
      path: ['workloads', name],
      name,
      settings: settings as Pods['settings'],
      ports: workloadKinds[kind]?.ports(settings) ?? [],
      metrics: workloadKinds[kind]?.metrics?.(settings),
      controller: workloadKinds[kind]?.controller ?? '',
    })),
  ];
  const images = owner.images.map(({ name }) => name);
  for (const pods of all) {
    const say: Say = (field, message, at) => {
      const path = [...pods.path, ...field];
      refuse(path, `${pathText(path)}: ${message}`, at);
    };
    checkUsers(pods, say);
    checkVolumes(pods, say);
    checkPaths(pods, say);
    checkPorts(pods, say);
    checkMetrics(pods, say);
    checkContainers(pods, images, say);
    checkKeys(pods, keysOf, say);
  }
  const environmentKeys = Object.entries(owner.env);
  for (const [name, value] of environmentKeys)
    checkKey(['env', name], value, keysOf, (field, message) => refuse(field, `${pathText(field)}: ${message}`));
}

/** The keys of a Secret that repoctl makes; `undefined` for others. */
type KeysOf = (secret: string) => readonly string[] | undefined;

type Say = (field: readonly PropertyKey[], message: string, at?: 'key' | 'value') => void;

const rootRule =
  'must not be 0: containers never run as root; an image that has to needs `security: { level: baseline, reason: … }`, given 0';

/** Containers beside the main one, each with where it stands. */
const beside = ({ settings }: Pods) =>
  (['initContainers', 'sidecars'] as const).flatMap((field) =>
    Object.entries(settings[field] ?? {}).map(([name, each]) => ({ path: [field, name], name, each })),
  );

function checkUsers(pods: Pods, say: Say) {
  const { settings } = pods;
  if (settings.security) return;
  if (settings.user === 0) say(['user'], rootRule);
  for (const { path, each } of beside(pods)) if (each.user === 0) say([...path, 'user'], rootRule);
}

function checkVolumes({ settings, controller }: Pods, say: Say) {
  for (const [name, { claim }] of Object.entries(settings.volumes ?? {})) {
    const path = ['volumes', name];
    const taken = name === 'data' && settings.storage ? 'that of `storage`' : takenVolumes[name];
    if (taken || name.startsWith('writable-'))
      say(path, `the name is taken by the volume of ${taken ?? '`writable`'}; choose another`, 'key');
    const once = claim?.accessModes.every((mode) => mode.startsWith('ReadWriteOnce'));
    const most = Math.max(settings.replicas ?? 1, settings.autoscale?.max ?? 1);
    if (once && controller === 'Deployment' && most > 1)
      say(
        [...path, 'claim'],
        `${most} pods can't share a claim that one node mounts at a time; allowed: accessModes ` +
          '[ReadWriteMany], replicas: 1, or kind: statefulset, whose pods have a claim each',
      );
  }
}

/** Refuses two volumes or files at one path of a container. */
function checkPaths(pods: Pods, say: Say) {
  const { volumes = {}, writable = [] } = pods.settings;
  const check = (given: readonly (readonly [readonly PropertyKey[], string | undefined])[]) => {
    const seen = new Map<string, string>([['/tmp', 'the folder that every container can write to']]);
    for (const [field, path] of given) {
      if (path === undefined || path === '/') continue;
      const place = path.replace(/\/+$/, '');
      if (seen.has(place)) say(field, `"${path}" is ${seen.get(place)} already; allowed: one of the two`);
      else seen.set(place, `that of ${pathText([...pods.path, ...field])}`);
    }
  };
  const storage = pods.settings.storage as { readonly path?: string } | undefined;
  check([
    [['storage', 'path'], storage?.path],
    ...Object.entries(volumes).map(([name, { mountPath }]) => [['volumes', name, 'mountPath'], mountPath] as const),
    ...writable.map((path, index) => [['writable', index], path] as const),
  ]);
  for (const { path, each } of beside(pods)) {
    const mounts = Object.entries(each.volumeMounts ?? {});
    check([
      ...mounts.map(([name, { mountPath }]) => [[...path, 'volumeMounts', name], mountPath] as const),
      ...(each.writable ?? []).map((folder, index) => [[...path, 'writable', index], folder] as const),
    ]);
    for (const [name] of mounts)
      if (!(name in volumes))
        say([...path, 'volumeMounts', name], `no volume "${name}"; ${suggestion(name, Object.keys(volumes))}`, 'key');
  }
  for (const [name, { mountPath }] of Object.entries(volumes)) {
    const used = mountPath !== undefined || beside(pods).some(({ each }) => name in (each.volumeMounts ?? {}));
    if (!used) say(['volumes', name], 'is mounted nowhere; give it a mountPath, or name it under volumeMounts', 'key');
  }
}

function checkPorts(pods: Pods, say: Say) {
  const { ports } = pods;
  const names = new Map<string, number>();
  const numbers = new Map<number, string>();
  const own = ports.map(({ name, port }) => ({ name, port, path: ['ports', name] as PropertyKey[] }));
  const others = beside(pods).flatMap(({ path, name: container, each }) =>
    servicePorts(each.ports).map(({ name, port }) => ({ name, port, path: [...path, 'ports', name], container })),
  );
  for (const { name, port, path } of [...own, ...others]) {
    if (names.has(name)) say(path, `the port ${names.get(name)} has the name "${name}" already; choose another`, 'key');
    else if (numbers.has(port)) say(path, `${port} is the port "${numbers.get(port)}" already; allowed: another one`);
    names.set(name, port);
    numbers.set(port, name);
  }
}

function checkMetrics(pods: Pods, say: Say) {
  const { settings, metrics, ports } = pods;
  if (!settings.metrics || metrics) return;
  const { port: name = 'metrics' } = settings.metrics;
  const known = [...ports, ...beside(pods).flatMap(({ each }) => servicePorts(each.ports))].map((each) => each.name);
  const path = settings.metrics.port === undefined ? ['metrics'] : ['metrics', 'port'];
  say(path, `no port "${name}" for TCP; ${suggestion(name, known, `\`ports: { ${name}: NUMBER }\``)}`);
}

function checkContainers(pods: Pods, images: readonly string[], say: Say) {
  const seen = new Set([pods.name]);
  for (const { path, name, each } of beside(pods)) {
    if (seen.has(name) || name.startsWith('wait-'))
      say(path, `the name "${name}" is taken by another container of its pods; choose another`, 'key');
    seen.add(name);
    const { image } = each;
    if (image !== undefined && !/[/:@]/.test(image) && !images.includes(image))
      say(
        [...path, 'image'],
        `no image "${image}" under images; ${suggestion(image, images, 'an image reference with a tag')}`,
      );
    else if (image !== undefined && !images.includes(image) && !/@sha256:|:[\w.-]+$/.test(image))
      say([...path, 'image'], `"${image}" needs a tag or a digest, for instance redis:7.4.5`);
    else if (image?.endsWith(':latest'))
      say([...path, 'image'], 'may not use the tag "latest": the image would change without a change here');
  }
}

function checkKeys(pods: Pods, keysOf: KeysOf, say: Say) {
  const all = [
    { path: [] as readonly PropertyKey[], env: pods.settings.env },
    ...beside(pods).map(({ path, each }) => ({ path, env: each.env })),
  ];
  for (const { path, env } of all)
    for (const [name, value] of Object.entries(env ?? {})) checkKey([...path, 'env', name], value, keysOf, say);
}

/** Refuses a key that a Secret of repoctl's own does not have. The keys of other Secrets are unknown. */
function checkKey(field: readonly PropertyKey[], value: EnvironmentValues[string], keysOf: KeysOf, say: Say) {
  if (typeof value === 'string' || !('secretKeyRef' in value)) return;
  const { name, key } = value.secretKeyRef;
  const keys = keysOf(name);
  if (keys && !keys.includes(key))
    say([...field, 'secretKeyRef'], `the Secret ${name} has no key "${key}"; ${suggestion(key, keys)}`);
}

/** Refuses exceptions from Pod Security without a reason, in a profile of real clusters. */
export function checkReasons(environment: Environment, profile: Profile): Problem[] {
  if (profile.development) return [];
  return [undefined, ...environment.projects].flatMap((project) =>
    securityExceptions(environment, profile, project)
      .filter(({ exception }) => exception.reason === undefined)
      .map(({ field, name }) => {
        const path = [...(project ? [] : ['global']), field, name, 'security'];
        return {
          file: project ? `${project.directory}/${projectFile}` : environmentFile,
          place: { path, at: 'key' as const },
          message: `${path.join('.')}: reason is required for real clusters, but not given`,
        };
      }),
  );
}

/** The exceptions from Pod Security in a profile, as lines. */
export const exceptionLines = (environment: Environment, profile: Profile): string[] =>
  [undefined, ...environment.projects].flatMap((project) =>
    securityExceptions(environment, profile, project).map(
      ({ name, exception: { level, reason } }) =>
        `exception: ${(project ?? environment).name}/${name} has Pod Security ${level}: ${reason ?? 'no reason given'}`,
    ),
  );
