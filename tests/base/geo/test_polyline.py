"""Encoded polylines: there and back."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zaguan.base.geo.point import Point
from zaguan.base.geo.polyline import decode, encode

points = st.builds(lambda lon, lat: Point(lon=lon, lat=lat), st.floats(-180, 180), st.floats(-90, 90))


@given(st.lists(points, max_size=20))
def test_there_and_back(path: list[Point]) -> None:
    """What was encoded comes back within half of the fifth decimal, errors not adding up along the way."""
    again = decode(encode(path))
    assert len(again) == len(path)
    assert all(
        abs(a.lon - b.lon) <= 0.51e-5 and abs(a.lat - b.lat) <= 0.51e-5 for a, b in zip(path, again, strict=True)
    )


@given(st.lists(points, max_size=20))
def test_a_decoded_path_encodes_to_the_same_text(path: list[Point]) -> None:
    """Decoding and encoding again changes nothing."""
    text = encode(path)
    assert encode(decode(text)) == text


def test_the_example_of_the_formats_author() -> None:
    """The example in the description of the format is read and written as it stands there."""
    path = [Point(lon=-120.2, lat=38.5), Point(lon=-120.95, lat=40.7), Point(lon=-126.453, lat=43.252)]
    assert encode(path) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"
    assert decode("_p~iF~ps|U_ulLnnqC_mqNvxq`@") == path


@pytest.mark.parametrize("text", ["_p~iF", "_p~iF~ps|U_", "_p~iF~ps|U_ulL", "ñ", " ", "\n"])
def test_a_torn_text_is_refused(text: str) -> None:
    """A text that was cut off or is no polyline raises ValueError."""
    with pytest.raises(ValueError, match="polyline"):
        decode(text)


@given(st.text(st.characters(min_codepoint=63, max_codepoint=126), max_size=30))
def test_any_letters_are_read_or_refused(text: str) -> None:
    """Letters of the format's range make points of at least two letters each, or ValueError and nothing else."""
    with suppress(ValueError):
        assert 2 * len(decode(text)) <= len(text)
