import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import type { StatusDocument } from '../../../src/status/report/schema.ts';
import { context } from '../environment.ts';
import { attempt, type Outcome } from '../run.ts';

const repository = join(import.meta.dirname, '..', '..', '..');
const program = join(repository, 'bin', 'repoctl.mjs');

/** A row of a report, with its namespace. */
export type Row = StatusDocument['tiers'][number]['services'][number] & { readonly namespace: string };

const isDocument = new Ajv({ strict: false }).compile<StatusDocument>(
  JSON.parse(readFileSync(join(repository, 'schemas', 'status.schema.json'), 'utf8')),
);

/** A report as `-o json` prints it. */
export function parseReport(text: string): StatusDocument {
  const document = JSON.parse(text) as unknown;
  if (isDocument(document)) return document;
  throw new Error(`not as the schema says: ${JSON.stringify(isDocument.errors)}`);
}

/** The reports of an environment, by the bundled command line. */
export class Reports {
  constructor(private readonly root: string) {}

  /** Runs `repoctl status` to whatever end. */
  run(...args: string[]): Outcome {
    return attempt(process.execPath, [program, 'status', '--context', context, ...args], { cwd: this.root });
  }

  read(...args: string[]): StatusDocument {
    return parseReport(this.run('-o', 'json', ...args).stdout);
  }
}

export const rowsOf = ({ tiers }: StatusDocument): Row[] =>
  tiers.flatMap(({ namespace, services }) =>
    services.map((each) => ({ ...each, namespace: each.namespace ?? namespace })),
  );

/** What is wrong in a report, in lines, but for some that may be. */
export const blamed = (document: StatusDocument, isExpected: (row: Row) => boolean): string[] => [
  ...rowsOf(document)
    .filter((row) => row.status !== 'healthy' && !isExpected(row))
    .map(({ object, status, reason, cause }) => `${object} ${status} ${reason}: ${cause}`),
  ...document.tiers.flatMap(({ namespace, reason, cause }) => (reason ? [`${namespace} ${reason}: ${cause}`] : [])),
];
