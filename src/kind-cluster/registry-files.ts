import { z } from 'zod';
import { typeMeta } from '../../charts/common/api-versions.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { FailureError } from '../platform/errors.ts';

/** Name of the registry's container, and of its host on kind's network. All kind clusters of a machine share it. */
export const registryName = 'kind-registry';

/** The port on 127.0.0.1 of a registry that is made here. */
export const registryPort = 5001;

/** The registry's own port. */
export const innerPort = 5000;

/** Where containerd looks for the way to a registry, if its `config_path` says so. */
export const certificates = '/etc/containerd/certs.d';

/** `hosts.toml` on a node: `localhost` is another one there. */
export const hostsFile = `[host."http://${registryName}:${innerPort}"]\n`;

/**
 * Tells Tilt and others which registry the cluster can pull from.
 *
 * @see https://github.com/kubernetes/enhancements/tree/master/keps/sig-cluster-lifecycle/generic/1755-communicating-a-local-registry
 */
export const hostingConfigMap = (host: string): ManifestObject => ({
  ...typeMeta('ConfigMap'),
  metadata: { name: 'local-registry-hosting', namespace: 'kube-public' },
  data: {
    'localRegistryHosting.v1': `host: "${host}"\nhelp: "https://kind.sigs.k8s.io/docs/user/local-registry/"\n`,
  },
});

/** What Docker says of the registry's container. */
export interface RegistryContainer {
  readonly running: boolean;
  /** The port on 127.0.0.1; `undefined` if it has none. */
  readonly port?: number;
  readonly networks: readonly string[];
}

const inspectedContainer = z.looseObject({
  State: z.looseObject({ Running: z.boolean() }),
  HostConfig: z.looseObject({
    PortBindings: z.record(z.string(), z.array(z.looseObject({ HostPort: z.string() })).nullable()).nullish(),
  }),
  NetworkSettings: z.looseObject({ Networks: z.record(z.string(), z.unknown()).nullish() }),
});

/** Reads `docker container inspect --format '{{json .}}'`. @throws FailureError if that is something else */
export function readRegistry(inspected: string): RegistryContainer {
  const { data } = inspectedContainer.safeParse(parsed(inspected));
  if (!data)
    throw new FailureError(
      `docker does not report the state and port of the container ${registryName}`,
      `docker container inspect ${registryName}`,
    );
  const { State, HostConfig, NetworkSettings } = data;
  const port = Number(HostConfig.PortBindings?.[`${innerPort}/tcp`]?.[0]?.HostPort);
  return {
    running: State.Running,
    port: port > 0 ? port : undefined,
    networks: Object.keys(NetworkSettings.Networks ?? {}),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether containerd looks into {@link certificates}, by `containerd config dump`. */
export const readsCertificates = (dump: string): boolean =>
  [...dump.matchAll(/^\s*config_path\s*=\s*["']([^"']*)["']/gm)].some(([, path = '']) =>
    path.split(':').includes(certificates),
  );
