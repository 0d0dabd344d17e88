import { globalKinds } from '../../charts/kinds.ts';
import type { ComposeBuild, ComposeService, ProjectPart } from './compose-file.ts';
import { type Backing, backingOf } from './compose-images.ts';
import { type BackingServices, backingServices, freeName, neededBy, relative, type Taken } from './compose-services.ts';
import { backingTargets, workloadTargets } from './compose-targets.ts';
import { carryVariable, type Target } from './compose-variables.ts';
import { carryWorkload } from './compose-workload.ts';
import { dockerfileFacts } from './dockerfile.ts';
import { findHealthRoute } from './health-route.ts';
import { declaredServices, type Fields, givenVariables, type ProjectData } from './project-data.ts';
import { asName } from './project-name.ts';
import { below, type Source } from './source.ts';

/** A project that is proposed: its file's data, and what goes beside it. */
export interface ProposedProject {
  readonly directory: string;
  readonly data: ProjectData;
  /** What it was made from, for its file's first line. */
  readonly from: string;
  /** What could not be carried over, as sentences. */
  readonly notes: readonly string[];
  /** Variables of its own that belong into `.env`, with the values that are known. */
  readonly secrets: ReadonlyMap<string, string | undefined>;
}

export interface ComposeContext {
  /** Path of the compose file. */
  readonly file: string;
  readonly environment: string;
  readonly all: readonly ComposeService[];
  /** All projects of the file, this one among them. */
  readonly parts: readonly ProjectPart[];
  readonly source: Source;
  readonly taken: Taken;
}

/** Makes a project from services of a compose file that are built, and from those that these need. */
export function composeProject(part: ProjectPart, context: ComposeContext): ProposedProject {
  const { all, source, taken, environment } = context;
  const { name: project, directory, builds } = part;
  const needed = neededServices(part, context);
  const backing = backingServices(needed, { all, builds, directory, source, taken });
  const notes = [...backing.notes, ...doubled(part, needed, context)];
  for (const service of [...needed, ...builds]) notes.push(...service.notes.map((note) => `${service.name}: ${note}`));

  const images = imagesOf(builds, directory);
  const workloads: Record<string, Fields> = {};
  const names = new Map<string, string>();
  const reserved = { ...backing.services, ...backing.uses, env: {}, constructor: {} };
  for (const { name } of builds) {
    names.set(
      name,
      freeName(asName(name), { ...reserved, ...Object.fromEntries([...names.values()].map((n) => [n, 0])) }),
    );
  }
  const used = without({ name: project, uses: backing.uses, services: backing.services }) as unknown as ProjectData;
  const declared = declaredServices(environment, used);
  const given = givenVariables(declared);
  const targets = new Map([...backingTargets(declared, backing, all), ...workloadTargets(context.parts)]);
  const secrets = new Map<string, string | undefined>();
  const links = new Set<string>();
  const environments = new Map(
    builds.map((service) => [service.name, carryEnvironment(service, { targets, given, secrets, notes })]),
  );

  for (const service of builds) {
    const build = service.build as ComposeBuild;
    const image = images.get(buildKey(build));
    const dockerfile = dockerfileFacts(source.text(dockerfilePath(build)) ?? '');
    if (dockerfile.user === undefined && !service.user)
      notes.push(`${service.name}: runs as user 1000, not as root; only /tmp can be written to`);
    const endsByItself = all.some(({ dependsOn }) => dependsOn[service.name] === 'completed');
    const route = findHealthRoute(source, below('', build.context));
    const { own, beat } = carryWorkload(service, { dockerfile, route, endsByItself, taken, notes });
    // What one has in .env can't be another's plain value.
    const env = Object.fromEntries([...(environments.get(service.name) ?? [])].filter(([key]) => !secrets.has(key)));
    const after = afterOf(service, part, context, { backing, names, links }, notes);
    const complete = ({ kind, ...fields }: Fields) =>
      without({ kind, image: images.size > 1 ? image : undefined, ...fields, env, after });
    workloads[names.get(service.name) ?? service.name] = complete(own);
    if (beat) workloads[freeName('beat', { ...reserved, ...workloads })] = complete(beat);
  }
  const data = without({
    name: project,
    images: Object.fromEntries([...images].map(([key, image]) => [image, imageFields(key, directory)])),
    uses: without({ ...backing.uses, projects: [...links] }),
    services: Object.fromEntries(Object.entries(backing.services).map(([name, fields]) => [name, without(fields)])),
    workloads,
  }) as unknown as ProjectData;
  return { directory, data, from: context.file, notes, secrets };
}

/** The services that aren't built and that a project needs: all of the file, if it is the only one. */
function neededServices({ builds }: ProjectPart, { all, parts }: ComposeContext): ComposeService[] {
  const others = all.filter(({ build }) => !build);
  if (parts.length === 1) return others;
  const names = new Set(others.map(({ name }) => name));
  const needed = new Set(builds.flatMap((service) => [...neededBy(service, names)]));
  return others.filter(({ name }) => needed.has(name));
}

