import { typeMeta } from '../../../charts/common/api-versions.ts';
import { labelKeys } from '../../../charts/common/labels.ts';
import type { ManifestObject } from '../../../charts/common/manifest-object.ts';
import { FailureError, TimeoutError } from '../../platform/errors.ts';
import { poll } from '../../platform/poll.ts';
import type { PasswordChange, PasswordKind } from './change.ts';

/** A job, as the cluster has it. */
interface Job extends ManifestObject {
  readonly spec: {
    readonly template: { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } };
  } & Readonly<Record<string, unknown>>;
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const isOfKubernetes = (key: string): boolean => /^(batch\.kubernetes\.io\/)?(controller-uid|job-name)$/.test(key);

/** A job that has run, as a new one of the same name. */
export function freshJob({ metadata, spec }: Job): ManifestObject & { readonly spec: unknown } {
  const { name, namespace, labels, annotations } = metadata as ManifestObject['metadata'] & {
    readonly annotations?: Readonly<Record<string, string>>;
  };
  const { selector: _, manualSelector: __, template, ...rest } = spec;
  const own = (given: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(given).filter(([key]) => !isOfKubernetes(key)));
  const templateMetadata = { ...template.metadata, labels: own(template.metadata?.labels) };
  return {
    ...typeMeta('Job'),
    metadata: { name, namespace, labels: own(labels), annotations } as ManifestObject['metadata'],
    spec: { ...rest, template: { ...template, metadata: templateMetadata } },
  };
}

const patience = 300_000;

/** The job that makes the projects' users gives each its secret key, so it runs again. */
async function makeUsersAgain({ cluster, server, signal }: PasswordChange): Promise<void> {
  const { namespace, object } = server;
  const labels = { [labelKeys.instance]: `${object}-buckets` };
  const until = (ask: () => Promise<boolean>, what: string) =>
    poll(ask, () => new TimeoutError(`${what} after ${patience / 1000} s`, `repoctl status ${namespace}`), {
      timeout: patience,
      signal,
    });
  for (const job of await cluster.list<Job>('Job', { namespace, labels })) {
    const reference = { ...typeMeta('Job'), metadata: job.metadata };
    const name = `${namespace}/${job.metadata?.name}`;
    await cluster.remove(reference);
    await until(async () => (await cluster.get(reference)) === undefined, `${name} is not gone`);
    await cluster.create(freshJob(job));
    await until(async () => {
      const conditions = (await cluster.get<Job>(reference))?.status?.conditions ?? [];
      const holds = (type: string) => conditions.some((each) => each.type === type && each.status === 'True');
      if (holds('Failed'))
        throw new FailureError(
          `${name} failed; it creates the users of the object store`,
          `repoctl status ${namespace}`,
        );
      return holds('Complete');
    }, `${name} has not ended`);
  }
}

/** The server reads the administrator's password when it starts. */
export const minioRootPassword: PasswordKind = { restart: 'first' };

/** The secret keys of the projects' users. */
export const minioUserKeys: PasswordKind = { admit: makeUsersAgain };
