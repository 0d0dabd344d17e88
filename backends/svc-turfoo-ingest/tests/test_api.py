import json
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import redis
from starlette.testclient import TestClient

from conftest import card, post
from turfoo.api import create_app
from turfoo.cards import MAX_CARD_BYTES, parse_card
from turfoo.settings import Settings


@pytest.fixture
def alone(environment: dict[str, str]) -> Iterator[TestClient]:
    """The application with none of its services."""
    with TestClient(create_app(Settings.from_env(environment))) as client:
        yield client


def test_health_asks_nobody(alone: TestClient) -> None:
    response = alone.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "up"})


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (b"{", 422, "card: Invalid JSON"),
        (b"{}", 422, "runners: Field required"),
        (json.dumps(card(distance_m=1)).encode(), 422, "distance_m: Input should be greater than"),
        (b" " * (MAX_CARD_BYTES + 1), 413, f"at most {MAX_CARD_BYTES} bytes"),
    ],
)
def test_what_is_not_a_card_is_refused(alone: TestClient, body: bytes, status: int, detail: str) -> None:
    response = alone.post("/races", content=body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert detail in response.json()["detail"]


@pytest.mark.parametrize("path", ["", "/raw"])
def test_what_cannot_be_a_race_is_not_found(alone: TestClient, path: str) -> None:
    assert alone.get(f"/races/nonsense{path}").status_code == 404


def test_without_immudb_the_audit_says_so(alone: TestClient) -> None:
    response = alone.get("/races/2026-11-21-ASC-3/audit")
    assert response.status_code == 501
    assert "IMMUDB_ADDRESS is not set" in response.json()["detail"]


def test_metrics_count_requests_by_route(alone: TestClient) -> None:
    alone.get("/races/nonsense")
    alone.get("/races/other")
    lines = alone.get("/metrics").text.splitlines()
    assert 'turfoo_http_requests_total{method="GET",route="/races/{race_id}",status="404"} 2.0' in lines
    assert "turfoo_cards_accepted_total 0.0" in lines


@pytest.mark.parametrize("state", ["hung_port", "dead_port"])
def test_no_broker_is_503_within_5_seconds(
    environment: dict[str, str], state: str, request: pytest.FixtureRequest
) -> None:
    address = f"127.0.0.1:{request.getfixturevalue(state)}"
    settings = Settings.from_env(environment | {"REDIS_URL": f"redis://{address}/1"})
    with TestClient(create_app(settings)) as client:
        started = time.monotonic()
        response = client.post("/races", json=card())
        assert time.monotonic() - started < 5
        metrics = client.get("/metrics").text
    assert response.status_code == 503
    assert response.json() == {
        "status": 503,
        "title": "the broker cannot be reached, the card is not accepted",
        "detail": "try again later",
    }
    assert "turfoo_cards_accepted_total 0.0" in metrics


@pytest.mark.parametrize("state", ["hung_port", "dead_port"])
def test_no_postgres_is_503_within_5_seconds(
    environment: dict[str, str], state: str, request: pytest.FixtureRequest
) -> None:
    address = f"127.0.0.1:{request.getfixturevalue(state)}"
    settings = Settings.from_env(environment | {"DATABASE_URL": f"postgresql://u@{address}/d"})
    with TestClient(create_app(settings)) as client:
        for path in ("/ready", "/races/2026-11-21-ASC-3"):
            started = time.monotonic()
            response = client.get(path)
            assert time.monotonic() - started < 5
            assert (response.status_code, response.json()["title"]) == (503, "Postgres cannot be reached")


def test_ready_with_the_services(client: TestClient) -> None:
    assert client.get("/ready").json() == {"status": "ready"}


def test_ready_needs_redis(services: Settings, environment: dict[str, str], dead_port: int) -> None:
    settings = Settings.from_env(
        environment | {"DATABASE_URL": services.database_url, "REDIS_URL": f"redis://127.0.0.1:{dead_port}/1"}
    )
    with TestClient(create_app(settings)) as client:
        assert client.get("/ready").json()["title"] == "the broker cannot be reached"


def test_races_are_listed(client: TestClient) -> None:
    response = client.get("/races")
    assert response.status_code == 200
    assert isinstance(response.json()["races"], list)


def test_an_accepted_card_is_in_the_broker(client: TestClient, broker: redis.Redis) -> None:
    posted = card()
    response = client.post("/races", json=posted)
    assert response.status_code == 202
    assert response.json() == {"id": posted["id"], "status": "accepted"}
    assert response.headers["location"] == f"/races/{posted['id']}"
    assert broker.llen("turfoo") == 1
    assert "turfoo_cards_accepted_total 1.0" in client.get("/metrics").text


def test_a_broker_that_refuses_to_write_is_503(client: TestClient, broker: redis.Redis) -> None:
    # As where its memory is used up.
    broker.config_set("min-replicas-to-write", 1)
    try:
        response = client.post("/races", json=card())
        assert (response.status_code, response.json()["title"]) == (
            503,
            "the broker cannot be reached, the card is not accepted",
        )
        assert not broker.exists("turfoo")
    finally:
        broker.config_set("min-replicas-to-write", 0)
    post(client, card())


@pytest.mark.parametrize("path", ["", "/raw"])
def test_a_race_that_is_not_ingested_is_not_found(client: TestClient, path: str) -> None:
    response = client.get(f"/races/{card()['id']}{path}")
    assert response.status_code == 404
    assert response.json()["title"] == "race not found"


SAMPLE = Path(__file__).parent.parent / "samples" / "card.json"
SEEDS = json.loads((files("turfoo") / "seed-cards.json").read_text())


@pytest.mark.parametrize("sample", [SAMPLE.read_bytes(), *[json.dumps(seed).encode() for seed in SEEDS]])
def test_the_samples_are_cards(sample: bytes) -> None:
    parse_card(sample)


@pytest.mark.parametrize("name", ["turfoo-seed", "turfoo-smoke"])
def test_programs_that_post_say_where_they_failed(name: str, dead_port: int) -> None:
    program = Path(sys.executable).with_name(name)
    url = f"http://127.0.0.1:{dead_port}"
    done = subprocess.run([program, "--url", url], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert done.stderr.startswith(f"{name}: {url}: ")
