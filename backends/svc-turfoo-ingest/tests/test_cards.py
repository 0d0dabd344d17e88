import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from conftest import card
from turfoo.cards import audit_key, audit_prefix, parse_card, race_date, raw_key
from turfoo.sweep import explain

RUNNER = {"number": 2, "horse": "A", "jockey": "B", "trainer": "C", "weight_kg": 70}


def runners(**changes: Any) -> list[dict[str, Any]]:
    return [{**RUNNER, "number": 1}, RUNNER | changes]


def test_a_valid_card_is_parsed() -> None:
    parsed = parse_card(json.dumps(card(id="2026-11-21-ASC-3")).encode())
    assert parsed.id == "2026-11-21-ASC-3"
    assert parsed.off_time == datetime(2026, 11, 21, 13, 25, tzinfo=UTC)
    assert [runner.number for runner in parsed.runners] == [1, 4]
    assert [runner.draw for runner in parsed.runners] == [None, 2]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": "2026-11-21-asc-3"}, "expected <date>-<course code>-<number>"),
        ({"id": "2026-11-21-ASC-0"}, "expected <date>-<course code>-<number>"),
        ({"id": "2026-02-30-ASC-1"}, "expected <date>-<course code>-<number>"),
        ({"id": "2026-11-21-ASC-3\n"}, "expected <date>-<course code>-<number>"),
        ({"id": "../2026-11-21-ASC-3"}, "expected <date>-<course code>-<number>"),
        ({"off_time": "2026-11-21T14:25:00"}, "off_time: Input should have timezone info"),
        ({"off_time": "2026-11-23T14:25:00Z"}, "not on the date of the id"),
        ({"off_time": 1795270000}, "off_time: Input should be a valid datetime"),
        ({"distance_m": "3821"}, "distance_m: Input should be a valid integer"),
        ({"distance_m": 399}, "distance_m: Input should be greater than or equal to 400"),
        ({"course": ""}, "course: String should have at least 1 character"),
        ({"course": "As\x00cot"}, "course: String should match pattern"),
        ({"course": "As\ncot"}, "course: String should match pattern"),
        ({"course": "Ascot\n"}, "course: String should match pattern"),
        ({"colour": "green"}, "colour: Extra inputs are not permitted"),
        ({"runners": runners()[:1]}, "runners: Tuple should have at least 2 items"),
        ({"runners": runners(number=1)}, "runner numbers must be unique, given more than once: [1]"),
        ({"runners": runners(number=0)}, "runners.1.number: Input should be greater than or equal to 1"),
        ({"runners": runners(number=1.5)}, "runners.1.number: Input should be a valid integer"),
        ({"runners": runners(weight_kg=float("nan"))}, "runners.1.weight_kg"),
        ({"runners": runners(weight_kg="70")}, "runners.1.weight_kg: Input should be a valid number"),
        (
            {"runners": runners(weight_kg=121)},
            "runners.1.weight_kg: Input should be less than or equal to 120",
        ),
        ({"runners": runners(jockey=None)}, "runners.1.jockey: Input should be a valid string"),
        ({"runners": runners(age=3)}, "runners.1.age: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_card_is_refused_with_its_reason(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_card(json.dumps(card() | changes).encode())
    assert reason in explain(caught.value)


@pytest.mark.parametrize("name", [b"\xff", b"\\ud800", b'\\"'])
def test_what_is_not_json_in_utf8_is_refused(name: bytes) -> None:
    raw = json.dumps(card(course="NAME")).encode()
    parse_card(raw.replace(b"NAME", b"Ascot"))
    with pytest.raises(ValidationError, match="Invalid JSON"):
        parse_card(raw.replace(b"NAME", name).replace(b'\\"', b'"'))


@pytest.mark.parametrize("raw", [b"", b"[]", b"null"])
def test_what_is_not_an_object_is_refused(raw: bytes) -> None:
    with pytest.raises(ValidationError):
        parse_card(raw)


@pytest.mark.parametrize(
    ("race_id", "expected"),
    [
        ("2026-11-21-ASC-3", date(2026, 11, 21)),
        ("2028-02-29-PARI-12", date(2028, 2, 29)),
        ("2026-02-29-ASC-3", None),
        ("2026-11-21-ASC", None),
        ("2026-11-21-A-3", None),
        ("2026-11-21-ASC-100", None),
        ("2026-11-21-ASC-3/raw", None),
    ],
)
def test_race_date(race_id: str, expected: date | None) -> None:
    assert race_date(race_id) == expected


def test_keys_depend_on_the_bytes_and_the_time() -> None:
    digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    at = datetime(2026, 11, 21, 9, 5, 1, 20, tzinfo=UTC)
    assert raw_key("2026-11-21-ASC-3", b"{}") == f"races/2026-11-21-ASC-3/{digest}.json"
    key = audit_key("2026-11-21-ASC-3", b"{}", at)
    assert key == f"races/2026-11-21-ASC-3/20261121T090501.000020Z-{digest}"
    assert key.startswith(audit_prefix("2026-11-21-ASC-3"))
    assert not key.startswith(audit_prefix("2026-11-21-ASC-33"))
