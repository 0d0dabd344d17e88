import { describe, expect, test } from '@jest/globals';
import { job } from '../../../charts/constructs/job.ts';
import type { PresetName } from '../../../charts/model.ts';
import { type Given, projectObjectsOf } from '../declared.ts';
import { describeFields } from '../fields.ts';
import { containerOf, environmentOf, type Objects, one, podOf } from '../objects.ts';
import { commandCase, resourcesCase, stopCase, workloadFieldCases, workloadObjects } from '../workload-fields.ts';

const build = (settings: Given = {}, profile?: PresetName) => workloadObjects('job', settings, profile);
const withApi = (settings: Given, after: string[]) =>
  projectObjectsOf({
    services: { postgres: {} },
    workloads: { it: { kind: 'job', ...settings }, api: { kind: 'http', port: 80, after } },
  });
const waitsOf = (objects: Objects) => podOf(objects, 'shop-api').initContainers;

describe('defaults', () => {
  const objects = build();

  test('a Job that is tried six times within a quarter of an hour, each try a pod of its own', () => {
    const { spec } = one(objects, 'Job');
    expect(spec.backoffLimit).toBe(6);
    expect(spec.activeDeadlineSeconds).toBe(900);
    expect(podOf(objects).restartPolicy).toBe('Never');
  });

  test('its name ends in a hash of what it runs', () => {
    expect(one(objects, 'Job').metadata.name).toMatch(/^shop-it-[0-9a-f]{8}$/);
  });

  test('has no probes: nobody waits for its pod', () => {
    expect(containerOf(objects).readinessProbe).toBeUndefined();
  });
});

describeFields(job, {}, build, {
  ...workloadFieldCases,
  command: commandCase,
  check: {
    given: ['migrate', '--check'],
    seen: (_objects, _hostPorts, settings) => {
      try {
        return waitsOf(withApi(settings, ['it']))[0]?.command.slice(-2);
      } catch (error) {
        return (error as Error).message;
      }
    },
    expected: ['migrate', '--check'],
  },
  timeLimitSeconds: { given: 60, seen: (objects) => one(objects, 'Job').spec.activeDeadlineSeconds, expected: 60 },
  retries: { given: 0, seen: (objects) => one(objects, 'Job').spec.backoffLimit, expected: 0 },
  stopSeconds: stopCase,
  resources: resourcesCase,
});

describe('what is after it', () => {
  const [wait] = waitsOf(withApi({ check: ['migrate', '--check'], env: { DEPTH: 3 } }, ['it']));

  test("runs the check in the job's own image, with the job's environment", () => {
    expect(wait).toMatchObject({ name: 'wait-it', image: 'shop-app:local' });
    expect(environmentOf(wait ?? {})).toMatchObject({
      DATABASE_URL: expect.stringContaining('shop-postgres'),
      DEPTH: '3',
    });
  });
});
