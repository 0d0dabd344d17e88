import type { Volume } from './k8s.ts';
import type { Mount } from './pod.ts';

/** A volume with keys of a Secret as files, readable by the pod's group only. */
export function secretVolume(name: string, secret: string, ...keys: readonly string[]): Volume {
  return { name, secret: { secretName: secret, defaultMode: 0o440, items: keys.map((key) => ({ key, path: key })) } };
}

/**
 * The files of a `secretVolume`, in a folder. Each is mounted by itself and stays as it was when the container started, as a
 * variable does: a server has the password that it started with until it starts again, and so have its probes.
 */
export const secretMounts = (volume: string, folder: string, keys: readonly string[]): Mount[] =>
  keys.map((key) => ({ volume, path: `${folder}/${key}`, subPath: key, readOnly: true }));
