import { isAtLeast } from '../../platform/tools/version.ts';
import type { Check } from '../machine-check.ts';

/** The oldest Node that repoctl runs on, as package.json says. */
export const nodeMinimum = '20.19.0';

export const checkNode: Check = ({ system: { node } }) =>
  isAtLeast(node, nodeMinimum)
    ? [{ level: 'ok', subject: 'node', found: node }]
    : [
        {
          level: 'fail',
          subject: 'node',
          found: `${node}; at least ${nodeMinimum} is needed`,
          fix: 'nvm install --lts, or https://nodejs.org/en/download',
        },
      ];
