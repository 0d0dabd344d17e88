import type { Check, Row } from './check.ts';
import { checkConfiguration } from './checks/configuration.ts';
import { checkContext } from './checks/context.ts';
import { checkDocker } from './checks/docker.ts';
import { checkInotify } from './checks/inotify.ts';
import { checkNode } from './checks/node.ts';
import { checkArchitecture, checkCgroup } from './checks/platform.ts';
import { checkPorts } from './checks/ports.ts';
import { checkSecrets } from './checks/secrets.ts';
import { checkTools } from './checks/tools.ts';
import type { Facts } from './facts.ts';

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
