"""Where notes are kept."""

from typing import Protocol

from psycopg_pool import AsyncConnectionPool


class Notes(Protocol):
    async def ping(self) -> None: ...
    async def list(self) -> list[str]: ...
    async def add(self, text: str) -> None: ...


class MemoryNotes:
    """For as long as the process lives."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    async def ping(self) -> None:
        pass

    async def list(self) -> list[str]:
        return list(self._texts)

    async def add(self, text: str) -> None:
        self._texts.append(text)


_TABLE = "create table if not exists note (id bigint generated always as identity primary key, text text not null)"


class DatabaseNotes:
    """In PostgreSQL. The table is made on first use; use migrations once there is more than one."""

    def __init__(self, pool: AsyncConnectionPool) -> None:
        self._pool = pool
        self._made = False

    async def ping(self) -> None:
        async with self._pool.connection() as connection:
            await connection.execute("select 1")

    async def list(self) -> list[str]:
        await self._make_table()
        async with self._pool.connection() as connection:
            cursor = await connection.execute("select text from note order by id")
            return [row[0] for row in await cursor.fetchall()]

    async def add(self, text: str) -> None:
        await self._make_table()
        async with self._pool.connection() as connection:
            await connection.execute("insert into note (text) values (%s)", [text])

    async def _make_table(self) -> None:
        if self._made:
            return
        async with self._pool.connection() as connection:
            # Two processes that make it at the same time would otherwise fail.
            await connection.execute("select pg_advisory_xact_lock(1)")
            await connection.execute(_TABLE)
        self._made = True
