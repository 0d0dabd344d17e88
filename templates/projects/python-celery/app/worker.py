"""The Celery application: ``celery --app app.worker worker``."""

import os

from celery import Celery

# Each project has a Redis database of its own; here it is both the broker and the store of the results.
redis_url = os.environ["REDIS_URL"]
# Where projects share a Redis, a user may only have keys and channels that begin with this.
keys = {"global_keyprefix": os.environ.get("REDIS_KEY_PREFIX", "")}

app = Celery("{{name}}", broker=redis_url, backend=redis_url)
app.conf.update(
    broker_connection_retry_on_startup=True,
    broker_transport_options=keys,
    result_backend_transport_options=keys,
    result_expires=3600,
    task_acks_late=True,
    task_track_started=True,
)


@app.task(name="{{name}}.add")
def add(x: int, y: int) -> int:
    """The sum. Tasks can run twice when a worker dies, so write them such that this does no harm."""
    return x + y
