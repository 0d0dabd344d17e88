/**
 * An image reference in full, as containerd keeps it: `redis:7` is `docker.io/library/redis:7`.
 *
 * @see https://github.com/distribution/reference (ParseNormalizedNamed)
 */
export function fullReference(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  if (rest.length === 0) return `docker.io/library/${tagged(reference)}`;
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  return isHost ? tagged(reference) : `docker.io/${tagged(reference)}`;
}

const tagged = (reference: string): string => (/@|:[^/]+$/.test(reference) ? reference : `${reference}:latest`);

/** The name of an image in a registry of one's own: `localhost:5001/turfoo-app:local`. */
export const referenceIn = (host: string, reference: string): string =>
  `${host}/${fullReference(reference).replace(/^docker\.io\/(library\/)?/, '')}`;

/** The images that containerd has: what each of its names stands for. */
export type NodeImages = ReadonlyMap<string, string>;

/** Reads `ctr images ls`: name, type and digest of the manifest in columns. */
export function readNodeImages(listed: string): NodeImages {
  const rows = listed.split('\n').map((line) => line.trim().split(/\s+/));
  return new Map(rows.flatMap(([name = '', , digest = '']) => (digest.startsWith('sha256:') ? [[name, digest]] : [])));
}

/**
 * Whether a node has an image under a reference.
 *
 * @param id what Docker calls the image: the digest of its configuration, which Kubernetes makes a name of its own, or
 *   of its manifest, if Docker keeps images in containerd
 */
export function hasImage(images: NodeImages, reference: string, id: string): boolean {
  const manifest = images.get(fullReference(reference));
  return manifest !== undefined && (manifest === id || images.get(id) === manifest);
}
