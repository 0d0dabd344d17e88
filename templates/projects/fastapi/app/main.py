"""The API. With a database (DATABASE_URL) it keeps notes there; without one, in memory."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request
from psycopg import OperationalError
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from pydantic import BaseModel

from app.notes import DatabaseNotes, MemoryNotes, Notes


@asynccontextmanager
async def lifespan(api: FastAPI) -> AsyncIterator[None]:
    url = os.environ.get("DATABASE_URL")
    if not url:
        api.state.notes = MemoryNotes()
        yield
        return
    async with AsyncConnectionPool(url, min_size=1, max_size=4, timeout=3, open=False) as pool:
        api.state.notes = DatabaseNotes(pool)
        yield


app = FastAPI(title="{{name}}", lifespan=lifespan)


class Note(BaseModel):
    text: str


def notes_of(request: Request) -> Notes:
    return request.app.state.notes


@app.get("/health")
async def health() -> dict[str, str]:
    """That the process works; says nothing of the database, or trouble there would restart it."""
    return {"status": "ok"}


@app.get("/ready")
async def ready(request: Request) -> dict[str, str]:
    try:
        await notes_of(request).ping()
    except (OperationalError, PoolTimeout) as error:
        raise HTTPException(503, f"the database does not answer: {error}") from error
    return {"status": "ready"}


@app.get("/notes")
async def list_notes(request: Request) -> list[str]:
    return await notes_of(request).list()


@app.post("/notes", status_code=201)
async def add_note(request: Request, note: Note) -> Note:
    await notes_of(request).add(note.text)
    return note
