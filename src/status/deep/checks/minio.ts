import { minioPorts } from '../../../../charts/constructs/minio.ts';
import type { RouteCheck } from '../check.ts';
import { judgeRoute } from './route.ts';

const route = (name: string, path: string, meaning: string): RouteCheck => ({
  name,
  route: () => ({ port: minioPorts.s3, path }),
  judge: (answer, target) => judgeRoute(answer, path, target, meaning),
});

/** Both routes answer without credentials. */
export const minioLive = route('live', '/minio/health/live', 'its process does not work');
export const minioCluster = route(
  'cluster',
  '/minio/health/cluster',
  'no write quorum: too many drives are offline, so nothing can be written',
);
