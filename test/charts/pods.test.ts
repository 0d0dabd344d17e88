import { beforeAll, describe, expect, test } from '@jest/globals';
import type { V1Container } from '@kubernetes/client-node';
import { amount, imageReference } from '../../charts/common/fields.ts';
import { labelKeys } from '../../charts/common/labels.ts';
import { presetNames } from '../../charts/model.ts';
import { imageReference as profileImage } from '../../charts/wiring.ts';
import { type FixtureNamespace, fixtureNamespaces } from './fixtures.ts';
import type { Workload } from './objects.ts';

/** A container of a pod of a fixture. */
interface Place {
  readonly namespace: FixtureNamespace;
  readonly workload: Workload;
  readonly container: V1Container;
  /** Whether it is the pod's main container, not one that runs before it. */
  readonly main: boolean;
}

const synced = ({ namespace: { profile, project, added }, workload, container, main }: Place) =>
  main &&
  workload.lasting &&
  profile.development &&
  !added.has(`${workload.kind}/${workload.name}`) &&
  (project?.images ?? []).some(
    ({ name, sync }) => sync.length > 0 && container.image === profileImage(profile, project?.name ?? '', name),
  );

/** Rules for each container, init containers among them. */
const containerRules: Readonly<Record<string, (place: Place) => boolean>> = {
  'can not gain privileges': ({ container: { securityContext } }) =>
    securityContext?.allowPrivilegeEscalation === false && securityContext.privileged !== true,
  'drops all capabilities and adds none': ({ container: { securityContext } }) =>
    securityContext?.capabilities?.drop?.join() === 'ALL' && !securityContext.capabilities.add,
  'runs as a numeric user that is not root': ({ container: { securityContext }, workload: { pod } }) => {
    const user = securityContext?.runAsUser ?? pod.securityContext?.runAsUser;
    return typeof user === 'number' && user > 0 && securityContext?.runAsNonRoot !== false;
  },
  'has the seccomp profile of its pod': ({ container: { securityContext } }) =>
    [undefined, 'RuntimeDefault'].includes(securityContext?.seccompProfile?.type),
  'has a read-only root file system, but for what is synced in development': (place) =>
    place.container.securityContext?.readOnlyRootFilesystem === !synced(place),
  'states requests and limits of cpu and memory, the one not above the other': ({ container: { resources } }) =>
    (['cpu', 'memory'] as const).every(
      (name) => amount(resources?.requests?.[name] ?? '') <= amount(resources?.limits?.[name] ?? ''),
    ),
  'uses the image that is there': ({ container }) => container.imagePullPolicy === 'IfNotPresent',
  'has an image with a tag other than latest': ({ container, namespace: { profile } }) =>
    imageReference.safeParse(container.image).success &&
    (profile.development || !String(container.image).endsWith(':local')),
  'has each variable once': ({ container: { env = [] } }) => new Set(env.map(({ name }) => name)).size === env.length,
  'refers only to variables before': ({ container: { env = [] } }) =>
    env.every(({ value }, index) => {
      const before = env.slice(0, index).map(({ name }) => name);
      return [...(value ?? '').matchAll(/\$\(([A-Za-z_]\w*)\)/g)].every(([, name = '']) => before.includes(name));
    }),
  'has no secret as a plain value': ({ container: { env = [] } }) =>
    env.every(
      ({ name, value }) =>
        !/(PASSWORD|SECRET|TOKEN|_KEY)$/.test(name) || value === undefined || value === '' || value.startsWith('$('),
    ),
  // Kubernetes puts the value of $(NAME) into arguments, which everybody on the node can list.
  'has no secret among its arguments': ({ container: { env = [], command = [], args = [] } }) => {
    const words = [...command, ...args].join(' ');
    const secret = new Set<string>();
    for (const { name, value = '', valueFrom } of env)
      if (valueFrom?.secretKeyRef || [...secret].some((other) => value.includes(`$(${other})`))) secret.add(name);
    return [...secret].every((name) => !words.includes(`$(${name})`));
  },
  'refers only to keys of Secrets that are said to be needed': ({ container: { env = [] }, namespace: { secrets } }) =>
    env.every(({ valueFrom }) => {
      const reference = valueFrom?.secretKeyRef;
      return (
        !reference ||
        secrets.some(({ name, keys }) => name === reference.name && keys.some(({ key }) => key === reference.key))
      );
    }),
  'mounts only volumes that there are': ({ container: { volumeMounts = [] }, workload: { pod, claims } }) => {
    const names = [...(pod.volumes ?? []).map(({ name }) => name), ...claims.map(({ metadata }) => metadata?.name)];
    return volumeMounts.every(({ name }) => names.includes(name));
  },
  'mounts one volume in a place': ({ container: { volumeMounts = [] } }) =>
    new Set(volumeMounts.map(({ mountPath }) => mountPath)).size === volumeMounts.length,
  'opens no port of the node': ({ container: { ports = [] } }) => ports.every(({ hostPort }) => hostPort === undefined),
  'is probed if its pod stays: startup, readiness and liveness': ({ container, workload, main }) =>
    !main ||
    [container.startupProbe, container.readinessProbe, container.livenessProbe].every(
      (probe) => (probe !== undefined) === workload.lasting,
    ),
};

