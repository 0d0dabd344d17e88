import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  type FreshFile,
  fileIsFresh,
  filesAreFresh,
  type HealthCheck,
  healthCheck,
  probeAction,
  probes,
} from '../../../charts/common/probes.ts';
import { DeployedService } from '../../../charts/constructs/deployed-service.ts';
import { containerOf } from '../objects.ts';
import { minimalContainer, minimalPod, synthesized } from '../pod-props.ts';

/** The probe as it stands in a manifest. */
function manifest(check: HealthCheck, defaultPort?: number) {
  const container = { ...minimalContainer, probes: { readinessProbe: probeAction(check, defaultPort) } };
  const objects = synthesized((scope) => {
    new DeployedService(scope, 'it', { ...minimalPod, container, replicas: 1, strategy: 'Recreate' });
  });
  return containerOf(objects).readinessProbe;
}

describe('a health check', () => {
  test.each<[string, HealthCheck, unknown]>([
    ['a route', { path: '/health', port: 8081 }, { httpGet: { path: '/health', port: 8081 } }],
    ['a route on the port of the workload', { path: '/health' }, { httpGet: { path: '/health', port: 8000 } }],
    ['a port', { tcp: 9 }, { tcpSocket: { port: 9 } }],
    ['a program', { command: ['/bin/ok', '-q'] }, { exec: { command: ['/bin/ok', '-q'] } }],
    [
      'the age of a file',
      { file: '/tmp/alive', maxAgeSeconds: 30 },
      { exec: { command: ['sh', '-c', expect.any(String), '/tmp/alive', '30'] } },
    ],
  ])('can be %s', (_what, check, expected) => {
    expect(manifest(check, 8000)).toEqual(expected);
  });

  test('a route without any port is a bug of the kind', () => {
    expect(() => probeAction({ path: '/health' })).toThrow('health check of /health has no port');
  });

  test.each([
    [{}],
    [{ path: '/health', tcp: 1 }],
    [{ command: [] }],
    [{ tcp: 0 }],
    [{ file: 'alive' }],
    [{ file: '/alive', maxAgeSeconds: 0 }],
    ['health'],
  ])('refuses %j', (given) => {
    expect(healthCheck.safeParse(given).success).toBe(false);
  });

  test('that is a text is a route', () => {
    expect(healthCheck.parse('/health')).toEqual({ path: '/health' });
  });

  test('a file has a minute if nothing is said', () => {
    expect(healthCheck.parse({ file: '/tmp/alive' })).toEqual({ file: '/tmp/alive', maxAgeSeconds: 60 });
  });
});

describe('a file is fresh', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fresh-'));
  const path = join(folder, "it's here");
  const exitCode = (maxAge: number) => {
    const [program = '', ...rest] = fileIsFresh(path, maxAge).exec?.command ?? [];
    return spawnSync(program, rest).status;
  };
  const touch = (ageSeconds: number) => {
    writeFileSync(path, '');
    const then = Date.now() / 1000 - ageSeconds;
    utimesSync(path, then, then);
  };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('not before it exists', () => {
    expect(exitCode(30)).not.toBe(0);
  });

  test('while it is younger than its age', () => {
    touch(10);
    expect(exitCode(30)).toBe(0);
  });

  test('not when it is older', () => {
    touch(40);
    expect(exitCode(30)).not.toBe(0);
  });
});

describe('a command of a shell', () => {
  const started: string[] = [];
  const asked = (script: string) => {
    const { exec } = probeAction({ command: ['/bin/sh', '-c', script] });
    const [program = '', ...rest] = exec?.command ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'health-'));
    started.push(folder);
    const inFolder = rest.map((word) => word.replaceAll('/tmp/', `${folder}/`));
    return spawnSync(program, inFolder, { encoding: 'utf8', timeout: 20_000 });
  };
  afterAll(() => {
    for (const folder of started) rmSync(folder, { recursive: true, force: true });
  });

  test('has its exit code, and says what it printed when it fails', () => {
    expect(asked('echo fine')).toMatchObject({ status: 0, stdout: '' });
    expect(asked('echo no such table >&2; exit 3')).toMatchObject({ status: 3, stdout: 'no such table\n' });
  });

  test('ends before the kubelet gives it up, with nothing left that holds its output', () => {
    // The output only ends once nobody holds it any more.
    expect(asked('sleep 30 | cat')).toMatchObject({ status: 137, stdout: 'no answer within 4 s\n' });
  });
});

describe('files are fresh', () => {
  test('if all of them are, and it is said which one is not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fresh-'));
    const path = (name: string) => join(folder, name);
    for (const [name, age] of [
      ['young', 0],
      ['old', 100],
    ] as const) {
      writeFileSync(path(name), '');
      utimesSync(path(name), Date.now() / 1000 - age, Date.now() / 1000 - age);
    }
    const asked = (...files: readonly FreshFile[]) => {
      const [program = '', ...rest] = filesAreFresh(...files).exec?.command ?? [];
      return spawnSync(program, rest, { encoding: 'utf8' });
    };
    const young = { path: path('young'), maxAgeSeconds: 60 };
    expect(asked(young, { path: path('old') }).status).toBe(0);
    const { status, stdout } = asked(young, { path: path('old'), maxAgeSeconds: 60 });
    expect([status, stdout]).toEqual([1, expect.stringMatching(/old was touched 10\d s ago, not within 60 s/)]);
    expect(asked(young, { path: path('none') }).status).toBe(1);
    rmSync(folder, { recursive: true });
  });
});

describe('the schedule', () => {
  const ready = { exec: { command: ['ready'] } };
  const alive = { exec: { command: ['alive'] } };

  test('gives a process its time to start, rounded up', () => {
    const { startupProbe } = probes({ ready }, 61);
    expect(startupProbe).toMatchObject({ periodSeconds: 2, failureThreshold: 31 });
  });

  test('restarts it after a minute and a half in which it is not alive', () => {
    const { livenessProbe } = probes({ ready }, 60);
    expect((livenessProbe?.periodSeconds ?? 0) * (livenessProbe?.failureThreshold ?? 0)).toBe(90);
  });

  test('gives each answer five seconds, since a busy machine is slow', () => {
    const { startupProbe, readinessProbe, livenessProbe } = probes({ ready }, 60);
    expect([startupProbe, readinessProbe, livenessProbe].map((probe) => probe?.timeoutSeconds)).toEqual([5, 5, 5]);
  });

  test('takes it out of service long before that', () => {
    const { readinessProbe } = probes({ ready }, 60);
    expect((readinessProbe?.periodSeconds ?? 0) * (readinessProbe?.failureThreshold ?? 0)).toBe(15);
  });

  test('does not restart a process that starts but waits for something else: that is readiness', () => {
    const { startupProbe, readinessProbe, livenessProbe } = probes({ ready, alive }, 60);
    expect([startupProbe, readinessProbe, livenessProbe].map((probe) => probe?.exec)).toEqual([
      alive.exec,
      ready.exec,
      alive.exec,
    ]);
  });

  test('one check does for all if there is only one', () => {
    const { startupProbe, livenessProbe } = probes({ ready }, 60);
    expect([startupProbe?.exec, livenessProbe?.exec]).toEqual([ready.exec, ready.exec]);
  });
});
