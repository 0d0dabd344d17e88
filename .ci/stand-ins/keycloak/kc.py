import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

if sys.argv[1:] != ["start-dev"]:
    sys.exit(f"expected start-dev, got {sys.argv[1:]}")
for name in ["KC_BOOTSTRAP_ADMIN_USERNAME", "KC_BOOTSTRAP_ADMIN_PASSWORD"]:
    if not os.environ.get(name):
        sys.exit(f"{name} is not set")
home = "/opt/keycloak"
with open(f"{home}/lib/quarkus/build-system.properties") as file:
    built = file.read()
with open(f"{home}/lib/quarkus/quarkus-application.dat", "w") as file:
    file.write(built)
with open(f"{home}/data/started", "a") as file:
    file.write("started\n")


def serve(port, answers):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = answers.get(self.path)
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write((body or "").encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("", port), Handler)
    return threading.Thread(target=server.serve_forever)


servers = [serve(8080, {"/": "Welcome"})]
if os.environ.get("KC_HEALTH_ENABLED") == "true":
    servers.append(serve(9000, {"/health/ready": "UP"}))
for each in servers:
    each.start()
# Once the main thread has ended, no request could start another.
for each in servers:
    each.join()
