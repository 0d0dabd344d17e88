"""The broker: Celery's configuration, and the intake by which cards get into the queue."""

import json
import logging
import ssl
import time
import uuid
from datetime import datetime

import redis
from celery import Celery
from kombu.exceptions import KombuError
from redis.backoff import NoBackoff
from redis.retry import Retry

from turfoo.settings import Settings

log = logging.getLogger(__name__)

QUEUE = "turfoo"
INGEST = "turfoo.ingest"
SWEEP = "turfoo.sweep"

#: A task that is still running then is interrupted and retried, or killed with its process. In seconds; the
#: visibility time-out has to be longer, see Settings.
SOFT_TIME_LIMIT, TIME_LIMIT = 30, 40

#: An accepted card that is still in the ledger after this, with the broker idle, was lost by it. In seconds.
LOST_AFTER = 60

_UNACKED = "turfoo:unacked"
_LEDGER = "turfoo:accepted"


class BrokerUnreachable(Exception):
    """The card could not be queued: Redis is down, too slow, or refuses to write."""


def celery_app(settings: Settings) -> Celery:
    """A Celery application that knows the broker and the schedule, and no tasks yet. Opens no connection."""
    app = Celery("turfoo", set_as_current=False)
    encrypted = settings.redis_url.startswith("rediss:")
    app.conf.update(
        broker_url=settings.redis_url,
        broker_transport="turfoo.transport:Transport",
        # kombu talks plain text to a rediss:// broker unless it is given a dictionary.
        broker_use_ssl={"ssl_cert_reqs": ssl.CERT_REQUIRED} if encrypted else None,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=2,
        # One per thread of the API: a hung broker makes none of them wait for another's connection.
        broker_pool_limit=40,
        broker_transport_options={
            "global_keyprefix": settings.redis_key_prefix,
            "visibility_timeout": settings.visibility_timeout_seconds,
            # By default kombu looks for abandoned messages every 100 s only, whatever the time-out is.
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            # Held for five minutes by default where a worker is killed while it restores.
            "unacked_mutex_expire": 10,
            # Apart from those of other applications in the same database, whose time-outs may differ.
            "unacked_key": _UNACKED,
            "unacked_index_key": f"{_UNACKED}_index",
            "unacked_mutex_key": f"{_UNACKED}_mutex",
            # Without these a broker that hangs or vanishes is waited for without end.
            "socket_connect_timeout": 2,
            "socket_timeout": 2,
            "socket_keepalive": True,
            "health_check_interval": 10,
            "max_retries": 0,
        },
        # Said explicitly, since retries inside tasks use it: the task's own time must stay bounded.
        task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0.5},
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_soft_time_limit=SOFT_TIME_LIMIT,
        task_time_limit=TIME_LIMIT,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        # A reconnect would lower the prefetch count by what runs, and restore it task by task; with one slot
        # that leaves nothing to gain and a worker that may stay short of work.
        worker_enable_prefetch_count_reduction=False,
        # Tasks can be repeated: one that outlives its connection finishes, and when it is delivered once more
        # nothing changes.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        beat_schedule={
            "sweep": {
                "task": SWEEP,
                "schedule": settings.sweep_seconds,
                # Sweeps nobody took are not made up for.
                "options": {"queue": QUEUE, "expires": settings.sweep_seconds},
            }
        },
    )
    return app


class Intake:
    """Where cards are accepted: into the ledger, then into the queue.

    The ledger is a Redis hash of cards that were accepted and are not stored yet, by task id. It makes up for
    a gap in Celery's Redis transport: a message popped from the queue is nowhere until the worker has noted
    it as unacknowledged, and is lost if the worker or Redis dies in between.
    """

    def __init__(self, settings: Settings, app: Celery) -> None:
        self._app = app
        prefix = settings.redis_key_prefix
        self._queue, self._unacked, self._ledger = prefix + QUEUE, prefix + _UNACKED, prefix + _LEDGER
        self._redis = redis.Redis.from_url(
            settings.redis_url,
            socket_connect_timeout=1,
            socket_timeout=2,
            # One more try at once: a connection that sat idle while Redis restarted is dead on its next use.
            # None after a time-out, which would double.
            retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
        )

    def accept(self, raw: bytes, accepted_at: datetime) -> None:
        """Queues the card ``raw``; returns once the broker has it, within about 5 s.

        ``accepted_at`` is aware, and says which of two cards of the same race is the newer one.

        Raises:
            BrokerUnreachable: it is not certain that the broker has it.
        """
        task_id = str(uuid.uuid4())
        arguments = [raw.decode(), accepted_at.isoformat()]
        try:
            self._enter(task_id, arguments)
            try:
                self._send(task_id, arguments)
            except BaseException:
                # Where this fails too, the sweep sends the card although it was refused, which does no harm.
                self._redis.hdel(self._ledger, task_id)
                raise
        except (redis.RedisError, KombuError, OSError) as error:
            raise BrokerUnreachable(f"Redis: {type(error).__name__}: {error}") from error

    def settle(self, task_id: str) -> None:
        """Notes that the card of this task is stored. A failure is only logged: the sweep sends it again."""
        try:
            self._redis.hdel(self._ledger, task_id)
        except redis.RedisError as error:
            log.warning("task %s is done but stays in the ledger: %s", task_id, error)

    def resend_lost(self, after: float = LOST_AFTER) -> int:
        """Queues again what was accepted and is neither stored nor in the broker; returns how many cards.

        Only where the broker is idle, so that a long queue is not doubled while a store is down.
        """
        if self._redis.llen(self._queue) or self._redis.hlen(self._unacked):
            return 0
        sent = 0
        for task_id, entry in self._redis.hscan_iter(self._ledger):
            arguments, queued_at = json.loads(entry)
            if time.time() - queued_at > after:
                self._enter(task_id.decode(), arguments)
                self._send(task_id.decode(), arguments)
                sent += 1
        return sent

    def ping(self) -> None:
        """Raises redis.RedisError where Redis does not answer within about 2 s."""
        self._redis.ping()

    def _enter(self, task_id: str, arguments: list[str]) -> None:
        self._redis.hset(self._ledger, task_id, json.dumps([arguments, time.time()]))

    def _send(self, task_id: str, arguments: list[str]) -> None:
        self._app.send_task(INGEST, args=arguments, task_id=task_id, queue=QUEUE, retry=False)
