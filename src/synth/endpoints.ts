import type { ServicePort } from '../../charts/common/kind.ts';
import { protocols } from '../../charts/common/ports.ts';
import { printJson, printLines } from '../platform/terminal/print.ts';
import { tableLines } from '../platform/terminal/text-table.ts';
import type { PlannedNamespace, PlannedWorkload } from './plan.ts';

/** A fixed port of the developer's machine, and what answers there. */
export interface Endpoint {
  readonly namespace: string;
  /** Name of the Service. */
  readonly object: string;
  /** Name of its port. */
  readonly port: string;
  readonly targetPort: number;
  readonly hostPort: number;
  /** What a program connects to, without credentials: `http://localhost:18000`, `localhost:15432`. */
  readonly address: string;
}

/** What stands before an address: only HTTP is spoken by programs that are given no more than a URL. */
const schemeOf = ({ protocol, scheme }: ServicePort): string | undefined =>
  scheme ?? (protocol === 'http' ? protocols.http.scheme : undefined);

/** The endpoints of a namespace, in the order of its services and workloads. */
export const endpoints = ({ name, services, workloads }: PlannedNamespace): Endpoint[] =>
  [...services, ...workloads].flatMap((workload) => ofWorkload(name, workload));

const ofWorkload = (namespace: string, { object, managed, ports }: PlannedWorkload): Endpoint[] =>
  managed
    ? []
    : ports.flatMap((given) => {
        const { name, port, hostPort } = given;
        if (hostPort === undefined) return [];
        const scheme = schemeOf(given);
        const address = `${scheme === undefined ? '' : `${scheme}://`}localhost:${hostPort}`;
        return [{ namespace, object, port: name, targetPort: port, hostPort, address }];
      });

/** Prints the endpoints of namespaces as a table, or as data. */
export function printEndpoints(namespaces: readonly PlannedNamespace[], output?: 'json'): void {
  const all = namespaces.flatMap(endpoints);
  const rows = all.map(({ object, port, address }) => [object, port, address]);
  if (output === 'json') printJson(all);
  else printLines(tableLines([['SERVICE', 'PORT', 'ADDRESS'], ...rows]));
}
