import { labelKeys } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { quantityValue } from './quantity.ts';

/** A StatefulSet, as far as its data goes. */
export interface DataSet extends ManifestObject {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
    };
    readonly volumeClaimTemplates?: readonly Claim[];
  };
}

/** A claim, or the template of one. */
export interface Claim extends ManifestObject {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly storageClassName?: string;
    readonly resources?: { readonly requests?: { readonly storage?: string } };
  };
}

export interface StorageClass extends ManifestObject {
  readonly allowVolumeExpansion?: boolean;
}

/** What a namespace holds. */
export interface Held {
  /** Its own StatefulSets. */
  readonly sets: readonly DataSet[];
  readonly claims: readonly Claim[];
  readonly classes: readonly StorageClass[];
}

/** A change of the configuration that the data does not take. */
export interface DataProblem {
  /** Name of the StatefulSet, or of the claim of a project's own. */
  readonly object: string;
  readonly message: string;
  readonly advice: string;
}

/** Whose data it is. */
export interface DataOwner {
  /** Name of the project; none in the global tier. */
  readonly project?: string;
  /** Name of the profile, if it is one of real clusters. */
  readonly profile?: string;
}

/** A claim that gets more room. */
export interface Enlargement {
  readonly claim: Claim;
  readonly size: string;
}

/** Says on a claim which major version of its program wrote what is in it. */
export const versionAnnotation = 'repoctl.dev/data-version';

/**
 * What the wanted objects mean for the data that is there: room that can be given, and what can't be done without a loss.
 *
 * @param startEmpty whether a service may begin empty although the data of one that left the configuration stays behind
 */
export function dataChanges(
  of: DataOwner,
  wanted: readonly ManifestObject[],
  held: Held,
  startEmpty = false,
): { readonly enlargements: readonly Enlargement[]; readonly problems: readonly DataProblem[] } {
  const enlargements: Enlargement[] = [];
  const problems: DataProblem[] = [];
  const sets = wanted.filter((object): object is DataSet => object.kind === 'StatefulSet');
  const ownClaims = wanted.filter((object): object is Claim => object.kind === 'PersistentVolumeClaim');
  const sizes = [
    ...sets.flatMap((set) =>
      claimsOf(set, held).map(({ claim, template }) => ({ object: nameOf(set), claim, size: sizeOf(template) })),
    ),
    ...ownClaims.flatMap((object) =>
      held.claims
        .filter(({ metadata }) => metadata.name === object.metadata.name)
        .map((claim) => ({ object: nameOf(object), claim, size: sizeOf(object) })),
    ),
  ];
  for (const { object, claim, size } of sizes) {
    const change = sizeChange(claim, size, held.classes);
    if (change === 'enlarge') enlargements.push({ claim, size });
    else if (change) problems.push({ object, message: change, advice: waysOf(of, `storage: ${sizeOf(claim)}`) });
  }
  for (const set of sets) problems.push(...versionProblems(of, set, held));
  if (!startEmpty) problems.push(...renamed(of, sets, held));
  return { enlargements, problems };
}

const nameOf = ({ metadata }: ManifestObject): string => metadata?.name ?? '';
const sizeOf = ({ spec }: Claim): string => spec.resources?.requests?.storage ?? '0';

/** The claims that are there of a StatefulSet's templates. */
function claimsOf(set: DataSet, { claims }: Held): { readonly claim: Claim; readonly template: Claim }[] {
  return (set.spec.volumeClaimTemplates ?? []).flatMap((template) => {
    const pattern = new RegExp(`^${template.metadata.name}-${nameOf(set)}-\\d+$`);
    return claims.filter(({ metadata }) => pattern.test(metadata.name)).map((claim) => ({ claim, template }));
  });
}

function sizeChange(claim: Claim, size: string, classes: readonly StorageClass[]): 'enlarge' | string | undefined {
  const [has, wants] = [quantityValue(sizeOf(claim)), quantityValue(size)];
  if (wants === has) return undefined;
  const found = `the claim ${claim.metadata.name} has ${sizeOf(claim)}, the configuration says ${size}`;
  if (wants < has) return `${found}: a claim can't be made smaller`;
  const { storageClassName } = claim.spec;
  const expandable = classes.some(
    ({ metadata, allowVolumeExpansion }) => metadata?.name === storageClassName && allowVolumeExpansion,
  );
  return expandable ? 'enlarge' : `${found}, and its storage class ${storageClassName} can't enlarge claims`;
}

