"""The HTTP interface: ``uvicorn --factory turfoo.api:create_app``."""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import redis
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from pydantic import ValidationError

from turfoo import store_race, store_raw
from turfoo.broker import BrokerUnreachable, Intake, celery_app
from turfoo.cards import MAX_CARD_BYTES, RaceCard, audit_prefix, parse_card, race_date
from turfoo.ingest import Stores
from turfoo.settings import Settings, settings_or_exit
from turfoo.store_audit import AuditCorrupted, AuditTrouble
from turfoo.store_race import StoredRace
from turfoo.sweep import explain

log = logging.getLogger(__name__)


class Problem(Exception):
    """An answer that is not a success; becomes ``application/problem+json`` (RFC 9457)."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail = status, title, detail

    def response(self) -> JSONResponse:
        body = {"status": self.status, "title": self.title, "detail": self.detail}
        return JSONResponse(body, self.status, media_type="application/problem+json")


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; without ``settings`` they are read from the environment. Opens no connection."""
    settings = settings or settings_or_exit()
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stores = Stores.of(settings, most_connections=5)
    intake = Intake(settings, celery_app(settings))
    telemetry, end_traces = _traces(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        stores.races.close()
        end_traces()

    app = FastAPI(title="turfoo", lifespan=lifespan, telemetry=telemetry)
    accepted = _observe(app)
    _answer_problems(app)
    _add_races(app, stores, intake, accepted)
    _add_health(app, stores, intake)
    return app


def _traces(settings: Settings) -> tuple[TelemetryConfig | None, Callable[[], None]]:
    if not settings.traces:
        return None, lambda: None
    from turfoo import tracing

    return tracing.of_requests()


def _add_races(app: FastAPI, stores: Stores, intake: Intake, accepted: Counter) -> None:
    card_schema = {"requestBody": {"content": {"application/json": {"schema": RaceCard.model_json_schema()}}}}

    @app.post("/races", status_code=202, openapi_extra=card_schema)
    async def post_race(request: Request) -> JSONResponse:
        """Accepts a race card: 202 once it is queued, 422 if it is invalid, 503 if it cannot be queued."""
        raw = await _body(request)
        try:
            card = parse_card(raw)
        except ValidationError as error:
            raise Problem(422, "not a valid race card", explain(error)) from error
        await run_in_threadpool(intake.accept, raw, datetime.now(UTC))
        accepted.inc()
        location = {"Location": f"/races/{card.id}"}
        return JSONResponse({"id": card.id, "status": "accepted"}, 202, location)

    @app.get("/races")
    def list_races() -> dict[str, Any]:
        """The hundred races with the latest off times, the latest first, with the number of runners."""
        return {"races": stores.races.latest()}

    @app.get("/races/{race_id}")
    def get_race(race_id: str) -> dict[str, Any]:
        """The race as stored, times in UTC, and the object key of its raw card."""
        stored = _load(stores, race_id)
        return stored.race | {"runners": stored.runners}

    @app.get("/races/{race_id}/raw")
    def get_raw(race_id: str) -> Response:
        """The raw card, byte for byte as it was accepted."""
        key = _load(stores, race_id).race["raw_key"]
        raw = stores.raw.get(key)
        if raw is None:
            raise Problem(404, "raw card not found", f"no object {key} in bucket {stores.raw.name}")
        return Response(raw, media_type="application/json")

    @app.get("/races/{race_id}/audit")
    def get_audit(race_id: str) -> dict[str, Any]:
        """The audit entries of a race, oldest first, each proven by ImmuDB."""
        if stores.audit is None:
            raise Problem(501, "audit is off", "this installation has no ImmuDB: IMMUDB_ADDRESS is not set")
        entries = stores.audit.entries(audit_prefix(race_id)) if race_date(race_id) else []
        if not entries:
            raise _not_ingested(race_id)
        return {"race_id": race_id, "entries": entries}


def _add_health(app: FastAPI, stores: Stores, intake: Intake) -> None:
    @app.get("/health")
    async def health() -> dict[str, str]:
        """The process is up. Asks nobody else."""
        return {"status": "up"}

    @app.get("/ready")
    def ready() -> dict[str, str]:
        """Postgres and Redis answer."""
        stores.races.ping()
        intake.ping()
        return {"status": "ready"}


def _load(stores: Stores, race_id: str) -> StoredRace:
    stored = stores.races.load(race_id) if race_date(race_id) else None
    if stored is None:
        raise _not_ingested(race_id)
    return stored


def _not_ingested(race_id: str) -> Problem:
    return Problem(404, "race not found", f"no card of race {race_id!r} has been ingested (yet)")


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_CARD_BYTES:
            raise Problem(413, "card too large", f"a race card has at most {MAX_CARD_BYTES} bytes")
    return body


def _answer_problems(app: FastAPI) -> None:
    unavailable: dict[type[Exception], str] = {
        BrokerUnreachable: "the broker cannot be reached, the card is not accepted",
        redis.RedisError: "the broker cannot be reached",
        **dict.fromkeys(store_race.TROUBLE, "Postgres cannot be reached"),
        **dict.fromkeys(store_raw.TROUBLE, "S3 cannot be reached"),
        AuditTrouble: "ImmuDB cannot be reached",
    }

    def handler(status: int, title: str) -> Callable[[Request, Exception], Awaitable[Response]]:
        async def handle(request: Request, error: Exception) -> Response:
            # The reason may name hosts and users, so it goes to the log only.
            log.warning(
                "%s %s: %s: %s", request.method, request.url.path, title, " ".join(str(error).split())
            )
            return Problem(status, title, "try again later" if status == 503 else title).response()

        return handle

    async def problem(_: Request, error: Exception) -> Response:
        if not isinstance(error, Problem):
            raise error
        return error.response()

    for kind, title in unavailable.items():
        app.add_exception_handler(kind, handler(503, title))
    app.add_exception_handler(AuditCorrupted, handler(502, "the audit entries fail their proof"))
    app.add_exception_handler(Problem, problem)


def _observe(app: FastAPI) -> Counter:
    """Adds GET /metrics; returns the counter of accepted cards."""
    registry = CollectorRegistry()
    requests = Counter(
        "turfoo_http_requests", "Requests answered", ["method", "route", "status"], registry=registry
    )
    seconds = Histogram(
        "turfoo_http_request_seconds", "Time to answer", ["method", "route"], registry=registry
    )
    accepted = Counter("turfoo_cards_accepted", "Race cards queued", registry=registry)

    @app.middleware("http")
    async def observe(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        started = time.monotonic()
        status = 500
        try:
            response = await call(request)
            status = response.status_code
            return response
        finally:
            # The route and not the path: a label with race ids would grow without end.
            route = getattr(request.scope.get("route"), "path", "none")
            requests.labels(request.method, route, str(status)).inc()
            seconds.labels(request.method, route).observe(time.monotonic() - started)

    @app.get("/metrics")
    async def metrics() -> Response:
        """Counters in Prometheus's text format."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return accepted
