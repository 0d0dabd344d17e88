import { z } from 'zod';
import { command, seconds } from './fields.ts';
import { podFields } from './pod-fields.ts';
import { environmentVariables } from './variable-source.ts';

/** What every kind of workload understands. */
export const workloadFields = {
  image: z
    .string()
    .min(1)
    .optional()
    .describe('Name under `images`, or an image reference with a tag. Default: the only image of the project.'),
  args: command.optional().describe("Arguments instead of the image's."),
  env: environmentVariables
    .default({})
    .describe(
      'Environment variables, in addition to those of the project and its services: values, or `{secretKeyRef: NAME/KEY}`, ' +
        '`{configMapKeyRef: NAME/KEY}`, `{fieldRef: metadata.name}`, `{resourceFieldRef: limits.memory}`.',
    ),
  after: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'The services and workloads that must answer before it starts: services, jobs with a `check` and workloads with ports of this project, ' +
        '`redis`, `minio`, or `PROJECT/WORKLOAD` with a port.',
    ),
  ...podFields,
};

/** The program of a workload that has no command of its kind's own. */
export const commandField = command.optional().describe("Program instead of the image's entrypoint.");

/** The programs of a workload that keeps running. */
export const commandFields = {
  command: commandField,
  localCommand: command
    .optional()
    .describe(
      "Program in development instead of `command`, for instance one that reloads: `[uvicorn, 'app.main:app', --reload]`.",
    ),
};

/** The program of a profile. */
export const commandOf = (
  { command, localCommand }: { readonly command?: readonly string[]; readonly localCommand?: readonly string[] },
  development: boolean,
): readonly string[] | undefined => (development && localCommand) || command;

export const startupSeconds = seconds.min(1).default(60).describe('The longest time until it first answers.');

export const stopSeconds = seconds.default(30).describe('The longest time to stop after SIGTERM.');
