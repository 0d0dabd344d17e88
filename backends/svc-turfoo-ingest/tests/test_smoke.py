import json

from turfoo.cards import parse_card
from turfoo.smoke import own_card


def test_its_card_is_one_that_is_accepted() -> None:
    parse_card(json.dumps(own_card()).encode())
