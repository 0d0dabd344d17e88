import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { typeMeta } from '../../charts/common/api-versions.ts';
import { pulled } from '../../charts/common/image-pull.ts';
import { images } from '../../charts/common/images.ts';
import { labelKeys } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { containerSecurity, podSecurity } from '../../charts/common/security.ts';
import type { Cluster } from '../cluster/client.ts';
import { type ContainerReference, exec } from '../cluster/exec.ts';
import { ClusterError, TimeoutError } from '../platform/errors.ts';
import { poll } from '../platform/poll.ts';
import { size } from '../platform/text.ts';
import { openFile } from './checked-file.ts';
import type { Copies } from './data-store.ts';
import { type BackupPart, fileOf, isPart, type PartKind, partFields } from './part.ts';
import { isPaused, pauseControllers, pauseService, resumeControllers, resumeService } from './pause.ts';
import { saveSent, sentSum } from './sent-file.ts';
import { type ClaimServer, imageOf, podPatience, waitForPod, waitUntilReady } from './service-pods.ts';

/** What is in the claim is read and written by a pod of our own, since the image of a server may have no shell. */
function copyPod({ namespace, object, folder, user, group, pull }: ClaimServer, claim: ManifestObject): ManifestObject {
  const labels = claim.metadata?.labels ?? {};
  const level = user === 0 ? 'baseline' : 'restricted';
  const owner = [labelKeys.partOf, labelKeys.tier, labelKeys.project];
  const kept = Object.entries(labels).filter(([key]) => (owner as string[]).includes(key));
  const pod: ManifestObject = {
    ...typeMeta('Pod'),
    // Not the labels by which the Service finds the server's pod, nor that by which the configuration's objects are told.
    metadata: {
      name: `${object}-copy`,
      namespace,
      labels: { ...Object.fromEntries(kept), [labelKeys.component]: 'backup' },
    },
    spec: {
      restartPolicy: 'Never',
      // It ends by itself if the command that made it is killed.
      activeDeadlineSeconds: 3600,
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: podSecurity({ user, group, level }),
      containers: [
        {
          name: 'copy',
          image: images.busybox,
          imagePullPolicy: 'IfNotPresent',
          command: ['sleep', '3600'],
          resources: { requests: { cpu: '20m', memory: '32Mi' }, limits: { cpu: '1', memory: '256Mi' } },
          volumeMounts: [{ name: 'data', mountPath: folder }],
          securityContext: containerSecurity({ level }),
        },
      ],
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: claim.metadata?.name ?? '' } }],
    },
  };
  return pull ? pulled(pod, pull) : pod;
}

/** Stops what writes to a claim, and starts it again. */
interface Pausing {
  pause(cluster: Cluster, server: ClaimServer, signal?: AbortSignal): Promise<void>;
  resume(cluster: Cluster, server: ClaimServer): Promise<void>;
}

/** Waits for the service first: one that can't run is not stopped. */
const service: Pausing = {
  async pause(cluster, server, signal) {
    // Stopped by a command that was killed, it is ours to start again.
    if (!(await isPaused(cluster, server))) await waitForPod(cluster, server, { signal });
    await pauseService(cluster, server, signal);
  },
  async resume(cluster, server) {
    await resumeService(cluster, server);
    await waitForPod(cluster, server);
  },
};

/** Stops workloads whatever their state: they may be stopped already, or not be due. */
const someWorkloads: Pausing = {
  pause: (cluster, { namespace, workloads = [] }, signal) => pauseControllers(cluster, namespace, workloads, signal),
  resume: (cluster, { namespace, workloads = [] }) => resumeControllers(cluster, namespace, workloads),
};

/** The caller has stopped all workloads, and starts them once all data is restored. */
const stoppedAlready: Pausing = { pause: async () => {}, resume: async () => {} };

