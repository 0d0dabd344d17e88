import type { SecurityLevel } from './security.ts';

/** A part of an object as data: a map. */
export type Fields = Record<string, unknown>;

/** What may stand in a place. What is absent or null may always be absent, unless it is required. */
type Rule =
  | { readonly allows: (value: unknown) => boolean; readonly words: string; readonly required?: true }
  /** A map; fields without a rule are refused if it is closed. */
  | { readonly fields: Rules; readonly closed?: true }
  /** A list, whose items are all alike. */
  | { readonly each: Rule };

type Rules = Readonly<Record<string, Rule>>;

const anything: Rule = { allows: () => true, words: 'anything' };
const only = (value: boolean | string | number): Rule => ({
  allows: (given) => given === value,
  words: value === '' ? 'be left out' : `be ${value}`,
});
const oneOf = (...values: string[]): Rule => ({
  allows: (given) => values.includes(given as string),
  words: `be ${values.filter(Boolean).join(' or ')}`,
});
const open = (fields: Rules): Rule => ({ fields });
const closed = (fields: Rules): Rule => ({ fields, closed: true });
const free = (...names: string[]): Rules => Object.fromEntries(names.map((name) => [name, anything]));

/** A profile of seccomp or of AppArmor. */
const confined = closed({
  type: { ...oneOf('RuntimeDefault', 'Localhost'), required: true } as Rule,
  localhostProfile: anything,
});

/** What the security contexts of a pod and of a container both have. */
const identity: Rules = {
  runAsNonRoot: only(true),
  runAsUser: { allows: (given) => Number.isInteger(given) && Number(given) > 0, words: 'be a number above 0' },
  seccompProfile: confined,
  appArmorProfile: confined,
  seLinuxOptions: closed({
    type: oneOf('', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'),
    user: only(''),
    role: only(''),
    level: anything,
  }),
  windowsOptions: open({ hostProcess: only(false) }),
  ...free('runAsGroup'),
};

/** Kernel parameters that concern the pod alone. */
const sysctls = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
];

const podContext: Rules = {
  ...identity,
  sysctls: { each: closed({ name: oneOf(...sysctls), value: anything }) },
  ...free('fsGroup', 'fsGroupChangePolicy', 'seLinuxChangePolicy', 'supplementalGroups', 'supplementalGroupsPolicy'),
};

const containerContext: Rules = {
  ...identity,
  allowPrivilegeEscalation: only(false),
  privileged: only(false),
  procMount: oneOf('', 'Default'),
  capabilities: closed({
    drop: {
      allows: (given) => Array.isArray(given) && given.includes('ALL'),
      words: 'hold ALL',
      required: true,
    },
    add: {
      allows: (given) => Array.isArray(given) && given.every((name) => name === 'NET_BIND_SERVICE'),
      words: 'hold nothing but NET_BIND_SERVICE',
    },
  }),
  ...free('readOnlyRootFilesystem'),
};

/** The capabilities that a container may add at the level baseline: those that runtimes give by themselves. */
const usualCapabilities = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];

/** What the level baseline leaves free of what both contexts have. */
const looseIdentity: Rules = {
  ...free('runAsNonRoot', 'runAsUser'),
  seccompProfile: closed({ type: oneOf('RuntimeDefault', 'Localhost'), localhostProfile: anything }),
};

const looseContainerContext: Rules = {
  ...containerContext,
  ...looseIdentity,
  ...free('allowPrivilegeEscalation'),
  capabilities: closed({
    drop: anything,
    add: {
      allows: (given) => Array.isArray(given) && given.every((name) => usualCapabilities.includes(name)),
      words: `hold nothing but ${usualCapabilities.join(', ')}`,
    },
  }),
};

/** The node's own addresses would be reached from the node. */
const handler = open({ httpGet: open({ host: only('') }), tcpSocket: open({ host: only('') }) });

const containerRules: Rules = {
  ports: { each: open({ hostPort: only(0) }) },
  livenessProbe: handler,
  readinessProbe: handler,
  startupProbe: handler,
  lifecycle: open({ postStart: handler, preStop: handler }),
};

const containers: Readonly<Record<SecurityLevel, Rule>> = {
  restricted: open({ ...containerRules, securityContext: closed(containerContext) }),
  baseline: open({ ...containerRules, securityContext: closed(looseContainerContext) }),
};

