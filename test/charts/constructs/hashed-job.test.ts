import { describe, expect, test } from '@jest/globals';
import { HashedJob, type HashedJobProps } from '../../../charts/constructs/hashed-job.ts';
import { one } from '../objects.ts';
import { labelled, minimalContainer, minimalPod, synthesized } from '../pod-props.ts';

const build = (props: Partial<HashedJobProps> = {}, id = 'it') =>
  one(
    synthesized((scope) => {
      new HashedJob(scope, id, { ...minimalPod, timeLimitSeconds: 900, retries: 6, ...props });
    }),
    'Job',
  );
const nameOf = (...given: Parameters<typeof build>) => build(...given).metadata.name;

describe('the name of a job', () => {
  test('is that of its object, and eight digits of a hash', () => {
    expect(nameOf()).toMatch(/^shop-api-[0-9a-f]{8}$/);
  });

  test('stays while it runs the same, whatever its construct is called', () => {
    expect(nameOf()).toBe(nameOf());
    expect(nameOf({}, 'other')).toBe(nameOf());
  });

  test('stays short enough for a label', () => {
    expect(nameOf({ labelled: { ...labelled, object: 'a'.repeat(52) } })).toHaveLength(61);
  });

  test.each<[string, Partial<HashedJobProps>]>([
    ['image', { container: { ...minimalContainer, image: 'shop-app:1.2.4' } }],
    ['command', { container: { ...minimalContainer, command: ['migrate'] } }],
    ['arguments', { container: { ...minimalContainer, args: ['--all'] } }],
    ['environment', { container: { ...minimalContainer, variables: [{ name: 'A', value: '1' }] } }],
    ['user', { user: 1001 }],
    ['retries', { retries: 1 }],
    ['time limit', { timeLimitSeconds: 60 }],
    ['init containers', { init: [minimalContainer] }],
    ['volumes', { volumes: [{ name: 'users', secret: { secretName: 'users' } }] }],
  ])('changes with its %s', (_what, props) => {
    expect(nameOf(props)).not.toBe(nameOf());
  });
});

test('a try that fails leaves its pod to be looked at', () => {
  expect(build().spec.template.spec.restartPolicy).toBe('Never');
});

test('it is not removed when it is done, since it would run again', () => {
  expect(build().spec.ttlSecondsAfterFinished).toBeUndefined();
});
