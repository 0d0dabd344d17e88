import { dnsLabel, maximumObjectName } from '../../charts/common/fields.ts';
import type { ResolveContext } from '../../charts/common/kind.ts';
import { objectName } from '../../charts/common/names.ts';
import { globalKinds, serviceKinds } from '../../charts/kinds.ts';
import type { Environment, Manifest } from '../../charts/model.ts';
import type { EnvironmentInput } from './environment-schema.ts';
import type { FileContext } from './file-context.ts';
import { type Problem, pathText } from './problem.ts';
import type { SharedKinds } from './project-schema.ts';
import { readManifests } from './read-manifests.ts';
import { readScripts } from './read-scripts.ts';
import { withVolumeFiles } from './read-volume-files.ts';
import type { Reader } from './reader.ts';
import { environmentFile } from './root.ts';

/** The services under `global.services`, by name. */
const namedServices = ({ global }: EnvironmentInput): [string, { readonly kind: string }][] =>
  Object.entries(global.services as Readonly<Record<string, { readonly kind: string } | undefined>>).flatMap(
    ([name, settings]) => (settings ? [[name, settings] as [string, { readonly kind: string }]] : []),
  );

/** The kinds of the services that `global.services` names. */
export const sharedKinds = (input: EnvironmentInput): SharedKinds =>
  Object.fromEntries(namedServices(input).map(([name, { kind }]) => [name, kind]));

/** What is wrong with the name of a service under `global.services`. */
function nameProblem(name: string, environment: string): string | undefined {
  const [wrong] = dnsLabel.safeParse(name).error?.issues ?? [];
  if (wrong) return `the name "${name}" ${wrong.message}`;
  const { field } = globalKinds[name] ?? {};
  if (field !== undefined)
    return `"${name}" is what global.${field} becomes; say there what it is, or choose another name`;
  if (name === 'projects') return '"projects" under uses are other projects; choose another name';
  if (name === 'constructor') return '"constructor" is reserved; choose another name';
  const object = objectName(environment, name);
  return object.length > maximumObjectName
    ? `"${object}" has ${object.length} characters; allowed: ${maximumObjectName}`
    : undefined;
}

/** What the global tier holds, as the root's own files describe it. */
export interface ReadGlobal extends Pick<Environment, 'services' | 'chart'> {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
}

/**
 * Reads the global tier.
 *
 * @param namespace of the global tier
 */
export function readGlobal(reader: Reader, input: EnvironmentInput, namespace: string): ReadGlobal {
  const { name: environment } = input;
  const problems: Problem[] = [];
  const context: FileContext = {
    reader,
    directory: '',
    file: environmentFile,
    refuse: (path, message, at = 'value') => problems.push({ file: environmentFile, place: { path, at }, message }),
  };
  const owner = { environment: namespace, tier: 'global' } as const;
  const located = (name: string, kind: string) => ({
    name,
    kind,
    scope: environment,
    namespace,
    object: objectName(environment, name),
    owner,
  });
  const wellKnown = Object.entries(globalKinds).flatMap(([kind, { field }]) => {
    const settings = (input.global as Record<string, unknown>)[field];
    return settings ? [{ ...located(kind, kind), settings }] : [];
  });
  const named = namedServices(input).map(([name, { kind, ...settings }]) => {
    const problem = nameProblem(name, environment);
    const path = ['global', 'services', name];
    if (problem) context.refuse(path, `${pathText(path)}: ${problem}`, 'key');
    const scripts: ResolveContext['scripts'] = (field, folder, endings) =>
      readScripts(context, [...path, field], folder, endings);
    const resolved =
      serviceKinds[kind]?.resolve?.(settings, { project: environment, scripts, development: false }) ?? settings;
    return { ...located(name, kind), settings: withVolumeFiles(context, path, resolved) };
  });
  const manifests = readManifests(reader, '', problems);
  const chart = reader.text('infra/chart.ts') === undefined ? undefined : 'infra/chart.ts';
  return { services: [...wellKnown, ...named], manifests, chart, problems };
}
