import type { Commands } from '../rules/commands.ts';
import type { Container, Pod } from '../rules/objects.ts';
import type { DeepFinding } from './finding.ts';

/** A ready pod of a service or workload, as a check sees it. */
export interface Target {
  readonly namespace: string;
  readonly object: string;
  /** As in the configuration: `redis`, `celery-worker`. */
  readonly kind: string;
  readonly pod: Pod;
  /** Its main container. */
  readonly container: Container;
  /** Ports of its Service; `undefined` if they are not known. */
  readonly servicePorts?: readonly number[];
  /** All pods that are looked at. */
  readonly pods: readonly Pod[];
  /** Makes the commands in advice. */
  readonly run: Commands;
}

/** What a check makes of an answer. */
export type Judgement = Pick<DeepFinding, 'status' | 'reason' | 'cause' | 'advice'> &
  Partial<Pick<DeepFinding, 'namespace' | 'object'>>;

export type Judgements = Judgement | readonly Judgement[];

/** What a program in a container said. */
export interface ProgramAnswer {
  /** `undefined` if it could not be started. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a route answered, or the API server in its place. */
export interface RouteAnswer {
  readonly status: number;
  readonly body: string;
}

/** Runs a program in the container; none if there is nothing to run. */
export interface ProgramCheck {
  readonly name: string;
  command(target: Target): readonly string[] | undefined;
  judge(answer: ProgramAnswer, target: Target): Judgements;
}

/** Gets a route through the API server, once for all pods behind a Service; none if there is no route. */
export interface RouteCheck {
  readonly name: string;
  route(target: Target): { readonly port: number; readonly path: string; readonly viaPod?: boolean } | undefined;
  judge(answer: RouteAnswer, target: Target, path: string): Judgements;
}

/** Speaks with a port of the pod over a connection that is relayed byte by byte. */
export interface ConversationCheck {
  readonly name: string;
  readonly port: number;
  converse(speak: Conversation, target: Target): Promise<Judgements>;
}

/** What a conversation is made of. */
export interface Conversation {
  /** Sends an HTTP request to the pod's port. */
  request(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<RouteAnswer>;
  /** A value of a Secret in the target's namespace; `undefined` if it isn't there. */
  secret(name: string, key: string): Promise<string | undefined>;
}

export type DeepCheck = ProgramCheck | RouteCheck | ConversationCheck;

/** The verdict on an answer that is as it should be. */
export const healthy: Judgement = { status: 'healthy', reason: 'Answers' };
