import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from turfoo.migrate import LOCK, Migration, MigrationError, ordered, packaged, pending
from turfoo.settings import Settings

ONE, TWO, THREE = (Migration(n, name, f"SELECT {n}") for n, name in enumerate(["a", "b", "c"], start=1))


def test_files_are_ordered_by_number() -> None:
    files = {"0002_b.sql": "SELECT 2", "0003_c.sql": "SELECT 3", "0001_a.sql": "SELECT 1"}
    assert ordered(files) == [ONE, TWO, THREE]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (["1_a.sql"], "'1_a.sql': expected a name such as"),
        (["0001_A.sql"], "'0001_A.sql': expected a name such as"),
        (["0001_a.sql", "0003_c.sql"], "0003: expected number 0002"),
        (["0001_a.sql", "0001_b.sql"], "0001: expected number 0002"),
        (["0002_b.sql"], "0002: expected number 0001"),
    ],
)
def test_wrong_files_are_refused(files: list[str], reason: str) -> None:
    with pytest.raises(MigrationError, match=reason):
        ordered(dict.fromkeys(files, ""))


@pytest.mark.parametrize(
    ("applied", "expected"),
    [
        ({}, [ONE, TWO, THREE]),
        ({1: ONE.checksum}, [TWO, THREE]),
        ({1: ONE.checksum, 2: TWO.checksum, 3: THREE.checksum}, []),
        ({1: ONE.checksum, 2: TWO.checksum, 3: THREE.checksum, 4: "newer code's"}, []),
    ],
)
def test_pending(applied: dict[int, str], expected: list[Migration]) -> None:
    assert pending([ONE, TWO, THREE], applied) == expected


@pytest.mark.parametrize(
    ("applied", "reason"),
    [
        ({1: TWO.checksum}, "0001_a.sql has changed since it was applied"),
        ({2: TWO.checksum}, "0001 is not applied but 0002 is"),
    ],
)
def test_contradictions_are_refused(applied: dict[int, str], reason: str) -> None:
    with pytest.raises(MigrationError, match=reason):
        pending([ONE, TWO, THREE], applied)


def test_the_checksum_does_not_depend_on_line_ends() -> None:
    assert Migration(1, "a", "x\r\ny").checksum == Migration(1, "a", "x\ny").checksum
    assert Migration(1, "a", "x\ny").checksum != Migration(1, "a", "x\nz").checksum


def test_the_package_has_its_migrations() -> None:
    assert [migration.name for migration in packaged()][:1] == ["race"]


def migrate(url: str | None, *arguments: str) -> tuple[int, str]:
    """Runs the program; returns its exit code and all that it said."""
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    env |= {"DATABASE_URL": url} if url else {}
    program = Path(sys.executable).with_name("turfoo-migrate")
    done = subprocess.run([program, *arguments], env=env, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def empty_database(services: Settings, postgres: psycopg.Connection) -> str:
    postgres.execute("DROP DATABASE IF EXISTS migrate_test")
    postgres.execute("CREATE DATABASE migrate_test")
    return services.database_url.rpartition("/")[0] + "/migrate_test"


def test_migrations_are_applied_once(empty_database: str) -> None:
    assert migrate(empty_database, "--check") == (1, "turfoo-migrate: pending: 0001_race\n")
    assert migrate(empty_database) == (0, "turfoo-migrate: applied 0001_race\n")
    assert migrate(empty_database) == (0, "turfoo-migrate: nothing is pending\n")
    assert migrate(empty_database, "--check") == (0, "")


def test_one_migrates_while_the_others_wait(empty_database: str) -> None:
    with psycopg.connect(empty_database, autocommit=True) as connection, ThreadPoolExecutor() as threads:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        waiting = [threads.submit(migrate, empty_database) for _ in range(3)]
        time.sleep(3)
        assert not any(each.done() for each in waiting)
        connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))
        results = [each.result() for each in waiting]
    assert sorted(results) == [
        (0, "turfoo-migrate: applied 0001_race\n"),
        *[(0, "turfoo-migrate: nothing is pending\n")] * 2,
    ]


def test_a_changed_file_is_an_error(empty_database: str) -> None:
    migrate(empty_database)
    with psycopg.connect(empty_database) as connection:
        connection.execute("UPDATE schema_migration SET checksum = 'other'")
    for arguments in ([], ["--check"]):
        code, said = migrate(empty_database, *arguments)
        assert code == 1
        assert "0001_race.sql has changed since it was applied" in said


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_an_unreachable_database_is_said_in_one_line(dead_port: int, arguments: list[str]) -> None:
    code, said = migrate(f"postgresql://u@127.0.0.1:{dead_port}/d", *arguments)
    assert code == 1
    assert said.startswith("turfoo-migrate: the database is not reachable: ")
    assert said.count("\n") == 1


def test_calls() -> None:
    assert migrate(None) == (2, "turfoo: missing environment variables: DATABASE_URL\n")
    code, said = migrate(None, "--help")
    assert code == 0
    assert "--check" in said
    assert migrate(None, "--nonsense")[0] == 2
