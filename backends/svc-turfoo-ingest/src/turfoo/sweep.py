"""The sweep of the inbox: every ``*.json`` object is queued as a card, then moved out of the way."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from pydantic import ValidationError

from turfoo.cards import MAX_CARD_BYTES, parse_card
from turfoo.store_raw import Bucket

log = logging.getLogger(__name__)

#: So that a sweep stays well below the time limit of a task; what is left waits for the next one.
MOST_OBJECTS = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of an inbox object: where it goes, and why it is rejected (None for a valid card)."""

    destination: str
    reason: str | None


def judge(key: str, body: bytes | None) -> Verdict:
    """Whether the object ``key`` is a card; ``body`` is None where it was too large to be read."""
    if body is None:
        return Verdict(f"rejected/{key}", f"more than {MAX_CARD_BYTES} bytes")
    try:
        parse_card(body)
    except ValidationError as error:
        return Verdict(f"rejected/{key}", explain(error))
    return Verdict(f"processed/{key}", None)


def explain(error: ValidationError) -> str:
    """What is wrong with a card, one line for each mistake: ``runners.0.number: …``."""
    lines = []
    for mistake in error.errors(include_url=False, include_context=False, include_input=False):
        where = ".".join(str(part) for part in mistake["loc"]) or "card"
        lines.append(f"{where}: {mistake['msg']}")
    return "\n".join(lines)


def sweep_inbox(inbox: Bucket, accept: Callable[[bytes, datetime], None]) -> tuple[int, int]:
    """Queues and moves up to 200 objects; returns how many were accepted and rejected.

    A card counts as accepted when it was uploaded, so one that is queued again after an interruption is the
    same. An object leaves the inbox last, and only as it was read: an interrupted sweep loses nothing.

    Raises:
        What ``accept`` raises, and store_raw.TROUBLE.
    """
    accepted = rejected = 0
    for found in islice(inbox.list(".json"), MOST_OBJECTS):
        body = None
        if found.size <= MAX_CARD_BYTES:
            body = inbox.get(found.key)
            if body is None:
                continue
        verdict = judge(found.key, body)
        if body is not None and verdict.reason is None:
            accept(body, found.modified)
            accepted += 1
        else:
            reason = verdict.reason or ""
            log.warning("inbox: %s is rejected: %s", found.key, reason.replace("\n", "; "))
            inbox.put(f"{verdict.destination}.reason.txt", reason.encode(), "text/plain; charset=utf-8")
            rejected += 1
        if not inbox.move_unchanged(found, verdict.destination):
            log.info("inbox: %s has changed meanwhile, the next sweep takes it", found.key)
    return accepted, rejected