/** Notes the services that other projects had, too: a project reaches its own and those of the environment. */
function doubled(part: ProjectPart, needed: readonly ComposeService[], context: ComposeContext): string[] {
  const others = context.parts.filter((each) => each !== part);
  return needed
    .filter(({ image = '' }) => isOwn(backingOf(image)))
    .flatMap((service) => {
      const sharing = others
        .filter((other) => neededServices(other, context).includes(service))
        .map(({ name }) => name);
      return sharing.length === 0 ? [] : [`${service.name}: ${sharing.join(', ')} had the same; now each has one`];
    });
}

const dockerfilePath = ({ context, dockerfile }: ComposeBuild): string => below(below('', context), dockerfile);

const buildKey = (build: ComposeBuild): string =>
  JSON.stringify([below('', build.context), dockerfilePath(build), build.target ?? null, build.args]);

/** Names of the images by what they are built from. */
function imagesOf(builds: readonly ComposeService[], directory: string): Map<string, string> {
  const images = new Map<string, string>();
  for (const { name, build } of builds) {
    const key = buildKey(build as ComposeBuild);
    const taken = Object.fromEntries([...images.values()].map((each) => [each, true]));
    if (!images.has(key)) images.set(key, freeName(asName(name), taken));
  }
  const [only] = images.keys();
  return images.size === 1 && only !== undefined && directory !== '' ? new Map([[only, 'app']]) : images;
}

function imageFields(key: string, directory: string): Fields {
  const [context, dockerfile, target, args] = JSON.parse(key) as [
    string,
    string,
    string | null,
    Record<string, string>,
  ];
  const folder = relative(directory, context);
  const path = relative(directory, dockerfile);
  return without({
    context: folder === '.' ? undefined : folder,
    dockerfile: path === 'Dockerfile' ? undefined : path,
    target: target ?? undefined,
    buildArgs: args,
  });
}

interface VariableContext {
  readonly targets: ReadonlyMap<string, Target>;
  readonly given: ReadonlySet<string>;
  /** Variables for `.env`; the function adds to it. */
  readonly secrets: Map<string, string | undefined>;
  readonly notes: string[];
}

/** The plain variables of a workload. */
function carryEnvironment(service: ComposeService, { targets, given, secrets, notes }: VariableContext) {
  const plain = new Map<string, string>();
  for (const [name, value] of Object.entries(service.environment)) {
    const carried = carryVariable(name, value, targets, given);
    if (carried.as === 'value') plain.set(name, carried.value);
    else if (carried.as === 'secret') addSecret(secrets, name, carried.value, service.name, notes);
  }
  return plain;
}

function addSecret(
  secrets: Map<string, string | undefined>,
  name: string,
  value: string | undefined,
  service: string,
  notes: string[],
): void {
  const before = secrets.get(name);
  if (before !== undefined && value !== undefined && before !== value)
    notes.push(`${service}: ${name} has another value than in the other services; a project has one of each`);
  secrets.set(name, before ?? value);
}

/** What a workload comes after: services, and those workloads that can be waited for. */
function afterOf(
  service: ComposeService,
  part: ProjectPart,
  { all, parts }: ComposeContext,
  { backing, names, links }: { backing: BackingServices; names: ReadonlyMap<string, string>; links: Set<string> },
  notes: string[],
): string[] {
  const servesHttp = (name: string) => {
    const target = all.find((each) => each.name === name);
    return Boolean(target?.ports.length && !all.some(({ dependsOn }) => dependsOn[name] === 'completed'));
  };
  const after = [...neededBy(service, new Set(backing.names.keys()))].map((name) => backing.names.get(name) ?? name);
  for (const name of neededBy(service, new Set(all.flatMap((each) => (each.build ? [each.name] : []))))) {
    const owner = parts.find(({ builds }) => builds.some((each) => each.name === name));
    if (!owner || name === service.name) continue;
    const own = owner.name === part.name;
    const waitedFor = own ? (names.get(name) ?? name) : `${owner.name}/${asName(name)}`;
    if (servesHttp(name)) {
      if (name in service.dependsOn) after.push(waitedFor);
      if (!own) links.add(waitedFor);
    } else if (name in service.dependsOn)
      notes.push(`${service.name}: does not wait for ${name}, which can't be asked; a job with a "check" can`);
  }
  return [...new Set(after)];
}

/** Fields without the empty ones. */
function without(fields: Fields): Fields {
  const says = (value: unknown) =>
    value !== undefined && (typeof value !== 'object' || value === null || Object.keys(value).length > 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => says(value)));
}

/** Whether it becomes a service of the project, not of the global tier. */
const isOwn = ({ kind, spared }: Backing): boolean => spared === undefined && !(kind in globalKinds);
