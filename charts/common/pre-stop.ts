import { z } from 'zod';
import { command, httpPath, port, seconds } from './fields.ts';
import type { Lifecycle } from './k8s.ts';

/** What happens before a container is told to stop. */
export const preStopField = z
  .union([
    z.strictObject({
      sleep: seconds
        .min(1)
        .describe(
          'Seconds during which it goes on serving. Kubernetes itself waits (1.30 or later), so no shell is needed.',
        ),
    }),
    z.strictObject({ exec: command.describe('Program in the image.') }),
    z.strictObject({
      httpGet: z.strictObject({
        path: httpPath.describe('HTTP route to request.'),
        port: port.describe('Its port.'),
      }),
    }),
  ])
  .describe('One of `{sleep}`, `{exec}`, `{httpGet: {path, port}}`.')
  .optional()
  .describe('What happens before it gets SIGTERM: `{sleep}`, `{exec}` or `{httpGet: {path, port}}`.');

export type PreStop = NonNullable<z.output<typeof preStopField>>;

/** It as a container has it. What it sleeps is beside its own time to stop. */
export function stopping(preStop: PreStop | undefined): { lifecycle?: Lifecycle; sleepSeconds: number } {
  if (!preStop) return { sleepSeconds: 0 };
  if ('sleep' in preStop)
    return { lifecycle: { preStop: { sleep: { seconds: preStop.sleep } } }, sleepSeconds: preStop.sleep };
  const handler = 'exec' in preStop ? { exec: { command: [...preStop.exec] } } : { httpGet: preStop.httpGet };
  return { lifecycle: { preStop: handler }, sleepSeconds: 0 };
}
