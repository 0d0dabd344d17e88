import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { whole } from '../../../charts/common/image-pull.ts';
import { FailureError } from '../../platform/errors.ts';
import { ask } from '../../platform/tools/get.ts';
import { TransferError } from '../../platform/tools/transfer-error.ts';
import { type Credentials, credentialsFor, type DockerConfig } from './credentials.ts';

/** An image in a registry. */
export interface ImageLocation {
  /** `docker.io`, `registry.example.com:5000` */
  readonly registry: string;
  /** `library/redis` */
  readonly path: string;
  readonly tag: string;
}

/** Where a reference without a digest leads; without a tag to `latest`, as everywhere. */
export function locationOf(reference: string): ImageLocation {
  const { registry, path } = whole(reference);
  const [, name = path, tag = 'latest'] = /^(.*?)(?::([\w.-]+))?$/.exec(path) ?? [];
  return { registry, path: name, tag };
}

/** What a tag may stand for: an index of several platforms, or the manifest of one. */
const accepted = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** How long nothing may come from a registry, in milliseconds. */
const silence = 20_000;

/** Largest manifest that is read, in bytes; registries take none that are larger. */
const largest = 4 * 2 ** 20;

const tokenAnswer = z.looseObject({ token: z.string().optional(), access_token: z.string().optional() });

/** Asks registries, with the users that Docker has for them. */
export class RegistryClient {
  readonly #headers = new Map<string, string>();

  constructor(
    readonly config: DockerConfig,
    readonly signal?: AbortSignal,
  ) {}

  /**
   * The digest that a reference has in its registry now: that of the index where it is for several platforms.
   *
   * @throws FailureError if the registry can't be reached, does not have it, or wants another login
   * @see https://distribution.github.io/distribution/spec/api/#pulling-an-image-manifest
   */
  async digest(reference: string): Promise<string> {
    const location = locationOf(reference);
    const url = new URL(`${baseOf(location.registry)}/v2/${location.path}/manifests/${location.tag}`);
    try {
      const answer = await this.#authorized(url, location);
      const body = await bytes(answer);
      if (answer.statusCode === 200) return `sha256:${createHash('sha256').update(body).digest('hex')}`;
      throw new FailureError(
        `${reference}: ${refusal(answer.statusCode, location.registry)}`,
        adviceOf(answer, location),
      );
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      throw new FailureError(`${reference}: ${error.message}`, undefined, { cause: error });
    }
  }

  async #authorized(url: URL, { registry, path }: ImageLocation): Promise<IncomingMessage> {
    const scope = `${registry}/${path}`;
    const known = this.#headers.get(scope);
    const answer = await this.#ask(url, known);
    if (answer.statusCode !== 401 || known !== undefined) return answer;
    answer.resume();
    const authorization = await this.#answerTo(String(answer.headers['www-authenticate'] ?? ''), url, registry);
    if (authorization === undefined) return answer;
    this.#headers.set(scope, authorization);
    return this.#ask(url, authorization);
  }

  #ask(url: URL, authorization?: string): Promise<IncomingMessage> {
    const headers = { accept: accepted, ...(authorization !== undefined && { authorization }) };
    return ask(url, { env: process.env, silence, signal: this.signal, headers });
  }

  /** What a registry wants to see, by what it says of that. */
  async #answerTo(challenge: string, url: URL, registry: string): Promise<string | undefined> {
    const credentials = await credentialsFor(registry, this.config);
    if (/^basic\b/i.test(challenge)) return credentials && basic(credentials);
    const parameters = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    );
    if (!/^bearer\b/i.test(challenge) || !parameters.realm || !URL.canParse(parameters.realm)) return undefined;
    const realm = new URL(parameters.realm);
    // A password goes nowhere unencrypted, whatever a registry says.
    if (realm.protocol !== 'https:' && realm.protocol !== url.protocol) return undefined;
    if (parameters.service) realm.searchParams.set('service', parameters.service);
    if (parameters.scope) realm.searchParams.set('scope', parameters.scope);
    const answer = await this.#ask(realm, credentials && basic(credentials));
    const body = await bytes(answer);
    if (answer.statusCode !== 200) return undefined;
    const token = tokenIn(body.toString());
    return token && `Bearer ${token}`;
  }
}

/** The token in an answer; none if that is something else, such as a page. */
function tokenIn(text: string): string | undefined {
  try {
    const { token, access_token } = tokenAnswer.parse(JSON.parse(text));
    return token ?? access_token;
  } catch {
    // Says no schema to be right, and the registry refuses then.
    return undefined;
  }
}

const basic = ({ username, password }: Credentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** As Docker has it: only a registry on this machine is asked without encryption. */
function baseOf(registry: string): string {
  if (registry === 'docker.io') return 'https://registry-1.docker.io';
  return `${/^(localhost|127\.0\.0\.1)(:|$)/.test(registry) ? 'http' : 'https'}://${registry}`;
}

function refusal(status: number | undefined, registry: string): string {
  if (status === 404) return `${registry} does not have it`;
  if (status === 401 || status === 403) return `${registry} does not let you read it`;
  return `${registry} answered ${status}`;
}

const adviceOf = ({ statusCode }: IncomingMessage, { registry }: ImageLocation): string | undefined =>
  statusCode === 401 || statusCode === 403
    ? `docker login ${registry === 'docker.io' ? '' : registry}`.trim()
    : undefined;

async function bytes(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    length += (chunk as Buffer).length;
    if (length > largest) throw new TransferError('broken', 'the answer is longer than a manifest is');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
