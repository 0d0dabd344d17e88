import { bounded } from '../../platform/text.ts';

/** Why an image could not be pulled, and whether trying again is hopeless. */
export interface PullFailure {
  readonly text: string;
  readonly inVain: boolean;
}

/** That the registry answers, and does not give it. */
export const noSuchImage = 'its registry has no such image';

/** That nobody knows the registry, or that DNS has trouble. */
const unresolved = "its registry's name can't be resolved";

/** That nobody answers. */
export const silent = 'its registry does not answer';

/**
 * What container runtimes (containerd, Docker, CRI-O) and registries say, in the order in which it is looked for: what an
 * answer of the registry is comes before what may only be a word in it.
 */
const failures: readonly (readonly [RegExp, string, boolean])[] = [
  [/proxyconnect|proxy authentication required|\b407\b/i, "the node's proxy does not let it through", false],
  [
    /certificate has expired|not yet valid/i,
    "its registry's certificate has expired or is not valid yet: is the node's clock right?",
    false,
  ],
  [
    /certificate is (?:not )?valid for|doesn't contain any IP SANs|cannot validate certificate for/i,
    "its registry's certificate is for another name",
    true,
  ],
  [
    /x509|unknown authority|\bcertificate\b/i,
    "the node does not trust its registry's certificate (x509): add the certificate authority to the node",
    true,
  ],
  [/HTTP response to HTTPS client/i, 'its registry speaks HTTP, and the node expects HTTPS', true],
  [/no such host|Name or service not known/i, unresolved, true],
  [
    /server misbehaving|name resolution|lookup \S{1,253}(?: on \S{1,60})?: .{0,200}(?:timeout|refused)/i,
    unresolved,
    false,
  ],
  [
    /toomanyrequests|too many requests|rate limit|pull QPS|\b429\b/i,
    'its registry limits the number of requests',
    false,
  ],
  [/no space left|disk quota/i, 'the node has no room for it', false],
  [
    /no match for platform|no matching manifest|no image found in (?:manifest list|image index)|does not match the specified platform|image operating system/i,
    "it is not built for the node's architecture",
    true,
  ],
  [/no longer supported|schema ?1|unsupported media ?type/i, 'its format is too old for the node', true],
  [/short-name|unqualified-search/i, 'its name has no registry, and the node has no default one', true],
  [/rejected by policy|signature|SignatureValidation/i, 'a policy of the node forbids it', true],
  [/\b50[0-4]\b|Internal Server Error|Bad Gateway|Service Unavailable/i, 'its registry answers with an error', false],
  [
    /denied|unauthorized|not authorized|authentication required|no basic auth|forbidden|\b40[13]\b|credential/i,
    `${noSuchImage} or denies access`,
    true,
  ],
  [/not found|manifest unknown|name unknown|does not exist|no such (?:image|manifest)|\b404\b/i, noSuchImage, true],
  [
    /timeout|timed out|deadline exceeded|connection refused|unreachable|no route to host|reset by peer|broken pipe|\bEOF\b|TLS handshake|context canceled/i,
    silent,
    false,
  ],
  [
    /failed commit|unexpected (?:commit )?digest|digest mismatch|layer|archive\/tar|invalid tar|checksum/i,
    'its registry sent broken data',
    false,
  ],
];

/** What was tried, in words that also are answers. */
const tried = /failed to (?:authorize|fetch (?:anonymous|oauth) token)/g;

/** What the kubelet says of a pod's pull Secrets that are not there. */
const missingSecrets = /Unable to retrieve some image pull secrets \(([^)]*)\)/;

/** The names of the pull Secrets that are not there, by the kubelet's event. */
export const pullSecretsMissing = (message: string | undefined): string | undefined =>
  missingSecrets.exec(bounded(message ?? ''))?.[1];

/**
 * Why an image could not be had; `undefined` if the message doesn't say.
 *
 * @param message of the runtime: the image's own name is not looked into, which may be `password-reset` or `not-found`
 */
export function pullFailure(message: string, image: string): PullFailure | undefined {
  const text = withoutName(message, image);
  const found = failures.find(([pattern]) => pattern.test(text));
  return found && { text: found[1], inVain: found[2] };
}

/** A message without the image: its name, its parts, and the URLs and digests that are made of them. */
function withoutName(message: string, image: string): string {
  const [bare = image] = image.split('@');
  const untagged = bare.replace(/:[^:/]*$/, '');
  const [host = '', ...path] = untagged.split('/');
  const names = [image, bare, untagged, path.join('/'), ...(path.length > 0 && host.includes('.') ? [host] : [])];
  const text = bounded(message)
    .replaceAll(/https?:\/\/[^\s"']+/g, 'URL')
    .replaceAll(/sha256:[0-9a-f]+/g, '')
    .replaceAll(tried, '');
  return names
    .filter((name) => name.length > 1)
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, name) => rest.split(name).join('_'), text);
}
