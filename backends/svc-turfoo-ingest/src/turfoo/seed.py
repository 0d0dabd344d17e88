"""turfoo-seed: posts the race cards of seed-cards.json, to have something to look at."""

import argparse
import json
import sys
import urllib.request
from importlib.resources import files


def main() -> None:
    """Entry point: exit 0 when every card was accepted, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="turfoo-seed", description=__doc__.partition(": ")[2])
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="of the API (default: %(default)s)")
    url = parser.parse_args().url.rstrip("/")
    if not url.startswith(("http://", "https://")):
        parser.error(f"--url is {url!r}, expected http:// or https://")
    for card in json.loads((files("turfoo") / "seed-cards.json").read_text()):
        request = urllib.request.Request(f"{url}/races", json.dumps(card).encode())  # noqa: S310 - checked above
        try:
            with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
                print(f"turfoo-seed: {card['id']} {json.load(response)['status']}")
        except OSError as error:
            sys.exit(f"turfoo-seed: {url}: {card['id']} is not accepted: {error}")
