import { expect, test } from '@jest/globals';
import { makeProgram } from '../../src/cli/program.ts';
import { withPlaces } from '../../src/cli/unknown-command.ts';

const program = makeProgram('0.0.0');

test.each([
  ['start', '(Did you mean repoctl infra project start, or repoctl infra global start?)'],
  ['logs', '(Did you mean repoctl infra project logs?)'],
  ['list', '(Did you mean repoctl infra list, or repoctl images list?)'],
])('of the unknown command %s it is said where there is one', (name, places) => {
  expect(withPlaces(`error: unknown command '${name}'\n(Did you mean status?)\n`, program)).toBe(
    `error: unknown command '${name}'\n${places}\n`,
  );
});

test.each(["error: unknown command 'statsu'\n(Did you mean status?)\n", "error: unknown option '--start'\n"])(
  'what is said else stays as it is: %j',
  (message) => {
    expect(withPlaces(message, program)).toBe(message);
  },
);
