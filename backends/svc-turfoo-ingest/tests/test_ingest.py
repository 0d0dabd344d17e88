import pytest

from turfoo.ingest import pause


@pytest.mark.parametrize(
    ("attempt", "chance", "seconds"),
    [
        (0, 0.0, 0.25),
        (0, 1.0, 0.5),
        (1, 1.0, 1.0),
        (4, 1.0, 8.0),
        (5, 1.0, 15.0),
        (5, 0.0, 7.5),
        (10**6, 1.0, 15.0),
    ],
)
def test_pauses_double_up_to_15_seconds(attempt: int, chance: float, seconds: float) -> None:
    assert pause(attempt, chance) == seconds
