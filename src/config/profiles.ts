import type { ImagePull } from '../../charts/common/image-pull.ts';
import { type Monitoring, noMonitoring } from '../../charts/common/monitoring.ts';
import { defaultNetwork, type Network, type NetworkInput } from '../../charts/common/network.ts';
import type { Sealing, SecretStore } from '../../charts/common/secret-store.ts';
import { type PresetName, type Profile, type ProfileName, presetNames } from '../../charts/model.ts';
import { UsageError } from '../platform/errors.ts';
import { suggestion } from '../platform/nearest.ts';
import type { EnvironmentInput } from './environment-schema.ts';
import type { Refuse } from './problem.ts';

type ProfileInput = EnvironmentInput['profiles'][string];
type Given = Readonly<Record<ProfileName, ProfileInput>>;

/** The presets as they are if the configuration says nothing about them. */
const presets: Readonly<Record<PresetName, Omit<Profile, 'name' | 'chain'>>> = {
  local: preset({ development: true, managed: [] }),
  external: preset({ development: true, managed: ['redis', 'minio', 'postgres'] }),
  production: preset({ development: false, managed: [] }),
};

function preset(given: Pick<Profile, 'development' | 'managed'>): Omit<Profile, 'name' | 'chain'> {
  const network = { ...defaultNetwork, policies: !given.development };
  const around = { namespacePrefix: '', namespaceSuffix: '' };
  return {
    ...given,
    hostPorts: true,
    portOffset: 0,
    ...around,
    quota: !given.development,
    reloader: false,
    network,
    monitoring: noMonitoring,
  };
}

const isPreset = (name: string): name is PresetName => (presetNames as readonly string[]).includes(name);

/** Names of all profiles, the presets first. */
export const profileNames = (given: Given): ProfileName[] => [
  ...presetNames,
  ...Object.keys(given).filter((name) => !isPreset(name)),
];

/**
 * All profiles with what they extend. One that is wrong is as its preset, or as `local`.
 *
 * @param portOffset added to every fixed port of this machine
 * @param imageTag instead of every profile's own
 */
export function resolveProfiles(
  given: Given,
  portOffset: number,
  imageTag?: string,
): Record<ProfileName, Profile> & Record<PresetName, Profile> {
  const resolved = profileNames(given).map((name): [ProfileName, Profile] => {
    const { chain } = follow(given, name);
    const preset = presets[chain.find(isPreset) ?? 'local'];
    const inputs = chain.map((each) => given[each] ?? {});
    const said = <Field extends keyof ProfileInput>(field: Field) =>
      inputs.find((input) => input[field] !== undefined)?.[field];
    const registry = inputs.find(({ images }) => images?.registry !== undefined)?.images?.registry;
    const tag = imageTag ?? inputs.find(({ images }) => images?.tag !== undefined)?.images?.tag;
    const digests = inputs.find(({ images }) => images?.digests !== undefined)?.images?.digests;
    const profile: Profile = {
      name,
      chain,
      development: preset.development,
      hostPorts: said('hostPorts') ?? preset.hostPorts,
      portOffset: preset.development ? (said('portOffset') ?? 0) + portOffset : 0,
      namespacePrefix: said('namespacePrefix') ?? preset.namespacePrefix,
      namespaceSuffix: said('namespaceSuffix') ?? preset.namespaceSuffix,
      managed: said('managed') ?? preset.managed,
      images: preset.development || registry === undefined ? undefined : { registry, tag: tag ?? '', digests },
      quota: said('quota') ?? preset.quota,
      reloader: !preset.development && (said('reloader') ?? false),
      secretStore: preset.development ? undefined : storeOf(said('secrets')),
      sealing: preset.development ? undefined : sealingOf(said('secrets')),
      network: resolveNetwork(inputs, preset.network.policies),
      backup: preset.development ? undefined : said('backup') || undefined,
      monitoring: resolveMonitoring(inputs),
      gitops: preset.development ? undefined : said('gitops'),
      pull: resolvePull(inputs),
    };
    return [name, profile];
  });
  return Object.fromEntries(resolved) as Record<ProfileName, Profile> & Record<PresetName, Profile>;
}

const storeOf = (given: ProfileInput['secrets']): SecretStore | undefined =>
  typeof given === 'object' && 'store' in given ? given : undefined;

/** What is sealed stands in another file. */
const sealingOf = (given: ProfileInput['secrets']): Sealing | undefined =>
  typeof given === 'object' && 'certificate' in given ? { ...given, values: {} } : undefined;

