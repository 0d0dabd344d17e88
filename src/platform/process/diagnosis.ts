import { ClusterError, type CommandError, FailureError } from '../errors.ts';
import { tools } from '../tools/tools.ts';

interface Symptom {
  /** What the program says on stderr. */
  readonly pattern: RegExp;
  error(line: string): CommandError;
}

/** Causes that lie outside of the command, known by what programs print. */
const symptoms: readonly Symptom[] = [
  {
    pattern: /permission denied while trying to connect to the docker/i,
    error: () =>
      new ClusterError(
        'Docker refuses this user: no access to its socket',
        'sudo usermod -aG docker "$USER", then log in again',
      ),
  },
  {
    pattern: /cannot connect to the docker daemon|is the docker daemon running|error during connect|docker desktop is/i,
    error: () => new ClusterError('Docker is not running', 'Start Docker Desktop, or: sudo systemctl start docker'),
  },
  {
    pattern: /failed to lock config file: open (\S+?): file exists/,
    error: (line) => {
      const [, file = ''] = /open (\S+?): file exists/.exec(line) ?? [];
      return new FailureError(
        `the kubeconfig is locked by ${file}, which a killed program may have left`,
        `rm ${file}`,
      );
    },
  },
];

/** The root cause of a program's failure, if its stderr tells. */
export function diagnose(stderr: string): CommandError | undefined {
  const lines = stderr.split('\n');
  for (const { pattern, error } of symptoms) {
    const line = lines.find((each) => pattern.test(each));
    if (line !== undefined) return error(line);
  }
  return undefined;
}

/** How to get a program. */
export function installation(program: string): string {
  if (program === 'docker') return 'Install Docker: https://docs.docker.com/get-docker/';
  const { install } = (tools as Readonly<Record<string, { readonly install: string } | undefined>>)[program] ?? {};
  return install ? `Install it: ${install}` : `Install ${program}, or put it on PATH`;
}
