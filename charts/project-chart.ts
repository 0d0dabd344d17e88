import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { backupOf, storeSecret } from './backups.ts';
import type { PodsConstruct } from './common/kind.ts';
import { labelled } from './common/labelled.ts';
import { type Labelled, type OwnerLabels, ownerLabels } from './common/labels.ts';
import { objectName } from './common/names.ts';
import { addAvailability } from './constructs/availability.ts';
import { addExposure } from './constructs/exposure.ts';
import { ExternalSecrets } from './constructs/external-secrets.ts';
import { addMonitor } from './constructs/monitors.ts';
import { defaultDeny, NetworkPolicies } from './constructs/network-policies.ts';
import { addPodObjects } from './constructs/pod-objects.ts';
import { addFinderRights } from './constructs/prometheus.ts';
import { SealedSecrets } from './constructs/sealed-secrets.ts';
import { flows } from './flows.ts';
import { keepsRunning, serviceKinds, workloadKinds } from './kinds.ts';
import type { Environment, Profile, Project } from './model.ts';
import { named } from './named.ts';
import { sentryVariables } from './sentry.ts';
import {
  connections,
  imageReference,
  ownConsumers,
  ownerOf,
  ownVariables,
  scrapers,
  secrets,
  servicesInCluster,
  variables,
  waits,
} from './wiring.ts';

/** A project's services and workloads, in the namespace of its short name. */
export class ProjectChart extends Chart {
  readonly #owner: OwnerLabels;
  readonly #services = new Map<string, PodsConstruct>();
  readonly #workloads = new Map<string, PodsConstruct>();

  constructor(scope: Construct, environment: Environment, profile: Profile, project: Project) {
    const owner = ownerOf(environment, project);
    super(scope, project.name, { namespace: project.namespace, labels: ownerLabels(owner) });
    this.#owner = owner;
    if (profile.network.policies) {
      const denied = this.labelled(defaultDeny, 'network');
      new NetworkPolicies(this, denied, profile.network, flows(environment, profile, project));
    }
    if (profile.secretStore)
      new ExternalSecrets(
        this,
        { owner, namespace: project.namespace },
        profile.secretStore,
        secrets(environment, profile, project),
      );
    if (profile.sealing)
      new SealedSecrets(
        this,
        { owner, namespace: project.namespace },
        profile.sealing,
        secrets(environment, profile, project),
      );
    const services = servicesInCluster(profile, project.services);
    const imageOf = (given: string) => imageReference(profile, project.name, given);
    for (const service of services) {
      const kind = serviceKinds[service.kind];
      const built = kind?.build(this, service, {
        siblings: services,
        consumers: ownConsumers(service),
        variables: ownVariables(project),
        development: profile.development,
        imageOf,
      });
      if (!kind || !built) continue;
      this.#services.set(service.name, built);
      const described = labelled(service, kind.component);
      const controller = kind.controller(service.settings);
      addPodObjects(built, described, service.settings, controller);
      if (!profile.development) addAvailability(built, described, controller, service.settings);
      const metrics = kind.metrics?.(service.settings);
      addMonitor(built, { labelled: described, metrics }, profile.monitoring);
      const backup = backupOf(profile, service);
      if (backup) {
        const store = storeSecret(backup, project.name, environment.name);
        kind.addBackup?.(built, service, { backup, store, profile: profile.name });
      }
    }
    for (const service of scrapers(environment, profile, project))
      addFinderRights(this, service, { ...owner, project: project.name });
    const connected = connections(environment, profile, project);
    for (const workload of project.workloads) {
      const kind = workloadKinds[workload.kind];
      if (!kind) continue;
      const image = project.images.find(({ name }) => name === workload.settings.image);
      const built = kind.build(this, workload, {
        image: imageOf(workload.settings.image),
        imageOf,
        variables: [
          ...sentryVariables(profile, project, workload),
          ...variables(environment, project, connected, workload),
        ],
        waits: waits(environment, profile, project, connected, workload),
        synced: profile.development && keepsRunning(kind) && image ? image.sync.map(({ to }) => to) : [],
        development: profile.development,
      });
      this.#workloads.set(workload.name, built);
      addPodObjects(built, labelled(workload, kind.component), workload.settings, kind.controller);
      const described = labelled(workload, kind.component);
      addMonitor(built, { labelled: described, metrics: kind.metrics?.(workload.settings) }, profile.monitoring);
      if (profile.development) continue;
      addAvailability(built, described, kind.controller, workload.settings, connected);
      const exposure = kind.exposure?.(workload.settings);
      if (exposure) addExposure(built, described, exposure.port, exposure.number, exposure.given);
    }
  }

  /**
   * What one of the project's services became.
   *
   * @throws Error if the cluster has no service of that name: it may be managed in this profile
   */
  service(name: string): PodsConstruct {
    return named(this.#services, name, 'service in the cluster');
  }

  /**
   * What one of the project's workloads became.
   *
   * @throws Error if there is none of that name
   */
  workload(name: string): PodsConstruct {
    return named(this.#workloads, name, 'workload');
  }

  /** Name and labels for pods that are added to the project: what `DeployedService` and the like want to know. */
  labelled(name: string, component: string): Labelled {
    return { name, component, object: objectName(this.node.id, name), owner: this.#owner };
  }
}
