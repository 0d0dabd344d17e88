import type { Check } from '../machine-check.ts';
import type { Facts } from '../machine-facts.ts';

const subject = 'context';

export const checkContext: Check = (facts) => {
  const { name, server, problem = 'there is none', version, silence } = facts.context;
  if (name === undefined) return [{ level: 'warn', subject, found: problem, fix: howToHaveOne(facts) }];
  if (silence === undefined) return [{ level: 'ok', subject, found: `${name} (${server}), Kubernetes ${version}` }];
  return [{ ...cause(name, facts), subject, found: silence }];
};

function howToHaveOne({ configuration: { root, cluster } }: Facts): string {
  if (cluster !== undefined) return 'repoctl up';
  return root === undefined ? 'kubectl config use-context NAME' : 'start the cluster of cluster.context, or correct it';
}

/** What may keep an API server from answering: a cluster that stands still is the usual thing after a reboot. */
function cause(context: string, facts: Facts): { readonly level: 'warn' | 'fail'; readonly fix: string } {
  const { docker, configuration } = facts;
  const [, cluster] = /^kind-(.+)$/.exec(context) ?? [];
  if (cluster === undefined) return { level: 'fail', fix: 'start that cluster' };
  const own = configuration.cluster === cluster;
  const start = own ? 'repoctl up' : `docker start ${cluster}-control-plane`;
  if (docker.state !== 'running') return { level: 'warn', fix: `start Docker, then ${start}` };
  if (docker.containers.some((container) => container.cluster === cluster))
    return { level: 'fail', fix: `docker logs ${cluster}-control-plane` };
  return { level: 'warn', fix: own ? `${start} (starts it)` : start };
}
