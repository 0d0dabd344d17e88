import json
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from conftest import card
from turfoo.cards import audit_prefix, parse_card, raw_key
from turfoo.ingest import Stores, ingest_card
from turfoo.settings import AuditSettings, Settings
from turfoo.store_audit import AuditStore, AuditTrouble

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def stores(services: Settings) -> Iterator[Stores]:
    opened = Stores.of(services, most_connections=2)
    yield opened
    opened.races.close()


def ingest(stores: Stores, posted: dict[str, Any], at: datetime = NOON) -> bytes:
    raw = json.dumps(posted).encode()
    ingest_card(stores, raw, at)
    return raw


def test_a_card_is_stored_and_read_back(stores: Stores) -> None:
    posted = card()
    raw = ingest(stores, posted)
    stored = stores.races.load(posted["id"])
    assert stored
    key = raw_key(posted["id"], raw)
    assert stored.race.pop("ingested_at").tzinfo == UTC
    assert stored.race == {
        "id": posted["id"],
        "course": "Ascot",
        "off_time": datetime(2026, 11, 21, 13, 25, tzinfo=UTC),
        "distance_m": 3821,
        "going": "good to soft",
        "raw_key": key,
        "accepted_at": NOON,
    }
    assert stored.runners == [runner | {"draw": runner.get("draw")} for runner in posted["runners"]]
    assert stores.raw.get(key) == raw


def test_the_latest_races_come_first_with_the_number_of_their_runners(stores: Stores) -> None:
    day = "2099-01-01"
    posted = [card(id=f"{day}-LATE-{hour}", off_time=f"{day}T{hour}:00:00Z") for hour in (12, 14, 13)]
    for each in posted:
        ingest(stores, each)
    first, second, third, *_ = stores.races.latest()
    assert [each["id"] for each in (first, second, third)] == [posted[at]["id"] for at in (1, 2, 0)]
    assert (first["off_time"], first["runners"]) == (datetime(2099, 1, 1, 14, tzinfo=UTC), 2)


def test_ingesting_again_changes_nothing(stores: Stores) -> None:
    posted = card()
    ingest(stores, posted)
    ingest(stores, posted)
    stored = stores.races.load(posted["id"])
    assert stored
    assert len(stored.runners) == 2


@pytest.mark.parametrize("newer_first", [False, True])
def test_the_card_accepted_last_wins_in_any_order(stores: Stores, newer_first: bool) -> None:
    older = card()
    newer = older | {
        "going": "soft",
        "runners": [older["runners"][1] | {"jockey": "L. Bertin"}, older["runners"][0] | {"number": 9}],
    }
    cards = [(older, NOON), (newer, NOON + timedelta(seconds=1))]
    for posted, at in reversed(cards) if newer_first else cards:
        ingest(stores, posted, at)
    stored = stores.races.load(older["id"])
    assert stored
    assert stored.race["going"] == "soft"
    assert [(runner["number"], runner["jockey"]) for runner in stored.runners] == [
        (4, "L. Bertin"),
        (9, "S. Okafor"),
    ]


def test_a_failing_row_leaves_nothing_behind(stores: Stores) -> None:
    posted = card()
    parsed = parse_card(json.dumps(posted).encode())
    wrong = parsed.model_copy(update={"runners": (parsed.runners[0].model_copy(update={"number": 10**6}),)})
    with pytest.raises(Exception, match="smallint out of range"):
        stores.races.store(wrong, raw_key="k", accepted_at=NOON)
    assert stores.races.load(posted["id"]) is None


def test_the_readonly_role_reads_and_does_not_write(postgres: psycopg.Connection) -> None:
    if not postgres.execute("SELECT 1 FROM pg_roles WHERE rolname = 'turfoo_readonly'").fetchone():
        pytest.skip("this Postgres was not set up with infra/initdb")
    postgres.execute("SET ROLE turfoo_readonly")
    for table in ("race", "runner"):
        postgres.execute(f"SELECT count(*) FROM {table}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            postgres.execute(f"DELETE FROM {table}")


def test_an_object_that_is_not_there_is_none(stores: Stores) -> None:
    assert stores.raw.get("races/none.json") is None


@pytest.mark.parametrize("state", ["hung_port", "dead_port"])
def test_no_immudb_is_trouble(state: str, request: pytest.FixtureRequest) -> None:
    address = f"127.0.0.1:{request.getfixturevalue(state)}"
    store = AuditStore(AuditSettings(address, "u", "p", "d"))
    started = time.monotonic()
    with pytest.raises(AuditTrouble, match=address):
        store.record("k", {})
    assert time.monotonic() - started < 5


@pytest.fixture
def audit(audited: Settings) -> AuditStore:
    assert audited.audit
    return AuditStore(audited.audit)


def test_audit_entries_are_proven(audit: AuditStore, stores: Stores) -> None:
    posted = card()
    for seconds in (2, 1):
        ingest(stores, posted, NOON + timedelta(seconds=seconds))
    entries = audit.entries(audit_prefix(posted["id"]))
    ingest(stores, posted, NOON + timedelta(seconds=2))
    assert audit.entries(audit_prefix(posted["id"])) == entries, "the same acceptance, ingested again"
    assert [entry["accepted_at"] for entry in entries] == [
        "2026-11-21T12:00:01+00:00",
        "2026-11-21T12:00:02+00:00",
    ]
    assert {entry["verified"] for entry in entries} == {True}
    assert {entry["race_id"] for entry in entries} == {posted["id"]}


def test_audit_entries_of_others_are_found_at_once(audited: Settings, audit: AuditStore) -> None:
    key = audit_prefix(card()["id"])
    assert audit.entries(key) == []
    assert audited.audit
    AuditStore(audited.audit).record(key, {"a": 1})
    assert [entry["a"] for entry in audit.entries(key)] == [1]


def test_audit_database_is_made(audited: Settings) -> None:
    assert audited.audit
    name = f"test{random.randrange(10**9)}"
    settings = AuditSettings(audited.audit.address, audited.audit.user, audited.audit.password, name)
    assert AuditStore(settings).entries("k") == []
    AuditStore(settings).record("k", {"a": 1})
    assert [entry["a"] for entry in AuditStore(settings).entries("k")] == [1]


def test_a_wrong_audit_password_is_trouble(audited: Settings) -> None:
    assert audited.audit
    settings = AuditSettings(audited.audit.address, audited.audit.user, "wrong", audited.audit.database)
    with pytest.raises(AuditTrouble, match="invalid user name or password"):
        AuditStore(settings).record("k", {})
