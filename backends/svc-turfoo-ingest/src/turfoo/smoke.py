"""turfoo-smoke: posts a race card of its own and waits until it is stored, to see that the whole way works."""

import argparse
import json
import random
import sys
import time
import urllib.error
import urllib.request
from importlib.resources import files
from typing import Any


def main() -> None:
    """Entry point: exit 0 when the card was read back as it was posted, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="turfoo-smoke", description=__doc__.partition(": ")[2])
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="of the API (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=60, help="how long to wait (default: %(default)s)")
    arguments = parser.parse_args()
    url = arguments.url.rstrip("/")
    if not url.startswith(("http://", "https://")):
        parser.error(f"--url is {url!r}, expected http:// or https://")
    card = own_card()
    try:
        status = _ask(f"{url}/races", card)["status"]
        print(f"turfoo-smoke: {card['id']} {status}")
        stored = _stored(f"{url}/races/{card['id']}", time.monotonic() + arguments.seconds)
    except OSError as error:
        sys.exit(f"turfoo-smoke: {url}: {card['id']}: {error}")
    if stored is None:
        sys.exit(f"turfoo-smoke: {card['id']} is not stored after {arguments.seconds:g} s")
    horses = [runner["horse"] for runner in stored["runners"]]
    posted = [runner["horse"] for runner in card["runners"]]
    if horses != posted:
        sys.exit(f"turfoo-smoke: {card['id']} is stored with {horses}, posted were {posted}")
    print(f"turfoo-smoke: {card['id']} stored")


def own_card() -> dict[str, Any]:
    """A card that nobody else posts: at a course that there isn't, on a day of the year 2000."""
    [card, *_] = json.loads((files("turfoo") / "seed-cards.json").read_text())
    year, month, day, number = 2000, random.randint(1, 12), random.randint(1, 28), random.randint(1, 99)  # noqa: S311
    date = f"{year}-{month:02}-{day:02}"
    return {**card, "id": f"{date}-ZZZZ-{number}", "course": "Smoke", "off_time": f"{date}T12:00:00+00:00"}


def _stored(url: str, until: float) -> dict[str, Any] | None:
    """The race at ``url``, or None if it is not there ``until`` then."""
    while True:
        try:
            return _ask(url)
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
        if time.monotonic() > until:
            return None
        time.sleep(0.2)


def _ask(url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data)  # noqa: S310 - checked above
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
        answer: dict[str, Any] = json.load(response)
        return answer
