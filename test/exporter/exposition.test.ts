import { expect, test } from '@jest/globals';
import { exposition } from '../../src/exporter/exposition.ts';

test('a metric has its help, its type and a line for each sample', () => {
  const text = exposition([
    { name: 'a_up', help: 'Whether it is up.', samples: [{ value: 1 }] },
    {
      name: 'a_state',
      help: 'A state.',
      samples: [
        { labels: { kind: 'Deployment', project: undefined }, value: 0 },
        { labels: { kind: 'Job', project: 'shop' }, value: 1.5 },
      ],
    },
  ]);
  expect(text).toBe(
    [
      '# HELP a_up Whether it is up.',
      '# TYPE a_up gauge',
      'a_up 1',
      '# HELP a_state A state.',
      '# TYPE a_state gauge',
      'a_state{kind="Deployment"} 0',
      'a_state{kind="Job",project="shop"} 1.5',
      '',
    ].join('\n'),
  );
});

test('what others wrote ends neither a label nor a line', () => {
  const samples = [{ labels: { reason: 'a"} 1\nb_up{x="\\' }, value: 1 }];
  expect(exposition([{ name: 'a', help: 'x', samples }]).split('\n')).toHaveLength(4);
  expect(exposition([{ name: 'a', help: 'x', samples }])).toContain(String.raw`a{reason="a\"} 1\nb_up{x=\"\\"} 1`);
});

test('a metric without samples is left out', () => {
  expect(exposition([{ name: 'a', help: 'x', samples: [] }])).toBe('');
});
