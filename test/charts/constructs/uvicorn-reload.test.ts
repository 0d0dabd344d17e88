import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { reloadCommand, reloadsByUvicorn, uvicornModules } from '../../../charts/constructs/uvicorn-reload.ts';
import { killGroup } from '../process-group.ts';

const python = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout?.trim();

test.each([
  ['uvicorn app.main:app --reload', true],
  ['fastapi dev app/main.py', true],
  ['uvicorn app.main:app', false],
  ['fastapi run app/main.py', false],
  ['gunicorn app.main:app --reload', false],
  ['', false],
])('%j starts the application again by uvicorn: %j', (command, expected) => {
  expect(reloadsByUvicorn(command.split(' '))).toBe(expected);
});

/** Reported as skipped where there is no Python. */
(python ? describe : describe.skip)('what gives uvicorn its processes', () => {
  let folder: string;
  let child: ChildProcess;
  const text = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '');

  async function until(file: string, line: string): Promise<void> {
    for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) if (text(file).includes(line)) return;
    throw new Error(`no "${line}" in ${file}: ${text(file)}; errors: ${text('errors')}`);
  }

  const write = (file: string, ...lines: string[]) => writeFileSync(join(folder, file), `${lines.join('\n')}\n`);

  /** Has the application started again, as uvicorn does for a changed file. */
  const reload = () => child.kill('SIGUSR1');

  function start(): void {
    child = spawn(String(python), reloadCommand([join(folder, 'src')], ['server', 'argument']).slice(1), {
      env: {
        ...process.env,
        PATH: `${folder}:${process.env.PATH}`,
        PYTHONPATH: `${folder}:${folder}/src`,
        PYTHONDONTWRITEBYTECODE: '1',
        TMPDIR: folder,
      },
      stdio: ['ignore', 'ignore', openSync(join(folder, 'errors'), 'a')],
      // A group of its own, so that what it starts ends with it.
      detached: true,
    });
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'uvicorn-reload-'));
    for (const each of ['src', 'uvicorn']) mkdirSync(join(folder, each));
    for (const [name, source] of Object.entries(uvicornModules.sources)) write(`${name}.py`, source);
    write('uvicorn/__init__.py');
    // As much of uvicorn as is used: one process after the other, from this context of multiprocessing.
    write('uvicorn/_subprocess.py', 'import multiprocessing', 'spawn = multiprocessing.get_context("spawn")');
    write(
      'uvicorn/server.py',
      'import signal, time',
      'from uvicorn import _subprocess',
      'again = []',
      'def serve(greeting):',
      '    import application',
      '    while True: time.sleep(0.02)',
      'def run():',
      '    signal.signal(signal.SIGUSR1, lambda *_: again.append(1))',
      '    while True:',
      '        process = _subprocess.spawn.Process(target=serve, kwargs={"greeting": "hello"})',
      '        process.start()',
      '        while not again: time.sleep(0.02)',
      '        again.clear()',
      '        process.terminate()',
      '        process.join()',
    );
    write(
      'server',
      `#!${python}`,
      'import sys',
      'from uvicorn.server import run',
      'if __name__ == "__main__":',
      `    print(sys.argv[1:], file=open("${folder}/log", "a"), flush=True)`,
      '    run()',
    );
    spawnSync('chmod', ['+x', join(folder, 'server')]);
  });

  afterEach(() => {
    killGroup(child);
    rmSync(folder, { recursive: true, force: true });
  });

  /** A module of the standard library: one of site-packages would have to be installed. */
  const library = 'colorsys';
  const value = (number: number, imported = library, more = '') =>
    write(
      'src/application.py',
      'import sys',
      `known = "${imported}" in sys.modules`,
      `import ${imported}`,
      more,
      `print("value ${number}", known, file=open("${folder}/log", "a"), flush=True)`,
    );

  test('imports libraries once and the application each time', async () => {
    value(0);
    start();
    await until('log', 'value 0 False');
    expect(text('log')).toContain("['argument']");
    for (const number of [1, 2]) {
      value(number);
      reload();
      await until('log', `value ${number} True`);
    }
    expect(text('errors')).toBe('');
  }, 60_000);

  test('starts an application that could not be imported in the ordinary way', async () => {
    value(0, library, 'raise ValueError("not yet")');
    start();
    await until('errors', 'ValueError: not yet');
    value(1);
    reload();
    await until('log', 'value 1 False');
    value(2);
    reload();
    await until('log', 'value 2 True');
  }, 60_000);

  test('says why it does not fork, and starts the application all the same', async () => {
    write('gevent.py');
    value(0, 'gevent');
    start();
    await until('log', 'value 0 False');
    value(1, 'gevent');
    reload();
    await until('log', 'value 1 False');
    expect(text('errors')).toContain('no fast reload: gevent changes modules that are imported before it');
  }, 60_000);

  test('starts what is no script of this Python as it is', async () => {
    write('server', '#!/bin/sh', `echo "plain $*" >> ${folder}/log`);
    start();
    await until('log', 'plain argument');
    expect(text('errors')).toContain('no fast reload: server is no script of this Python with uvicorn');
  }, 60_000);
});
