import { FailureError } from '../platform/errors.ts';
import { foreground } from '../platform/process/foreground.ts';
import { toolPath } from '../platform/process/tool-path.ts';
import { connect } from './client.ts';
import type { ClusterOptions } from './kubeconfig.ts';

/**
 * Runs a program in a pod of a controller, on this terminal.
 *
 * @param controller as kubectl calls it: `statefulset/turfoo-postgres`
 * @returns its exit code
 */
export async function execIn(
  namespace: string,
  controller: string,
  command: readonly string[],
  options: ClusterOptions,
): Promise<number> {
  const cluster = await connect(options);
  const kubectl = await toolPath('kubectl');
  if (!kubectl) throw new FailureError('kubectl is not installed; it is needed to reach into pods', 'repoctl doctor');
  const tty = process.stdin.isTTY && process.stdout.isTTY ? ['--tty'] : [];
  const place = ['--namespace', namespace, controller];
  return foreground(kubectl, [
    ...cluster.kubectlArguments,
    'exec',
    '--quiet',
    '--stdin',
    ...tty,
    ...place,
    '--',
    ...command,
  ]);
}
