import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { reloadModule, reloadSource } from '../../../charts/constructs/celery-reload.ts';
import { librariesModule, librariesSource } from '../../../charts/constructs/python-libraries.ts';
import { manifestText } from '../../../src/synth/manifest-text.ts';
import { killGroup } from '../process-group.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;

test('stands in a manifest as a block, for people to read', () => {
  const text = manifestText([{ apiVersion: 'v1', kind: 'ConfigMap', data: { [`${reloadModule}.py`]: reloadSource } }]);
  expect(text).toContain(`  ${reloadModule}.py: |\n    """Starts a Celery worker or beat again`);
});

/** Reported as skipped where there is no Python. */
(hasPython ? describe : describe.skip)('what starts Celery again', () => {
  let folder: string;
  let child: ChildProcess;
  const log = () =>
    existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8').trim().split('\n') : [];

  /** A process that says when it starts and ends, and takes its time to end. */
  const program = (ending: number) =>
    [
      'import os, signal, sys, time',
      `log = lambda text: print(text, file=open("${folder}/log", "a"), flush=True)`,
      `number = open("${folder}/changes").read().count("x")`,
      'def end(*_):',
      `    log(f"ending {number}"); time.sleep(${ending}); log(f"ended {number}"); sys.exit()`,
      'signal.signal(signal.SIGTERM, end)',
      'log(f"started {number}")',
      'while True: time.sleep(0.05)',
    ].join('\n');

  async function until(line: string): Promise<void> {
    for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20))
      if (log().some((each) => each.startsWith(line))) return;
    throw new Error(`no "${line}" among ${log().join(', ')}`);
  }

  function start(role: string, ending: number): void {
    writeFileSync(join(folder, 'process.py'), program(ending));
    child = spawn(
      'python3',
      ['-m', reloadModule, role, join(folder, 'src'), '--', 'python3', join(folder, 'process.py')],
      // A group of its own, so that what it starts ends with it.
      { env: { ...process.env, PYTHONPATH: folder }, stdio: 'ignore', detached: true },
    );
  }

  const change = () => appendFileSync(join(folder, 'changes'), 'x');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'celery-reload-'));
    mkdirSync(join(folder, 'src'));
    writeFileSync(join(folder, 'changes'), '');
    // What tells that it works is below /tmp of a container; here it is in a folder of the test's own.
    writeFileSync(join(folder, `${librariesModule}.py`), librariesSource);
    writeFileSync(join(folder, `${reloadModule}.py`), reloadSource.replaceAll('/tmp/repoctl', folder));
    // As much of watchfiles as it uses: a round for each change.
    writeFileSync(
      join(folder, 'watchfiles.py'),
      [
        'import os, time',
        'class PythonFilter: pass',
        'def watch(*paths, **options):',
        `    seen = 0`,
        '    while True:',
        `        now = os.path.getsize("${folder}/changes")`,
        '        if now != seen:',
        '            seen = now; yield {paths[0]}',
        '        time.sleep(0.02)',
      ].join('\n'),
    );
  });

  afterEach(() => {
    killGroup(child);
    rmSync(folder, { recursive: true, force: true });
  });

  test('starts the next worker while the last one finishes its tasks', async () => {
    start('worker', 1);
    await until('started 0');
    change();
    await until('ended 0');
    expect(log()).toEqual(['started 0', 'ending 0', 'started 1', 'ended 0']);
  });

  test('starts the next beat only after the last one has ended', async () => {
    start('beat', 0.3);
    await until('started 0');
    change();
    await until('started 1');
    expect(log()).toEqual(['started 0', 'ending 0', 'ended 0', 'started 1']);
  });

  test('ends what it has started, and waits for it', async () => {
    start('worker', 0.5);
    await until('started 0');
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    expect(await closed).toBe(0);
    expect(log().at(-1)).toBe('ended 0');
  });

  test('ends when Celery dies at its work, for Kubernetes to start it again', async () => {
    start('worker', 0);
    await until('started 0');
    writeFileSync(join(folder, 'ready'), '');
    const closed = new Promise((resolve) => child.once('close', resolve));
    spawnSync('pkill', ['-KILL', '-P', String(child.pid), '-f', 'process.py']);
    expect(await closed).not.toBe(0);
  });

  test('waits for the next change when Celery does not even start', async () => {
    start('worker', 0);
    await until('started 0');
    spawnSync('pkill', ['-KILL', '-P', String(child.pid), '-f', 'process.py']);
    await sleep(500);
    expect(child.exitCode).toBeNull();
    change();
    await until('started 1');
  });

  /** A program of the same Python: it says which value the application has, and whether its library was there before. */
  function startScript(library: string): void {
    const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], {
      encoding: 'utf8',
    }).stdout.trim();
    const script = join(folder, 'script');
    const lines = [
      `#!${python}`,
      'import sys, time',
      `sys.path.insert(0, "${folder}/src")`,
      `known = "${library}" in sys.modules`,
      'import application',
      `print(f"value {application.value} {known} {sys.argv[1:]}", file=open("${folder}/log", "a"), flush=True)`,
      'time.sleep(60)',
    ];
    writeFileSync(script, lines.join('\n'), { mode: 0o755 });
    value(library, 0);
    child = spawn('python3', ['-m', reloadModule, 'worker', join(folder, 'src'), '--', script, 'argument'], {
      env: { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['ignore', 'ignore', openSync(join(folder, 'errors'), 'a')],
      detached: true,
    });
  }

  const value = (library: string, number: number, more = '') =>
    writeFileSync(join(folder, 'src', 'application.py'), `import ${library}\n${more}\nvalue = ${number}\n`);

  /** Changes the value until a start has the library already: when that is imported is the program's own affair. */
  async function untilWarm(library: string): Promise<number> {
    for (let number = 1; number < 8; number += 1) {
      await sleep(3000);
      value(library, number);
      change();
      await until(`value ${number} `);
      if (log().includes(`value ${number} True ['argument']`)) return number;
    }
    throw new Error(`never had ${library}: ${log().join(', ')}`);
  }

  test('imports libraries once and the application each time', async () => {
    startScript('colorsys');
    await until("value 0 False ['argument']");
    const number = await untilWarm('colorsys');
    value('colorsys', number + 1);
    change();
    await until(`value ${number + 1} True ['argument']`);
    // The ones before were told to end, and nobody is left for long that has ended and is not waited for.
    const ended = () =>
      spawnSync('ps', ['-o', 'stat=', '--ppid', String(child.pid)], { encoding: 'utf8' }).stdout.includes('Z');
    for (const end = Date.now() + 10_000; ended() && Date.now() < end; ) await sleep(50);
    expect(ended()).toBe(false);
  }, 60_000);

  test('says why the application can not be imported and waits for the next change', async () => {
    startScript('colorsys');
    await until("value 0 False ['argument']");
    value('colorsys', 1, 'raise ValueError("not yet")');
    change();
    for (const end = Date.now() + 20_000; !errors().includes('ValueError: not yet'); await sleep(20))
      if (Date.now() > end) throw new Error(`no traceback: ${errors()}`);
    expect(errors()).toContain('application.py');
    expect(child.exitCode).toBeNull();
    value('colorsys', 2);
    change();
    await until("value 2 False ['argument']");
  }, 60_000);

  const errors = () => readFileSync(join(folder, 'errors'), 'utf8');

  test('runs Celery all the same in an image without watchfiles', async () => {
    rmSync(join(folder, 'watchfiles.py'));
    writeFileSync(join(folder, 'watchfiles.py'), 'raise ImportError("watchfiles")');
    start('worker', 0);
    await until('started 0');
    // Its probes want this to be touched again and again.
    const touched = () => statSync(join(folder, 'reload')).mtimeMs;
    const first = touched();
    for (const end = Date.now() + 20_000; touched() === first && Date.now() < end; ) await sleep(100);
    expect(touched()).toBeGreaterThan(first);
    const closed = new Promise((resolve) => child.once('close', resolve));
    spawnSync('pkill', ['-KILL', '-P', String(child.pid)]);
    expect(await closed).not.toBe(0);
  });
});