/** What can be done where a claim has to be another one. */
function waysOf({ project, profile }: DataOwner, asBefore: string): string {
  if (profile !== undefined)
    return `Its data has to be saved, the claim deleted, and the data put back: docs/deploy.md has the commands. Or set ${asBefore} again`;
  return project === undefined
    ? `Set ${asBefore} again; or delete the claim with its data once the service is stopped`
    : `repoctl infra project reset ${project} backs up the data, deletes it and starts empty; repoctl infra project restore ${project} --latest puts it back. Or set ${asBefore} again`;
}

function startOf({ project, profile }: DataOwner): string {
  if (profile !== undefined) return `repoctl deploy --profile ${profile}`;
  return project === undefined ? 'repoctl infra global start' : `repoctl infra project start ${project}`;
}

/** Programs whose data only the same major version can read, by the name of their container. */
const versioned: Readonly<Record<string, { readonly program: string; readonly major: RegExp }>> = {
  // `postgres:16.4-alpine`, `timescale/timescaledb:2.14-pg16`
  postgres: { program: 'PostgreSQL', major: /^[^@]*:(?:[\w.-]*pg)?(\d+)/ },
};

/** The major version of the data that a StatefulSet's program writes, where that matters and can be told. */
export function dataVersion(set: DataSet): { readonly program: string; readonly major: string } | undefined {
  for (const { name, image } of set.spec.template.spec.containers) {
    const { program = '', major } = versioned[name] ?? {};
    const [, found] = major?.exec(image) ?? [];
    if (found) return { program, major: found };
  }
  return undefined;
}

function versionProblems(of: DataOwner, set: DataSet, held: Held): DataProblem[] {
  const wants = dataVersion(set);
  const existing = held.sets.find((each) => nameOf(each) === nameOf(set));
  const [claim] = claimsOf(set, held).map((each) => each.claim);
  if (!wants || !claim) return [];
  const has = (existing && dataVersion(existing)?.major) ?? claim.metadata.annotations?.[versionAnnotation];
  if (has === undefined || has === wants.major) return [];
  const message = `the data of ${nameOf(set)} is of ${wants.program} ${has}, the configuration says ${wants.major}, which can't read it`;
  return [{ object: nameOf(set), message, advice: waysOf(of, `an image of ${wants.program} ${has}`) }];
}

/** New services without data beside one of the same kind that has left the configuration and has some. */
function renamed(of: DataOwner, sets: readonly DataSet[], held: Held): DataProblem[] {
  const wanted = new Set(sets.map(nameOf));
  const left = held.sets.filter((set) => !wanted.has(nameOf(set)) && claimsOf(set, held).length > 0);
  const fresh = sets.filter(
    (set) => !held.sets.some((each) => nameOf(each) === nameOf(set)) && claimsOf(set, held).length === 0,
  );
  return left.flatMap((old) => {
    const [now] = fresh.filter((set) => kindOf(set) === kindOf(old));
    if (!now) return [];
    const [claim] = claimsOf(old, held).map((each) => each.claim.metadata.name);
    return [
      {
        object: nameOf(now),
        message: `${nameOf(now)} is new and would begin empty; ${nameOf(old)}, with the data in the claim ${claim}, has left the configuration`,
        advice: `Was it renamed? Its data stays with its name: give it the old one again (${serviceOf(old)}). To begin empty, and keep the old claim: ${startOf(of)} --start-empty`,
      },
    ];
  });
}

const serviceOf = ({ metadata }: ManifestObject): string => metadata?.labels?.[labelKeys.name] ?? metadata?.name ?? '';

/** The image without its tag or digest: what the program is. */
const kindOf = (set: DataSet): string =>
  (set.spec.template.spec.containers[0]?.image ?? '').replace(/@.*$/, '').replace(/:[^/]*$/, '');
