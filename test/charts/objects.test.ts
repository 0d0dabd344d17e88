import { beforeAll, describe, expect, test } from '@jest/globals';
import { labelKeys } from '../../charts/common/labels.ts';
import { globalKinds, serviceKinds, workloadKinds } from '../../charts/kinds.ts';
import { presetNames } from '../../charts/model.ts';
import { servicesInCluster } from '../../charts/wiring.ts';
import { known } from './declared.ts';
import { type FixtureNamespace, fixtureNamespaces } from './fixtures.ts';
import { all, identity, one, type Workload } from './objects.ts';

describe.each(presetNames)('%s', (profile) => {
  let namespaces: readonly FixtureNamespace[] = [];
  beforeAll(async () => {
    namespaces = await fixtureNamespaces(profile);
  });

  /** `namespace Kind/name` of the objects for which something does not hold. */
  const offenders = (holds: (object: FixtureNamespace['objects'][number], namespace: FixtureNamespace) => boolean) =>
    namespaces.flatMap((namespace) =>
      namespace.objects
        .filter((object) => !holds(object, namespace))
        .map((object) => `${namespace.name} ${identity(object)}`),
    );

  test('the first object of each is its namespace, which enforces Pod Security restricted', () => {
    for (const { objects, name } of namespaces) {
      const [first] = objects;
      expect(first && identity(first)).toBe(`Namespace/${name}`);
      expect(one(objects, 'Namespace').metadata.labels).toMatchObject({
        'pod-security.kubernetes.io/enforce': 'restricted',
      });
    }
  });

  test('each object is in its namespace', () => {
    expect(
      offenders(
        ({ kind, metadata }, { name }) =>
          metadata?.namespace === (/^(Namespace|ClusterRole.*)$/.test(kind) ? undefined : name),
      ),
    ).toEqual([]);
  });

  test('each object says whose it is', () => {
    expect(
      offenders(({ metadata }, { environment, project }) => {
        const labels = metadata?.labels ?? {};
        return (
          labels[labelKeys.partOf] === environment.name &&
          labels[labelKeys.managedBy] === 'repoctl' &&
          labels[labelKeys.tier] === (project ? 'project' : 'global') &&
          labels[labelKeys.project] === project?.name
        );
      }),
    ).toEqual([]);
  });

  test('each object of repoctl says what it is', () => {
    expect(
      offenders((object, { added }) => {
        const labels = object.metadata?.labels ?? {};
        // A project's own budget stands in the place of ours, under the same name.
        const { minAvailable } = (object.spec ?? {}) as { readonly minAvailable?: unknown };
        const own = object.kind !== 'Namespace' && !added.has(identity(object)) && minAvailable === undefined;
        return !own || [labelKeys.name, labelKeys.instance, labelKeys.component].every((key) => labels[key]);
      }),
    ).toEqual([]);
  });

  test('each name begins with that of its namespace, is a host name, and is there once for its kind', () => {
    expect(
      offenders(({ kind, metadata }, { name, objects }) => {
        const own = metadata?.name ?? '';
        const same = objects.filter((other) => other.kind === kind && other.metadata?.name === own);
        return own.startsWith(name) && /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(own) && same.length === 1;
      }),
    ).toEqual([]);
  });

  test('values of labels are ones that Kubernetes takes', () => {
    expect(
      offenders(({ metadata }) =>
        Object.values(metadata?.labels ?? {}).every((value) => /^[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/.test(value)),
      ),
    ).toEqual([]);
  });

  test('no object holds a secret: there are no Secrets', () => {
    expect(offenders(({ kind }) => kind !== 'Secret')).toEqual([]);
  });

  describe('each Service', () => {
    const services = () =>
      namespaces.flatMap((namespace) =>
        all(namespace.objects, 'Service').map((service) => ({ service, ...namespace })),
      );
    const selected = (selector: Readonly<Record<string, string>>, workloads: readonly Workload[]) =>
      workloads.filter(({ template }) =>
        Object.entries(selector).every(([key, value]) => template.metadata.labels[key] === value),
      );

    test('finds the pods of one workload, of its own name', () => {
      expect(services().length).toBeGreaterThan(0);
      for (const { service, workloads } of services())
        expect(selected(service.spec.selector, workloads).map(({ name }) => name)).toEqual([
          // The pods of a StatefulSet find each other by a Service of their own.
          service.metadata.name.replace(/-peers$/, ''),
        ]);
    });

    test('leads to a port that its pods name', () => {
      for (const { service, workloads } of services()) {
        const [workload] = selected(service.spec.selector, workloads);
        const named = Object.fromEntries(
          (workload?.pod.containers[0]?.ports ?? []).map(({ name, containerPort }) => [name, containerPort]),
        );
        for (const { port, targetPort } of service.spec.ports ?? []) expect(named[String(targetPort)]).toBe(port);
      }
    });
  });

  describe('what a kind says of itself is what it makes, since the plan goes by it:', () => {
    const declared = () =>
      namespaces.flatMap((namespace) => {
        const { profile, project, environment } = namespace;
        const services = servicesInCluster(profile, project?.services ?? environment.services);
        return [
          ...services.map((service) => {
            const kind = known({ ...serviceKinds, ...globalKinds }, service.kind);
            return { ...service, kind, controller: kind.controller(service.settings), ...made(namespace, service) };
          }),
          ...(project?.workloads ?? []).map((workload) => {
            const kind = known(workloadKinds, workload.kind);
            return { ...workload, kind, controller: kind.controller, ...made(namespace, workload) };
          }),
        ];
      });
    const made = ({ workloads, objects }: FixtureNamespace, { object }: { readonly object: string }) => ({
      workload: workloads.find(({ template }) => template.metadata.labels[labelKeys.instance] === object),
      service: all(objects, 'Service').find(({ metadata }) => metadata.name === object),
    });

    test('the kind of its controller', () => {
      expect(declared().length).toBeGreaterThan(10);
      for (const { object, controller, workload } of declared())
        expect([object, workload?.kind]).toEqual([object, controller]);
    });

    test('its component', () => {
      for (const { kind, workload } of declared())
        expect(workload?.template.metadata.labels[labelKeys.component]).toBe(kind.component);
    });

    test('its ports', () => {
      for (const { object, kind, settings, service } of declared()) {
        const ports = kind.ports(settings).map(({ name, port }) => ({ name, port }));
        expect([object, service?.spec.ports.map(({ name, port }) => ({ name, port })) ?? []]).toEqual([object, ports]);
      }
    });
  });

  test('each StatefulSet names a Service that there is', () => {
    for (const { objects } of namespaces) {
      for (const { spec } of all(objects, 'StatefulSet'))
        expect(one(objects, 'Service', spec.serviceName)).toBeDefined();
    }
  });
});
