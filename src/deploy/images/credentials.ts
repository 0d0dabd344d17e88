import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { FailureError, UsageError } from '../../platform/errors.ts';
import { attempt } from '../../platform/process/run.ts';
import type { Variables } from '../../platform/tools/tool-cache.ts';

/** A user of a registry. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const configSchema = z.looseObject({
  auths: z.record(z.string(), z.looseObject({ auth: z.string().optional() })).optional(),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
});

export type DockerConfig = z.infer<typeof configSchema>;

/** Docker's own name for its registry. */
const dockerHub = 'https://index.docker.io/v1/';

/**
 * What `docker login` wrote: `$DOCKER_CONFIG/config.json`, or that of `~/.docker`; empty if there is none.
 *
 * @throws UsageError if it can't be read
 */
export function readDockerConfig(env: Variables = process.env): DockerConfig {
  const file = join(env.DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new UsageError(`can't read ${file}: ${(error as Error).message}`, 'docker login writes it');
  }
  try {
    return configSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new UsageError(`${file} is not a configuration of Docker`, 'docker login writes it', { cause: error });
  }
}

/**
 * The user that Docker has for a registry; none if it has none.
 *
 * @param registry `docker.io`, `registry.example.com:5000`
 * @throws FailureError if a credential helper does not answer
 */
export async function credentialsFor(
  registry: string,
  config: DockerConfig,
  ask: typeof askHelper = askHelper,
): Promise<Credentials | undefined> {
  const names =
    registry === 'docker.io' ? [dockerHub, 'docker.io', 'index.docker.io'] : [registry, `https://${registry}`];
  const helper = names.map((name) => config.credHelpers?.[name]).find(Boolean) ?? config.credsStore;
  if (helper) return ask(helper, names[0] ?? registry);
  const auth = names.map((name) => config.auths?.[name]?.auth).find(Boolean);
  if (!auth) return undefined;
  const [, username = '', password = ''] = /^([^:]*):([\s\S]*)$/.exec(Buffer.from(auth, 'base64').toString()) ?? [];
  return { username, password: password.replace(/\0+$/, '') };
}

const helperAnswer = z.looseObject({ Username: z.string(), Secret: z.string() });

/** @see https://github.com/docker/docker-credential-helpers */
async function askHelper(helper: string, registry: string): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`;
  const { exitCode, stdout, stderr } = await attempt(program, ['get'], { input: registry });
  if (exitCode !== 0 && /credentials not found/i.test(stdout + stderr)) return undefined;
  try {
    const { Username, Secret } = helperAnswer.parse(JSON.parse(stdout));
    if (exitCode === 0) return { username: Username, password: Secret };
  } catch {
    // What it said instead may hold the secret.
  }
  throw new FailureError(`${program} did not give the credentials of ${registry}`, `docker login ${registry}`);
}
