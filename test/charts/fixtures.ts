import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { globalObjects, projectObjects } from '../../charts/app.ts';
import type { Nonconformity } from '../../charts/common/admission.ts';
import type { SecretReference } from '../../charts/common/connection.ts';
import type { ProjectExtension } from '../../charts/extension.ts';
import { type Environment, type Profile, type ProfileName, type Project, presetNames } from '../../charts/model.ts';
import { secrets } from '../../charts/wiring.ts';
import { load } from '../../src/config/load.ts';
import { identity, type Objects, type Workload, workloads } from './objects.ts';

const folder = join(import.meta.dirname, '..', 'fixtures', 'valid');

/** The repositories that are valid. */
export const fixtureNames: readonly string[] = readdirSync(folder).sort();

export const fixtureRoot = (fixture: string): string => join(folder, fixture);

/** A namespace of a fixture in a profile. */
export interface FixtureNamespace {
  readonly fixture: string;
  readonly name: string;
  readonly environment: Environment;
  readonly profile: Profile;
  /** None in the global tier. */
  readonly project?: Project;
  readonly objects: Objects;
  /** `Kind/name` of those that a project's own chart and manifests add. */
  readonly added: ReadonlySet<string>;
  readonly nonconformities: readonly Nonconformity[];
  readonly workloads: readonly Workload[];
  /** The Secrets that are said to be needed in it. */
  readonly secrets: readonly SecretReference[];
}

/** Made once in each of Jest's workers, whose test files have their globals in common: see test/jest/environment.mjs. */
const worker = globalThis as { repoctlFixtures?: Map<ProfileName, Promise<readonly FixtureNamespace[]>> };
worker.repoctlFixtures ??= new Map();
const made = worker.repoctlFixtures;

/** All namespaces of all fixtures in a profile. */
export function fixtureNamespaces(profileName: ProfileName): Promise<readonly FixtureNamespace[]> {
  const namespaces = made.get(profileName) ?? makeNamespaces(profileName);
  made.set(profileName, namespaces);
  return namespaces;
}

async function makeNamespaces(profileName: ProfileName): Promise<FixtureNamespace[]> {
  const namespaces = await Promise.all(
    fixtureNames.map(async (fixture) => {
      const { environment, profile } = load(fixtureRoot(fixture), { profile: profileName });
      return Promise.all(
        [undefined, ...environment.projects].map((project) => fixtureNamespace(fixture, environment, profile, project)),
      );
    }),
  );
  return namespaces.flat();
}

async function fixtureNamespace(
  fixture: string,
  environment: Environment,
  profile: Profile,
  project?: Project,
): Promise<FixtureNamespace> {
  const { objects, namespace, nonconformities } = project
    ? projectObjects(environment, profile, project, await extensionOf(fixture, project))
    : globalObjects(environment, profile);
  const own = project && projectObjects(environment, profile, { ...project, manifests: [] }).objects.map(identity);
  return frozen({
    fixture,
    name: namespace,
    environment,
    profile,
    project,
    objects,
    added: new Set(own && objects.map(identity).filter((each) => !own.includes(each))),
    nonconformities,
    workloads: workloads(objects),
    secrets: secrets(environment, profile, project),
  });
}

/** Data that no test can change for those after it. */
function frozen<Data>(data: Data): Data {
  if (typeof data !== 'object' || data === null || Object.isFrozen(data)) return data;
  for (const value of Object.values(Object.freeze(data))) frozen(value);
  return data;
}

let loading: Promise<unknown> = Promise.resolve();

/** The charts one after another: Jest mixes up modules that several imports load at the same time. */
async function extensionOf(fixture: string, { chart }: Project): Promise<ProjectExtension | undefined> {
  if (chart === undefined) return undefined;
  // repoctl itself loads it with tsx, which can't be used inside Jest; fixtures.test.ts has that done in a process.
  const loaded = loading.then(() => import(join(fixtureRoot(fixture), chart)));
  loading = loaded;
  return ((await loaded) as { default: ProjectExtension }).default;
}

/** All namespaces of all fixtures in all profiles. */
export const everyNamespace = async (): Promise<readonly FixtureNamespace[]> =>
  (await Promise.all(presetNames.map(fixtureNamespaces))).flat();
