import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { valueProblem } from '../../../charts/common/managed-values.ts';
import type { SealedValues, Sealing } from '../../../charts/common/secret-store.ts';
import { type LoadOptions, load } from '../../config/load.ts';
import { Reader } from '../../config/reader.ts';
import { readSealedSecrets, sealedFile, sealedSecretsText } from '../../config/sealed-secrets.ts';
import { UsageError } from '../../platform/errors.ts';
import { suggestion } from '../../platform/nearest.ts';
import { makePassword } from './environment-file.ts';
import { sealValue } from './seal-value.ts';
import { type SealedVariable, sealedVariables, unsealed } from './sealed-variables.ts';

export interface SealOptions extends LoadOptions {
  /** The value that is sealed; without it, passwords are made up for what is sealed nowhere. */
  readonly given?: { readonly owner: string; readonly variable: string; readonly value: string };
}

/** The values that were sealed, and those that the profile lacks. */
export interface Sealed {
  readonly sealed: readonly SealedVariable[];
  readonly missing: readonly SealedVariable[];
}

/**
 * Seals values for the profile's cluster into sealed-secrets.yaml; what is sealed already stays, unless it is given.
 *
 * @throws UsageError if the profile seals nothing, its certificate can't be used, or nothing takes the given value
 */
export function sealSecrets(root: string, options: SealOptions): Sealed {
  const { environment, profile } = load(root, options);
  const { sealing } = profile;
  if (!sealing)
    throw new UsageError(
      `the profile ${profile.name} seals no Secrets`,
      `profiles.${profile.name}.secrets: { certificate: FILE } in repoctl.yaml`,
    );
  const variables = sealedVariables(environment, profile);
  const certificate = readCertificate(root, sealing);
  const values = new Map<SealedVariable, string>();
  if (options.given) values.set(wanted(variables, options.given), options.given.value);
  // Where one Secret has it already, another value would not be the same.
  else
    for (const each of variables)
      if (each.generated && unsealed(each, profile).length === each.places.length) values.set(each, makePassword());
  const next: Record<string, Record<string, string>> = structuredClone(sealing.values) as never;
  for (const [{ places }, value] of values)
    for (const { key, ...place } of places) {
      const secret = `${place.namespace}/${place.secret}`;
      next[secret] = { ...next[secret], [key]: sealValue(certificate, sealing.scope, place, value) };
    }
  if (values.size > 0) writeSealed(root, profile.name, next);
  const after = { ...profile, sealing: { ...sealing, values: next } };
  const missing = variables.filter((each) => unsealed(each, after).length > 0);
  return { sealed: [...values.keys()], missing };
}

function readCertificate(root: string, { certificate }: Sealing): string {
  const reader = new Reader(root);
  const text = reader.text(certificate);
  if (text !== undefined) return text;
  throw new UsageError(
    `there is no ${certificate}, the certificate of the Sealed Secrets controller`,
    `kubeseal --fetch-cert > ${certificate}`,
  );
}

function wanted(
  variables: readonly SealedVariable[],
  { owner, variable, value }: NonNullable<SealOptions['given']>,
): SealedVariable {
  const found = variables.find((each) => each.owner === owner && each.variable === variable);
  if (!found) {
    const names = variables.map((each) => `${each.owner} ${each.variable}`);
    throw new UsageError(`no Secret takes ${variable} of ${owner}; ${suggestion(`${owner} ${variable}`, names)}`);
  }
  const problem = found.rule && valueProblem(found.rule, variable, { [variable]: value });
  if (value === '' || problem)
    throw new UsageError(`${variable} ${problem || 'is empty; expected the value on stdin'}`);
  return found;
}

/** What other profiles have stays. */
function writeSealed(root: string, profile: string, values: SealedValues): void {
  const { sealed } = readSealedSecrets(new Reader(root));
  writeFileSync(join(root, sealedFile), sealedSecretsText({ ...sealed, [profile]: values }));
}
