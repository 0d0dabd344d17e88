import { apiVersions } from '../../../../charts/common/api-versions.ts';
import { lastLine, oneLine } from '../../../platform/text.ts';
import { healthy, type Judgement, type RouteAnswer, type RouteCheck, type Target } from '../check.ts';
import { mayI } from '../may-not.ts';

/** What the API server says when it could not pass a request on. */
export function refusal(body: string): { readonly reason?: string; readonly message?: string } | undefined {
  if (!body.includes('"Status"')) return undefined;
  try {
    const { kind, apiVersion, reason, message } = JSON.parse(body) as Record<string, string>;
    return kind === 'Status' && apiVersion === apiVersions.Status ? { reason, message } : undefined;
  } catch {
    return undefined;
  }
}

/** @param meaning what an answer of 500 and above means of this route */
export function judgeRoute({ status, body }: RouteAnswer, path: string, { run }: Target, meaning?: string): Judgement {
  const advice = run.serviceLogs(false);
  const refused = refusal(body);
  if (refused && (status === 401 || status === 403))
    return {
      status: 'unknown',
      reason: 'Forbidden',
      cause: oneLine(refused.message ?? `HTTP ${status}`),
      advice: mayI(refused.message ?? '', run),
    };
  if (refused)
    return {
      status: 'degraded',
      reason: 'NotReachable',
      cause: `GET ${path}: ${oneLine((refused.message ?? `HTTP ${status}`).replace(/^error trying to reach service: /, ''))}`,
      advice,
    };
  // As a probe counts it.
  if (status >= 200 && status < 400) return healthy;
  const said = /<html|<!doctype/i.test(body) ? undefined : lastLine(body.slice(0, 2000));
  return {
    status: 'degraded',
    reason: `HTTP${status}`,
    cause: `GET ${path} answers ${status}${meaning && status >= 500 ? `: ${meaning}` : said ? `: ${said}` : ''}`,
    advice,
  };
}

/** The route of the readiness probe answers through the Service, or at the pod if it has none with that port. */
export const healthRoute: RouteCheck = {
  name: 'route',
  route({ kind, container, servicePorts }) {
    const { path = '/', port } = container.readinessProbe?.httpGet ?? {};
    if (typeof port !== 'number') return undefined;
    return {
      port,
      path,
      viaPod: servicePorts ? !servicePorts.includes(port) : ['worker', 'statefulset'].includes(kind),
    };
  },
  judge: (answer, target, path) => judgeRoute(answer, path, target),
};
