"""What a collector gets: a small one of the tests' own, which keeps the spans that are posted to it."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.testclient import TestClient

from conftest import Worker, card, post, until
from turfoo.api import create_app
from turfoo.settings import Settings


@dataclass(frozen=True)
class Span:
    service: str
    name: str
    trace: bytes
    id: bytes
    parent: bytes


class Collector(ThreadingHTTPServer):
    """Takes OTLP over HTTP."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.paths: set[str] = set()
        self.spans: list[Span] = []

    def named(self, name: str) -> list[Span]:
        """The spans of this name that have come so far."""
        return [span for span in self.spans if span.name == name]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        collector = self.server
        assert isinstance(collector, Collector)
        sent = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
        for resource in sent.resource_spans:
            said = {attribute.key: attribute.value.string_value for attribute in resource.resource.attributes}
            collector.spans.extend(
                Span(said["service.name"], span.name, span.trace_id, span.span_id, span.parent_span_id)
                for scope in resource.scope_spans
                for span in scope.spans
            )
        collector.paths.add(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector, and the variables that lead there.

    Nothing is sent but when a process ends.
    """
    with Collector() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "")
        monkeypatch.setenv("OTEL_SERVICE_NAME", "turfoo-api")
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "600000")
        yield server
        server.shutdown()


def test_requests_are_sent_but_for_probes(environment: dict[str, str], collector: Collector) -> None:
    settings = replace(Settings.from_env(environment), traces=True)
    with TestClient(create_app(settings)) as client:
        for path in ("/health", "/metrics", "/races/nonsense", "/elsewhere"):
            client.get(path)
    assert collector.paths == {"/v1/traces"}
    assert [(span.service, span.name) for span in collector.spans] == [
        ("turfoo-api", "GET /races/{race_id}"),
        ("turfoo-api", "GET"),
    ]


@pytest.mark.parametrize("pool", ["prefork", "solo", "threads"])
def test_a_request_and_its_task_are_one_trace(
    services: Settings, collector: Collector, start_worker: Callable[..., Worker], pool: str
) -> None:
    worker = start_worker("--pool", pool, OTEL_SERVICE_NAME="turfoo-celery-worker")
    with TestClient(create_app(replace(services, traces=True))) as client:
        race_id = post(client, card())
        until(lambda: client.get(f"/races/{race_id}").status_code == 200, within=10, what="ingested")
    [request] = collector.named("POST /races")
    assert collector.named("run/turfoo.ingest") == []
    worker.stop()
    [task] = collector.named("run/turfoo.ingest")
    assert (request.service, request.parent) == ("turfoo-api", b"")
    assert (task.service, task.parent, task.trace) == ("turfoo-celery-worker", request.id, request.trace)
    assert "OpenTelemetry" not in worker.log.read_text(), worker.tail()


def test_beat_and_the_sweep_are_one_trace(
    collector: Collector, start_worker: Callable[..., Worker], tmp_path: Path
) -> None:
    worker = start_worker(OTEL_SERVICE_NAME="turfoo-celery-worker")
    arguments = ["-A", "turfoo.worker", "beat", "-s", str(tmp_path / "schedule")]
    env = os.environ | {"TURFOO_SWEEP_SECONDS": "1", "OTEL_SERVICE_NAME": "turfoo-celery-beat"}
    beat = subprocess.Popen([sys.executable, "-m", "celery", *arguments], env=env)
    try:
        until(lambda: worker.log.read_text().count("turfoo.sweep") > 3, within=30, what="sweeps")
    finally:
        beat.terminate()
        beat.wait(timeout=10)
    worker.stop()
    sent = {span.id: span for span in collector.named("apply_async/turfoo.sweep")}
    run = collector.named("run/turfoo.sweep")
    assert len(sent) > 1
    assert {span.service for span in sent.values()} == {"turfoo-celery-beat"}
    # One sweep is not part of the one before.
    assert {span.parent for span in sent.values()} == {b""}
    assert run
    assert {span.trace for span in run} == {sent[span.parent].trace for span in run}


def test_a_collector_that_hangs_does_not_hold_up_the_end(
    environment: dict[str, str], collector: Collector, hung_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{hung_port}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "6")
    settings = replace(Settings.from_env(environment), traces=True)
    with TestClient(create_app(settings)) as client:
        client.get("/races/nonsense")
    # Sending is still under way, for as long as a collector may take.
    [sending] = [thread for thread in threading.enumerate() if thread.name.startswith("OtelBatch")]
    sending.join()
    assert collector.spans == []


# redis imports the metrics of the SDK by itself, wherever that is installed.
IMPORTED = """
import sys
from turfoo import api, worker
api.create_app()
libraries = ("opentelemetry.sdk.trace", "opentelemetry.exporter", "opentelemetry.instrumentation")
print([name for name in sys.modules if name.startswith(libraries)])
"""


def test_without_an_endpoint_the_libraries_are_not_imported(environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", IMPORTED]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_only_the_endpoint_turns_traces_on(environment: dict[str, str]) -> None:
    assert not Settings.from_env(environment).traces
    assert not Settings.from_env(environment | {"OTEL_EXPORTER_OTLP_ENDPOINT": ""}).traces
    assert Settings.from_env(environment | {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://jaeger:4318"}).traces
