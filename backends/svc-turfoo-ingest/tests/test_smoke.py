import json
import subprocess
import sys
from pathlib import Path

from turfoo.cards import parse_card
from turfoo.smoke import own_card


def test_its_card_is_one_that_is_accepted() -> None:
    parse_card(json.dumps(own_card()).encode())


def test_smoke_says_where_it_failed(dead_port: int) -> None:
    program = Path(sys.executable).with_name("turfoo-smoke")
    url = f"http://127.0.0.1:{dead_port}"
    done = subprocess.run([program, "--url", url], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert done.stderr.startswith(f"turfoo-smoke: {url}: ")
