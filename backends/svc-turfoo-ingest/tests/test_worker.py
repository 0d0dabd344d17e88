"""The whole way, with a worker as a process of its own that is killed, and services that are restarted."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest
import redis
from starlette.testclient import TestClient

from conftest import Restart, Worker, card, post, until
from turfoo.broker import Intake, celery_app
from turfoo.settings import Settings
from turfoo.store_raw import Bucket

StartWorker = Callable[..., Worker]


def ingested(client: TestClient, race_id: str) -> bool:
    return bool(client.get(f"/races/{race_id}").status_code == 200)


def settled(broker: redis.Redis) -> bool:
    return not any(broker.exists(key) for key in ("turfoo", "turfoo:unacked", "turfoo:accepted"))


@contextmanager
def task_held_up(client: TestClient, broker: redis.Redis, postgres: psycopg.Connection) -> Iterator[str]:
    """Posts a card and keeps its task in the middle of its work until the block ends."""
    with postgres.transaction():
        postgres.execute("LOCK TABLE race")
        race_id = post(client, card())
        until(lambda: broker.hlen("turfoo:unacked") == 1, within=10, what="the task runs")
        yield race_id


def run_sweep(services: Settings) -> None:
    celery_app(services).send_task("turfoo.sweep", queue="turfoo")


def test_a_posted_card_can_be_read(
    client: TestClient, broker: redis.Redis, start_worker: StartWorker
) -> None:
    worker = start_worker()
    posted = card()
    raw = json.dumps(posted, indent=3)
    assert client.post("/races", content=raw).status_code == 202
    until(lambda: ingested(client, posted["id"]), within=10, what="ingested")
    assert client.get(f"/races/{posted['id']}").json()["runners"][1]["horse"] == "Chalk Stream"
    assert client.get(f"/races/{posted['id']}/raw").text == raw
    until(lambda: settled(broker), within=5, what="the broker is empty")
    audited = "IMMUDB_ADDRESS" in os.environ
    assert worker.says("audit is off: IMMUDB_ADDRESS is not set") is not audited
    assert client.get(f"/races/{posted['id']}/audit").status_code == (200 if audited else 501)


def test_a_killed_worker_loses_nothing(
    client: TestClient, broker: redis.Redis, postgres: psycopg.Connection, start_worker: StartWorker
) -> None:
    worker = start_worker()
    with task_held_up(client, broker, postgres) as race_id:
        time.sleep(1)
        worker.kill()
        killed = time.monotonic()
    assert not ingested(client, race_id)
    start_worker()
    until(lambda: ingested(client, race_id), within=75, what="ingested by the next worker")
    print(f"ingested {time.monotonic() - killed:.0f} s after the worker was killed")
    until(lambda: settled(broker), within=5, what="the broker is empty")


def test_a_killed_child_is_made_up_for_at_once(
    client: TestClient, broker: redis.Redis, postgres: psycopg.Connection, start_worker: StartWorker
) -> None:
    worker = start_worker()
    with task_held_up(client, broker, postgres) as race_id:
        time.sleep(1)
        os.kill(worker.child(), signal.SIGKILL)
    until(lambda: ingested(client, race_id), within=20, what="ingested by the worker's next child")


def test_a_stopped_worker_ends_its_task(
    client: TestClient, broker: redis.Redis, postgres: psycopg.Connection, start_worker: StartWorker
) -> None:
    worker = start_worker()
    with task_held_up(client, broker, postgres) as race_id:
        # What a worker has taken and not begun it gives back when it is stopped.
        until(
            lambda: postgres.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone(),
            within=10,
            what="the task waits for the lock",
        )
        worker.process.terminate()
        time.sleep(1)
    assert worker.process.wait(timeout=40) == 0
    assert ingested(client, race_id)


def post_during(client: TestClient, action: Callable[[], None]) -> list[str]:
    """Posts cards before and while ``action`` runs; returns the race ids of those that were accepted."""
    accepted = [post(client, card()) for _ in range(20)]
    thread = threading.Thread(target=action)
    thread.start()
    while thread.is_alive():
        posted = card()
        if client.post("/races", json=posted).status_code == 202:
            accepted.append(posted["id"])
        time.sleep(0.02)
    return accepted


@pytest.mark.parametrize("variable", ["TEST_REDIS_CONTAINER", "TEST_POSTGRES_CONTAINER"])
def test_a_restart_loses_nothing(
    client: TestClient,
    services: Settings,
    broker: redis.Redis,
    start_worker: StartWorker,
    restart: Restart,
    variable: str,
) -> None:
    if not os.environ.get(variable):
        restart(variable)
    worker = start_worker(TURFOO_VISIBILITY_SECONDS="45")
    accepted = post_during(client, lambda: restart(variable, down=6))
    until(lambda: client.get("/ready").status_code == 200, within=30, what="ready again")
    accepted += [post(client, card()) for _ in range(5)]
    missing = list(accepted)
    intake = Intake(services, celery_app(services))

    def all_ingested() -> bool:
        # As beat's sweep does: a message that was popped while Redis stopped is in the ledger alone.
        intake.resend_lost(after=20)
        missing[:] = [race_id for race_id in missing if not ingested(client, race_id)]
        return not missing

    # What the worker had in hand comes back after the visibility time-out of 45 s; a lost one after it.
    until(all_ingested, within=150, what=f"ingested; the worker said at first: {worker.tail()}")
    print(f"{len(accepted)} cards accepted and ingested")


def test_a_lost_channel_says_so(services: Settings, broker: redis.Redis) -> None:
    connection = celery_app(services).connection_for_read()
    channel = connection.channel()
    channel._disconnect_pools()
    connection.collect()
    with pytest.raises(redis.ConnectionError, match="the connection of this channel is lost"):
        channel.basic_ack("tag")


def test_a_worker_with_a_task_in_hand_outlives_redis(
    client: TestClient, broker: redis.Redis, postgres: psycopg.Connection, start_worker: StartWorker
) -> None:
    container = os.environ.get("TEST_REDIS_CONTAINER")
    if not container:
        pytest.skip("kills a container, see tests/with-services; unset: TEST_REDIS_CONTAINER")
    worker = start_worker(TURFOO_VISIBILITY_SECONDS="45")
    for _ in range(3):
        with task_held_up(client, broker, postgres) as race_id:
            for action in (["kill", "--signal", "KILL"], ["start"]):
                subprocess.run(["docker", *action, container], check=True, timeout=60)
            until(lambda: client.get("/ready").status_code == 200, within=30, what="ready again")
        until(partial(ingested, client, race_id), within=75, what="ingested")
        assert worker.process.poll() is None, worker.tail()


def test_the_worker_works_on_after_an_idle_restart_of_redis(
    client: TestClient, start_worker: StartWorker, restart: Restart
) -> None:
    start_worker()
    for _ in range(3):
        restart("TEST_REDIS_CONTAINER")
        until(lambda: client.get("/ready").status_code == 200, within=30, what="ready again")
        race_id = post(client, card())
        until(partial(ingested, client, race_id), within=20, what="ingested")


def test_an_outage_of_a_store_is_waited_for(
    client: TestClient, broker: redis.Redis, start_worker: StartWorker, dead_port: int
) -> None:
    worker = start_worker(AWS_ENDPOINT_URL_S3=f"http://127.0.0.1:{dead_port}")
    race_id = post(client, card())
    until(
        lambda: worker.says("attempt 3 failed, next in"), within=20, what=f"three attempts: {worker.tail()}"
    )
    assert not ingested(client, race_id)
    worker.kill()
    start_worker()
    until(lambda: ingested(client, race_id), within=75, what="ingested")


def test_a_card_the_broker_lost_is_sent_again(
    client: TestClient, broker: redis.Redis, services: Settings
) -> None:
    post(client, card())
    intake = Intake(services, celery_app(services))
    assert intake.resend_lost(after=0) == 0, "it is in the queue"
    # As if a worker had died between taking it and noting that it has it.
    broker.delete("turfoo")
    assert intake.resend_lost() == 0, "it may be between the two"
    assert intake.resend_lost(after=0) == 1
    assert broker.llen("turfoo") == 1
    broker.delete("turfoo")
    broker.hset("turfoo:unacked", "tag", "of another task")
    assert intake.resend_lost(after=0) == 0, "a worker is busy"


def test_the_sweep_takes_the_inbox(
    client: TestClient, services: Settings, inbox: Bucket, start_worker: StartWorker
) -> None:
    start_worker()
    posted = card()
    inbox.put("wrong.json", b"{}")
    inbox.put("right.json", json.dumps(posted).encode())
    run_sweep(services)
    until(lambda: ingested(client, posted["id"]), within=10, what="ingested")
    assert inbox.get("processed/right.json")
    assert inbox.get("rejected/wrong.json.reason.txt")


def test_beat_sends_the_sweep(broker: redis.Redis, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "turfoo.worker",
        "beat",
        "-s",
        str(tmp_path / "schedule"),
    ]
    with (tmp_path / "log").open("w") as log:
        beat = subprocess.Popen(
            command, env=os.environ | {"TURFOO_SWEEP_SECONDS": "1"}, stdout=log, stderr=log
        )
    try:
        message = until(lambda: broker.lindex("turfoo", 0), within=20, what="a sweep is queued")
        assert json.loads(message)["headers"]["task"] == "turfoo.sweep"
        assert json.loads(message)["headers"]["expires"]
    finally:
        beat.terminate()
        beat.wait(timeout=10)
