import { registryName, registryPort } from '../../kind-cluster/registry-files.ts';
import { ownerText } from '../../platform/tools/port-owner.ts';
import type { Check, Row } from '../machine-check.ts';
import type { Container, Facts, PortFacts } from '../machine-facts.ts';
import { tiltsOwn } from '../wanted-ports.ts';

/** The ports that are wanted: one row for those that are free, and one for each that is not. */
export const checkPorts: Check = (facts) => {
  const containers = facts.docker.state === 'running' ? facts.docker.containers : [];
  const free: number[] = [];
  const taken: Row[] = [];
  for (const each of facts.ports) {
    const container = containers.find(({ ports }) => ports.includes(each.port));
    if (!each.owner && !container) free.push(each.port);
    else taken.push(container ? byContainer(each, container, facts) : byProcess(each, facts));
  }
  const found = free.length === 0 ? 'none of those that are wanted is free' : `free: ${free.join(', ')}`;
  return [{ level: 'ok', subject: 'ports', found }, ...taken];
};

function byContainer({ port, what }: PortFacts, container: Container, { configuration }: Facts): Row {
  const subject = `port ${port}`;
  const text = `container ${container.name} (${container.image})`;
  if (isOwn(container, configuration.cluster)) return { level: 'ok', subject, found: `in use by ${text}` };
  return {
    level: 'fail',
    subject,
    found: `wanted by ${what}, in use by ${text}`,
    fix: `docker stop ${container.name}${orAnother(port, what)}`,
  };
}

/** Whether it is our own cluster's node or our own registry. Where ours has no name, every cluster may be it. */
function isOwn({ name, cluster }: Container, ours: string | undefined): boolean {
  if (cluster !== undefined) return ours === undefined || cluster === ours;
  return name === registryName;
}

function byProcess({ port, what, owner = {} }: PortFacts, { system }: Facts): Row {
  const subject = `port ${port}`;
  // Tilt serves at its own port, and forwards the others.
  if (owner.program === 'tilt') return { level: 'ok', subject, found: `in use by ${ownerText(owner)}` };
  return {
    level: what === tiltsOwn ? 'warn' : 'fail',
    subject,
    found: `wanted by ${what}, in use by ${ownerText(owner)}`,
    fix: `${owner.pid === undefined ? whoIsIt(port, system.platform) : `kill ${owner.pid}`}${orAnother(port, what)}`,
  };
}

const whoIsIt = (port: number, platform: string): string =>
  platform === 'linux' ? `sudo ss -ltnp 'sport = :${port}'` : `sudo lsof -nP -iTCP:${port} -sTCP:LISTEN`;

/** What else can be done about a port that is taken. */
function orAnother(port: number, what: string): string {
  if (port === registryPort) return '';
  return what === tiltsOwn ? ', or TILT_PORT=10351' : ', or give another hostPort';
}
