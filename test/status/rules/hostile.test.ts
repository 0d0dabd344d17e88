import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judge } from '../../../src/status/assessment/judge.ts';
import { terminatingHealth } from '../../../src/status/report/namespace-state.ts';
import { errorLine } from '../../../src/status/rules/error-line.ts';
import { health, type Judged } from '../../../src/status/rules/health.ts';
import type { Event } from '../../../src/status/rules/objects.ts';
import { podHealth } from '../../../src/status/rules/pod.ts';
import { pullFailure } from '../../../src/status/rules/pull-failure.ts';
import { runs, thorough } from '../../runs.ts';
import { namespace, snapshot } from '../report/objects.ts';
import { caseNames, caseOf, reportOn } from './fixtures/cases.ts';
import { ago, around, condition, crashedPod, event, meta, pod, waitingPod } from './fixtures/objects.ts';

/** Everything that reads a message that others wrote. */
const readers: Readonly<Record<string, (message: string) => unknown>> = {
  'a log': errorLine,
  'a pull error': (message) => pullFailure(message, 'a.b/c:1'),
  'what a container ended with': (message) => podHealth(crashedPod({ message }, 4), around()),
  'what could not be started': (message) => podHealth(crashedPod({ message, reason: 'StartError' }, 1), around()),
  'why a container waits': (message) => podHealth(waitingPod('CreateContainerConfigError', message), around()),
  'why an image is not there': (message) => podHealth(waitingPod('ErrImagePull', message), around()),
  'what a volume lacks': (message) =>
    podHealth(waitingPod('ContainerCreating'), around({ events: [event('FailedMount', message)] })),
  'what a probe got': (message) =>
    podHealth(
      crashedPod({ exitCode: 137 }, 4),
      around({ events: [event('Unhealthy', `Liveness probe failed: ${message}`)] }),
    ),
  'what the scheduler says': (message) =>
    podHealth(
      pod({
        phase: 'Pending',
        spec: { nodeName: undefined },
        conditions: [condition('PodScheduled', 'False', { message, lastTransitionTime: ago(60) })],
      }),
      around(),
    ),
  'what is refused': (message) => health(refused(message), around()),
  'what a namespace holds': (message) =>
    terminatingHealth(
      {
        metadata: { name: 'shop', deletionTimestamp: ago(600) },
        status: { conditions: [condition('NamespaceContentRemaining', 'True', { message })] },
      },
      around(),
    ),
  'who is to blame': (message) =>
    judge(
      [{ name: 'shop', labels: {}, services: [], workloads: [expected] }],
      snapshot({ namespaces: [namespace('shop')], workloads: [refused(message) as never] }),
      around(),
    ),
};
const expected = { name: 'api', object: 'shop-api', controller: { kind: 'Deployment', name: 'shop-api' }, after: [] };
const refused = (message: string): Judged => ({
  kind: 'Deployment',
  metadata: meta('shop-api'),
  spec: {},
  status: { conditions: [condition('ReplicaFailure', 'True', { message })] },
});

/** Texts that regular expressions come back to again and again. */
const pieces = fc.oneof(
  fc.constantFrom(
    'a.',
    ' ',
    ',',
    '(',
    'a(',
    ':1',
    ': ',
    '\t',
    'lookup ',
    '"',
    'at ',
    '{',
    'taint {',
    'untolerated taint {',
  ),
  fc.constantFrom(
    'forbidden: ',
    'Error creating: ',
    'failed to ',
    'https://',
    '\u001b[',
    '0a',
    '/',
    'Error',
    'Error: ',
    '\n',
  ),
  fc.constantFrom(
    "thread '",
    'panicked at ',
    'a.go:1',
    '"level":',
    'https://a.b.svc',
    'failed calling webhook "',
    'npm error ',
    '(*a).',
  ),
  fc.string({ minLength: 1, maxLength: 4 }),
);

/** The processor time of the fastest of some runs, in milliseconds: what else the machine does takes no part in it. */
function fastest(read: (message: string) => unknown, message: string, runs: number): number {
  const times = Array.from({ length: runs }, () => {
    const begun = process.cpuUsage();
    read(message);
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

describe('a message of any kind', () => {
  test.each(Object.entries(readers))('takes time as it is long, not more: %s', (_what, read) => {
    const isLinear = (piece: string) => {
      const short = piece.repeat(Math.ceil(2000 / piece.length));
      const long = piece.repeat(Math.ceil(16_000 / piece.length));
      read(short);
      // Eight times as long: what is quadratic takes 64 times as long. Below a millisecond only the clock is measured.
      const ratio = (runs: number) => fastest(read, long, runs) / Math.max(1, fastest(read, short, runs));
      // Garbage is collected, and code compiled, in some runs.
      return ratio(3) < 40 || ratio(25) < 40;
    };
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1, maxLength: 3 }), (parts) => isLinear(parts.join(''))),
      { numRuns: runs(60) },
    );
  });
});

describe('an object that is not as the API says that it is', () => {
  /** The paths of everything in an object. */
  const pathsIn = (value: unknown, at: readonly string[] = []): string[][] =>
    value === null || typeof value !== 'object'
      ? []
      : Object.entries(value).flatMap(([key, each]) => [[...at, key], ...pathsIn(each, [...at, key])]);

  function withNull(value: object, path: readonly string[]): object {
    const copy = structuredClone(value) as Record<string, unknown>;
    let at = copy;
    for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
    at[path.at(-1) ?? ''] = null;
    return copy;
  }

  const cases = caseNames
    .filter((name) => !/^(?:09|48|49)/.test(name))
    .map((name) => ({ name, objects: caseOf(name).objects }));

  const tries = new Map<string, number>();
  /** Whether a field is tried: in each list that has it, or in three of them where the run is not thorough. */
  const isDue = (kind: string, path: readonly string[]): boolean => {
    const field = [kind, ...path.map((key) => (/^\d+$/.test(key) ? '*' : key))].join('.');
    tries.set(field, (tries.get(field) ?? 0) + 1);
    return thorough || (tries.get(field) ?? 0) <= 3;
  };

  test.each(cases)('$name: null anywhere never ends the report', ({ objects }) => {
    for (const [index, object] of objects.entries())
      for (const path of pathsIn(object)) {
        if (path[0] === 'kind' || path[0] === 'apiVersion' || !isDue(object.kind, path)) continue;
        const others = objects.with(index, withNull(object, path) as never);
        expect(() => reportOn(others)).not.toThrow();
      }
  });

  test('is unknown with its name, and the others are judged', () => {
    const { objects } = caseOf('25-suspended-cron-in-running-tier');
    const broken = objects.map((each) =>
      each.metadata.name === 'shop-web-6f946bb9f6-abcde'
        ? { ...each, spec: { nodeName: 'dev-control-plane', containers: null } }
        : each,
    );
    const services = reportOn(broken).tiers[0]?.services ?? [];
    const of = (object: string) => services.find((each) => each.object === object)?.health;
    expect(of('shop-web')).toMatchObject({
      status: 'unknown',
      reason: 'Unreadable',
      cause: expect.stringContaining("pod shop-web-6f946bb9f6-abcde can't be judged"),
    });
    expect(of('shop-api')).toMatchObject({ status: 'healthy' });
  });

  test('an event about nothing is left out', () => {
    const { objects } = caseOf('25-suspended-cron-in-running-tier');
    const strange = { kind: 'Event', metadata: { name: 'x', namespace: 'shop' } } as unknown as Event;
    expect(reportOn([...objects, strange as never]).tiers[0]?.status).toBe('healthy');
  });
});
