import { context, kubectl } from '../environment.ts';
import { run } from '../run.ts';
import type { Settings } from './project.ts';

/** A way to break one service of a running project, without a disturbance to any other. */
export interface Fault {
  /** Of the service, and of the fault. */
  readonly name: string;
  /** The project that the service is in. @default the one of most faults */
  readonly project?: string;
  /** What the service is in the project file. @default a server */
  readonly settings?: Settings;
  /** @param object name of the service's objects */
  readonly break: (object: string) => void;
  readonly expected: Expected;
  /** What undoes it, before the project is started again. @default the rollout that broke it is undone */
  readonly repair?: (object: string) => void;
}

/** What the report is to say. */
export interface Expected {
  readonly status: string;
  readonly reason: RegExp;
  readonly cause: RegExp;
  /** The command to type next, as a line. */
  readonly advice: RegExp;
}

/** The project of the services that are broken side by side. */
export const namespace = 'faults';

/** A project that has room for one pod only. */
export const cramped = 'cramped';

/** Name of the objects of a fault's service. */
export const objectOf = ({ name, project = namespace }: Pick<Fault, 'name' | 'project'>): string =>
  `${project}-${name}`;

export const inFaults = (...args: string[]) => kubectl('-n', namespace, ...args);

/** Undoes nothing: the start that follows puts back what was changed. */
export const byStart = (): void => {};

export const undo = (object: string): void => {
  inFaults('rollout', 'undo', `deployment/${object}`);
};

type Json = Readonly<Record<string, unknown>>;

/** Changes something of an object. */
export const patch = (reference: string, change: Json): void => {
  inFaults('patch', reference, '--patch', JSON.stringify(change));
};

/** Breaks a Deployment by a change to the pods that it makes. */
export const podThat = (change: Json) => (object: string) =>
  patch(`deployment/${object}`, { spec: { template: { spec: change } } });

/** Breaks a Deployment by a change to its container, which is called like the service. */
export const containerThat = (change: Json) => (object: string) =>
  podThat({ containers: [{ name: object.slice(`${namespace}-`.length), ...change }] })(object);

/** Makes or changes objects of the core API in the namespace. */
export function apply(...objects: readonly Json[]): void {
  const items = objects.map((each) => ({ apiVersion: 'v1', ...each }));
  run('kubectl', ['--context', context, '-n', namespace, 'apply', '--server-side', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  });
}
