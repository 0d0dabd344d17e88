import { describe, expect, test } from '@jest/globals';
import { load } from '../../src/config/load.ts';
import { select } from '../../src/logs/selection.ts';
import { UsageError } from '../../src/platform/errors.ts';
import { repository } from '../synth/repository.ts';

const { environment } = load(repository, { profile: 'production', imageTag: '1' });

describe('the pods whose logs are wanted', () => {
  const project = { 'repoctl.dev/project': 'turfoo' };
  const global = { 'app.kubernetes.io/part-of': 'monorepo', 'repoctl.dev/tier': 'global' };
  const instance = (name: string) => ({ 'app.kubernetes.io/instance': name });

  test.each([
    [['turfoo'], 'turfoo', project],
    [['backends/svc-turfoo-ingest/'], 'turfoo', project],
    [['turfoo', 'api'], 'turfoo', { ...project, ...instance('turfoo-api') }],
    [['turfoo', 'turfoo-api'], 'turfoo', { ...project, ...instance('turfoo-api') }],
    [['turfoo', 'postgres'], 'turfoo', { ...project, ...instance('turfoo-postgres') }],
    [['global'], 'monorepo', global],
    [['monorepo', 'redis'], 'monorepo', { ...global, ...instance('monorepo-redis') }],
  ] as [[string, string?], string, object][])('of %j', (names, namespace, labels) => {
    expect(select(environment, ...names).pods).toEqual({ namespace, labels });
  });

  test.each([
    [['turfo'], 'no project "turfo"; allowed: global, ', '; did you mean "turfoo"?'],
    [['turfoo', 'apo'], 'turfoo has no service "apo"; allowed: api, celery-beat, ', '; did you mean "api"?'],
    [['global', 'postgres'], 'the global tier has no service "postgres"; allowed: ', 'redis, redis-insight'],
  ] as [[string, string?], string, string][])('are not of %j', (names, beginning, end) => {
    expect(() => select(environment, ...names)).toThrow(UsageError);
    expect(() => select(environment, ...names)).toThrow(beginning);
    expect(() => select(environment, ...names)).toThrow(end);
  });

  test('come with the command that starts them', () => {
    expect(select(environment, 'svc-turfoo-ingest', 'api').start).toBe('repoctl infra project start turfoo');
    expect(select(environment, 'monorepo').start).toBe('repoctl infra global start');
  });
});
