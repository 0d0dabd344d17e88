import { files } from './celery-module.ts';

/** Its name, for `python -m`. */
export const reloadModule = 'repoctl_reload';

/**
 * A Python program that starts a Celery process again when its sources change, in development.
 *
 * `watchfiles` as a program would wait for the old process before it starts the new one, and a prefork pool takes two
 * seconds to end that has nothing to do. A worker that is told to end takes no more tasks at once, so that the next one may
 * start meanwhile; two beats at once would send every task twice.
 */
export const reloadSource = `"""Starts a Celery worker or beat again when a source file changes. Written by repoctl, for development.

python -m ${reloadModule} worker|beat PATH… -- COMMAND…
"""

import signal
import subprocess
import sys
import threading
from pathlib import Path

divide = sys.argv.index("--")
role, *paths = sys.argv[1:divide]
command = sys.argv[divide + 1 :]
marks = {"worker": "${files.ready}", "beat": "${files.tick}"}

try:
    from watchfiles import PythonFilter, watch
    watches = True
except ImportError:
    print("no live reload: the image has no watchfiles", file=sys.stderr, flush=True)
    watches, PythonFilter = False, object

    def watch(*_, stop_event, **__):
        while not stop_event.wait(1):
            yield set()

stop = threading.Event()
for name in (signal.SIGTERM, signal.SIGINT):
    signal.signal(name, lambda *_: stop.set())

# Those before the last have been told to end, and finish their tasks.
running = [subprocess.Popen(command)]
sign = Path("${files.reload}")
sign.parent.mkdir(parents=True, exist_ok=True)
sign.touch()
for changes in watch(
    *paths,
    watch_filter=PythonFilter(),
    stop_event=stop,
    rust_timeout=1000,
    yield_on_timeout=True,
    raise_interrupt=False,
):
    sign.touch()
    if not changes:
        # One that can't even start waits for the next change; one that died at its work is Kubernetes' to start again.
        if running[-1].poll() is not None and (not watches or Path(marks[role]).exists()):
            sys.exit(running[-1].returncode or 1)
        continue
    running[-1].terminate()
    if role == "beat":
        running[-1].wait()
        Path(marks[role]).unlink(missing_ok=True)
    running = [process for process in running if process.poll() is None]
    print(f"{paths[0]} has changed: starting the {role} again", file=sys.stderr, flush=True)
    running.append(subprocess.Popen(command))
for process in running:
    process.terminate()
for process in running:
    process.wait()
`;
