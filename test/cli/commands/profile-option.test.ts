import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { makeProgram } from '../../../src/cli/program.ts';
import { commandPath } from '../../../src/cli/unknown-command.ts';

const all = (command: Command): Command[] => [command, ...command.commands.flatMap((each) => all(each as Command))];
const commands = all(makeProgram('0.0.0'));
const option = (command: Command, long: string) => command.options.find((each) => each.long === long);

/** What is for real clusters only has the profile said each time. */
const expressly = ['repoctl deploy', 'repoctl restore'];
const onCluster = commands.filter((command) => option(command, '--context'));

describe('a command that works on a cluster', () => {
  test('is one of those that are expected to', () => {
    const paths = onCluster.map(commandPath);
    expect(paths).toEqual(expect.arrayContaining(['repoctl status', 'repoctl infra project stop', 'repoctl tiltfile']));
    expect(paths.length).toBeGreaterThan(15);
  });

  test.each(onCluster.map((command) => [commandPath(command), command] as const))(
    '%s takes a profile',
    (_, command) => {
      const how = expressly.includes(commandPath(command)) ? { mandatory: true } : { defaultValue: 'local' };
      expect(option(command, '--profile')).toMatchObject({ envVar: 'REPOCTL_PROFILE', ...how });
    },
  );
});

test.each(['repoctl up', 'repoctl down'])('%s takes a profile', (path) => {
  const command = commands.find((each) => commandPath(each) === path);
  expect(command && option(command, '--profile')).toMatchObject({ envVar: 'REPOCTL_PROFILE' });
});
