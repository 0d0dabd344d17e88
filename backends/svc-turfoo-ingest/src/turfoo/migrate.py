"""turfoo-migrate: applies the SQL files of turfoo/migrations, in order, once each."""

import argparse
import hashlib
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files

import psycopg

from turfoo.settings import database_url_or_exit
from turfoo.store_race import bounded

#: Any constant: whoever migrates this database holds it.
LOCK = 0x7475_7266_6F6F

_TABLE = """
    CREATE TABLE IF NOT EXISTS schema_migration (
        version integer PRIMARY KEY,
        name text NOT NULL,
        checksum text NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT now()
    )
"""


class MigrationError(Exception):
    """The files, or the files and the database, contradict each other; the text says where."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file, ``NNNN_name.sql``. ``checksum`` is the SHA-256 of its text, line ends made ``\\n``."""

    version: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.replace("\r\n", "\n").encode()).hexdigest()


def ordered(sql_by_file: Mapping[str, str]) -> list[Migration]:
    """The migrations in the order of their numbers, which run from 1 without gaps.

    Raises:
        MigrationError: a name that is not ``NNNN_name.sql``, a number twice, a gap.
    """
    migrations = []
    for file, sql in sql_by_file.items():
        match = re.fullmatch(r"(\d{4})_([a-z0-9_]+)\.sql", file)
        if not match:
            raise MigrationError(f"migration {file!r}: expected a name such as 0002_add_draw.sql")
        migrations.append(Migration(int(match[1]), match[2], sql))
    migrations.sort(key=lambda migration: migration.version)
    for expected, migration in enumerate(migrations, start=1):
        if migration.version != expected:
            raise MigrationError(f"migration {migration.version:04}: expected number {expected:04} here")
    return migrations


def pending(migrations: Iterable[Migration], applied: Mapping[int, str]) -> list[Migration]:
    """Those of ``migrations`` that are not among ``applied``, checksums by version.

    A version that only the database knows is left alone: during a rollback older code meets a newer schema.

    Raises:
        MigrationError: an applied file has changed since, or was skipped.
    """
    waiting: list[Migration] = []
    for migration in migrations:
        checksum = applied.get(migration.version)
        if checksum is None:
            waiting.append(migration)
        elif checksum != migration.checksum:
            raise MigrationError(
                f"migration {migration.version:04}_{migration.name}.sql has changed since it was applied; "
                "restore it and put the change into a new file"
            )
        elif waiting:
            raise MigrationError(
                f"migration {waiting[0].version:04} is not applied but {migration.version:04} is"
            )
    return waiting


def packaged() -> list[Migration]:
    """The migrations of this package."""
    folder = files("turfoo") / "migrations"
    return ordered({file.name: file.read_text() for file in folder.iterdir() if file.name.endswith(".sql")})


def main() -> None:
    """Entry point: exit 0 when nothing is left to do, 1 otherwise, 2 for a wrong call or environment."""
    parser = argparse.ArgumentParser(prog="turfoo-migrate", description=__doc__.partition(": ")[2])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if anything is pending")
    check = parser.parse_args().check
    url = database_url_or_exit()
    try:
        with psycopg.connect(bounded(url), autocommit=True) as connection:
            left = _check(connection) if check else _apply(connection)
    except psycopg.OperationalError as error:
        sys.exit(f"turfoo-migrate: the database is not reachable: {' '.join(str(error).split())}")
    except (MigrationError, psycopg.Error) as error:
        sys.exit(f"turfoo-migrate: {' '.join(str(error).split())}")
    if left:
        sys.exit(f"turfoo-migrate: pending: {', '.join(f'{m.version:04}_{m.name}' for m in left)}")


def _check(connection: psycopg.Connection) -> list[Migration]:
    row = connection.execute("SELECT to_regclass('schema_migration') IS NOT NULL").fetchone()
    return pending(packaged(), _applied(connection) if row and row[0] else {})


def _apply(connection: psycopg.Connection) -> list[Migration]:
    # Where several start at once, one works and the others find nothing left to do.
    connection.execute("SET lock_timeout = '60s'")
    connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
    connection.execute(_TABLE)
    waiting = pending(packaged(), _applied(connection))
    for migration in waiting:
        with connection.transaction():
            connection.execute(migration.sql.encode())
            connection.execute(
                "INSERT INTO schema_migration (version, name, checksum) VALUES (%s, %s, %s)",
                (migration.version, migration.name, migration.checksum),
            )
        print(f"turfoo-migrate: applied {migration.version:04}_{migration.name}")
    if not waiting:
        print("turfoo-migrate: nothing is pending")
    return []


def _applied(connection: psycopg.Connection) -> dict[int, str]:
    return dict(connection.execute("SELECT version, checksum FROM schema_migration").fetchall())
