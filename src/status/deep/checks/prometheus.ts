import { oneLine } from '../../../platform/text.ts';
import { healthy, type Judgement, type RouteAnswer, type RouteCheck, type Target } from '../check.ts';
import { judgeRoute } from './route.ts';

interface Targets {
  readonly data?: {
    readonly activeTargets?: readonly {
      readonly health?: string;
      readonly lastError?: string;
      readonly labels?: { readonly namespace?: string; readonly pod?: string };
    }[];
  };
}

/** Judges what it says of its targets: each has to be read, or not yet. */
export function judgeTargets(answer: RouteAnswer, target: Target, path: string): Judgement {
  const judgement = judgeRoute(answer, path, target);
  if (judgement.status !== 'healthy') return judgement;
  let said: Targets = {};
  try {
    said = JSON.parse(answer.body) as Targets;
  } catch {
    // An answer that was cut off, or that is something else, says nothing of targets.
  }
  const failing = (said.data?.activeTargets ?? []).filter(({ health }) => health === 'down');
  const [first] = failing;
  if (!first) return healthy;
  const where = `${first.labels?.namespace ?? '?'}/${first.labels?.pod ?? '?'}`;
  const more = failing.length > 1 ? `, and those of ${failing.length - 1} more` : '';
  return {
    status: 'degraded',
    reason: 'NoMetrics',
    cause: `can't read the metrics of ${where}: ${oneLine(first.lastError ?? 'no reason is given')}${more}`,
    advice: target.run.serviceLogs(false),
  };
}

/** Prometheus reads the metrics of all pods that it finds. */
export const prometheusTargets: RouteCheck = {
  name: 'targets',
  route: () => ({ port: 9090, path: '/api/v1/targets?state=active' }),
  judge: judgeTargets,
};
