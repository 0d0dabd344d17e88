import type { IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { z } from 'zod';
import { type ApiKind, apiVersions, typeMeta } from '../../charts/common/api-versions.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import { ClusterError } from '../platform/errors.ts';
import { refusedError, unreachableError } from './api-errors.ts';
import { send } from './request.ts';
import { knownResources, type Resource, resourcePath, versionPath } from './resources.ts';

type Answers = typeof import('./answers.ts');

/** The field manager of everything that repoctl writes. */
export const fieldManager = 'repoctl';

/** What tells an object from all others. */
export type ObjectReference = Pick<ManifestObject, 'apiVersion' | 'kind' | 'metadata'>;

export interface ApplyOptions {
  /** Take fields that another manager owns: only of what is known to be ours. @default false */
  readonly force?: boolean;
  /** Only ask whether the API would take it. @default false */
  readonly dryRun?: boolean;
  /** Who applies it. @default repoctl */
  readonly manager?: string;
}

export interface RemoveOptions {
  /** Only as it was read then. */
  readonly resourceVersion?: string;
  /** What becomes of what it owns: it goes after it, or stays. @default it goes */
  readonly orphan?: boolean;
}

export interface ListOptions {
  /** @default all */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly fields?: Readonly<Record<string, string>>;
}

/** `deployment turfoo/turfoo-api` */
export const described = ({ kind, metadata }: Pick<ManifestObject, 'kind' | 'metadata'>): string =>
  `${kind.toLowerCase()} ${metadata?.namespace ? `${metadata.namespace}/` : ''}${metadata?.name}`;

/** A connection to a cluster. All of its methods throw a ClusterError if it can't be reached, or refuses. */
export class Cluster {
  readonly #resources = new Map<string, Resource>(Object.entries(knownResources));

  /**
   * @param context name of the kubeconfig's context
   * @param server URL of the API server
   * @param authenticate gives what requests need to be let in
   */
  constructor(
    readonly context: string,
    readonly server: string,
    /** The options of a request that is let in, for what is no reading or writing of objects. */
    readonly authenticate: () => Promise<RequestOptions>,
  ) {}

  /**
   * Applies an object on the server's side; it is made if it isn't there.
   *
   * @returns the object as the API has it then, or would have it
   * @throws RefusedError with status 409 if another manager owns one of its fields, unless it is forced
   */
  async apply(
    object: ManifestObject,
    { force = false, dryRun = false, manager = fieldManager }: ApplyOptions = {},
  ): Promise<ManifestObject> {
    const query = new URLSearchParams({
      fieldManager: manager,
      force: String(force),
      ...(dryRun && { dryRun: 'All' }),
    });
    const path = await this.#path(object);
    const action = `apply ${described(object)}`;
    const answer = await this.#send('PATCH', `${path}?${query}`, action, {
      contentType: 'application/apply-patch+yaml',
      body: JSON.stringify(object),
    });
    return (await this.#read(answer, (of) => of.objectAnswer, action)) as ManifestObject;
  }

  /** Makes an object. @throws RefusedError with status 409 if it is there already, 404 if its namespace isn't */
  async create<Type extends ManifestObject>(object: Type): Promise<Type> {
    const path = await this.#path({ ...object, metadata: { ...object.metadata, name: undefined } });
    return this.#written('POST', path, `make ${described(object)}`, object);
  }

  /** Replaces an object as it was read. @throws RefusedError with status 409 if it has changed since, 404 if it is gone */
  async replace<Type extends ManifestObject>(object: Type): Promise<Type> {
    return this.#written('PUT', await this.#path(object), `change ${described(object)}`, object);
  }

  async #written<Type>(method: string, path: string, action: string, object: Type): Promise<Type> {
    const content = { contentType: 'application/json', body: JSON.stringify(object) };
    const answer = await this.#send(method, `${path}?fieldManager=${fieldManager}`, action, content);
    return (await this.#read(answer, (of) => of.objectAnswer, action)) as Type;
  }

  /** An object; `undefined` if it isn't there. */
  async get<Type = ManifestObject>(reference: ObjectReference): Promise<Type | undefined> {
    const action = `read ${described(reference)}`;
    const answer = await this.#send('GET', await this.#path(reference), action, { absent: true });
    return answer && ((await this.#read(answer, (of) => of.objectAnswer, action)) as Type);
  }

  /** The objects of a kind, a page at a time; each says its kind, which the API leaves out in lists. */
  async list<Type = ManifestObject>(kind: ApiKind, options: ListOptions = {}): Promise<Type[]> {
    const path = resourcePath(apiVersions[kind], await this.#resource(apiVersions[kind], kind), options.namespace);
    const query = new URLSearchParams({ limit: '500' });
    if (options.labels) query.set('labelSelector', selector(options.labels));
    if (options.fields) query.set('fieldSelector', selector(options.fields));
    const items: Type[] = [];
    for (;;) {
      const answer = await this.#send('GET', `${path}?${query}`, `list ${kind}s`);
      const page = await this.#read(answer, (of) => of.pageAnswer, `list ${kind}s`);
      items.push(...((page.items ?? []) as Type[]).map((item) => ({ ...typeMeta(kind), ...item })));
      if (!page.metadata?.continue) return items;
      query.set('continue', page.metadata.continue);
    }
  }

  /**
   * Asks for the objects of a kind: a page of a list, or with `watch` what happens to them, as it comes.
   *
   * @param path as of `resourcePath`
   * @param parameters of the API: continue, fieldSelector, labelSelector, limit, resourceVersion, watch …
   * @param signal ends it; without one it fails when nothing comes for half a minute
   * @throws RefusedError if it is refused
   */
  async read(
    path: string,
    parameters: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    const action = `${parameters.watch ? 'watch' : 'list'} ${path.split('/').at(-1)}`;
    return this.#send('GET', `${path}?${new URLSearchParams(parameters)}`, action, { signal });
  }

  /** The API server's own version, e.g. `v1.34.4`; it tells everybody. */
  async version(signal?: AbortSignal): Promise<string> {
    const answer = await this.#send('GET', '/version', 'ask for the version', { signal });
    return (await this.#read(answer, (of) => of.versionAnswer, 'ask for the version')).gitVersion;
  }

  /** Changes fields of an object (a JSON merge patch). @returns whether it was there */
  async patch(reference: ObjectReference, change: object): Promise<boolean> {
    const path = `${await this.#path(reference)}?fieldManager=${fieldManager}`;
    const options = {
      contentType: 'application/merge-patch+json',
      body: JSON.stringify(change),
      absent: true,
    } as const;
    return wasThere(await this.#send('PATCH', path, `change ${described(reference)}`, options));
  }

  /**
   * Deletes an object, and what it owns after it.
   *
   * @returns whether it was there
   * @throws RefusedError with status 409 if it has changed since
   */
  async remove(reference: ObjectReference, { resourceVersion, orphan = false }: RemoveOptions = {}): Promise<boolean> {
    const preconditions = resourceVersion === undefined ? undefined : { resourceVersion };
    const options = {
      contentType: 'application/json',
      body: JSON.stringify({ propagationPolicy: orphan ? 'Orphan' : 'Background', preconditions }),
      absent: true,
    } as const;
    const path = await this.#path(reference);
    return wasThere(await this.#send('DELETE', path, `delete ${described(reference)}`, options));
  }

  /**
   * A container's log as the server sends it.
   *
   * @param parameters of the API: follow, previous, sinceSeconds, sinceTime, tailLines, timestamps
   */
  async logs(
    pod: { readonly namespace: string; readonly name: string; readonly container: string },
    parameters: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<IncomingMessage> {
    const query = new URLSearchParams({ container: pod.container, ...parameters });
    const path = resourcePath(apiVersions.Pod, { plural: 'pods', namespaced: true }, pod.namespace, pod.name);
    return this.#send('GET', `${path}/log?${query}`, `read the log of ${pod.namespace}/${pod.name}`, { signal });
  }

  async #path({ apiVersion, kind, metadata }: ObjectReference): Promise<string> {
    return resourcePath(apiVersion, await this.#resource(apiVersion, kind), metadata?.namespace, metadata?.name);
  }

  async #resource(apiVersion: string, kind: string): Promise<Resource> {
    const known = this.#resources.get(`${apiVersion} ${kind}`);
    if (known) return known;
    const action = `ask for ${apiVersion}`;
    const answer = await this.#send('GET', versionPath(apiVersion), action, { absent: true });
    const { resources = [] } = answer ? await this.#read(answer, (of) => of.resourcesAnswer, action) : {};
    for (const each of resources)
      if (!each.name.includes('/'))
        this.#resources.set(`${apiVersion} ${each.kind}`, { plural: each.name, namespaced: each.namespaced });
    const found = this.#resources.get(`${apiVersion} ${kind}`);
    if (found) return found;
    throw new ClusterError(
      `${this.server} (context ${this.context}) has no ${kind} of ${apiVersion}`,
      'Is its CustomResourceDefinition installed? kubectl api-resources',
    );
  }

  #send(method: string, path: string, action: string, options?: SendOptions): Promise<IncomingMessage>;
  #send(
    method: string,
    path: string,
    action: string,
    options: SendOptions & { readonly absent: true },
  ): Promise<IncomingMessage | undefined>;
  async #send(method: string, path: string, action: string, options: SendOptions & { readonly absent?: true } = {}) {
    const answer = await this.#connect(method, path, options);
    const status = answer.statusCode ?? 0;
    if (status < 400) return answer;
    const body = await text(answer);
    if (status === 404 && options.absent) return undefined;
    throw refusedError(this, action, status, body);
  }

  async #read<Answer>(
    answer: IncomingMessage,
    schema: (of: Answers) => z.ZodType<Answer>,
    action: string,
  ): Promise<Answer> {
    // Schemas take long to load, and a report needs none.
    const answers = await import('./answers.ts');
    return answers.readAnswer(await text(answer), schema(answers), action, `${this.server} (context ${this.context})`);
  }

  async #connect(method: string, path: string, options: SendOptions): Promise<IncomingMessage> {
    try {
      return await send(new URL(path, this.server), { ...(await this.authenticate()), method }, options);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw unreachableError(this, error);
    }
  }
}

interface SendOptions {
  readonly contentType?: string;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

const selector = (wanted: Readonly<Record<string, string>>): string =>
  Object.entries(wanted)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/** What it says of the object is of no interest; its connection is. */
function wasThere(answer: IncomingMessage | undefined): boolean {
  answer?.resume();
  return answer !== undefined;
}

async function text(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
