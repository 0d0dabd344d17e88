"""Races and runners: rows in Postgres."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from turfoo.cards import RaceCard

#: What psycopg raises when Postgres is not reached, goes away or is too slow. Errors of the data are others.
TROUBLE = (psycopg.OperationalError, psycopg.InterfaceError)

_UPSERT_RACE = """
    INSERT INTO race (id, course, off_time, distance_m, going, raw_key, accepted_at)
    VALUES (%(id)s, %(course)s, %(off_time)s, %(distance_m)s, %(going)s, %(raw_key)s, %(accepted_at)s)
    ON CONFLICT (id) DO UPDATE SET
        course = excluded.course, off_time = excluded.off_time, distance_m = excluded.distance_m,
        going = excluded.going, raw_key = excluded.raw_key, accepted_at = excluded.accepted_at,
        ingested_at = now()
    WHERE race.accepted_at <= excluded.accepted_at
    RETURNING id
"""
_UPSERT_RUNNER = """
    INSERT INTO runner (race_id, number, horse, jockey, trainer, weight_kg, draw)
    VALUES (%(race_id)s, %(number)s, %(horse)s, %(jockey)s, %(trainer)s, %(weight_kg)s, %(draw)s)
    ON CONFLICT (race_id, number) DO UPDATE SET
        horse = excluded.horse, jockey = excluded.jockey, trainer = excluded.trainer,
        weight_kg = excluded.weight_kg, draw = excluded.draw
"""


@dataclass(frozen=True, slots=True)
class StoredRace:
    """A race as read back. ``race`` and each of ``runners`` are rows by column, times in UTC."""

    race: dict[str, Any]
    runners: list[dict[str, Any]]


def bounded(database_url: str) -> str:
    """The connection string with time limits for connecting and for a server that went silent."""
    return make_conninfo(
        database_url,
        connect_timeout=3,
        tcp_user_timeout=5000,
        keepalives_idle=10,
        keepalives_interval=3,
        keepalives_count=3,
        application_name="turfoo",
    )


class _Connection(psycopg.Connection[Any]):
    """A connection that waits 4 s for an answer, then closes.

    The server itself keeps ``statement_timeout``, and TCP notices a silent machine only: a frozen server
    process escapes both.
    """

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        try:
            return super().wait(gen, interval, 4.0 if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise


class RaceStore:
    """The tables ``race`` and ``runner``. Every call takes at most about 10 s and raises one of TROUBLE."""

    def __init__(self, database_url: str, *, most_connections: int) -> None:
        self._pool = ConnectionPool(
            bounded(database_url),
            connection_class=_Connection,
            min_size=0,
            max_size=most_connections,
            timeout=3,
            # After this the next caller starts anew: with the default, 5 minutes of doubling pauses, it would
            # take minutes to notice that Postgres is back.
            reconnect_timeout=3,
            check=ConnectionPool.check_connection,
            # A pooler in front of Postgres may hand each transaction to another server process.
            kwargs={"prepare_threshold": None},
            open=True,
        )

    def close(self) -> None:
        """Closes every connection."""
        self._pool.close()

    def ping(self) -> None:
        """Raises one of TROUBLE where Postgres does not answer within about 4 s."""
        with self._pool.connection() as connection:
            connection.execute("SELECT 1")

    def store(self, card: RaceCard, *, raw_key: str, accepted_at: datetime) -> bool:
        """Makes the rows those of ``card``, in one transaction; repeating it changes nothing.

        Returns False, and leaves the rows alone, where they are of a card that was accepted later.
        """
        race = card.model_dump(exclude={"runners"}) | {"raw_key": raw_key, "accepted_at": accepted_at}
        runners = [runner.model_dump() | {"race_id": card.id} for runner in card.runners]
        with self._pool.connection() as connection, connection.cursor() as cursor:
            _limit(cursor)
            if cursor.execute(_UPSERT_RACE, race).fetchone() is None:
                return False
            numbers = [runner.number for runner in card.runners]
            cursor.execute("DELETE FROM runner WHERE race_id = %s AND number <> ALL(%s)", (card.id, numbers))
            cursor.executemany(_UPSERT_RUNNER, runners)
        return True

    def load(self, race_id: str) -> StoredRace | None:
        """The race and its runners by number, or None where it is not ingested."""
        with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            # Both reads of one state: a card may be ingested in between.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            _limit(cursor)
            race = cursor.execute("SELECT * FROM race WHERE id = %s", (race_id,)).fetchone()
            if race is None:
                return None
            columns = "number, horse, jockey, trainer, weight_kg::float8 AS weight_kg, draw"
            runners = cursor.execute(
                f"SELECT {columns} FROM runner WHERE race_id = %s ORDER BY number",  # noqa: S608 - a constant
                (race_id,),
            ).fetchall()
        return StoredRace(_row(race), runners)

    def latest(self) -> list[dict[str, Any]]:
        """The hundred races with the latest off times, the latest first: rows with the number of runners."""
        with self._pool.connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            _limit(cursor)
            rows = cursor.execute(
                """
                SELECT race.*, (SELECT count(*) FROM runner WHERE race_id = race.id) AS runners
                FROM race ORDER BY off_time DESC, id LIMIT 100
                """
            ).fetchall()
        return [_row(row) for row in rows]


def _limit(cursor: psycopg.Cursor[Any]) -> None:
    cursor.execute("SET LOCAL statement_timeout = '3s'")


def _row(columns: dict[str, Any]) -> dict[str, Any]:
    return {name: _in_utc(value) for name, value in columns.items()}


def _in_utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