/** Rules for each pod. */
const podRules: Readonly<Record<string, (workload: Workload, namespace: FixtureNamespace) => boolean>> = {
  'does not run as root': ({ pod }) => pod.securityContext?.runAsNonRoot === true,
  'has the seccomp profile of the runtime': ({ pod }) => pod.securityContext?.seccompProfile?.type === 'RuntimeDefault',
  'gets no variables of Services': ({ pod }) => pod.enableServiceLinks === false,
  'gets no token, unless its account may do something': ({ pod }, { objects }) =>
    pod.automountServiceAccountToken === false ||
    objects.some(({ kind, subjects }) =>
      kind === 'RoleBinding'
        ? (subjects as { name: string }[]).some(({ name }) => name === pod.serviceAccountName)
        : false,
    ),
  'states how long it may take to stop': ({ pod }) => typeof pod.terminationGracePeriodSeconds === 'number',
  'shares nothing with its node': ({ pod }) =>
    !pod.hostNetwork && !pod.hostPID && !pod.hostIPC && (pod.volumes ?? []).every(({ hostPath }) => !hostPath),
  'has containers of different names': ({ pod }) => {
    const names = [...(pod.initContainers ?? []), ...pod.containers].map(({ name }) => name);
    return new Set(names).size === names.length && names.every((name) => name.length <= 63);
  },
  'mounts each of its volumes': ({ pod, claims }) => {
    const mounted = [...(pod.initContainers ?? []), ...pod.containers].flatMap(({ volumeMounts = [] }) =>
      volumeMounts.map(({ name }) => name),
    );
    return [
      ...(pod.volumes ?? []).map(({ name }) => name),
      ...claims.map(({ metadata }) => metadata?.name ?? ''),
    ].every((name) => mounted.includes(name));
  },
  'has volumes of ConfigMaps and Secrets that there are': ({ pod }, { objects, secrets }) =>
    (pod.volumes ?? []).every(
      ({ configMap, secret }) =>
        (!configMap ||
          objects.some(({ kind, metadata }) => kind === 'ConfigMap' && metadata?.name === configMap.name)) &&
        (!secret || secrets.some(({ name }) => name === secret.secretName)),
    ),
  'has all labels on its template': ({ template, kind, name }, { name: namespace, environment, project, added }) => {
    const labels = template.metadata.labels;
    const ofOwner =
      labels[labelKeys.partOf] === environment.name &&
      labels[labelKeys.managedBy] === 'repoctl' &&
      labels[labelKeys.tier] === (project ? 'project' : 'global') &&
      labels[labelKeys.project] === (project && namespace);
    const own = [labelKeys.name, labelKeys.instance, labelKeys.component].every((key) => labels[key]);
    return ofOwner && (own || added.has(`${kind}/${name}`));
  },
  'has them on its claims': ({ claims, template, kind, name }, { added }) =>
    claims.every(({ metadata }) =>
      Object.entries(template.metadata.labels)
        .filter(([key]) => !added.has(`${kind}/${name}`) || /part-of|managed-by|repoctl\.dev/.test(key))
        .every(([key, value]) => metadata?.labels?.[key] === value),
    ),
  'is selected by labels that its template has, and by no path of constructs': ({ kind, template, selector }) =>
    kind === 'Job' || kind === 'CronJob'
      ? selector === undefined
      : Object.keys(selector ?? {}).length > 0 &&
        Object.entries(selector ?? {}).every(
          ([key, value]) => template.metadata.labels[key] === value && !key.startsWith('cdk8s.io/'),
        ),
};

describe.each(presetNames)('%s', (profile) => {
  let namespaces: readonly FixtureNamespace[] = [];
  const pods = () =>
    namespaces.flatMap((namespace) => namespace.workloads.map((workload) => ({ namespace, workload })));
  const containers = (): Place[] =>
    pods().flatMap(({ namespace, workload }) => [
      ...(workload.pod.initContainers ?? []).map((container) => ({ namespace, workload, container, main: false })),
      ...workload.pod.containers.map((container) => ({ namespace, workload, container, main: true })),
    ]);

  beforeAll(async () => {
    namespaces = await fixtureNamespaces(profile);
  });

  test('there are pods of every sort to look at', () => {
    expect(new Set(pods().map(({ workload }) => workload.kind))).toEqual(
      new Set(['StatefulSet', 'Deployment', 'Job', 'CronJob']),
    );
    expect(pods().length).toBeGreaterThan(15);
    expect(containers().some(({ main }) => !main)).toBe(true);
    expect(containers().some(synced)).toBe(profile !== 'production');
  });

  test.each(Object.keys(containerRules))('each container %s', (rule) => {
    const broken = containers().filter((place) => !containerRules[rule]?.(place));
    expect(
      broken.map(({ namespace, workload, container }) => `${namespace.name}/${workload.name} ${container.name}`),
    ).toEqual([]);
  });

  test.each(Object.keys(podRules))('each pod %s', (rule) => {
    const broken = pods().filter(({ namespace, workload }) => !podRules[rule]?.(workload, namespace));
    expect(broken.map(({ namespace, workload }) => `${namespace.name}/${workload.name}`)).toEqual([]);
  });
});
