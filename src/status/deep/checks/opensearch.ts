import { opensearchPort } from '../../../../charts/constructs/opensearch.ts';
import { healthy, type Judgement, type RouteAnswer, type RouteCheck, type Target } from '../check.ts';
import { judgeRoute } from './route.ts';

interface ClusterHealth {
  readonly status?: string;
  readonly unassigned_shards?: number;
}

/** Judges the health of its indexes: yellow is what an index with copies is on one node. */
export function judgeIndexes(answer: RouteAnswer, target: Target, path: string): Judgement {
  const judgement = judgeRoute(answer, path, target);
  if (judgement.status !== 'healthy') return judgement;
  let said: ClusterHealth = {};
  try {
    said = JSON.parse(answer.body) as ClusterHealth;
  } catch {
    // Judged below: it has no status.
  }
  if (said.status === 'green' || said.status === 'yellow') return healthy;
  const cause =
    said.status === 'red'
      ? `${said.unassigned_shards ?? 'some'} parts of indexes are missing`
      : `GET ${path} answers without a status`;
  return { status: 'degraded', reason: 'IndexesMissing', cause, advice: target.run.serviceLogs(false) };
}

/** OpenSearch has all parts of its indexes. */
export const opensearchHealth: RouteCheck = {
  name: 'indexes',
  route: () => ({ port: opensearchPort, path: '/_cluster/health' }),
  judge: judgeIndexes,
};
