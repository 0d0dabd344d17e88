import type { Variable } from './connection.ts';
import { declaredContainers } from './extra-containers.ts';
import type { Labelled } from './labels.ts';
import { type Metrics, scrapeAnnotations } from './metrics.ts';
import type { ContainerProps, PodProps } from './pod.ts';
import type { PodSettings } from './pod-fields.ts';
import { stopping } from './pre-stop.ts';
import { schedulingPart } from './scheduling.ts';
import { defaultUser } from './security.ts';
import { podAccount } from './service-account.ts';
import { contentsDigest, declaredVolumes } from './volumes.ts';
import { scratch } from './writable.ts';

/** Of the pod template: tells that files of the repository, which a ConfigMap holds, are others. */
const filesAnnotation = 'repoctl.dev/files';

/** What surrounds a pod that the configuration declares. */
export interface PodSurroundings {
  readonly labelled: Labelled;
  readonly container: ContainerProps & { readonly variables: readonly Variable[] };
  /** Containers that wait for what it depends on. @default none */
  readonly waits?: readonly ContainerProps[];
  /** The longest time to stop after SIGTERM. */
  readonly stopSeconds: number;
  /** Whether its controller makes each pod's claims from templates. @default false */
  readonly claimTemplates?: boolean;
  /** Where its metrics are. @default it has none */
  readonly metrics?: Metrics;
  /** The image reference of the profile for what `image` says. */
  readonly imageOf: (given: string) => string;
}

/** A pod as the configuration declares it. */
export function declaredPod(settings: PodSettings, surroundings: PodSurroundings): PodProps {
  const { labelled, container, waits = [], stopSeconds, claimTemplates, imageOf } = surroundings;
  const { volumes: given = {}, security, annotations, labels } = settings;
  const level = security?.level;
  const own = declaredVolumes(labelled.object, given, claimTemplates);
  const folders = scratch(settings.writable);
  const { image, variables } = container;
  const beside = declaredContainers(settings, { image, variables, volumes: given, level, imageOf });
  const { lifecycle, sleepSeconds } = stopping(settings.preStop);
  const ownAnnotations = {
    ...(Object.keys(own.configMaps).length > 0 && { [filesAnnotation]: contentsDigest(own.configMaps) }),
    ...(surroundings.metrics && scrapeAnnotations(surroundings.metrics)),
  };
  return {
    labelled,
    user: settings.user ?? (level === 'baseline' ? undefined : defaultUser),
    group: settings.group,
    level,
    graceSeconds: stopSeconds + sleepSeconds,
    init: [...beside.sidecars, ...waits, ...beside.init],
    volumes: [...own.volumes, ...folders.volumes, ...beside.volumes],
    annotations: Object.keys(ownAnnotations).length > 0 ? ownAnnotations : undefined,
    metadata: { labels, annotations },
    scheduling: schedulingPart(labelled, settings),
    account: podAccount(labelled.object, settings.serviceAccount),
    container: {
      ...container,
      lifecycle,
      level,
      writableRoot: container.writableRoot || folders.writableRoot,
      mounts: [...(container.mounts ?? []), ...own.mounts, ...folders.mounts],
    },
  };
}
