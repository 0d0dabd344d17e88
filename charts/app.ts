import { ApiObject, App, type Chart } from 'cdk8s';
import { ownAccounts, withOwnAccount } from './accounts.ts';
import { admit, type Nonconformity } from './common/admission.ts';
import { withDiskLimits } from './common/disk.ts';
import { type ImagePull, pulled } from './common/image-pull.ts';
import { changeObject } from './common/k8s.ts';
import { type Labelled, type OwnerLabels, ownerLabels } from './common/labels.ts';
import type { ManifestObject } from './common/manifest-object.ts';
import { objectName } from './common/names.ts';
import { withReloader } from './common/reloader.ts';
import { withScanExceptions } from './common/scan-exceptions.ts';
import { HashedJob } from './constructs/hashed-job.ts';
import type { GlobalExtension, ProjectExtension } from './extension.ts';
import { GlobalChart } from './global-chart.ts';
import type { Environment, Manifest, Patch, Profile, Project } from './model.ts';
import { namespaceObject, securityExceptions } from './namespace-security.ts';
import { patchChart } from './patches.ts';
import { ProjectChart } from './project-chart.ts';
import { quotaObjects } from './quota.ts';
import { withoutSuperseded } from './superseded.ts';
import { connections, ownerOf, pullOf } from './wiring.ts';

/** The objects of a namespace, the namespace first. */
export interface NamespaceObjects {
  readonly namespace: string;
  readonly objects: readonly ManifestObject[];
  readonly jobs: readonly NamedJob[];
  /** What a project's own chart or manifests say that can't be in the namespace. */
  readonly nonconformities: readonly Nonconformity[];
}

/** A job whose name is only known once it is made. */
export interface NamedJob {
  /** The name with the hash. */
  readonly name: string;
  readonly labelled: Labelled;
}

/**
 * The objects of the global tier: what its services become, with what its own chart and patches say, then its manifests.
 *
 * @param extension the default export of the `infra/chart.ts` at the root
 */
export function globalObjects(
  environment: Environment,
  profile: Profile,
  extension?: GlobalExtension,
): NamespaceObjects {
  const chart = new GlobalChart(new App(), environment, profile);
  return namespaceObjects(namespaceObject(environment, profile), ownerOf(environment), chart, {
    profile,
    pull: pullOf(profile),
    patches: environment.patches,
    exceptions: securityExceptions(environment, profile).map(({ object }) => object),
    manifests: environment.manifests,
    extension: extension && {
      origin: environment.chart ?? '',
      extend: () => extension(chart, { environment, profile }),
    },
  });
}

/**
 * The objects of a project: what its services and workloads become, with what its own chart and patches say, then its
 * manifests.
 *
 * Each project has an App of its own, since the time an App takes grows faster than the number of its charts.
 *
 * @param extension the default export of its `infra/chart.ts`
 */
export function projectObjects(
  environment: Environment,
  profile: Profile,
  project: Project,
  extension?: ProjectExtension,
): NamespaceObjects {
  const chart = new ProjectChart(new App(), environment, profile, project);
  const context = () => ({
    ...{ project, profile },
    connections: Object.fromEntries(connections(environment, profile, project)),
  });
  return namespaceObjects(namespaceObject(environment, profile, project), ownerOf(environment, project), chart, {
    profile,
    pull: pullOf(profile, project),
    patches: project.patches,
    exceptions: securityExceptions(environment, profile, project).map(({ object }) => object),
    manifests: project.manifests,
    extension: extension && { origin: project.chart ?? '', extend: () => extension(chart, context()) },
  });
}

/** Additions to a namespace beside its services and workloads. */
interface Additions {
  readonly profile: Profile;
  readonly pull?: ImagePull;
  readonly patches: readonly Patch[];
  /** Names of the objects whose pods have an exception from Pod Security `restricted`. */
  readonly exceptions: readonly string[];
  readonly manifests?: readonly Manifest[];
  readonly extension?: Extension;
}

/** The project's own chart and its origin. */
interface Extension {
  /** The file that it comes from. */
  readonly origin: string;
  readonly extend: () => unknown;
}

