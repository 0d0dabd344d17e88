import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { files, moduleSource, schedulerVariable } from '../../../charts/constructs/celery-module.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;
/** Reported as skipped where there is no Python. */
const withPython = hasPython ? describe : describe.skip;

test('names the files that the probes look at, and the variable of the scheduler', () => {
  const { reload: _, ...ownFiles } = files;
  for (const path of Object.values(ownFiles)) expect(moduleSource).toContain(`"${path}"`);
  expect(moduleSource).toContain(`os.environ.get("${schedulerVariable}"`);
});

withPython('with Python', () => {
  const folder = mkdtempSync(join(tmpdir(), 'celery-module-'));
  // Its files are below /tmp of a container; here they are in a folder of the test's own.
  const source = moduleSource.replaceAll('/tmp/', `${folder}/`);
  const [ready, heartbeat, tick] = [files.ready, files.heartbeat, files.tick].map((path) =>
    path.replace('/tmp', folder),
  ) as [string, string, string];

  const python = (script: string) => {
    const environment = { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' };
    const { status, stdout, stderr } = spawnSync('python3', ['-c', script], { env: environment, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    return stdout.trim().split('\n');
  };

  beforeAll(() => {
    // As much of Celery as the module touches: signals that call what is connected, and a scheduler.
    mkdirSync(join(folder, 'celery'));
    mkdirSync(join(folder, 'kombu', 'utils'), { recursive: true });
    for (const path of ['celery', 'kombu', 'kombu/utils']) writeFileSync(join(folder, path, '__init__.py'), '');
    writeFileSync(
      join(folder, 'celery', 'signals.py'),
      [
        'class Signal:',
        '    def connect(self, receiver):',
        '        self.send = receiver',
        '        return receiver',
        'worker_ready, heartbeat_sent, worker_shutting_down = Signal(), Signal(), Signal()',
      ].join('\n'),
    );
    writeFileSync(
      join(folder, 'celery', 'beat.py'),
      ['class PersistentScheduler:', '    def tick(self, wait):', '        return wait + 1'].join('\n'),
    );
    writeFileSync(
      join(folder, 'kombu', 'utils', 'imports.py'),
      [
        'import importlib',
        'def symbol_by_name(name):',
        '    module, _, attribute = name.partition(":")',
        '    return getattr(importlib.import_module(module), attribute)',
      ].join('\n'),
    );
    writeFileSync(join(folder, 'repoctl_celery.py'), source);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('its source compiles', () => {
    expect(
      python(
        'import ast, pathlib; ast.parse(pathlib.Path("' +
          `${folder}/repoctl_celery.py` +
          '").read_text()); print("ok")',
      ),
    ).toEqual(['ok']);
  });

  test('a worker is ready from when it takes tasks until it is told to stop', () => {
    const seen = python(
      [
        'import os, repoctl_celery as it; from celery import signals',
        `seen = lambda: print(os.path.exists("${ready}"), os.path.exists("${heartbeat}"))`,
        'seen()',
        'signals.worker_ready.send(sender=None); seen()',
        'signals.worker_shutting_down.send(sig="TERM"); seen()',
      ].join('\n'),
    );
    expect(seen).toEqual(['False False', 'True True', 'False True']);
  });

  test('its heartbeat makes the file young again', () => {
    const seen = python(
      [
        'import os, time, repoctl_celery; from celery import signals',
        'signals.heartbeat_sent.send(sender=None)',
        `os.utime("${heartbeat}", (0, 0))`,
        'signals.heartbeat_sent.send(sender=None)',
        `print(time.time() - os.stat("${heartbeat}").st_mtime < 60)`,
      ].join('\n'),
    );
    expect(seen).toEqual(['True']);
  });

  test('a tick of beat touches its file, and is what it was', () => {
    const seen = python(
      ['import os, repoctl_celery as it', 'print(it.Scheduler().tick(1))', `print(os.path.exists("${tick}"))`].join(
        '\n',
      ),
    );
    expect(seen).toEqual(['2', 'True']);
  });

  test('what a container that was killed left behind does not make its successor ready: /tmp outlives it', () => {
    for (const path of [ready, heartbeat, tick]) {
      writeFileSync(path, '');
      utimesSync(path, 0, 0);
    }
    python('import repoctl_celery');
    expect([ready, heartbeat, tick].filter((path) => existsSync(path))).toEqual([]);
  });
});
