import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { ownerLabels } from './common/labels.ts';
import { serviceKinds, workloadKinds } from './kinds.ts';
import type { Environment, Profile, Project } from './model.ts';
import { connections, imageReference, ownVariables, servicesInCluster, variables, waits } from './wiring.ts';

/** A project's services and workloads, in the namespace of its short name. */
export class ProjectChart extends Chart {
  constructor(scope: Construct, environment: Environment, profile: Profile, project: Project) {
    const owner = { environment: environment.name, tier: 'project', project: project.name } as const;
    super(scope, project.name, { namespace: project.name, labels: ownerLabels(owner) });
    const services = servicesInCluster(profile, project.services);
    for (const service of services) {
      serviceKinds[service.kind]?.build(this, service, {
        siblings: services,
        consumers: [],
        variables: ownVariables(project),
      });
    }
    const connected = connections(environment, profile, project);
    for (const workload of project.workloads) {
      const keepsRunning = workloadKinds[workload.kind]?.controller === 'Deployment';
      const image = project.images.find(({ name }) => name === workload.settings.image);
      workloadKinds[workload.kind]?.build(this, workload, {
        image: imageReference(profile, project.name, workload.settings.image),
        variables: variables(environment, project, connected, workload),
        waits: waits(environment, profile, project, connected, workload),
        synced: profile.development && keepsRunning && image ? image.sync.map(({ to }) => to) : [],
        development: profile.development,
      });
    }
  }
}
