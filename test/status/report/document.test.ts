import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { assemble } from '../../../src/status/report/assemble.ts';
import { statusDocument, words } from '../../../src/status/report/document.ts';
import { type Output, printReport } from '../../../src/status/report/print.ts';
import type { Report } from '../../../src/status/report/report.ts';
import { ago } from '../rules/fixtures/objects.ts';
import { crashedPodOf, deployment, namespace, plan, planned, snapshot, waitingPodOf } from './objects.ts';

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', '..', 'schemas', 'status.schema.json'), 'utf8'),
);
const ajv = new Ajv({ strict: false, allErrors: true });

const report = assemble(
  plan(planned('dev', { redis: [] }), planned('shop', { api: ['dev/dev-redis'] }), planned('web', { site: [] })),
  snapshot({
    namespaces: [
      namespace('dev'),
      namespace('shop'),
      namespace('old', { deletionTimestamp: ago(300) }, { phase: 'Terminating' }),
    ],
    workloads: [
      deployment('dev', 'redis', 0),
      deployment('shop', 'api', 0),
      { ...deployment('shop', 'x', 1), metadata: { name: 'nginx', namespace: 'shop' } },
    ],
    pods: [crashedPodOf('dev', 'redis'), waitingPodOf('shop', 'api', 'redis')],
    refusals: [{ code: 403, verb: 'list', resource: 'nodes', message: 'no' }],
  }),
  'kind-dev',
);

async function printed(report: Report, output?: Output): Promise<string> {
  let text = '';
  await printReport(report, output, { write: (part) => (text += part) });
  return text;
}

describe('a report as data', () => {
  const document = JSON.parse(JSON.stringify(statusDocument(report, { since: new Date(0), message: 'away' })));

  test('is as the published schema says', () => {
    const validate = ajv.compile(schema);
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  });

  test.each(['apiVersion', 'context', 'at', 'complete', 'tiers', 'causes', 'unseen'])('has %s', (field) => {
    const { [field]: _, ...rest } = document;
    expect(ajv.validate(schema, rest)).toBe(false);
  });

  test('gives commands as arguments, and stable reasons', () => {
    expect(document.causes).toMatchObject([
      {
        object: 'dev/dev-redis',
        reason: 'CrashLoopBackOff',
        victims: ['shop/shop-api'],
        advice: [
          {
            command: ['repoctl', 'infra', 'project', 'logs', 'global', 'redis', '--previous', '--context', 'kind-dev'],
          },
        ],
      },
    ]);
    expect(document).toMatchObject({ complete: false, unseen: [{ resource: 'nodes', code: 403 }] });
  });

  test('is the same as YAML', async () => {
    const { stale, ...once } = document;
    expect(parse(await printed(report, 'yaml'))).toEqual(once);
    expect(JSON.parse(await printed(report, 'json'))).toEqual(once);
  });

  test('is exact with control characters in it, and has none as text', async () => {
    const cause = 'a\u009B2Jb\u202Ec\u001B[2J\u007F # "x"\n- y';
    const [tier, ...tiers] = report.tiers;
    const forged = {
      ...report,
      context: cause,
      tiers: [{ ...tier, health: tier?.health && { ...tier.health, cause } }, ...tiers],
    };
    for (const [output, read] of [
      ['yaml', (text: string) => parse(text)],
      ['json', JSON.parse],
    ] as const) {
      const text = await printed(forged as Report, output);
      expect(text).not.toMatch(/[^\P{Cc}\n]|\u202E/u);
      expect(read(text)).toMatchObject({ context: cause });
    }
  });

  test('as names is a line for each service, the worst first', async () => {
    expect(await printed(report, 'name')).toBe('dev/dev-redis\nshop/shop-api\nweb/web-site\n');
  });
});

test.each([
  ['kubectl -n shop get pods', ['kubectl', '-n', 'shop', 'get', 'pods']],
  ['kubectl patch job/a -p \'{"spec": {"x": 1}}\'', ['kubectl', 'patch', 'job/a', '-p', '{"spec": {"x": 1}}']],
  ["kubectl get pod a -o jsonpath='{.a b}'", ['kubectl', 'get', 'pod', 'a', '-o', 'jsonpath={.a b}']],
])('%s as arguments', (line, expected) => expect(words(line)).toEqual(expected));