const ofTheNode: Rules = { hostNetwork: only(false), hostPID: only(false), hostIPC: only(false) };

const podRules: Rules = {
  ...ofTheNode,
  os: open({ name: only('linux') }),
  volumes: {
    each: closed(
      free(
        'name',
        'configMap',
        'csi',
        'downwardAPI',
        'emptyDir',
        'ephemeral',
        'persistentVolumeClaim',
        'projected',
        'secret',
      ),
    ),
  },
};

const pods: Readonly<Record<SecurityLevel, Rule>> = {
  restricted: open({ ...podRules, securityContext: closed(podContext) }),
  baseline: open({ ...podRules, securityContext: closed({ ...podContext, ...looseIdentity }) }),
};

/** What custom resources that make pods say of them, wherever it stands. */
const elsewhere: Rules = {
  ...ofTheNode,
  hostPath: { allows: (given) => typeof given !== 'object', words: 'not be a volume' },
  securityContext: open({ ...podContext, ...containerContext }),
  podSecurityContext: open(podContext),
  containerSecurityContext: open(containerContext),
};

const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/';

/** Says that something is wrong, in a sentence that begins with its path. */
export type Refuse = (message: string) => void;

/** A value as it was given, short. */
export const told = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

function judge(rule: Rule, value: unknown, path: string, refuse: Refuse): void {
  if ('allows' in rule) {
    const absent = value === undefined || value === null;
    if (absent ? rule.required : !rule.allows(value))
      refuse(`${path} must ${rule.words}, given ${absent ? 'nothing' : told(value)}`);
    return;
  }
  if (value === undefined || value === null) return;
  if ('each' in rule) {
    if (!Array.isArray(value)) refuse(`${path} must be a list, given ${told(value)}`);
    else for (const [index, item] of value.entries()) judge(rule.each, item ?? {}, `${path}[${index}]`, refuse);
    return;
  }
  if (!isMap(value)) {
    refuse(`${path} must be a map, given ${told(value)}`);
    return;
  }
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  for (const [name, field] of Object.entries(rule.fields)) judge(field, value[name], at(name), refuse);
  if (!rule.closed) return;
  const names = Object.keys(rule.fields);
  for (const [name, given] of Object.entries(value))
    if (!Object.hasOwn(rule.fields, name) && given !== undefined && given !== null)
      refuse(`${at(name)} is not allowed; allowed: ${names.sort().join(', ')}`);
}

/**
 * The parts of a pod's specification, except its containers, that Pod Security `restricted` does not allow. What it doesn't
 * know is not allowed either: new fields of Kubernetes may be new ways out of a container.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const judgePod = (given: Fields, refuse: Refuse, level: SecurityLevel = 'restricted'): void =>
  judge(pods[level], given, '', refuse);

/** The same of a container. */
export const judgeContainer = (given: Fields, refuse: Refuse, level: SecurityLevel = 'restricted'): void =>
  judge(containers[level], given, '', refuse);

/** The same of the annotations of a pod: before it had a field, AppArmor was told there. */
export function judgeAnnotations(given: unknown, refuse: Refuse): void {
  if (!isMap(given)) return;
  for (const [name, value] of Object.entries(given))
    if (name.startsWith(appArmorAnnotation) && !/^(runtime\/default|localhost\/.*)?$/.test(String(value)))
      refuse(`annotation ${name} must be runtime/default or localhost/PROFILE, given ${told(value)}`);
}

/** The same of a map that stands somewhere in a custom resource. */
export const judgeElsewhere = (given: Fields, path: string, refuse: Refuse): void =>
  judge(open(elsewhere), given, path, refuse);

/** Fills in what `restricted` requires and a pod is silent about. */
export function restrictPod(given: Fields): void {
  given.securityContext ??= {};
  if (!isMap(given.securityContext)) return;
  given.securityContext.runAsNonRoot ??= true;
  given.securityContext.seccompProfile ??= { type: 'RuntimeDefault' };
}

/** The same of a container. */
export function restrictContainer(given: Fields): void {
  given.securityContext ??= {};
  if (!isMap(given.securityContext)) return;
  given.securityContext.allowPrivilegeEscalation ??= false;
  given.securityContext.capabilities ??= {};
  if (isMap(given.securityContext.capabilities)) given.securityContext.capabilities.drop ??= ['ALL'];
}

/** Whether a value is a map, not a list. */
export const isMap = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
