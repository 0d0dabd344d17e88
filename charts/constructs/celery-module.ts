/** Where the module is mounted. */
export const directory = '/etc/repoctl/celery';

/** Its name, for `celery worker --include` and `celery beat --scheduler`. */
export const module = 'repoctl_celery';

/** The files that it touches, in the container. */
export const files = {
  /** Exists while the worker takes tasks. */
  ready: '/tmp/repoctl/ready',
  /** Touched about every two seconds by a worker that works. */
  heartbeat: '/tmp/repoctl/heartbeat',
  /** Touched by beat each time it looks for what is due. */
  tick: '/tmp/repoctl/tick',
  /** Touched every second by the program that starts either again in development. */
  reload: '/tmp/repoctl/reload',
} as const;

/** Age in seconds from which on a file says that a process does not work at the moment. */
export const staleSeconds = 15;

/** Age from which on a process is restarted. */
export const stuckSeconds = 300;

/** The variable that names the scheduler that beat's is made of. */
export const schedulerVariable = 'REPOCTL_BEAT_SCHEDULER';

/**
 * A Python module that tells Kubernetes by files how a worker or beat is doing, without a change to the application.
 * `celery inspect ping` would cost more than a second of CPU for each probe and fails on a worker that is busy.
 */
export const moduleSource = `"""Tells Kubernetes by files how this Celery worker or beat is doing. Written by repoctl."""

import os
from pathlib import Path

from celery import signals
from kombu.utils.imports import symbol_by_name

READY, HEARTBEAT, TICK = map(Path, ("${files.ready}", "${files.heartbeat}", "${files.tick}"))
READY.parent.mkdir(parents=True, exist_ok=True)
# /tmp outlives a container that was killed, and what that left behind says nothing about this process.
for mark in (READY, HEARTBEAT, TICK):
    mark.unlink(missing_ok=True)


@signals.worker_ready.connect
def worker_ready(**_):
    HEARTBEAT.touch()
    READY.write_text(str(os.getpid()))


@signals.heartbeat_sent.connect
def heartbeat_sent(**_):
    HEARTBEAT.touch()


@signals.worker_shutting_down.connect
def worker_shutting_down(**_):
    # In development the next worker may be ready before this one has ended.
    if READY.exists() and READY.read_text() == str(os.getpid()):
        READY.unlink(missing_ok=True)


class Scheduler(symbol_by_name(os.environ.get("${schedulerVariable}", "celery.beat:PersistentScheduler"))):
    def tick(self, *args, **kwargs):
        TICK.touch()
        return super().tick(*args, **kwargs)
`;
