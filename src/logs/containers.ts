/** What the API says about a pod, as far as its logs go. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
  readonly status?: {
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly ephemeralContainerStatuses?: readonly ContainerStatus[];
  };
}

export interface ContainerStatus {
  readonly name: string;
  /** Of the instance that runs, or ran last. */
  readonly containerID?: string;
  readonly state?: { readonly running?: object };
  readonly lastState?: { readonly terminated?: Termination };
}

interface Termination {
  readonly containerID?: string;
  readonly exitCode: number;
  readonly reason?: string;
}

/** A container of a pod, over its restarts. */
export interface Container {
  /** Unique, and another one in a pod of the same name that comes later. */
  readonly key: string;
  readonly pod: Pod['metadata'];
  readonly name: string;
  /** Whether it is what the pod is for. */
  readonly main: boolean;
  /** The instance that runs, or ran last; none before the first has started. */
  readonly current?: { readonly id: string; readonly running: boolean };
  /** The instance before a restart; while the next one is waited for, it is the current one as well. */
  readonly last?: { readonly id: string; readonly ending: string };
}

/** The containers of a pod, in the order in which they start. */
export function containers({ metadata, spec, status = {} }: Pod): Container[] {
  const { initContainerStatuses = [], containerStatuses = [], ephemeralContainerStatuses = [] } = status;
  return [...initContainerStatuses, ...containerStatuses, ...ephemeralContainerStatuses].map((each) => {
    const { name, containerID, state, lastState } = each;
    const ended = lastState?.terminated;
    return {
      key: `${metadata.uid}/${name}`,
      pod: metadata,
      name,
      main: name === spec.containers[0]?.name,
      current: containerID ? { id: containerID, running: state?.running !== undefined } : undefined,
      last: ended?.containerID ? { id: ended.containerID, ending: ending(ended) } : undefined,
    };
  });
}

/** `OOMKilled, exit code 137` */
const ending = ({ reason, exitCode }: Termination): string =>
  `${reason && reason !== 'Error' ? `${reason}, ` : ''}exit code ${exitCode}`;
