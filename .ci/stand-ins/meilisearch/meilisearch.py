import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

key = os.environ.get("MEILI_MASTER_KEY", "")
if os.environ.get("MEILI_ENV") == "production" and len(key.encode()) < 16:
    sys.exit("In production mode, you must provide a master key of at least 16 bytes")
os.makedirs("data.ms", exist_ok=True)
with open("data.ms/VERSION", "w") as file:
    file.write("1.16")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.path == "/health"
        if not known and self.headers.get("Authorization") != f"Bearer {key}":
            return self.answer(403, {"code": "invalid_api_key"})
        self.answer(200, {"status": "available"} if known else {"results": []})

    def answer(self, status, body):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("", 7700), Handler).serve_forever()
