import { jaegerPorts } from '../../../../charts/constructs/jaeger.ts';
import type { RouteCheck } from '../check.ts';
import { judgeRoute } from './route.ts';

/** Jaeger lists the services that it has traces of, for which it reads its store. */
export const jaegerServices: RouteCheck = {
  name: 'services',
  route: () => ({ port: jaegerPorts.console, path: '/api/services' }),
  judge: (answer, target, path) => judgeRoute(answer, path, target, 'it can’t read its traces'),
};
