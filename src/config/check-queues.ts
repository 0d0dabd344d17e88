import { queuesOf, type Waiting } from '../../charts/common/scaling.ts';
import type { Environment, Project } from '../../charts/model.ts';
import { isManaged } from '../../charts/wiring.ts';
import { suggestion } from '../platform/nearest.ts';
import { pathText, type Refuse } from './problem.ts';

/** The kind of service that has a queue. */
const kindOf = (waiting: Waiting): 'redis' | 'rabbitmq' => ('queue' in waiting ? 'rabbitmq' : 'redis');

/** Refuses autoscaling by queues of services that the project doesn't use, or that KEDA can't ask. */
export function checkQueues({ services, profiles }: Environment, project: Project, refuse: Refuse): void {
  const known = [...services.filter(({ name }) => Object.hasOwn(project.uses, name)), ...project.services];
  for (const { name, settings } of project.workloads)
    for (const [index, waiting] of queuesOf(settings).entries()) {
      const path = ['workloads', name, 'autoscale', 'queues', index, 'service'];
      const kind = kindOf(waiting);
      const service = known.find((each) => each.name === waiting.service && each.kind === kind);
      if (!service) {
        const names = known.filter((each) => each.kind === kind).map((each) => each.name);
        const advice = names.length > 0 ? suggestion(waiting.service, names) : 'declare one, or name it under uses';
        refuse(path, `${pathText(path)}: the project has no ${kind} "${waiting.service}"; ${advice}`);
        continue;
      }
      const elsewhere = Object.values(profiles).find(
        (profile) => !profile.development && kind === 'redis' && isManaged(profile, service),
      );
      if (elsewhere && waiting.authentication === undefined)
        refuse(
          path,
          `${pathText(path)}: ${waiting.service} is managed in the profile ${elsewhere.name}, and KEDA takes no URL of Redis; add ` +
            'authentication: NAME of a TriggerAuthentication with address, password and tls, or use cpu',
        );
    }
}
