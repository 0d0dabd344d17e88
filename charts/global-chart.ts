import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { backupOf, storeSecret } from './backups.ts';
import type { PodsConstruct } from './common/kind.ts';
import { labelled } from './common/labelled.ts';
import { type Labelled, type OwnerLabels, ownerLabels } from './common/labels.ts';
import { objectName } from './common/names.ts';
import { Exporter, exporterComponent, exporterMetrics, exporterName } from './constructs/exporter.ts';
import { ExternalSecrets } from './constructs/external-secrets.ts';
import { addMonitor } from './constructs/monitors.ts';
import { defaultDeny, NetworkPolicies } from './constructs/network-policies.ts';
import { Observability } from './constructs/observability.ts';
import { addPodObjects } from './constructs/pod-objects.ts';
import { SealedSecrets } from './constructs/sealed-secrets.ts';
import { expectedEnvironment, namespacesWithMetrics } from './expected-environment.ts';
import { flows } from './flows.ts';
import { serviceKinds } from './kinds.ts';
import type { Environment, Profile } from './model.ts';
import { named } from './named.ts';
import { consumers, ownerOf, secrets, servicesInCluster, users } from './wiring.ts';

/** The services that all projects share, in the namespace of the environment's name. */
export class GlobalChart extends Chart {
  readonly #owner: OwnerLabels;
  readonly #services = new Map<string, PodsConstruct>();

  constructor(scope: Construct, environment: Environment, profile: Profile) {
    const { name, namespace } = environment;
    const owner = ownerOf(environment);
    super(scope, name, { namespace, labels: ownerLabels(owner) });
    this.#owner = owner;
    if (profile.network.policies) {
      const denied = this.labelled(defaultDeny, 'network');
      new NetworkPolicies(this, denied, profile.network, flows(environment, profile));
    }
    if (profile.secretStore)
      new ExternalSecrets(this, { owner, namespace }, profile.secretStore, secrets(environment, profile));
    if (profile.sealing) new SealedSecrets(this, { owner, namespace }, profile.sealing, secrets(environment, profile));
    const services = servicesInCluster(profile, environment.services);
    const { exporter } = profile.monitoring;
    const { monitoring } = profile;
    if (exporter) {
      const deployed = new Exporter(this, {
        labelled: this.labelled(exporterName, exporterComponent),
        namespace,
        settings: exporter,
        expected: JSON.stringify(expectedEnvironment(environment, profile)),
      });
      const described = this.labelled(exporterName, exporterComponent);
      addMonitor(deployed, { labelled: described, metrics: exporterMetrics, honorLabels: true }, monitoring);
    }
    if (monitoring.rules || monitoring.dashboards)
      new Observability(this, {
        labelled: (name) => this.labelled(name, exporterComponent),
        environment: namespace,
        exporter: objectName(name, exporterName),
        monitoring,
        namespaces: namespacesWithMetrics(environment),
      });
    for (const service of services) {
      const kind = serviceKinds[service.kind];
      const built = kind?.build(this, service, {
        siblings: services,
        consumers: consumers(environment, service),
        namespaces: users(environment, service).map((project) => project.namespace),
        variables: [],
        development: profile.development,
        imageOf: (given) => given,
      });
      if (!kind || !built) continue;
      this.#services.set(service.name, built);
      addPodObjects(built, labelled(service, kind.component), service.settings, kind.controller(service.settings));
      const metrics = kind.metrics?.(service.settings);
      addMonitor(built, { labelled: labelled(service, kind.component), metrics }, monitoring);
      const backup = backupOf(profile, service);
      if (backup) {
        const store = storeSecret(backup, name, environment.name);
        kind.addBackup?.(built, service, { backup, store, profile: profile.name });
      }
    }
  }

  /**
   * What one of the services became.
   *
   * @throws Error if the cluster has no service of that name: it may be managed in this profile
   */
  service(name: string): PodsConstruct {
    return named(this.#services, name, 'service in the cluster');
  }

  /** Name and labels for pods that are added to the tier. */
  labelled(name: string, component: string): Labelled {
    return { name, component, object: objectName(this.node.id, name), owner: this.#owner };
  }
}
