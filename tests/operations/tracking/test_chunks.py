"""Chunks: small, and exact."""

import random
import zlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.operations.tracking.builders import MORNING, a_fix, east
from zaguan.base.geo.point import Point
from zaguan.operations.tracking.chunks import TornChunk, chunk_start, decode, encode, merged
from zaguan.operations.tracking.fixes import Fix

points = some.builds(
    lambda lon, lat: Point(lon=lon / 1e6, lat=lat / 1e6),
    some.integers(-180_000_000, 180_000_000),
    some.integers(-90_000_000, 90_000_000),
)
fixes = some.builds(
    Fix,
    at=some.integers(0, 299_999).map(lambda millis: MORNING + timedelta(milliseconds=millis)),
    point=points,
    accuracy_m=some.none() | some.integers(0, 100_000).map(float),
    speed_mps=some.none() | some.integers(0, 100_000).map(lambda tenths: tenths / 10),
    heading_deg=some.none() | some.integers(0, 359).map(float),
)
chunks = some.lists(fixes, min_size=1, max_size=50, unique_by=lambda fix: fix.at).map(
    lambda found: sorted(found, key=lambda fix: fix.at)
)


@given(chunks)
def test_what_goes_in_comes_out(several: list[Fix]) -> None:
    """Encoding and decoding gives the same moments, points (to a millionth of a degree) and numbers."""
    assert list(decode(encode(several))) == several


def test_a_fix_takes_some_twelve_bytes() -> None:
    """Five minutes of a drive through town, a fix every five seconds, take at most 13 bytes a fix."""
    dice = random.Random(7)
    drive, metres, north = [], 0.0, 0.0
    for step in range(60):
        speed = round(max(0.0, dice.gauss(8, 3)), 1)
        metres += speed * 5 + dice.gauss(0, 2)
        north += dice.gauss(0, 3)
        at = 5 * step + round(dice.gauss(0, 0.03), 3)
        heading = float(round(90 + dice.gauss(0, 5)))
        drive.append(a_fix(at, east(metres, north=north), accuracy_m=5.0, speed_mps=speed, heading_deg=heading))
    assert len(encode(drive)) / len(drive) <= 13


@given(chunks, chunks)
def test_late_fixes_join_a_chunk(stored: list[Fix], late: list[Fix]) -> None:
    """Late fixes are put in by time; for a moment that is stored already, what is stored stands."""
    found = {fix.at: fix for fix in decode(merged(encode(stored), late))}
    assert found == {fix.at: fix for fix in late} | {fix.at: fix for fix in stored}


def test_a_chunk_starts_every_five_minutes() -> None:
    """The start of a chunk is a whole five minutes of the hour, and starts itself."""
    assert chunk_start(MORNING + timedelta(minutes=7, seconds=59)) == MORNING + timedelta(minutes=5)
    assert chunk_start(MORNING + timedelta(minutes=5)) == MORNING + timedelta(minutes=5)


@pytest.mark.parametrize(
    "torn",
    [
        b"",
        b"no chunk",
        zlib.compress(b"\x02\x01"),
        zlib.compress(b"\x01"),
        zlib.compress(b"\x01\x80"),
        zlib.compress(b"\x01\x05\x00"),
    ],
)
def test_torn_bytes_are_refused(torn: bytes) -> None:
    """Bytes that are cut off, of another version or something else are no chunk."""
    with pytest.raises(TornChunk):
        decode(torn)
