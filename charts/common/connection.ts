import type { EnvVar } from './k8s.ts';
import type { ValueRule } from './managed-values.ts';

/** An environment variable: a plain value (`$(NAME)` refers to an earlier one), or a key of a Secret. */
export type ConnectionVariable =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly secret: string; readonly key: string };

/** An environment variable of a container; what a source yields is known in its pod only. */
export type Variable =
  | ConnectionVariable
  | { readonly name: string; readonly source: NonNullable<EnvVar['valueFrom']> };

/** A key of a Secret, and the variable in a `.env` that it comes from during development. */
export interface SecretKey {
  readonly key: string;
  /** Variable in the `.env`. */
  readonly variable: string;
  /** Whose `.env`: the environment's (beside repoctl.yaml) or a project's, by its short name. */
  readonly owner: string;
  /** Whether repoctl may make the value up: a password of a service that it runs itself. */
  readonly generated: boolean;
  /** What its value has to be. @default anything */
  readonly rule?: ValueRule;
}

/** A Secret that the manifests of a namespace refer to. */
export interface SecretReference {
  readonly name: string;
  /** Whether an operator makes it on real clusters, so that nobody has to. @default false */
  readonly made?: boolean;
  readonly keys: readonly SecretKey[];
}

/** How to tell that a service answers: a shell script, in an image that has the service's client. */
export interface ReadyCheck {
  readonly image: string;
  /** Exits 0 once the service answers. Sees the variables of the connection. */
  readonly script: string;
}

/** How to tell that a workload is ready: a program in an image. */
export interface CommandCheck {
  readonly image: string;
  readonly command: readonly string[];
}

/** What a service gives to the workloads that use it. */
export interface Connection {
  /** The variables that code can rely on, wherever the service runs. */
  readonly promises: readonly string[];
  /** The promised variables and those that they are made of, in order. */
  readonly variables: readonly ConnectionVariable[];
  /** Those that each workload has for itself, wherever the service runs; its own `env` wins. @default none */
  ofWorkload?(workload: { readonly object: string }): readonly ConnectionVariable[];
  /** The Secret, in the workload's namespace, that the variables refer to. */
  readonly secret: SecretReference;
  readonly ready: ReadyCheck;
  /** What jobs get instead, which prepare the service for the others: the variables, and the keys of a managed one by variable. */
  readonly jobs?: {
    readonly variables: readonly ConnectionVariable[];
    readonly managed: Readonly<Record<string, string>>;
  };
  /** Variables of the configuration alone, which a managed service gives as well. @default none */
  readonly constants?: readonly ConnectionVariable[];
  /** Name of the account, where programs are told it apart from a URL. @default none */
  readonly user?: string;
  /** The fields of a trigger by which KEDA asks it, and whether a managed one is asked so, too. @default it can't be asked */
  readonly scaler?: { readonly metadata: Readonly<Record<string, string>>; readonly managed: boolean };
  /** What promised variables have to be where the service is managed. @default anything */
  readonly rules?: Readonly<Record<string, ValueRule>>;
}

/**
 * The same connection to a managed service: its Secret holds each promised variable, under that name.
 *
 * @param owner the project whose `.env` has the values during development
 */
export function managed(connection: Connection, owner: string): Connection {
  const { name } = connection.secret;
  const { promises, rules = {}, constants = [], jobs, scaler } = connection;
  const from = (keys: Readonly<Record<string, string>>): ConnectionVariable[] => [
    ...promises.map((promise) => ({ name: promise, secret: name, key: keys[promise] ?? promise })),
    ...constants,
  ];
  const key = (promise: string, variable = promise) => {
    const rule = rules[promise];
    return { key: variable, variable, owner, generated: false, ...(rule && { rule }) };
  };
  const further = Object.entries(jobs?.managed ?? {}).map(([promise, variable]) => key(promise, variable));
  return {
    ...connection,
    scaler: scaler?.managed ? scaler : undefined,
    variables: from({}),
    ...(jobs && { jobs: { ...jobs, variables: from(jobs.managed) } }),
    secret: { name, keys: [...promises.map((promise) => key(promise)), ...further] },
  };
}

/** Variables in the form that a container wants. */
export function environment(variables: readonly Variable[]): EnvVar[] {
  return variables.map((variable) => {
    const { name } = variable;
    if ('value' in variable) return { name, value: variable.value };
    if ('source' in variable) return { name, valueFrom: variable.source };
    return { name, valueFrom: { secretKeyRef: { name: variable.secret, key: variable.key } } };
  });
}
