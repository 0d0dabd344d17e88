import type { Service, Workload } from '../../charts/common/kind.ts';
import type { PodSettings } from '../../charts/common/pod-fields.ts';
import { defaultUser } from '../../charts/common/security.ts';
import { volumeObject } from '../../charts/common/volumes.ts';
import { serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import { isManaged, pullOf } from '../../charts/wiring.ts';
import type { DataStore, Located } from './data-store.ts';
import { type ClaimServer, podOf, templateClaim, type WorkloadController } from './service-pods.ts';
import { volumeStore } from './stores/volume.ts';

/** What mounts volumes, and what its pods belong to. */
interface Mounting {
  readonly of: Service | Workload;
  readonly settings: PodSettings & { readonly replicas?: number };
  readonly controller: WorkloadController['kind'];
  readonly isService: boolean;
}

/** Where the pod that copies has a claim: each program has it elsewhere, or nowhere. */
export const copyFolder = '/volume';

/** The data in the claims under `volumes` of a project's workloads and services. */
export function locateVolumes(located: Located): DataStore[] {
  const all = mountings(located);
  return all.flatMap((mounting) =>
    Object.entries(mounting.settings.volumes ?? {}).flatMap(([name, { claim }]) =>
      claim ? storesOf(mounting, name, all, located) : [],
    ),
  );
}

function mountings({ profile, project }: Located): Mounting[] {
  const of = (each: Service | Workload, controller: Mounting['controller'] = 'Deployment', isService = false) => ({
    of: each,
    settings: each.settings as Mounting['settings'],
    controller,
    isService,
  });
  return [
    ...project.services
      .filter((each) => !isManaged(profile, each))
      .flatMap((each) => {
        const controller = serviceKinds[each.kind]?.controller(each.settings);
        // The claims of a Cluster are its operator's.
        return controller === 'Cluster' ? [] : [of(each, controller, true)];
      }),
    ...project.workloads.map((each) => of(each, workloadKinds[each.kind]?.controller)),
  ];
}

/** One for each pod of a StatefulSet, one that all pods share of anything else. */
function storesOf(mounting: Mounting, volume: string, all: readonly Mounting[], located: Located): DataStore[] {
  const { of, settings, controller, isService } = mounting;
  const server = (claim: string): ClaimServer => ({
    ...podOf(of),
    claim,
    workloads: isService ? undefined : [{ kind: controller, object: of.object }, ...othersAt(claim, mounting, all)],
    folder: copyFolder,
    // If the image itself sets its user, the user is unknown here: root can read and write everything.
    user: settings.user ?? (settings.security ? 0 : defaultUser),
    group: settings.group,
    pull: pullOf(located.profile, located.project),
  });
  if (controller !== 'StatefulSet') return [volumeStore(server(volumeObject(of.object, volume)), volume)];
  const claimOf = (ordinal: number) => server(templateClaim(volume, `${of.object}-${ordinal}`));
  if (isService) return [volumeStore(claimOf(0), volume)];
  return Array.from({ length: settings.replicas ?? 1 }, (_, ordinal) => volumeStore(claimOf(ordinal), volume, ordinal));
}

/** The other workloads that mount a claim, by its name. */
const othersAt = (claim: string, mounting: Mounting, all: readonly Mounting[]): WorkloadController[] =>
  all
    .filter((each) => each !== mounting && !each.isService)
    .filter(({ settings }) =>
      Object.values(settings.volumes ?? {}).some((volume) => volume.persistentVolumeClaim === claim),
    )
    .map(({ of, controller }) => ({ kind: controller, object: of.object }));
