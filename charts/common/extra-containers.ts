import { z } from 'zod';
import type { Variable } from './connection.ts';
import { absolutePath, command, dnsLabel, resources, seconds, userId } from './fields.ts';
import type { ContainerProps, Mount } from './pod.ts';
import { type ContainerPort, portsField } from './ports.ts';
import { type HealthCheck, healthCheck, probeAction, probes } from './probes.ts';
import type { SecurityLevel } from './security.ts';
import { declaredVariables, environmentVariables } from './variable-source.ts';
import { mountOf, type Volumes } from './volumes.ts';
import { type Scratch, scratch, writableField } from './writable.ts';

const mount = z.union([
  absolutePath.transform((mountPath): VolumeMount => ({ mountPath })),
  z.strictObject({
    mountPath: absolutePath.describe('Its path in the container.'),
    subPath: z.string().min(1).optional().describe('Path in the volume to mount instead of its root.'),
    readOnly: z.boolean().optional().describe('Whether it is read-only.'),
  }),
]);

interface VolumeMount {
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

const extraFields = {
  image: z
    .string()
    .min(1)
    .optional()
    .describe('Name under `images`, or an image reference with a tag. Default: the image of the main container.'),
  command: command.optional().describe("Program instead of the image's entrypoint."),
  args: command.optional().describe("Arguments instead of the image's."),
  env: environmentVariables.optional().describe('Its environment variables.'),
  inheritEnv: z.boolean().optional().describe('Whether it also gets the variables of the main container.'),
  volumeMounts: z
    .record(dnsLabel, mount)
    .optional()
    .describe('Mounts of the volumes under `volumes`, by name: a path, or `{mountPath, subPath, readOnly}`.'),
  user: userId.optional().describe('Numeric user id that its image can run as. Default: the pod’s.'),
  writable: writableField,
  resources: resources(['10m', '32Mi'], ['500m', '128Mi']),
};

const extra = z.strictObject(extraFields);

const sidecar = z.strictObject({
  ...extraFields,
  ports: portsField,
  health: healthCheck.optional().describe(`The check that it works. ${healthCheck.description} Default: it runs.`),
  startupSeconds: seconds.min(1).default(60).describe('The longest time until it first answers.'),
});

const order = 'in this order';

/** Containers beside the main one. */
export const extraContainersFields = {
  initContainers: z
    .record(dnsLabel, extra)
    .optional()
    .describe(`Init containers: they run and end before it starts, ${order}, after what it waits for.`),
  sidecars: z
    .record(dnsLabel, sidecar)
    .optional()
    .describe(`Sidecar containers of any image: they start before it, ${order}, and stop after it.`),
};

type Extra = z.output<typeof extra> & Partial<z.output<typeof sidecar>>;

/** Containers beside the main one, as the configuration gives them. */
export interface ExtraContainers {
  readonly initContainers?: Readonly<Record<string, Extra>>;
  readonly sidecars?: Readonly<Record<string, Extra>>;
}

/** What the containers of a pod have in common. */
export interface MainContainer {
  readonly image: string;
  readonly variables: readonly Variable[];
  readonly volumes: Volumes;
  readonly level?: SecurityLevel;
  /** The image reference of the profile for what `image` says. */
  readonly imageOf: (given: string) => string;
}

/** A container, and the folders that it may write to. */
interface Declared {
  readonly container: ContainerProps;
  readonly scratch: Scratch;
}

function declared(name: string, given: Extra, main: MainContainer): Declared {
  const folders = scratch(given.writable, name);
  const own = declaredVariables(given.env);
  const mounts = Object.entries(given.volumeMounts ?? {}).flatMap(([volume, at]): Mount[] => {
    const settings = main.volumes[volume];
    return settings ? [mountOf(volume, settings, at)] : [];
  });
  return {
    scratch: folders,
    container: {
      name,
      image: given.image === undefined ? main.image : main.imageOf(given.image),
      command: given.command,
      args: given.args,
      variables: given.inheritEnv ? [...main.variables, ...own] : own,
      resources: given.resources,
      mounts: [...mounts, ...folders.mounts],
      writableRoot: folders.writableRoot,
      level: main.level,
      user: given.user,
    },
  };
}

function declaredSidecar(name: string, given: Extra, main: MainContainer): Declared {
  const { container, scratch } = declared(name, given, main);
  const { ports, health, startupSeconds = 60 } = given;
  return {
    scratch,
    container: {
      ...container,
      ports,
      restartPolicy: 'Always',
      probes: health && sidecarProbes(health, ports, startupSeconds),
    },
  };
}

const sidecarProbes = (health: HealthCheck, ports: Readonly<Record<string, ContainerPort>> = {}, startup: number) =>
  probes({ ready: probeAction(health, Object.values(ports)[0]?.port) }, startup);

/** What containers beside the main one become. */
export function declaredContainers(given: ExtraContainers, main: MainContainer) {
  const sidecars = Object.entries(given.sidecars ?? {}).map(([name, each]) => declaredSidecar(name, each, main));
  const init = Object.entries(given.initContainers ?? {}).map(([name, each]) => declared(name, each, main));
  return {
    sidecars: sidecars.map(({ container }) => container),
    init: init.map(({ container }) => container),
    volumes: [...sidecars, ...init].flatMap(({ scratch }) => scratch.volumes),
  };
}
