import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { ownerLabels } from './common/labels.ts';
import { globalKinds } from './kinds.ts';
import type { Environment, Profile } from './model.ts';
import { consumers, ownerOf, servicesInCluster } from './wiring.ts';

/** The services that all projects share, in the namespace of the environment's name. */
export class GlobalChart extends Chart {
  constructor(scope: Construct, environment: Environment, profile: Profile) {
    const { name, namespace } = environment;
    super(scope, name, { namespace, labels: ownerLabels(ownerOf(environment)) });
    const services = servicesInCluster(profile, environment.services);
    for (const service of services) {
      globalKinds[service.kind]?.build(this, service, {
        siblings: services,
        consumers: consumers(environment, service),
        variables: [],
      });
    }
  }
}