/** Stops what writes to a claim, does something in a pod with its folder, and starts it again. */
async function withFolder<Result>(
  cluster: Cluster,
  server: ClaimServer,
  { pause, resume }: Pausing,
  work: (where: ContainerReference) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result> {
  const { namespace } = server;
  const metadata = { namespace, name: server.claim };
  const claim = await cluster.get({ ...typeMeta('PersistentVolumeClaim'), metadata });
  if (!claim) throw new ClusterError(`there is no claim ${namespace}/${metadata.name}`, `repoctl status ${namespace}`);
  const pod = copyPod(server, claim);
  try {
    await pause(cluster, server, signal);
    await removed(cluster, pod);
    await cluster.create(pod);
    const name = pod.metadata?.name ?? '';
    await waitUntilReady(cluster, { namespace, pod: name }, { signal });
    return await work({ namespace, pod: name, container: 'copy' });
  } finally {
    // Also after Ctrl-C, so without its signal. The claim can't be used by two pods on two nodes.
    await removed(cluster, pod);
    await resume(cluster, server);
  }
}

async function removed(cluster: Cluster, pod: ManifestObject): Promise<void> {
  if (!(await cluster.remove(pod))) return;
  await poll(
    async () => !(await cluster.get(pod)),
    () => new TimeoutError(`pod ${pod.metadata?.name} does not end after ${podPatience / 1000} s`),
    { timeout: podPatience },
  );
}

const saveScript = `
set -e
if (set -o pipefail) 2>/dev/null; then set -o pipefail; fi
cd "$1"
{ tar -c . | tee /dev/fd/3 | sha256sum >&2; } 3>&1 | cat`.trim();

/**
 * Copies the folder of a server as a tar archive; the server is stopped meanwhile.
 *
 * @returns the SHA-256 of what was sent
 */
async function saveClaim(
  cluster: Cluster,
  server: ClaimServer,
  output: Writable,
  signal?: AbortSignal,
): Promise<string> {
  const command = ['sh', '-c', saveScript, 'tar', server.folder];
  return withFolder(
    cluster,
    server,
    server.workloads ? someWorkloads : service,
    async (where) => sentSum((await exec(cluster, where, command, { output, signal })).stderr, 'tar'),
    signal,
  );
}

/**
 * Puts a tar archive in place of a folder's files, or leaves them as they are: what was there is moved aside, and comes back
 * if anything fails. What does not come whole is removed, since a server could take it for its own.
 *
 * Its arguments are the folder and the archive's SHA-256; the archive comes on stdin.
 */
// `find` does not say whether what it ran has failed, so that it is looked at what is left.
export const restoreScript = `
set -e
if (set -o pipefail) 2>/dev/null; then set -o pipefail; fi
folder=$1
cd "$folder"
present() { find . -mindepth 1 -maxdepth 1 ! -name .restoring ! -name .restoring.sum ! -name .replaced ! -name lost+found "$@"; }
step=receive
end() {
  code=$?
  set +e
  trap - EXIT
  if [ "$step" = fill ]; then present -exec rm -rf {} +; fi
  if [ "$step" = done ]; then rm -rf .replaced; else find .replaced -mindepth 1 -maxdepth 1 -exec mv {} . \\;; fi
  rmdir .replaced 2>/dev/null || [ ! -e .replaced ] || echo "what was there is in $folder/.replaced" >&2
  rm -rf .restoring .restoring.sum
  exit "$code"
}
rm -rf .restoring .restoring.sum .replaced
trap end EXIT
mkdir .restoring .replaced
{ tee /dev/fd/3 | sha256sum > .restoring.sum; } 3>&1 | tar -x -C .restoring
grep -q "^$2 " .restoring.sum || { echo "what came has another SHA-256 than the backup" >&2; exit 1; }
step=empty
present -exec mv {} .replaced \\;
[ -z "$(present)" ] || { echo "can't move what is there" >&2; exit 1; }
step=fill
find .restoring -mindepth 1 -maxdepth 1 ! -name lost+found -exec mv {} . \\;
[ -z "$(find .restoring -mindepth 1 -maxdepth 1 ! -name lost+found)" ] || { echo "can't move what came" >&2; exit 1; }
step=done
sync`.trim();

/** Puts a copy in place of what a server has; the server is stopped meanwhile. */
async function restoreClaim(
  cluster: Cluster,
  server: ClaimServer,
  input: () => Readable,
  sha256: string,
  signal?: AbortSignal,
): Promise<void> {
  const command = ['sh', '-c', restoreScript, 'tar', server.folder, sha256];
  await withFolder(
    cluster,
    server,
    server.workloads ? stoppedAlready : service,
    (where) => exec(cluster, where, command, { input: input(), signal }),
    signal,
  );
}

/** A kind of part that is the claim of a server: a tar archive. */
export function claimPart<const Kind extends string>(kind: Kind, describe: (part: BackupPart) => string) {
  const schema = z.object({ kind: z.literal(kind), ...partFields });
  return { kind, schema, describe } satisfies PartKind<z.output<typeof schema>>;
}

/** Which of the claims of a server it is, where it may have several. */
export interface OneOfClaims {
  /** Fields of its part, by which it is known again. */
  readonly fields: Readonly<Record<string, string | number | undefined>>;
  /** `keeper-ledger-0`: the end of its file's name, and what it is called. */
  readonly name: string;
}

/** Copies of a server's claim: for what is known of no better way, its files, while nothing writes them. */
export function claimCopies(
  of: PartKind,
  server: ClaimServer,
  { fields, name }: OneOfClaims = { fields: {}, name: server.service },
): Copies {
  const { service, workloads } = server;
  const again = workloads ? 'started again' : 'running again';
  return {
    async save({ cluster, folder, signal, report }) {
      report(`${name}: ${workloads ? `${service} is` : 'is'} stopped while its folder is copied`);
      const path = `${of.kind}/${name}.tar`;
      const file = await saveSent(folder, path, (output) => saveClaim(cluster, server, output, signal));
      report(`${name}: ${size(file.bytes)}, and ${again}`);
      const serverVersion = workloads ? undefined : await imageOf(cluster, server);
      return [{ kind: of.kind, service, ...fields, serverVersion, files: [file] }];
    },
    place(part) {
      const given = part as BackupPart & Readonly<Record<string, unknown>>;
      const isIt = isPart(of, part) && part.service === service;
      if (!isIt || Object.entries(fields).some(([field, value]) => given[field] !== value)) return undefined;
      const file = fileOf(part);
      return {
        what: name,
        atomic: true,
        async restore({ cluster, folder, signal, report }) {
          if (!workloads) report(`${name}: is stopped while its folder is replaced`);
          await restoreClaim(cluster, server, () => openFile(folder, file.path), file.sha256, signal);
          return workloads ? size(file.bytes) : `${size(file.bytes)}, and running again`;
        },
      };
    },
  };
}
