import json
from datetime import datetime

import pytest

from conftest import card
from turfoo.broker import BrokerUnreachable
from turfoo.cards import MAX_CARD_BYTES
from turfoo.store_raw import Bucket
from turfoo.sweep import Verdict, judge, sweep_inbox

VALID = json.dumps(card()).encode()


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        (VALID, Verdict("processed/a.json", None)),
        (None, Verdict("rejected/a.json", f"more than {MAX_CARD_BYTES} bytes")),
        (json.dumps(card(distance_m=1)).encode(), Verdict("rejected/a.json", "distance_m: Input should be")),
        (b"{", Verdict("rejected/a.json", "card: Invalid JSON")),
    ],
)
def test_what_becomes_of_an_object(body: bytes | None, verdict: Verdict) -> None:
    given = judge("a.json", body)
    assert given.destination == verdict.destination
    assert (given.reason or "").startswith(verdict.reason or "")
    assert (given.reason is None) == (verdict.reason is None)


class Accepted:
    """Takes cards in place of the broker, which has tests of its own; fails from the ``fail_from``-th on."""

    def __init__(self, fail_from: int = 10**9) -> None:
        self.cards: list[tuple[bytes, datetime]] = []
        self.fail_from = fail_from

    def __call__(self, raw: bytes, accepted_at: datetime) -> None:
        if len(self.cards) >= self.fail_from:
            raise BrokerUnreachable("down")
        self.cards.append((raw, accepted_at))


@pytest.fixture
def empty_inbox(inbox: Bucket) -> Bucket:
    for found in inbox.list(""):
        inbox.move_unchanged(found, f"before/{found.key}")
    return inbox


def names(bucket: Bucket) -> list[str]:
    return [found.key for found in bucket.list("")]


def test_cards_are_queued_and_moved(empty_inbox: Bucket) -> None:
    empty_inbox.put("a.json", VALID)
    empty_inbox.put("b.json", b"{}")
    empty_inbox.put("large.json", b" " * (MAX_CARD_BYTES + 1))
    empty_inbox.put("notes.txt", b"not a card")
    empty_inbox.put("folder/c.json", VALID)
    uploaded = {found.key: found.modified for found in empty_inbox.list("")}
    accept = Accepted()
    assert sweep_inbox(empty_inbox, accept) == (1, 2)
    assert accept.cards == [(VALID, uploaded["a.json"])]
    assert names(empty_inbox) == ["notes.txt"]
    assert empty_inbox.get("processed/a.json") == VALID
    assert empty_inbox.get("rejected/b.json") == b"{}"
    assert b"off_time: Field required" in (empty_inbox.get("rejected/b.json.reason.txt") or b"")
    assert empty_inbox.get("rejected/large.json.reason.txt") == f"more than {MAX_CARD_BYTES} bytes".encode()
    assert sweep_inbox(empty_inbox, accept) == (0, 0)


def test_what_cannot_be_queued_stays(empty_inbox: Bucket) -> None:
    for name in ("a.json", "b.json", "c.json"):
        empty_inbox.put(name, VALID)
    accept = Accepted(fail_from=1)
    with pytest.raises(BrokerUnreachable):
        sweep_inbox(empty_inbox, accept)
    assert names(empty_inbox) == ["b.json", "c.json"]


def test_an_object_that_changes_under_way_stays(empty_inbox: Bucket) -> None:
    newer = json.dumps(card()).encode()
    empty_inbox.put("a.json", VALID)

    def accept_while_it_changes(raw: bytes, accepted_at: datetime) -> None:
        empty_inbox.put("a.json", newer)

    sweep_inbox(empty_inbox, accept_while_it_changes)
    assert empty_inbox.get("a.json") == newer
    accept = Accepted()
    sweep_inbox(empty_inbox, accept)
    assert [raw for raw, _ in accept.cards] == [newer]
