import { z } from 'zod';
import { globalObjects, projectObjects } from '../../charts/app.ts';
import type { ServiceKind } from '../../charts/common/kind.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { objectName } from '../../charts/common/names.ts';
import { type Volumes, withFiles } from '../../charts/common/volumes.ts';
import type { ProjectExtension } from '../../charts/extension.ts';
import { globalKinds, ownSchema, serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import type {
  Environment,
  ImageBuild,
  Manifest,
  Patch,
  PresetName,
  Project,
  WorkloadSettings,
} from '../../charts/model.ts';
import { resolveProfiles } from '../../src/config/profiles.ts';
import type { Objects } from './objects.ts';

/** Settings as a file of the configuration gives them. */
export type Given = Readonly<Record<string, unknown>>;

/** The text of every CQL file. */
export const declaredCql = "create table t (a int primary key) with comment = '$(HOME) $$'";

/** A project as its file describes it. */
export interface GivenProject {
  readonly name?: string;
  /** Names of images, each with its synced folders. @default an image `app` without any */
  readonly images?: Readonly<Record<string, ImageBuild['sync']>>;
  readonly uses?: Given;
  readonly links?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly services?: Readonly<Record<string, Given>>;
  readonly workloads?: Readonly<Record<string, Given>>;
  readonly sentry?: boolean;
  readonly manifests?: readonly Manifest[];
  readonly patches?: readonly Patch[];
}

const environmentName = 'dev';

/** A project `shop` of the environment `dev`, as the loader hands it on. */
export function declareProject(given: GivenProject = {}): Project {
  const name = given.name ?? 'shop';
  const owner = { environment: environmentName, tier: 'project', project: name } as const;
  const located = (entry: string) => ({
    name: entry,
    scope: name,
    namespace: name,
    object: objectName(name, entry),
    owner,
  });
  return {
    name,
    namespace: name,
    directory: `backends/${name}`,
    images: Object.entries(given.images ?? { app: [] }).map(([image, sync]) => ({
      name: image,
      context: `backends/${name}`,
      dockerfile: `backends/${name}/Dockerfile`,
      buildArgs: {},
      sync,
      rebuildOn: [],
    })),
    uses: Object.fromEntries(
      Object.entries(given.uses ?? {}).map(([kind, use]) => [
        kind,
        (globalKinds[kind]?.use ?? z.strictObject({})).parse(use),
      ]),
    ),
    commands: [],
    links: (given.links ?? []).map((link) => {
      const [project = '', workload = ''] = link.split('/');
      return { project, workload };
    }),
    services: Object.entries(given.services ?? {}).map(([entry, { kind = entry, ...settings }]) => {
      const parsed = ownSchema(known(serviceKinds, kind)).parse(settings);
      // What the loader reads.
      const scripts = (field: string): Record<string, string> =>
        field === 'schema' ? { 'a.cql': declaredCql } : { '01-schema.sql': 'CREATE SCHEMA figures;' };
      const resolved =
        known(serviceKinds, kind).resolve?.(parsed, { project: name, scripts, development: false }) ?? parsed;
      return { ...located(entry), kind: String(kind), settings: withTexts(resolved as object) };
    }),
    workloads: Object.entries(given.workloads ?? {}).map(([entry, { kind = entry, ...settings }]) => ({
      ...located(entry),
      kind: String(kind),
      settings: withTexts(
        Object.assign({ image: 'app' }, known(workloadKinds, kind).schema.parse(settings)),
      ) as WorkloadSettings,
    })),
    env: given.env ?? {},
    secrets: given.secrets ?? [],
    manifests: given.manifests ?? [],
    sentry: given.sentry ?? false,
    pullSecrets: [],
    patches: given.patches ?? [],
  };
}

/** What the loader reads for volumes: a file whose name has a dot in it, else a folder. */
function withTexts(settings: object & { readonly volumes?: Volumes }): object {
  const texts = (path: string) => {
    const name = path.split('/').at(-1) ?? '';
    const single = name.includes('.');
    return { path, single, texts: single ? { [name]: 'a = 1\n' } : { 'a.conf': 'a = 1\n', 'more/b.conf': 'b = 2\n' } };
  };
  const volumes = withFiles(settings.volumes, (_name, path) => texts(path));
  return volumes ? { ...settings, volumes } : settings;
}

/** The environment `dev`: its global tier by kind, by default what is there without a word, and its projects. */
export function declareEnvironment(
  projects: readonly Project[],
  global?: Readonly<Record<string, Given>>,
): Environment {
  const tier = global ?? { redis: {}, minio: {}, 'redis-insight': {} };
  return {
    name: environmentName,
    namespace: environmentName,
    services: Object.entries(tier).map(([kind, settings]) => ({
      name: kind,
      kind,
      scope: environmentName,
      namespace: environmentName,
      object: objectName(environmentName, kind),
      owner: { environment: environmentName, tier: 'global' },
      settings: known(globalKinds, kind).schema.parse(settings),
    })),
    projects,
    manifests: [],
    patches: [],
    profiles: resolveProfiles({ production: { images: { registry: 'registry.example.com/dev', tag: '1.2.3' } } }, 0),
  };
}

/** What a project becomes; by default it is alone in its environment, in the local profile. */
export function projectObjectsOf(
  given: GivenProject,
  { profile = 'local', environment, extension }: Partial<Surroundings> = {},
): Objects {
  const project = declareProject(given);
  const surroundings = environment ?? declareEnvironment([project]);
  return projectObjects(surroundings, surroundings.profiles[profile], project, extension).objects as Objects;
}

/**
 * An environment with shared services, which projects use that have one workload, `api`.
 *
 * @param services those of the global tier, by name
 * @param projects their names
 */
export function declareShared(services: Readonly<Record<string, Given>>, projects: readonly string[]) {
  const uses = Object.fromEntries(Object.keys(services).map((name) => [name, {}]));
  const environment = {
    ...declareEnvironment(
      projects.map((name) => declareProject({ name, uses, workloads: { api: { kind: 'http', port: 80 } } })),
    ),
    services: Object.entries(services).map(([name, { kind, ...settings }]) => ({
      name,
      kind: String(kind),
      scope: environmentName,
      namespace: environmentName,
      object: objectName(environmentName, name),
      owner: { environment: environmentName, tier: 'global' } as const,
      settings: resolved(known(serviceKinds, kind), settings),
    })),
  };
  return { environment, objects: globalObjects(environment, environment.profiles.local).objects as Objects };
}

/** Settings as the loader hands them on. */
function resolved({ schema, resolve }: ServiceKind, given: Given): unknown {
  const parsed = schema.parse(given);
  return resolve?.(parsed, { project: environmentName, scripts: () => ({}), development: false }) ?? parsed;
}

interface Surroundings {
  readonly profile: PresetName;
  readonly environment: Environment;
  readonly extension: ProjectExtension;
}

/** What the global tier becomes. */
export function globalObjectsOf(
  global?: Readonly<Record<string, Given>>,
  { profile = 'local', projects = [] }: { profile?: PresetName; projects?: readonly GivenProject[] } = {},
): Objects {
  const environment = declareEnvironment(projects.map(declareProject), global);
  return globalObjects(environment, environment.profiles[profile]).objects as Objects;
}

/** A kind by its name. */
export function known<Kind>(kinds: Readonly<Record<string, Kind>>, name: unknown): Kind {
  const kind = kinds[String(name)];
  if (!kind) throw new TypeError(`no kind ${name}; there are ${Object.keys(kinds).join(', ')}`);
  return kind;
}

export type { ManifestObject };
