import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectToChange } from '../cluster/connect.ts';
import { withLeases } from '../cluster/lease.ts';
import { UsageError } from '../platform/errors.ts';
import { suggestion } from '../platform/nearest.ts';
import type { Plan, PlannedNamespace, PlannedSecretKey } from '../synth/plan.ts';
import { globalTier, leaseOrder, planned, synthesized } from '../synth/plan-queries.ts';
import { makePassword, withValues } from '../synth/secrets/environment-file.ts';
import { replaceWhole } from '../synth/secrets/whole-file.ts';
import { applySecrets } from './apply-secrets.ts';
import { healthyAmong } from './await-health.ts';
import { settleSecrets } from './passwords/settle.ts';
import { progressOn } from './progress.ts';
import type { StartOptions } from './start.ts';

/** A service and those of its passwords that repoctl makes up. */
export interface Rotatable {
  readonly service: string;
  readonly keys: readonly PlannedSecretKey[];
}

/** The services of a namespace whose passwords are its own to change: those that its own `.env` holds. */
export function rotatable(plan: Plan, namespace: PlannedNamespace): Rotatable[] {
  const global = globalTier(plan);
  const file = namespace === global ? '.env' : `${namespace.directory}/infra/.env`;
  const services = new Map([
    ...global.services.map(({ name }) => [`${namespace.project}-${name}`, name] as const),
    ...global.services.map(({ name, object }) => [object, name] as const),
    ...namespace.services.map(({ name, object }) => [object, name] as const),
    // An object store of its own makes its user from another Secret.
    ...namespace.services.map(({ name, object }) => [`${object}-users`, name] as const),
  ]);
  return namespace.secrets.flatMap(({ name, keys }) => {
    const service = services.get(name);
    // The user's name alone is no secret.
    const own = keys.filter((key) => key.generated && key.file === file && !key.variable.endsWith('_USER'));
    return service && own.length > 0 ? [{ service, keys: own }] : [];
  });
}

/**
 * Makes new passwords: in the `.env`, in the servers, and in all that uses them. After it was cut short, `start` completes it.
 *
 * @param name of a project; `undefined` for the global tier
 * @param service all that have one, if none is named
 * @throws UsageError if there is no such service, or it has no password of this namespace
 */
export async function rotatePasswords(
  name: string | undefined,
  service: string | undefined,
  options: StartOptions,
): Promise<void> {
  const { root, plan } = await synthesized(options.profile);
  const namespace = name === undefined ? globalTier(plan) : planned(plan, name);
  const chosen = choose(plan, namespace, service);
  const { report, signal, profile = 'local', timeout } = options;
  const cluster = await connectToChange(options);
  await withLeases(
    cluster,
    { ...options, environment: plan.environment, namespaces: leaseOrder(plan, [namespace]) },
    async () => {
      const apply = () =>
        applySecrets(
          cluster,
          root,
          { profile, development: true, environmentFilesOf: [namespace.name, globalTier(plan).name] },
          ({ environment }) => environment.projects.filter((project) => project.namespace === namespace.name),
          options,
        );
      // A `.env` that is not there is made by this.
      await apply();
      const keys = chosen.flatMap((each) => each.keys);
      for (const file of new Set(keys.map((key) => key.file))) {
        const path = join(root, file);
        const variables = [...new Set(keys.filter((key) => key.file === file).map(({ variable }) => variable))];
        const values = new Map(variables.map((variable) => [variable, makePassword()]));
        replaceWhole(root, path, withValues(readFileSync(path, 'utf8'), values));
        report(`${file}: new ${variables.join(', ')}`);
      }
      const waiting = { plan, timeoutSeconds: timeout, progress: progressOn(process.stderr), signal };
      const healthy = healthyAmong(cluster, waiting);
      const stopped = await settleSecrets(cluster, await apply(), { report, signal, healthy });
      for (const object of stopped) report(`${object} is stopped: it takes its new password when it is started`);
    },
  );
}

function choose(plan: Plan, namespace: PlannedNamespace, service: string | undefined): Rotatable[] {
  const all = rotatable(plan, namespace);
  const global = globalTier(plan);
  if (all.length === 0) throw new UsageError(`${namespace.name} has no generated passwords`);
  if (service === undefined) return all;
  const found = all.filter((each) => each.service === service || `${namespace.project}-${each.service}` === service);
  if (found.length > 0) return found;
  const names = all.map((each) => each.service);
  if (namespace !== global && rotatable(plan, global).some((each) => each.service === service))
    throw new UsageError(`all projects share the password of ${service}`, `repoctl infra global rotate ${service}`);
  throw new UsageError(`${namespace.name} has no password of "${service}"; ${suggestion(service, names)}`);
}
