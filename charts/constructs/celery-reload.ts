import { files } from './celery-module.ts';
import { librariesModule } from './python-libraries.ts';

/** Its name, for `python -m`. */
export const reloadModule = 'repoctl_reload';

/**
 * A Python program that starts a Celery process again when its sources change, in development.
 *
 * `watchfiles` as a program would wait for the old process before it starts the new one, and a prefork pool takes two
 * seconds to end that has nothing to do. A worker that is told to end takes no more tasks at once, so that the next one may
 * start meanwhile; two beats at once would send every task twice.
 *
 * Most of what a start takes are imports of libraries. After the first change they are imported once, in the process that
 * starts the others by a fork; watching, which takes threads, is done by a process of its own. A program that is not one of the
 * same Python, or a library that starts threads, is started in the ordinary way.
 */
export const reloadSource = `"""Starts a Celery worker or beat again when a source file changes. Written by repoctl, for development.

python -m ${reloadModule} worker|beat PATH... -- COMMAND...

After the first change, the libraries that the program imported are imported here, too. Each program after that is a fork of
this process and imports only what is not in site-packages: the application.
"""

import os
import select
import signal
import sys
import time
from pathlib import Path

from ${librariesModule} import preload, python_script, run_script

divide = sys.argv.index("--")
role, *paths = sys.argv[1:divide]
command = sys.argv[divide + 1 :]
marks = {"worker": "${files.ready}", "beat": "${files.tick}"}

try:
    import watchfiles  # noqa: F401

    watches = True
except ImportError:
    print("no live reload: the image has no watchfiles", file=sys.stderr, flush=True)
    watches = False

# It has threads, which a process must not have that is forked.
watcher = """
import sys
from watchfiles import PythonFilter, watch
for _ in watch(*sys.argv[1:], watch_filter=PythonFilter(), raise_interrupt=False):
    print(flush=True)
"""
# Seconds without an import after which a program has started.
quiet = 2
signals = (signal.SIGTERM, signal.SIGINT)


class Recorder:
    """Tells the names of modules that are imported."""

    def __init__(self, descriptor):
        self.descriptor = descriptor

    def find_spec(self, name, path=None, target=None):
        try:
            os.write(self.descriptor, f"{name}\\n".encode())
        except OSError:
            sys.meta_path.remove(self)


def imported(names):
    """Imports the libraries among some modules. Says whether a fork of this process may run the program."""
    reason = preload(names, paths, sign.touch)
    if reason:
        print(f"no fast reload: {reason}", file=sys.stderr, flush=True)
    return reason is None


def forked(run):
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    pid = os.fork()
    if pid == 0:
        for each in signals:
            signal.signal(each, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
        run()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
    return pid


def program():
    if not warm:
        os.execvp(command[0], command)
    sys.meta_path.insert(0, Recorder(names_in))
    run_script(script, command[1:])
    sys.exit()


def start():
    running.append(forked(program))


def reap():
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        ended[pid] = os.waitstatus_to_exitcode(status)


def await_end(pid):
    while pid not in ended:
        time.sleep(0.02)
        sign.touch()
        reap()


def terminate(pid):
    if pid not in ended:
        os.kill(pid, signal.SIGTERM)


script = python_script(command[0])
warm = watches and script is not None
stop_out, stop_in = os.pipe()
names_out, names_in = os.pipe()
changes_out, changes_in = os.pipe()
os.set_blocking(names_in, False)
for each in signals:
    signal.signal(each, lambda *_: os.write(stop_in, b"."))


def watch():
    os.dup2(changes_in, 1)
    os.execv(sys.executable, [sys.executable, "-c", watcher, *paths])


# Those before the last have been told to end, and finish their tasks.
running, ended = [], {}
sign = Path("${files.reload}")
sign.parent.mkdir(parents=True, exist_ok=True)
sign.touch()
watching = [forked(watch)] if watches else []
start()
names, last_name = b"", 0
while True:
    ready, _, _ = select.select([stop_out, changes_out, names_out], [], [], 1)
    sign.touch()
    reap()
    if stop_out in ready:
        break
    if any(pid in ended for pid in watching):
        sys.exit("what watches the files has ended")
    if names_out in ready:
        names += os.read(names_out, 65536)
        last_name = time.monotonic()
    if changes_out in ready:
        os.read(changes_out, 65536)
        terminate(running[-1])
        if role == "beat":
            await_end(running[-1])
            Path(marks[role]).unlink(missing_ok=True)
        print(f"{paths[0]} has changed: starting the {role} again", file=sys.stderr, flush=True)
        start()
    elif len(running) > 1 and names and time.monotonic() - last_name > quiet:
        warm = warm and imported(names.decode().split())
        names = b""
    # One that can't even start waits for the next change; one that died at its work is Kubernetes' to start again.
    if running[-1] in ended and (not watches or Path(marks[role]).exists()):
        for pid in watching:
            terminate(pid)
        code = ended[running[-1]]
        sys.exit(128 - code if code < 0 else code or 1)
for pid in [*running, *watching]:
    terminate(pid)
for pid in [*running, *watching]:
    await_end(pid)
`;
