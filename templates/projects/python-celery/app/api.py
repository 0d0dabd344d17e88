"""The API: queues tasks and tells their results. ``python -m app.api``"""

import json
import os
import signal
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from celery.result import AsyncResult

from app.worker import add, app


class Api(BaseHTTPRequestHandler):
    """GET /health, GET /ready, POST /add?x=1&y=2, GET /results/ID."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/health":
            self.answer({"status": "ok"})
        elif path == "/ready":
            self.answer_ready()
        elif path.startswith("/results/"):
            result = AsyncResult(path.removeprefix("/results/"), app=app)
            self.answer({"state": result.state, "result": result.result if result.successful() else None})
        else:
            self.answer({"error": f"no route {path}"}, HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        url = urlsplit(self.path)
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if url.path != "/add":
            self.answer({"error": f"no route {url.path}"}, HTTPStatus.NOT_FOUND)
            return
        numbers = dict(parse_qsl(url.query))
        try:
            task = add.delay(int(numbers["x"]), int(numbers["y"]))
        except (KeyError, ValueError):
            self.answer({"error": "x and y must be whole numbers: /add?x=1&y=2"}, HTTPStatus.BAD_REQUEST)
        else:
            self.answer({"id": task.id}, HTTPStatus.ACCEPTED)

    def answer_ready(self) -> None:
        try:
            with app.connection_for_read() as connection:
                connection.ensure_connection(max_retries=1, timeout=2)
            self.answer({"status": "ready"})
        except Exception as error:  # noqa: BLE001 - whatever it is, it can't serve
            self.answer({"error": f"Redis: {error}"}, HTTPStatus.SERVICE_UNAVAILABLE)

    def answer(self, body: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        data = json.dumps(body, default=str).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if self.path not in ("/health", "/ready"):
            super().log_request(code, size)


def main() -> None:
    server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "8000"))), Api)
    # From another thread: shutdown waits for the loop that this one runs.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever()


if __name__ == "__main__":
    main()
