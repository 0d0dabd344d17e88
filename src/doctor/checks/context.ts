import type { Check } from '../check.ts';
import type { Facts } from '../facts.ts';

const subject = 'kubectl context';

export const checkContext: Check = (facts) => {
  const { name, server, problem = 'there is none', version, silence } = facts.context;
  if (name === undefined)
    return [{ level: 'warn', subject, found: problem, fix: `repoctl up, or ${switching(facts)}` }];
  if (silence === undefined) return [{ level: 'ok', subject, found: `${name} (${server}), Kubernetes ${version}` }];
  return [{ ...cause(name, facts), subject, found: silence }];
};

const switching = ({ configuration }: Facts): string =>
  `kubectl config use-context kind-${configuration.cluster ?? 'NAME'}`;

/** What may keep an API server from answering: a cluster that stands still is the usual thing after a reboot. */
function cause(context: string, facts: Facts): { readonly level: 'warn' | 'fail'; readonly fix: string } {
  const { docker, configuration } = facts;
  const [, cluster] = /^kind-(.+)$/.exec(context) ?? [];
  if (cluster === undefined) return { level: 'fail', fix: `start that cluster, or ${switching(facts)}` };
  if (docker.state !== 'running') return { level: 'warn', fix: 'start Docker, then repoctl up' };
  if (docker.containers.some((container) => container.cluster === cluster))
    return { level: 'fail', fix: `docker logs ${cluster}-control-plane` };
  if (configuration.cluster === undefined || configuration.cluster === cluster)
    return { level: 'warn', fix: 'repoctl up (starts it)' };
  return {
    level: 'warn',
    fix: `repoctl up (its cluster is ${configuration.cluster}), or docker start ${cluster}-control-plane`,
  };
}
