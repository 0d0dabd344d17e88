import type { Environment, Profile } from '../../../charts/model.ts';
import { secrets } from '../../../charts/wiring.ts';
import type { SealedPlace } from './seal-value.ts';

/** A key of a Secret that has to be sealed. */
interface SealedKey extends SealedPlace {
  readonly key: string;
}

/** A value that has to be sealed, for every Secret that has it. */
export interface SealedVariable {
  /** The environment, or the project whose it is. */
  readonly owner: string;
  readonly variable: string;
  /** Whether repoctl may make the value up. */
  readonly generated: boolean;
  /** What the value has to be, by its name in charts/common/managed-values.ts. @default anything */
  readonly rule?: string;
  readonly places: readonly SealedKey[];
}

/** Every value that the Secrets of a profile are made of. A password of the global tier is in Secrets of many namespaces. */
export function sealedVariables(environment: Environment, profile: Profile): SealedVariable[] {
  const found = new Map<string, SealedVariable & { readonly places: SealedKey[] }>();
  for (const project of [undefined, ...environment.projects]) {
    const { namespace } = project ?? environment;
    for (const { name: secret, keys } of secrets(environment, profile, project))
      for (const { owner, variable, key, generated, rule } of keys) {
        const id = `${owner} ${variable}`;
        const known = found.get(id) ?? { owner, variable, generated, rule, places: [] };
        known.places.push({ namespace, secret, key });
        found.set(id, known);
      }
  }
  return [...found.values()];
}

/** The places that a value is not sealed for. */
export const unsealed = ({ places }: SealedVariable, { sealing }: Profile): SealedKey[] =>
  places.filter(({ namespace, secret, key }) => sealing?.values[`${namespace}/${secret}`]?.[key] === undefined);

/** What is not sealed yet, each with the command that seals it. */
export const unsealedLines = (environment: Environment, profile: Profile): string[] =>
  sealedVariables(environment, profile).flatMap((each) => {
    const missing = unsealed(each, profile);
    if (missing.length === 0) return [];
    const where = missing.map(({ namespace, secret, key }) => `${namespace}/${secret} ${key}`).join(', ');
    return [
      `missing: ${each.variable} of ${each.owner} is not sealed for ${where}`,
      `  repoctl secrets seal ${each.owner} ${each.variable} --profile ${profile.name} < FILE`,
    ];
  });
