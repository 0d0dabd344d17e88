"""The Celery application of the worker and of beat: ``celery -A turfoo.worker worker``."""

import logging
import random
import time
from datetime import datetime
from functools import cache
from typing import Any

import redis
from celery import signals
from celery.exceptions import Reject, SoftTimeLimitExceeded
from kombu.exceptions import KombuError

from turfoo import store_raw
from turfoo.broker import INGEST, SWEEP, BrokerUnreachable, Intake, celery_app
from turfoo.ingest import TROUBLE, Stores, ingest_card, pause
from turfoo.settings import settings_or_exit
from turfoo.store_raw import Bucket
from turfoo.sweep import sweep_inbox

log = logging.getLogger(__name__)

settings = settings_or_exit()
app = celery_app(settings)

if settings.traces:
    from turfoo import tracing

    tracing.of_tasks()


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def _log_as_configured(**_: Any) -> None:
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


@signals.worker_init.connect  # type: ignore[untyped-decorator]
def _say_whether_audited(**_: Any) -> None:
    if settings.audit is None:
        log.warning("audit is off: IMMUDB_ADDRESS is not set")


# Connections are made by the process that uses them, so on first use: the pool forks.
@cache
def _stores() -> Stores:
    return Stores.of(settings, most_connections=1)


@cache
def _intake() -> Intake:
    return Intake(settings, app)


@app.task(name=INGEST, bind=True, max_retries=None)  # type: ignore[untyped-decorator]
def ingest(task: Any, raw: str, accepted_at: str) -> None:
    """Ingests the card ``raw``, JSON, that was accepted at ``accepted_at``, ISO 8601 with a zone.

    Any other error than TROUBLE ends the task, and leaves its card in the ledger: the sweep sends it again.
    """
    try:
        race_id = ingest_card(_stores(), raw.encode(), datetime.fromisoformat(accepted_at))
    except (*TROUBLE, SoftTimeLimitExceeded) as error:
        _try_again(task, error)
    else:
        _intake().settle(task.request.id)
        log.info("ingested %s", race_id)


def _try_again(task: Any, error: Exception) -> None:
    """Waits, then puts the task at the end of the queue.

    It waits here and not in the queue (Celery's ``countdown``): a worker takes delayed messages off the queue
    without limit and keeps them unacknowledged; in a long outage they pass the visibility time-out and
    multiply.
    """
    seconds = pause(task.request.retries, random.random())  # noqa: S311 - not a secret
    log.warning(
        "attempt %d failed, next in %.1f s: %s",
        task.request.retries + 1,
        seconds,
        " ".join(str(error).split()),
    )
    time.sleep(seconds)
    try:
        raise task.retry(exc=error, countdown=0)
    except Reject as reject:
        # The broker did not take it. Celery would drop the message now.
        raise Reject(reject.reason, requeue=True) from error


@app.task(name=SWEEP, acks_late=False)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """Sends lost cards again, then sweeps the inbox. Trouble is logged, and left to the next sweep."""
    try:
        resent = _intake().resend_lost()
        if resent:
            log.warning("sent %d cards again that the broker had lost", resent)
        accepted, rejected = sweep_inbox(Bucket(settings, settings.inbox_bucket), _intake().accept)
    except (*store_raw.TROUBLE, BrokerUnreachable, redis.RedisError, KombuError, OSError) as error:
        log.warning("sweep interrupted: %s", " ".join(str(error).split()))
    else:
        if accepted or rejected:
            log.info("inbox: %d accepted, %d rejected", accepted, rejected)