function namespaceObjects(
  space: ReturnType<typeof namespaceObject>,
  owner: OwnerLabels,
  chart: Chart,
  { profile, pull, patches, exceptions, manifests = [], extension }: Additions,
): NamespaceObjects {
  const namespace = space.metadata.name;
  const refused: Nonconformity[] = [];
  const origin = extension?.origin ?? patches[0]?.file;
  const generated = origin === undefined ? [] : apiObjects(chart).map(apiIdentity);
  if (extension) refused.push(...extend(chart, extension));
  const patched = patchChart(chart, refused.length === 0 ? patches : [], profile);
  if (!profile.development) for (const object of apiObjects(chart)) changeObject(object, production(profile));
  // The last, so that it holds for what charts and patches name, and before jobs get their names.
  if (pull) for (const object of apiObjects(chart)) changeObject(object, (each) => pulled(each, pull));
  if (!profile.development) for (const object of apiObjects(chart)) changeObject(object, withScanExceptions);
  const printed: ManifestObject[] = refused.length === 0 ? chart.toJson() : [];
  refused.push(...patched.refused());
  const complete = refused.length === 0 ? printed : [];
  if (origin !== undefined && refused.length === 0) refused.push(...missing(generated, complete, origin));
  const added = manifests.map(({ path, objects }) => ({
    origin: path,
    objects: pull ? objects.map((each) => pulled(each, pull)) : objects,
  }));
  const made = withoutSuperseded(
    complete,
    added.flatMap(({ objects }) => objects),
  );
  // What others have a say in is judged. A chart may have changed any object, a patch those that it was made to.
  const touched = new Set([...patched.objects].map(apiIdentity));
  const isJudged = (object: ManifestObject) =>
    extension !== undefined || (touched.size > 0 && touched.has(unhashedIdentity(object)));
  const own = made.filter((object) => !isJudged(object));
  const additions = [{ origin: origin ?? '', objects: made.filter(isJudged) }, ...added];
  const { objects, nonconformities } = admit(namespace, ownerLabels(owner), own, additions, exceptions);
  const judged = objects.values();
  const inPlace = made.map((object) => (isJudged(object) ? (judged.next().value ?? object) : object));
  const all = [...inPlace, ...judged];
  const quota = profile.quota ? quotaObjects(namespace, (name) => partOf(owner, chart.node.id, name), all) : [];
  const accounts = profile.development ? [] : ownAccounts(all);
  return {
    namespace,
    objects: [space, ...quota, ...accounts, ...all],
    jobs: refused.length > 0 ? [] : jobsOf(chart),
    nonconformities: [...refused, ...nonconformities],
  };
}

function extend(chart: Chart, { origin, extend }: Extension): Nonconformity[] {
  const refused: Nonconformity[] = [];
  const refuse = (object: string, message: string) => refused.push({ origin, object, message });
  try {
    const returned = extend();
    if (returned instanceof Promise) {
      returned.catch(() => undefined);
      refuse('its function', 'returned a promise; it has to add its objects before it returns');
    }
    for (const construct of chart.node.findAll())
      for (const message of construct.node.validate()) refuse(construct.node.path, message);
    // What it said may fail only when it is printed.
    if (refused.length === 0) chart.toJson();
  } catch (error) {
    refuse('its function', `failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  return refused;
}

/** Tilt and the health report know the objects that are generated by their names. */
function missing(generated: readonly string[], made: readonly ManifestObject[], origin: string): Nonconformity[] {
  const names = new Set(made.map(unhashedIdentity));
  const message = 'is gone, or has another name: patch it, or take it out of the configuration';
  return generated.filter((each) => !names.has(each)).map((object) => ({ origin, object, message }));
}

/** Adds what every object of a real cluster has beside its construct's fields. */
const production =
  ({ reloader }: Profile) =>
  (object: ManifestObject): ManifestObject => {
    const made = withOwnAccount(withDiskLimits(object));
    return reloader ? withReloader(made) : made;
  };

/** An object of the namespace as a whole. */
const partOf = (owner: OwnerLabels, scope: string, name: string): Labelled => ({
  name,
  object: objectName(scope, name),
  component: 'capacity',
  owner,
});

const apiObjects = (chart: Chart): ApiObject[] =>
  chart.node.findAll().filter((construct) => ApiObject.isApiObject(construct));

const apiIdentity = ({ kind, name }: ApiObject) => `${kind}/${name}`;

/** `Kind/name`, of a job without the hash. */
function unhashedIdentity({ kind, metadata }: ManifestObject): string {
  const name = metadata?.name ?? '';
  return `${kind}/${kind === 'Job' ? name.replace(/-[0-9a-f]{8}$/, '') : name}`;
}

/** The jobs of a chart that was printed, whose names carry a hash of what they run, patches included. */
const jobsOf = (chart: Chart): NamedJob[] =>
  chart.node
    .findAll()
    .flatMap((construct) =>
      HashedJob.isHashedJob(construct) && construct.printedName !== undefined
        ? [{ name: construct.printedName, labelled: construct.labelled }]
        : [],
    );
