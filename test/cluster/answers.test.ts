import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { objectAnswer, pageAnswer, readAnswer } from '../../src/cluster/answers.ts';
import type { Cluster } from '../../src/cluster/client.ts';
import { holderAnnotation, holderText, isFree, newLease, sightOf } from '../../src/cluster/lease-object.ts';
import { mustBeOwn } from '../../src/cluster/namespaces.ts';
import { ClusterError } from '../../src/platform/errors.ts';
import { PodServer } from './pod-server.ts';

const object = (text: string) => readAnswer(text, objectAnswer, 'read it', 'https://there');
const page = (text: string) => readAnswer(text, pageAnswer, 'list them', 'https://there');

describe('an answer that is none of the API is an error, not an object', () => {
  test.each([
    ['a page to log in', '<html>please log in</html>'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['no name', '{"metadata":{"labels":{}}}'],
    ['an empty name', '{"metadata":{"name":""}}'],
    ['labels that are no texts', '{"metadata":{"name":"a","labels":{"repoctl.dev/tier":1}}}'],
    ['labels that are a list', '{"metadata":{"name":"a","labels":["repoctl.dev/tier"]}}'],
    ['a time of deletion that is none', '{"metadata":{"name":"a","deletionTimestamp":true}}'],
    ['owners that are none', '{"metadata":{"name":"a","ownerReferences":[1]}}'],
  ])('%s', (_, text) => {
    expect(() => object(text)).toThrow(ClusterError);
    expect(() => object(text)).toThrow(/^can't read it on https:\/\/there: not an answer of Kubernetes: /);
  });

  test('and a list without items is not an empty one', () => {
    expect(() => page('{}')).toThrow("can't list them on https://there: not an answer of Kubernetes: items: ");
    expect(() => page('{"items":[{"metadata":{"name":"a"}},{}]}')).toThrow('items: 1: metadata: ');
    expect(page('{"items":null}').items).toBeNull();
  });

  test('whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        for (const read of [object, page])
          try {
            read(text);
          } catch (error) {
            if (!(error instanceof ClusterError)) throw error;
          }
      }),
    );
  });
});

test('a namespace of which a proxy tells nothing is not taken for one that isn’t there', async () => {
  const server = new PodServer();
  try {
    const cluster: Cluster = await server.start();
    server.behaviour.route = (_path, response) => response.end('<html>please log in</html>');
    await expect(mustBeOwn(cluster, ['turfoo'], { environment: 'dev' })).rejects.toThrow(ClusterError);
    server.behaviour.route = (_path, response) => response.end('{"kind":"List"}');
    await expect(cluster.list('Secret', { namespace: 'turfoo' })).rejects.toThrow(ClusterError);
  } finally {
    await server.stop();
  }
});

describe('a lease is not taken over because of what stands in its annotation', () => {
  const gone = 2 ** 22 + 1;
  const lease = (holder: unknown) => {
    const own = newLease('turfoo');
    return {
      ...own,
      metadata: { ...own.metadata, annotations: { [holderAnnotation]: JSON.stringify(holder) } },
    };
  };
  const { host, pid, command } = JSON.parse(newLease('x').metadata.annotations?.[holderAnnotation] ?? '');

  test.each([
    [{ host, pid: gone, command }, true],
    [{ host, pid, command }, false],
    [{ host, pid: -gone, command }, false],
    [{ host, pid: 0, command }, false],
    [{ host, pid: String(gone), command }, false],
    [{ host, pid: gone }, false],
    [{ host: [host], pid: gone, command }, false],
    [[], false],
    [null, false],
  ])('%j: free: %s', (holder, free) => {
    const given = lease(holder);
    expect(isFree(sightOf(given, undefined, 0), 1)).toBe(free);
    expect(holderText(given)).toMatch(/since/);
  });
});
