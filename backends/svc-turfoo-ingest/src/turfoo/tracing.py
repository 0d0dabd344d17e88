"""Traces: spans of requests and tasks, sent to where OTEL_EXPORTER_OTLP_ENDPOINT leads.

Imported only where that is set (``Settings.traces``), since it brings OpenTelemetry's libraries along. They
read the other variables by themselves: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES and so on.
"""

from collections.abc import Callable, MutableMapping
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any

# The exporter imports it when it is made: here, so that the processes of a pool share its 4 MB.
import requests  # noqa: F401
from celery import signals
from celery.concurrency import get_implementation, prefork, solo
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.propagate import inject
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

if TYPE_CHECKING:
    # Not in the worker, which knows nothing of FastAPI.
    from fastapi.telemetry import TelemetryConfig

#: Time for the last spans when a process ends, in seconds: a collector that hangs must not hold it up.
LAST_SPANS_SECONDS = 3

#: Requests that come every few seconds and tell nothing.
PROBES = frozenset({"/health", "/ready", "/metrics"})


def of_requests() -> tuple["TelemetryConfig", Callable[[], None]]:
    """What FastAPI takes as ``telemetry``, and a function that sends the last spans and ends it.

    Makes a span of each request but for PROBES, whose trace the tasks belong to that it sends.
    """
    signals.before_task_publish.connect(_hand_on)
    provider = _start()
    config: TelemetryConfig = {"tracer_provider": provider, "operation_spans": False, "exclude": _is_probe}
    return config, partial(_end, provider)


def of_tasks() -> None:
    """Makes a span of each task that a worker runs or sends, or beat sends. For both, before they start."""
    # The thread that sends the spans does not outlive a fork.
    signals.worker_process_init.connect(_follow_tasks)
    signals.worker_init.connect(_follow_tasks_unless_it_forks)
    signals.beat_init.connect(_follow_tasks)


def _hand_on(headers: dict[str, Any], **_: Any) -> None:
    """Makes the task part of the request's trace.

    CeleryInstrumentor would start a span here and never end it: the API knows the task by its name only.
    """
    inject(headers)


def _is_probe(scope: MutableMapping[str, Any]) -> bool:
    return scope["path"] in PROBES


def _follow_tasks(**_: Any) -> None:
    provider = _start()
    CeleryInstrumentor().instrument(tracer_provider=provider)  # type: ignore[no-untyped-call]
    # A process of the pool ends without Python's own way out.
    signals.worker_process_shutdown.connect(lambda **_: _end(provider), weak=False)


def _follow_tasks_unless_it_forks(sender: Any, **_: Any) -> None:
    """Pools of threads and greenlets run tasks in the worker itself, and send no worker_process_init."""
    if not issubclass(get_implementation(sender.pool_cls), prefork.TaskPool | solo.TaskPool):
        _follow_tasks()


def _start() -> TracerProvider:
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def _end(provider: TracerProvider) -> None:
    last = Thread(target=provider.shutdown, daemon=True)
    last.start()
    last.join(LAST_SPANS_SECONDS)
