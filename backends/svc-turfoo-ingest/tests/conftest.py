"""Cards to test with, and the real services, which tests take from the environment or are skipped without."""

import json
import os
import random
import signal
import socket
import string
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from starlette.testclient import TestClient

from turfoo.api import create_app
from turfoo.settings import Settings
from turfoo.store_raw import Bucket

SERVICES = ("DATABASE_URL", "REDIS_URL", "AWS_ENDPOINT_URL_S3", "S3_BUCKET_RAW_CARDS", "S3_BUCKET_INBOX")


def card(**changes: Any) -> dict[str, Any]:
    """A valid card of two runners, of a race that no other test has, with ``changes``."""
    code = "".join(random.choices(string.ascii_uppercase, k=4))
    runner = {"horse": "Quiet Thunder", "jockey": "S. Okafor", "trainer": "J. Renwick", "weight_kg": 73.0}
    valid = {
        "id": f"2026-11-21-{code}-{random.randint(1, 99)}",
        "course": "Ascot",
        "off_time": "2026-11-21T14:25:00+01:00",
        "distance_m": 3821,
        "going": "good to soft",
        "runners": [{"number": 1, **runner}, {"number": 4, **runner, "horse": "Chalk Stream", "draw": 2}],
    }
    return valid | changes


def until(condition: Callable[[], Any], *, within: float, what: str) -> Any:
    """What ``condition`` returns once it is true; fails after ``within`` seconds."""
    deadline = time.monotonic() + within
    while not (result := condition()):
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.1)
    return result


@pytest.fixture
def hung_port() -> Iterator[int]:
    """A port that accepts connections and never answers, as a frozen server does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def dead_port() -> int:
    """A port where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.fixture
def environment() -> dict[str, str]:
    """A complete environment without audit; its hosts do not exist."""
    return {
        "DATABASE_URL": "postgresql://u@db.invalid/turfoo",
        "REDIS_URL": "redis://redis.invalid:6379/1",
        "AWS_REGION": "us-east-1",
        "S3_BUCKET_RAW_CARDS": "raw",
        "S3_BUCKET_INBOX": "inbox",
    }


@pytest.fixture(scope="session")
def services() -> Settings:
    """The real Postgres (migrated), Redis and S3."""
    missing = [name for name in SERVICES if not os.environ.get(name)]
    if missing:
        pytest.skip(f"needs real services, see tests/with-services; unset: {', '.join(missing)}")
    subprocess.run([Path(sys.executable).with_name("turfoo-migrate")], check=True, timeout=60)
    return Settings.from_env(os.environ)


@pytest.fixture(scope="session")
def audited(services: Settings) -> Settings:
    """The real services with ImmuDB."""
    if services.audit is None:
        pytest.skip("needs ImmuDB; unset: IMMUDB_ADDRESS")
    return services


@pytest.fixture
def client(services: Settings) -> Iterator[TestClient]:
    """The real application, with the real services."""
    with TestClient(create_app(services)) as test_client:
        yield test_client


@pytest.fixture
def broker(services: Settings) -> Iterator[redis.Redis]:
    """The broker's database, emptied."""
    with redis.Redis.from_url(services.redis_url) as connection:
        connection.flushdb()
        yield connection


@pytest.fixture
def postgres(services: Settings) -> Iterator[psycopg.Connection]:
    """A connection of the test's own."""
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def inbox(services: Settings) -> Bucket:
    """The inbox bucket."""
    return Bucket(services, services.inbox_bucket)


class Worker:
    """A ``celery worker`` with one process, in a process group of its own."""

    def __init__(self, log: Path, *options: str, **env: str) -> None:
        self.log = log
        program = [sys.executable, "-m", "celery", "-A", "turfoo.worker"]
        command = [*program, "worker", "--concurrency", "1", *options]
        with log.open("a") as output:
            self.process = subprocess.Popen(
                command, stdout=output, stderr=output, env=os.environ | env, start_new_session=True
            )
        until(lambda: self.says(" ready."), within=30, what=f"the worker is ready: {self.tail()}")

    def says(self, text: str) -> bool:
        """Whether the log has ``text``."""
        return text in self.log.read_text()

    def tail(self) -> str:
        """The end of the log."""
        return self.log.read_text()[-2000:]

    def stop(self) -> None:
        """SIGTERM, and waits for its end."""
        self.process.terminate()
        self.process.wait(timeout=20)

    def kill(self) -> None:
        """SIGKILL to every process of the worker, at once."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def child(self) -> int:
        """The process id of the one that runs the tasks."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return int(children.split()[0])


@pytest.fixture
def start_worker(broker: redis.Redis, tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Starts workers, which are killed after the test."""
    workers: list[Worker] = []

    def start(*options: str, **env: str) -> Worker:
        workers.append(Worker(tmp_path / f"worker-{len(workers)}.log", *options, **env))
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()


Restart = Callable[..., None]


@pytest.fixture
def restart() -> Restart:
    """Restarts the container that an environment variable names, after ``down`` seconds without it."""

    def of(variable: str, *, down: float = 0) -> None:
        container = os.environ.get(variable)
        if not container:
            pytest.skip(f"restarts a container, see tests/with-services; unset: {variable}")
        subprocess.run(["docker", "stop", "--time", "5", container], check=True, timeout=60)
        time.sleep(down)
        subprocess.run(["docker", "start", container], check=True, timeout=60)

    return of


def post(client: TestClient, posted: dict[str, Any]) -> str:
    """Posts a card that has to be accepted; returns its race id."""
    response = client.post("/races", content=json.dumps(posted))
    assert response.status_code == 202, response.text
    return str(posted["id"])
