import { describe, expect, test } from '@jest/globals';
import { mailpit } from '../../../charts/constructs/mailpit.ts';
import { type Given, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { containerOf, environmentOf, one, podOf } from '../objects.ts';

const api = { kind: 'http', port: 80, after: ['mailpit'] };
const build = (settings: Given = {}) => projectObjectsOf({ services: { mailpit: settings }, workloads: { api } });
const server = 'shop-mailpit';

describe('defaults', () => {
  test('keeps its letters in a claim', () => {
    const objects = build();
    expect(one(objects, 'StatefulSet').spec.volumeClaimTemplates[0]?.spec.resources.requests).toEqual({
      storage: '256Mi',
    });
    expect(containerOf(objects, server).volumeMounts).toContainEqual({ name: 'data', mountPath: '/data' });
    expect(environmentOf(containerOf(objects, server)).MP_DATABASE).toBe('/data/mailpit.db');
  });

  test('workloads get its address, and wait until it greets', () => {
    expect(environmentOf(containerOf(build(), 'shop-api'))).toEqual({
      SMTP_HOST: 'shop-mailpit.shop.svc',
      SMTP_PORT: '1025',
      SMTP_URL: 'smtp://shop-mailpit.shop.svc:1025',
    });
    expect(podOf(build(), 'shop-api').initContainers[0]?.command.at(-1)).toContain('nc "$SMTP_HOST" "$SMTP_PORT"');
  });
});

describeFields(mailpit, {}, build, {
  image: {
    given: 'axllent/mailpit:v1.26.0',
    seen: (objects) => containerOf(objects, server).image,
    expected: 'axllent/mailpit:v1.26.0',
  },
  storage: {
    given: '3Gi',
    seen: (objects) => one(objects, 'StatefulSet').spec.volumeClaimTemplates[0]?.spec.resources.requests,
    expected: { storage: '3Gi' },
  },
  maximum: {
    given: 20,
    seen: (objects) => environmentOf(containerOf(objects, server)).MP_MAX_MESSAGES,
    expected: '20',
  },
  hostPort: { given: 1025, seen: (_, hostPorts) => hostPorts, expected: [1025, undefined] },
  consoleHostPort: { given: 8025, seen: (_, hostPorts) => hostPorts, expected: [undefined, 8025] },
  resources: {
    given: { limits: { memory: '1Gi' } },
    seen: (objects) => containerOf(objects, server).resources.limits,
    expected: { cpu: '500m', memory: '1Gi' },
  },
});
