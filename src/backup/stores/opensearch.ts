import {
  indexPrefix,
  opensearchFolder,
  opensearchPort,
  opensearchUser,
} from '../../../charts/constructs/opensearch.ts';
import type { Cluster } from '../../cluster/client.ts';
import { portForward } from '../../cluster/port-forward.ts';
import { FailureError } from '../../platform/errors.ts';
import { counted } from '../../platform/text.ts';
import type { DataStore } from '../data-store.ts';
import { type ServicePod, waitForPod } from '../service-pods.ts';
import { claimStore } from './claim.ts';
import { ownOrShared } from './own-or-shared.ts';

/** An index, as `GET /_cat/indices?format=json` lists it. */
interface Index {
  readonly index: string;
  readonly 'docs.count'?: string | null;
}

async function ask<Answer>(cluster: Cluster, { namespace, object }: ServicePod, method: string, path: string) {
  const forwarding = await portForward(cluster, { namespace, service: object, port: opensearchPort });
  try {
    const url = `http://127.0.0.1:${forwarding.port}${path}`;
    const answer = await fetch(url, { method, signal: AbortSignal.timeout(60_000) });
    if (answer.ok) return (await answer.json()) as Answer;
    throw new FailureError(`${object} answers ${method} ${path} with ${answer.status}: ${await answer.text()}`);
  } finally {
    await forwarding.close();
  }
}

/** Names by one another, so that no pattern is left to the server, which may refuse one. */
async function indexes(cluster: Cluster, server: ServicePod, prefix: string): Promise<Index[]> {
  const all = await ask<Index[]>(cluster, server, 'GET', '/_cat/indices?format=json');
  return all.filter(({ index }) => index.startsWith(prefix));
}

/** The indexes of a project in a search engine that others use, too. */
const sharedStore = (server: ServicePod, prefix: string): DataStore => ({
  server,
  copies: 'a search engine that others share: its indexes are made again from what they hold',
  async describe(cluster) {
    return (await indexes(cluster, server, prefix)).map((each) => {
      const documents = Number(each['docs.count'] ?? 0);
      return {
        line: `${server.service}: index ${each.index}, ${counted(documents, 'document')}`,
        filled: documents > 0,
      };
    });
  },
  async erase(cluster, report) {
    await waitForPod(cluster, server, { report });
    for (const { index } of await indexes(cluster, server, prefix)) {
      await ask(cluster, server, 'DELETE', `/${encodeURIComponent(index)}`);
      report(`deleted index ${index} of ${server.service}`);
    }
  },
});

/** OpenSearch: the claim of a project’s own is copied while it is stopped; in a shared one a project has the indexes of its prefix. */
export const opensearchStore = ownOrShared({
  kind: 'opensearch',
  own: claimStore(opensearchFolder, opensearchUser),
  shared: (server, project) => sharedStore(server, indexPrefix(project)),
  variable: 'OPENSEARCH_URL',
});
