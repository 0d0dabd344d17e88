import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Pod } from '../../src/logs/containers.ts';
import { LocalServer } from '../cluster/local-server.ts';

/** An instance of a container: what it wrote, as `second text`, and whether it runs. */
export interface Instance {
  readonly id: string;
  readonly lines: string[];
  running: boolean;
}

/** A pod of one container, which is called like the pod. */
export interface FakePod {
  readonly name: string;
  /** The instance before the last restart, and the current one. */
  last?: Instance;
  current?: Instance;
}

/** `07 text` as the API sends it. */
const stamped = (line: string): string => `2026-01-31T09:00:${line.slice(0, 2)}.000000000Z ${line.slice(3)}\n`;

/** A server that speaks as much of the API as logs need: pods, and their logs as the kubelet gives them. */
export class LogServer extends LocalServer {
  readonly pods: FakePod[] = [];

  protected answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const name = /\/pods\/([^/]+)\/log$/.exec(pathname)?.[1];
    if (!name) return void response.end(JSON.stringify({ items: this.pods.map(object) }));
    const pod = this.pods.find((each) => each.name === name);
    const instance = searchParams.has('previous') ? pod?.last : pod?.current;
    if (!instance) return void response.writeHead(404).end(JSON.stringify({ message: `pods "${name}" not found` }));
    const from = searchParams.get('sinceTime')?.slice(17, 19) ?? '';
    const wanted = instance.lines
      .filter((line) => line.slice(0, 2) >= from)
      .slice(-(searchParams.get('tailLines') ?? 0));
    response.write(wanted.map(stamped).join(''));
    let sent = instance.lines.length;
    const more = () => {
      const lines = instance.lines.slice(sent);
      sent = instance.lines.length;
      if (lines.length > 0) response.write(lines.map(stamped).join(''));
      if (searchParams.has('follow') && instance.running) return;
      clearInterval(timer);
      response.end();
    };
    const timer = setInterval(more, 10);
    response.on('close', () => clearInterval(timer));
    more();
  }
}

function object({ name, last, current }: FakePod): Pod {
  return {
    metadata: { name, namespace: 'turfoo', uid: `uid of ${name}` },
    spec: { containers: [{ name }] },
    status: {
      containerStatuses: [
        {
          name,
          containerID: current?.id,
          state: current?.running ? { running: {} } : {},
          lastState: last && { terminated: { containerID: last.id, exitCode: 137, reason: 'OOMKilled' } },
        },
      ],
    },
  };
}
