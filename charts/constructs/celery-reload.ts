import { files } from './celery-module.ts';

/** Its name, for `python -m`. */
export const reloadModule = 'repoctl_reload';

/**
 * A Python program that starts a Celery process again when its sources change, in development.
 *
 * `watchfiles` as a program would wait for the old process before it starts the new one, and a prefork pool takes two
 * seconds to end that has nothing to do. A worker that is told to end takes no more tasks at once, so that the next one may
 * start meanwhile; two beats at once would send every task twice.
 *
 * Most of what a start takes are imports of libraries. They are imported once, in the process that starts the others by a
 * fork; what is watched is never imported there, and watching, which takes threads, is done by a process of its own. A program
 * that is not one of the same Python, or a library that starts threads, is started in the ordinary way.
 */
export const reloadSource = `"""Starts a Celery worker or beat again when a source file changes. Written by repoctl, for development.

python -m ${reloadModule} worker|beat PATH… -- COMMAND…

Once a program has started, the libraries that it imported are imported here, too. Each program after that is a fork of this
process and imports only what is not in site-packages: the application.
"""

import gc
import importlib
import importlib.util
import os
import runpy
import select
import shutil
import signal
import sys
import sysconfig
import threading
import time
import warnings
from pathlib import Path

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
libraries = tuple({sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")})
watched = tuple(f"{Path(path).resolve()}{os.sep}" for path in paths)
# They change what others import after them.
patching = {"gevent", "eventlet"}
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


class Guard:
    """Keeps the application out of this process, also where a library asks for it."""

    def __init__(self, names):
        self.names = names

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ImportError(f"{name} is imported by the program only")


def is_watched(place):
    return f"{Path(place).resolve()}{os.sep}".startswith(watched)


def is_library(name):
    # To look for a module imports what it is in.
    spec = importlib.util.find_spec(name)
    if spec is None:
        return False
    places = [spec.origin or "", *(spec.submodule_search_locations or [])]
    if any(is_watched(place) for place in places):
        return False
    return places[0] in ("built-in", "frozen") or any(place.startswith(libraries) for place in places)


def forbidding(tops):
    """Says why this process must not be forked, if so."""
    if tops & patching:
        return f"{', '.join(sorted(tops & patching))} changes modules that are imported before it"
    if thread_count() > 1:
        return "a library starts threads when it is imported"
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    inside = sorted(file for file in files if file and is_watched(file))
    return f"a library imports {inside[0]}" if inside else None


def thread_count():
    # Those of libraries in C, too, where the system tells.
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


def imported(names):
    """Imports the libraries among some modules. Says whether a fork of this process may run the program."""
    tops = {name.partition(".")[0] for name in names}
    guard = Guard({top for top in tops if not is_library(top)})
    sys.meta_path.insert(0, guard)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            sign.touch()
            try:
                if name.partition(".")[0] not in guard.names and is_library(name):
                    importlib.import_module(name)
            except BaseException:
                continue
    sys.meta_path.remove(guard)
    reason = forbidding(tops)
    if reason:
        print(f"no fast reload: {reason}", file=sys.stderr, flush=True)
        return False
    gc.collect()
    gc.freeze()
    return True


def python_script():
    """The file of the command, if it is a program of this interpreter's environment."""
    found = shutil.which(command[0])
    if not found:
        return None
    with open(found, "rb") as file:
        line = file.readline().decode(errors="replace").split()
    return found if line and line[0] == f"#!{os.path.dirname(sys.executable)}/{os.path.basename(line[0])}" else None


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
    sys.argv[:] = [script, *command[1:]]
    sys.path[0] = os.path.dirname(script)
    sys.meta_path.insert(0, Recorder(names_in))
    runpy.run_path(script, run_name="__main__")
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


script = python_script()
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
    elif names and time.monotonic() - last_name > quiet:
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
