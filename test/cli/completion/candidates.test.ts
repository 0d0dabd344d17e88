import { describe, expect, test } from '@jest/globals';
import { Command, Option } from 'commander';
import { candidates } from '../../../src/cli/completion/candidates.ts';

const program = new Command('repoctl')
  .addCommand(
    new Command('infra').addCommand(
      new Command('project').addCommand(
        new Command('logs')
          .argument('<project>')
          .argument('[service]')
          .option('-f, --follow')
          .option('--since <time>')
          .addOption(new Option('-o, --output <format>').choices(['json', 'wide']))
          .option('--profile <name>'),
      ),
    ),
  )
  .addCommand(new Command('start').argument('<project...>'))
  .addCommand(new Command('__complete'));

const names = {
  projects: () => ['shop', 'turfoo'],
  services: (project: string) => (project === 'shop' ? ['api', 'worker'] : []),
  profiles: () => ['local', 'staging'],
};

const at = (line: string) => candidates(program, line.split(' '), names);

describe('candidates', () => {
  test.each([
    ['', ['infra', 'start']],
    ['in', ['infra']],
    ['infra ', ['project']],
    ['infra project logs ', ['shop', 'turfoo']],
    ['infra project logs t', ['turfoo']],
    ['infra project logs shop ', ['api', 'worker']],
    ['infra project logs shop api ', []],
    ['infra project logs turfoo ', []],
    ['infra project logs -f ', ['shop', 'turfoo']],
    ['infra project logs --since 5m ', ['shop', 'turfoo']],
    ['infra project logs --since ', []],
    ['infra project logs -o ', ['json', 'wide']],
    ['infra project logs --profile s', ['staging']],
    ['infra project logs shop --f', ['--follow']],
    ['infra project logs --', ['--follow', '--since', '--output', '--profile', '--help']],
    ['start shop ', ['turfoo']],
    ['nonsense ', ['infra', 'start']],
  ])('after "%s" are %j', (line, expected) => expect(at(line)).toEqual(expected));
});
