"""Ingesting one accepted card into the three stores. Every step can be repeated."""

from dataclasses import dataclass
from datetime import datetime

from turfoo import store_race, store_raw
from turfoo.cards import audit_key, parse_card, raw_key
from turfoo.settings import Settings
from turfoo.store_audit import AuditStore, AuditTrouble
from turfoo.store_race import RaceStore
from turfoo.store_raw import Bucket

#: What the stores raise when they cannot be reached: the card itself is fine, so it is tried again.
TROUBLE = (*store_raw.TROUBLE, *store_race.TROUBLE, AuditTrouble)

#: The longest pause between two attempts, in seconds.
LONGEST_PAUSE = 15.0


@dataclass(frozen=True, slots=True)
class Stores:
    """What a card goes into. ``audit`` is None where audit is off."""

    raw: Bucket
    races: RaceStore
    audit: AuditStore | None

    @classmethod
    def of(cls, settings: Settings, *, most_connections: int) -> "Stores":
        """The stores that ``settings`` name; nothing is connected yet."""
        return cls(
            raw=Bucket(settings, settings.raw_bucket),
            races=RaceStore(settings.database_url, most_connections=most_connections),
            audit=AuditStore(settings.audit) if settings.audit else None,
        )


def ingest_card(stores: Stores, raw: bytes, accepted_at: datetime) -> str:
    """Stores the raw card, the rows and the audit entry, in this order; returns the race id.

    The rows stay as they are where those of a card accepted later are there; the rest is stored all the same.

    Raises:
        One of TROUBLE, or AuditCorrupted, or pydantic.ValidationError.
    """
    card = parse_card(raw)
    key = raw_key(card.id, raw)
    stores.raw.put(key, raw)
    current = stores.races.store(card, raw_key=key, accepted_at=accepted_at)
    if stores.audit:
        entry = {
            "race_id": card.id,
            "raw_key": key,
            "accepted_at": accepted_at.isoformat(),
            "runners": len(card.runners),
        }
        stores.audit.record(audit_key(card.id, raw, accepted_at), entry)
    return card.id if current else f"{card.id} (a newer card is stored)"


def pause(attempt: int, chance: float) -> float:
    """Seconds between ``attempt`` (0 is the first) and the next: doubling from 0.5 to 15, half of it chance.

    ``chance`` is from 0 to 1.
    """
    longest = min(LONGEST_PAUSE, 0.5 * 2.0 ** min(attempt, 10))
    return longest * (0.5 + 0.5 * chance)
