"""The race card: what it must look like, and the names derived from it. Pure."""

import hashlib
import re
from datetime import date, datetime, timedelta
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

#: A card of 40 runners is about 6 KB; this leaves room and keeps messages and objects small. In bytes.
MAX_CARD_BYTES = 256 * 1024

#: Date of the meeting, course code, number of the race: ``2026-11-21-ASC-3``.
RACE_ID = re.compile(r"(20\d\d-\d\d-\d\d)-([A-Z]{2,4})-([1-9]\d?)")

# Postgres cannot store NUL in text, and no name has control characters.
Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Runner(BaseModel):
    """One horse of a race. ``weight_kg`` is the weight carried, in kilograms; ``draw`` the starting stall."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    number: Annotated[int, Field(ge=1, le=99)]
    horse: Name
    jockey: Name
    trainer: Name
    weight_kg: Annotated[float, Field(ge=30, le=120, allow_inf_nan=False)]
    draw: Annotated[int, Field(ge=1, le=99)] | None = None


class RaceCard(BaseModel):
    """One race and its runners, as posted: strict types, no unknown fields.

    ``id`` is ``<date>-<course code>-<number>``; ``off_time`` an ISO 8601 time with a zone, on the date of the
    id give or take a day (the zone may not be the course's own); ``distance_m`` is in metres.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    id: str
    course: Name
    off_time: AwareDatetime
    distance_m: Annotated[int, Field(ge=400, le=12_000)]
    going: Name
    runners: Annotated[tuple[Runner, ...], Field(min_length=2, max_length=99)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        meeting = race_date(self.id)
        if meeting is None:
            raise ValueError(
                f"id is {self.id!r}, expected <date>-<course code>-<number>, as 2026-11-21-ASC-3"
            )
        if abs(self.off_time.date() - meeting) > timedelta(days=1):
            raise ValueError(f"off_time is {self.off_time.isoformat()}, not on the date of the id, {meeting}")
        numbers = [runner.number for runner in self.runners]
        twice = sorted({number for number in numbers if numbers.count(number) > 1})
        if twice:
            raise ValueError(f"runner numbers must be unique, given more than once: {twice}")
        return self


def race_date(race_id: str) -> date | None:
    """The date of the meeting, or None where ``race_id`` is not a race id."""
    match = RACE_ID.fullmatch(race_id)
    if not match:
        return None
    try:
        return date.fromisoformat(match[1])
    except ValueError:
        return None


def parse_card(raw: bytes) -> RaceCard:
    """The card in ``raw``, JSON in UTF-8.

    Raises:
        pydantic.ValidationError: not JSON, or not a valid card.
    """
    return RaceCard.model_validate_json(raw)


def raw_key(race_id: str, raw: bytes) -> str:
    """The object key of a raw card: ``races/<race id>/<sha256 of the bytes>.json``."""
    return f"races/{race_id}/{hashlib.sha256(raw).hexdigest()}.json"


def audit_prefix(race_id: str) -> str:
    """What the audit keys of one race begin with."""
    return f"races/{race_id}/"


def audit_key(race_id: str, raw: bytes, accepted_at: datetime) -> str:
    """The audit key of one accepted card: ``races/<race id>/<accepted at, UTC>-<sha256>``; sorts by time."""
    stamp = accepted_at.strftime("%Y%m%dT%H%M%S.%fZ")
    return f"{audit_prefix(race_id)}{stamp}-{hashlib.sha256(raw).hexdigest()}"
