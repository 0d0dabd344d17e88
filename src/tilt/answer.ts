import { relative } from 'node:path';
import type { ProfileName } from '../../charts/model.ts';
import { configurationInputs } from '../config/inputs.ts';
import { kindConfigFile } from '../config/kind-config.ts';
import type { Mistake } from '../config/mistakes.ts';
import { ownCluster } from '../config/own-cluster.ts';
import { ConfigurationError } from '../config/problem.ts';
import { isNamed } from '../config/select-projects.ts';
import { CommandError, UsageError } from '../platform/errors.ts';
import { endpoints } from '../synth/endpoints.ts';
import { mistakeLines, mustBeRight } from '../synth/last-good.ts';
import type { Plan, PlannedNamespace } from '../synth/plan.ts';
import { globalTier, projects, withAwaited } from '../synth/plan-queries.ts';
import { defaultOut, synthesize } from '../synth/synthesize.ts';
import { checkMachine } from './check-machine.ts';

/** The answer to a Tiltfile. Paths are relative to the root. */
export interface TiltfileAnswer {
  /** What the manifests are made from; a folder stands for all that is in it. */
  readonly inputs: readonly string[];
  /** Patterns, as in `.dockerignore`, of files whose changes have no effect. */
  readonly ignored: readonly string[];
  readonly context: string;
  /** Why nothing can be started, in a few lines; then the other fields are missing. */
  readonly problem?: string;
  /** What is wrong with single projects, of which the last good state goes on; in lines. */
  readonly mistakes?: readonly string[];
  /** Folder of the manifests. */
  readonly manifests?: string;
  readonly plan?: Plan;
}

export interface TiltfileQuestion {
  /** One for development. @default local */
  readonly profile?: ProfileName;
  /** Tilt's context; empty if there is none. */
  readonly context: string;
  /** Whether something is to be started: then Docker and the ports are looked at, too. @default false */
  readonly check?: boolean;
  /** The projects, or single objects of them, to start. @default all */
  readonly only?: readonly string[];
}

/** The output, and what editors, Python and tests leave behind. */
const ignored = ['dist', '**/__pycache__', '**/.*_cache', '**/.venv', '**/*.sw?', '**/*~', '**/.#*', '**/4913'];

/** Writes the manifests and answers a Tiltfile. Mistakes are part of the answer. */
export async function tiltfileAnswer(root: string, question: TiltfileQuestion): Promise<TiltfileAnswer> {
  const { profile = 'local', context, check = false, only = [] } = question;
  const out = defaultOut(root, profile);
  try {
    const options = { profile, development: true, out, environmentFilesOf: [], tolerant: true } as const;
    const { plan, memory, mistakes } = await synthesize(root, options);
    const wrong = new Set(mistakes.map(({ directory }) => directory));
    // The stand-in for a broken project was read from other files than those that will fix it.
    const right = Object.fromEntries(Object.entries(memory).filter(([directory]) => !wrong.has(directory)));
    const inputs = [...configurationInputs(root, profile, right), kindConfigFile];
    const made = { inputs, ignored, context, mistakes: mistakeLines(mistakes), manifests: relative(root, out), plan };
    try {
      mustBeOwn(root, context);
      mustBeKnown(plan, mistakes, only);
      if (check) {
        const namespaces = started(plan, only);
        await checkMachine(
          namespaces.flatMap(endpoints),
          namespaces.flatMap(({ images }) => images),
        );
      }
      return made;
    } catch (error) {
      return { inputs, ignored, context, problem: explained(error) };
    }
  } catch (error) {
    return {
      inputs: [...configurationInputs(root, profile), kindConfigFile],
      ignored,
      context,
      problem: explained(error),
    };
  }
}

/** The namespaces in which something starts. */
function started(plan: Plan, only: readonly string[]): PlannedNamespace[] {
  const isMeant = (project: PlannedNamespace) =>
    only.length === 0 ||
    only.some((given) => isNamed(project, given) || project.workloads.some(({ object }) => object === given)) ||
    project.services.some(({ object }) => only.includes(object));
  return [globalTier(plan), ...withAwaited(plan, projects(plan).filter(isMeant))];
}

/** Refuses named projects that are too wrong to start. */
function mustBeKnown({ namespaces }: Plan, mistakes: readonly Mistake[], only: readonly string[]): void {
  const lost = mistakes.filter(({ directory }) => !namespaces.some((each) => each.directory === directory));
  mustBeRight(
    lost,
    lost.filter(({ directory, name = '' }) => only.some((given) => isNamed({ directory, name }, given))),
  );
}

/** Tilt takes the current context, which may be that of another environment, or of no development cluster at all. */
function mustBeOwn(root: string, context: string): void {
  const { context: own, kind, source } = ownCluster(root);
  if (context === '')
    throw new UsageError(
      'there is no cluster',
      kind ? 'repoctl up creates one' : `Start the cluster of the context ${own}`,
    );
  if (context !== own)
    throw new UsageError(
      `the context is ${context}, the cluster of this folder is ${own} (${source})`,
      `tilt up --context ${own}, or repoctl up${kind ? ', which creates the cluster first if it is missing' : ''}; ` +
        'another one: cluster.context in repoctl.yaml',
    );
}

function explained(error: unknown): string {
  if (error instanceof ConfigurationError) return error.lines.join('\n');
  if (error instanceof CommandError) return [error.message, error.advice].filter(Boolean).join('; ');
  throw error;
}
