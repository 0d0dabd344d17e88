/** Its name, for `import`. */
export const librariesModule = 'repoctl_libraries';

/**
 * A Python module that imports libraries into a process that is then forked for each start of a program, in development. What
 * the program's sources hold is never imported there.
 */
export const librariesSource = `"""Imports libraries into a process that is forked to run programs. Written by repoctl, for development."""

import gc
import importlib
import importlib.util
import os
import runpy
import shutil
import sys
import sysconfig
import threading
import warnings
from pathlib import Path

folders = tuple({sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib", "purelib", "platlib")})
# They change what others import after them.
patching = {"gevent", "eventlet"}


class Guard:
    """Keeps the application out of this process, also where a library asks for it."""

    def __init__(self, names):
        self.names = names

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ImportError(f"{name} is imported by the program only")


def is_below(place, paths):
    return f"{Path(place).resolve()}{os.sep}".startswith(tuple(f"{Path(path).resolve()}{os.sep}" for path in paths))


def is_library(name, sources):
    # To look for a module imports what it is in.
    spec = importlib.util.find_spec(name)
    if spec is None:
        return False
    places = [spec.origin or "", *(spec.submodule_search_locations or [])]
    if any(is_below(place, sources) for place in places):
        return False
    return places[0] in ("built-in", "frozen") or any(place.startswith(folders) for place in places)


def forbidding(tops, sources):
    """Says why this process must not be forked, if so."""
    if tops & patching:
        return f"{', '.join(sorted(tops & patching))} changes modules that are imported before it"
    if thread_count() > 1:
        return "a library starts threads when it is imported"
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    inside = sorted(file for file in files if file and is_below(file, sources))
    return f"a library imports {inside[0]}" if inside else None


def thread_count():
    # Those of libraries in C, too, where the system tells.
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


def preload(names, sources, alive=lambda: None):
    """Imports the libraries among some modules. Says why this process must not be forked, if so.

    sources are the paths of the application, and alive is called before each import.
    """
    tops = {name.partition(".")[0] for name in names}
    guard = Guard({top for top in tops if not is_library(top, sources)})
    sys.meta_path.insert(0, guard)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            alive()
            try:
                if name.partition(".")[0] not in guard.names and is_library(name, sources):
                    importlib.import_module(name)
            except BaseException:
                continue
    sys.meta_path.remove(guard)
    gc.collect()
    gc.freeze()
    return forbidding(tops, sources)


def python_script(program):
    """The file of a program, if it is a script of this interpreter's environment."""
    found = shutil.which(program)
    if not found:
        return None
    with open(found, "rb") as file:
        line = file.readline().decode(errors="replace").split()
    return found if line and line[0] == f"#!{os.path.dirname(sys.executable)}/{os.path.basename(line[0])}" else None


def run_script(script, arguments):
    sys.argv[:] = [script, *arguments]
    sys.path[0] = os.path.dirname(script)
    runpy.run_path(script, run_name="__main__")
`;
