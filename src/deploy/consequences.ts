import { isDeepStrictEqual } from 'node:util';
import { labelKeys } from '../../charts/common/labels.ts';
import type { ManifestObject } from '../../charts/common/manifest-object.ts';
import type { FieldChange } from './field-changes.ts';

/** `replace`: it is deleted and made again, since it can't be changed. */
export const actions = ['create', 'change', 'replace', 'remove'] as const;
export type Action = (typeof actions)[number];

/** What a change means beyond what its fields say. */
export interface Consequence {
  /** `note`: as it should be; `interruption`: something does not answer meanwhile; `data`: of data that stays behind. */
  readonly severity: 'note' | 'interruption' | 'data';
  readonly message: string;
}

/** A change, as the rules look at it. */
export interface Subject {
  readonly action: Action;
  /** What is there; none if it is new. */
  readonly existing?: ManifestObject;
  /** What is wanted; none if it goes. */
  readonly wanted?: ManifestObject;
  readonly fields: readonly FieldChange[];
  /** Whether what it owns stays when it is made again. */
  readonly keepsOwned?: boolean;
}

interface Rule {
  readonly kinds: readonly string[];
  readonly actions: readonly Action[];
  readonly severity: Consequence['severity'];
  /** What it means; `undefined` if it does not. */
  readonly says: (subject: Subject) => string | undefined;
}

const controllers = ['DaemonSet', 'Deployment', 'StatefulSet'];

interface Spec {
  readonly replicas?: number;
  readonly selector?: Readonly<Record<string, string>>;
  readonly volumeClaimTemplates?: readonly { readonly metadata?: { readonly name?: string } }[];
}

const specOf = (object: ManifestObject | undefined): Spec => (object?.spec ?? {}) as Spec;

const changes = ({ fields }: Subject, path: string): boolean =>
  fields.some((field) => field.path === path || field.path.startsWith(`${path}.`) || field.path.startsWith(`${path}[`));

/** A label that says which one, in the words of a selector: `app.kubernetes.io/instance=shop-api`. */
const selectorText = (selector: Readonly<Record<string, string>> = {}): string => {
  const { [labelKeys.instance]: instance } = selector;
  if (instance !== undefined) return `${labelKeys.instance}=${instance}`;
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
};

const rules: readonly Rule[] = [
  {
    kinds: controllers,
    actions: ['change'],
    severity: 'note',
    says: (subject) => (changes(subject, 'spec.template') ? 'replaces its pods' : undefined),
  },
  {
    kinds: ['Job'],
    actions: ['create', 'replace'],
    severity: 'note',
    says: ({ action }) => (action === 'create' ? 'runs once' : 'runs again'),
  },
  {
    kinds: controllers,
    actions: ['change'],
    severity: 'interruption',
    says: ({ existing, wanted, fields }) =>
      fields.some(({ path, to }) => path === 'spec.replicas' && to === 0)
        ? `scales it from ${specOf(existing).replicas} pods to ${specOf(wanted).replicas}: nothing answers any more`
        : undefined,
  },
  {
    kinds: ['Deployment', 'DaemonSet'],
    actions: ['replace'],
    severity: 'interruption',
    says: () => 'can’t be changed: it is deleted and made again, and has no pods until the new ones are ready',
  },
  {
    kinds: ['StatefulSet'],
    actions: ['replace'],
    severity: 'interruption',
    says: ({ keepsOwned, existing, wanted }) => {
      const templates = (object?: ManifestObject) => specOf(object).volumeClaimTemplates;
      const why = isDeepStrictEqual(templates(existing), templates(wanted))
        ? 'can’t be changed'
        : 'a claim template can’t be changed';
      return keepsOwned
        ? `${why}: it is deleted and made again; its pods and claims stay, and the claims keep what they have`
        : `${why}: it is deleted with its pods and made again; its claims and their data stay`;
    },
  },
  {
    kinds: ['Service'],
    actions: ['change', 'replace'],
    severity: 'interruption',
    says: (subject) => {
      const [had, has] = [specOf(subject.existing).selector, specOf(subject.wanted).selector];
      if (isDeepStrictEqual(had, has)) return undefined;
      return `its selector changes from ${selectorText(had)} to ${selectorText(has)}: it leads to other pods, or to none`;
    },
  },
  {
    kinds: ['Service'],
    actions: ['replace'],
    severity: 'interruption',
    says: () => 'can’t be changed: it is deleted and made again with another address; open connections break',
  },
  {
    kinds: ['Service', 'Ingress', 'HTTPRoute'],
    actions: ['remove'],
    severity: 'interruption',
    says: () => 'what still uses its address gets no answer',
  },
  {
    kinds: ['StatefulSet'],
    actions: ['remove'],
    severity: 'data',
    says: ({ existing }) => {
      const names = (specOf(existing).volumeClaimTemplates ?? []).map(
        ({ metadata }) => `${metadata?.name}-${existing?.metadata?.name}-*`,
      );
      return names.length === 0
        ? undefined
        : `its claims ${names.join(', ')} stay with their data; nothing reads them any more`;
    },
  },
  {
    kinds: ['Cluster'],
    actions: ['change'],
    severity: 'interruption',
    says: (subject) =>
      changes(subject, 'spec.imageName') || changes(subject, 'spec.resources')
        ? 'its operator restarts its instances one by one, the primary last by a switchover'
        : undefined,
  },
];

/** What a change means beyond what its fields say. */
export const consequences = (subject: Subject): Consequence[] =>
  rules.flatMap(({ kinds, actions, severity, says }) => {
    const kind = (subject.wanted ?? subject.existing)?.kind ?? '';
    if (!kinds.includes(kind) || !actions.includes(subject.action)) return [];
    const message = says(subject);
    return message === undefined ? [] : [{ severity, message }];
  });
