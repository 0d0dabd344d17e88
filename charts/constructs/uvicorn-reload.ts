import { librariesModule, librariesSource } from './python-libraries.ts';
import type { PythonModules } from './python-modules.ts';

/** Its name, for `python -m`. */
const reloadModule = 'repoctl_uvicorn';
/** That of what its fork server imports. */
const preloadModule = 'repoctl_preload';

/** The beginnings of commands that have uvicorn start the application again, and what each needs beside them to do so. */
const reloading: readonly { readonly command: readonly string[]; readonly option?: string }[] = [
  { command: ['uvicorn'], option: '--reload' },
  { command: ['fastapi', 'dev'] },
];

/** Whether a command runs uvicorn so that it starts the application again when a source file changes. */
export const reloadsByUvicorn = (given: readonly string[]): boolean =>
  reloading.some(
    ({ command, option }) =>
      command.every((word, index) => given[index] === word) && (option === undefined || given.includes(option)),
  );

/**
 * The command that runs such a command with the libraries of the application imported.
 *
 * @param sources paths of the application in the container
 */
export const reloadCommand = (sources: readonly string[], command: readonly string[]): string[] => [
  ...['python', '-m', reloadModule, ...sources, '--'],
  ...command,
];

/**
 * uvicorn starts a new interpreter for each reload, in which the imports of libraries take most of the time. In its place it
 * gets a fork from the fork server of Python's multiprocessing, which has imported the libraries that the application had
 * when it was told to end for the first time. Nothing is imported, nor is memory taken, for what is never edited. What can't
 * be forked is started in the ordinary way.
 */
const reloadSource = `"""Runs uvicorn so that a reload imports nothing but the application. Written by repoctl, for development.

python -m ${reloadModule} PATH... -- COMMAND...

PATH are the application's sources. The first reload imports the libraries, the next ones are forks of what has imported them.
"""

import json
import multiprocessing
import os
import signal
import sys
import tempfile
from pathlib import Path

from ${librariesModule} import python_script, run_script

# Where a process writes the names of its modules when it is told to end.
modules = Path(tempfile.gettempdir(), f"repoctl-modules-{os.getpid()}.json")


def serve(target, modules, kwargs):
    """Runs uvicorn's server in an interpreter of its own."""

    def end(*_):
        names = [name for name, module in list(sys.modules.items()) if getattr(module, "__spec__", None)]
        modules.write_text(json.dumps(names))
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)
    target(**kwargs)


def check():
    """Ends with 0 if the application may be run in a fork."""
    from ${preloadModule} import reason

    if reason:
        sys.exit(f"no fast reload: {reason}")


class Processes:
    """Stands in for the context of multiprocessing that uvicorn takes its processes from."""

    def __init__(self, spawn, sources):
        self.spawn, self.sources = spawn, sources
        self.context = None

    def Process(self, target, kwargs):
        if self.context is None and modules.exists():
            self.context = self.fork_server() or self.spawn
        if self.context is None:
            return self.spawn.Process(target=serve, args=(target, modules, kwargs))
        return self.context.Process(target=target, kwargs=kwargs)

    def fork_server(self):
        os.environ["REPOCTL_PRELOAD"] = json.dumps([str(modules), *self.sources])
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["${preloadModule}"])
        process = context.Process(target=check)
        try:
            process.start()
        except (EOFError, OSError) as error:
            print(f"no fast reload: importing the libraries failed: {error!r}", file=sys.stderr, flush=True)
            return None
        process.join()
        return context if process.exitcode == 0 else None


def main():
    divide = sys.argv.index("--")
    sources, command = sys.argv[1:divide], sys.argv[divide + 1 :]
    script = python_script(command[0])
    try:
        from uvicorn import _subprocess

        spawn = _subprocess.spawn
    except (ImportError, AttributeError):
        spawn = None
    if not script or not spawn:
        print(f"no fast reload: {command[0]} is no script of this Python with uvicorn", file=sys.stderr, flush=True)
        os.execvp(command[0], command)
    # /tmp outlives a container that was killed, and the process of the next one has the same number.
    modules.unlink(missing_ok=True)
    _subprocess.spawn = Processes(spawn, sources)
    run_script(script, command[1:])


if __name__ == "__main__":
    # What other processes are told to run must be found by the name of this module.
    from ${reloadModule} import main as run

    run()
`;

const preloadSource = `"""What the fork server of ${reloadModule} imports before it forks. Written by repoctl, for development."""

import json
import os
from pathlib import Path

from ${librariesModule} import preload

modules, *sources = json.loads(os.environ["REPOCTL_PRELOAD"])
reason = preload(json.loads(Path(modules).read_text()), sources)
`;

export const uvicornModules: PythonModules = {
  directory: '/etc/repoctl/python',
  sources: { [librariesModule]: librariesSource, [reloadModule]: reloadSource, [preloadModule]: preloadSource },
};
