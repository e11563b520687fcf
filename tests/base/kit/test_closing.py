"""What is opened by `with` is closed at its end."""

import pytest

from zaguan.base.kit.closing import Closing


class Tap(Closing):
    """Counts how often it was closed."""

    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        """Close it."""
        self.closed += 1


def test_a_block_closes_what_it_opened() -> None:
    """The block gives the thing itself and closes it once, also when something breaks inside."""
    with Tap() as tap:
        assert tap.closed == 0
    assert tap.closed == 1
    with pytest.raises(ValueError), Tap() as other:
        raise ValueError
    assert other.closed == 1
