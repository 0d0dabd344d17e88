import type { Colour, Paint } from '../platform/terminal/paint.ts';
import { tableLines } from '../platform/terminal/text-table.ts';
import { checkConfiguration } from './checks/configuration.ts';
import { checkContext } from './checks/context.ts';
import { checkDocker } from './checks/docker.ts';
import { checkInotify } from './checks/inotify.ts';
import { checkNode } from './checks/node.ts';
import { checkArchitecture, checkCgroup } from './checks/platform.ts';
import { checkPorts } from './checks/ports.ts';
import { checkSecrets } from './checks/secrets.ts';
import { checkTools } from './checks/tools.ts';
import type { Check, Level, Row } from './machine-check.ts';
import type { Facts } from './machine-facts.ts';

/** Every check, in the order of the report. */
const checks: readonly Check[] = [
  checkNode,
  checkDocker,
  checkTools,
  checkArchitecture,
  checkCgroup,
  checkInotify,
  checkConfiguration,
  checkSecrets,
  checkContext,
  checkPorts,
];

/** What is to be said of a machine. */
export const diagnose = (facts: Facts): Row[] => checks.flatMap((check) => check(facts));

const colours: Readonly<Record<Level, Colour>> = { ok: 'green', warn: 'yellow', fail: 'red' };

/** Rows as a table for people: level, subject, what was found, what to do. */
export const rowLines = (rows: readonly Row[], paint: Paint): string[] =>
  tableLines(rows.map(({ level, subject, found, fix = '' }) => [paint(colours[level], level), subject, found, fix]));

/** Rows for programs. */
export const rowDocument = (rows: readonly Row[]) => ({ healthy: isHealthy(rows), checks: rows });

/** Whether nothing failed. */
export const isHealthy = (rows: readonly Row[]): boolean => rows.every(({ level }) => level !== 'fail');