/** A profile's network, field by field. */
function resolveNetwork(inputs: readonly Partial<ProfileInput>[], policies: boolean): Network {
  const given = inputs.flatMap(({ network }) => network ?? []);
  const said = <Field extends keyof NetworkInput>(field: Field) =>
    given.find((each) => each[field] !== undefined)?.[field] as NetworkInput[Field];
  const { dns, ingressController, monitoring, keda, cloudnativePg, apiServer, managed } = defaultNetwork;
  return {
    policies: said('policies') ?? policies,
    dns: { ...dns, ...said('dns') },
    ingressController: { ...ingressController, ...said('ingressController') },
    monitoring: { ...monitoring, ...said('monitoring') },
    keda: { ...keda, ...said('keda') },
    cloudnativePg: { ...cloudnativePg, ...said('cloudnativePg') },
    apiServer: { ...apiServer, ...said('apiServer') },
    managed: said('managed') ?? managed,
  };
}

/** A profile's monitoring, field by field. */
function resolveMonitoring(inputs: readonly Partial<ProfileInput>[]): Monitoring {
  const given = inputs.flatMap(({ monitoring }) => monitoring ?? []);
  const said = <Field extends keyof Monitoring>(field: Field) =>
    given.find((each) => each[field] !== undefined)?.[field];
  return {
    exporter: said('exporter'),
    monitors: said('monitors'),
    rules: said('rules') ?? noMonitoring.rules,
    dashboards: said('dashboards') ?? noMonitoring.dashboards,
    labels: said('labels') ?? noMonitoring.labels,
  };
}

/** How a profile pulls images, field by field; none if nothing is said. */
function resolvePull(inputs: readonly Partial<ProfileInput>[]): ImagePull | undefined {
  const given = inputs.flatMap(({ pull }) => pull ?? []);
  if (given.length === 0) return undefined;
  const mirror = given.find((each) => each.mirror !== undefined)?.mirror ?? {};
  return {
    mirror: typeof mirror === 'string' ? { '*': mirror } : mirror,
    secrets: given.find((each) => each.secrets !== undefined)?.secrets ?? [],
    policy: given.find((each) => each.policy !== undefined)?.policy,
  };
}

/** The chain of each profile. */
export const profileChains = (given: Given): Record<ProfileName, readonly ProfileName[]> =>
  Object.fromEntries(profileNames(given).map((name) => [name, follow(given, name).chain]));

/** What is wrong with how profiles extend each other. */
export function checkProfiles(given: Given, refuse: Refuse): void {
  for (const [name, input] of Object.entries(given)) {
    const path = ['profiles', name, 'extends'];
    const field = `profiles.${name}.extends`;
    const others = profileNames(given).filter((each) => each !== name);
    const { chain, end, circle } = follow(given, name);
    if (isPreset(name)) {
      if (input.extends !== undefined)
        refuse(path, `${field}: ${name} is a preset, which extends nothing; name a profile of your own`, 'key');
    } else if (input.extends === undefined)
      refuse(
        path.slice(0, -1),
        `${field}: required, but not given, since ${name} is no preset; ${suggestion(name, others)}`,
        'key',
      );
    else if (end === 'unknown' && chain.length === 1)
      refuse(path, `${field}: no profile "${input.extends}"; ${suggestion(input.extends, others)}`);
    // Said once, of the first of them.
    else if (circle && Object.keys(given).find((each) => circle.includes(each)) === name)
      refuse(path, `${field}: a circle, which ends with no preset: ${[...circle, name].join(' → ')}`);
    const development = presets[chain.find(isPreset) ?? 'local'].development;
    if (development && end === 'preset' && input.images)
      refuse(
        ['profiles', name, 'images'],
        `profiles.${name}.images: a development profile builds its images; extend production to pull them`,
        'key',
      );
  }
}

interface Followed {
  readonly chain: readonly ProfileName[];
  readonly end: 'preset' | 'unknown' | 'circle';
  /** The profiles that extend each other. */
  readonly circle?: readonly ProfileName[];
}

/** A profile and those that it extends, as far as they lead. */
function follow(given: Given, name: ProfileName): Followed {
  const chain = [name];
  for (let current = name; !isPreset(current); ) {
    const next: string | undefined = Object.hasOwn(given, current) ? given[current]?.extends : undefined;
    if (next === undefined || !profileNames(given).includes(next)) return { chain, end: 'unknown' };
    if (chain.includes(next)) return { chain, end: 'circle', circle: chain.slice(chain.indexOf(next)) };
    chain.push(next);
    current = next;
  }
  return { chain, end: 'preset' };
}

/**
 * The profile of a name.
 *
 * @throws UsageError if there is none, or if it is not for development although it has to be
 */
export function findProfile(
  profiles: Readonly<Record<ProfileName, Profile>>,
  given: ProfileName,
  { development = false }: { readonly development?: boolean } = {},
): Profile {
  const suitable = Object.values(profiles).filter((profile) => profile.development || !development);
  const names = suitable.map(({ name }) => name);
  const found = suitable.find(({ name }) => name === given);
  if (found) return found;
  if (Object.hasOwn(profiles, given))
    throw new UsageError(`the profile ${given} is not for development; allowed: ${names.join(', ')}`);
  throw new UsageError(`no profile "${given}"; ${suggestion(given, names)}`);
}
