import type { Check } from '../machine-check.ts';

/** What may give a secret of the repository away. */
export const checkSecrets: Check = ({ remarks }) =>
  remarks.map(({ place, found, fix }) => ({ level: 'warn', subject: 'secrets', found: `${place}: ${found}`, fix }));
