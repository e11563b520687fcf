"""Five minutes of one vehicle in one small piece: column by column, as differences, as short integers, deflated.

Layout, before zlib: the version byte, the number of fixes, then one column after the other. Integers are LEB128,
signed ones zigzag. Times are differences of differences in milliseconds (a steady beat becomes zeros), places are
differences in millionths of a degree (0.11 m), the others are the value itself plus one, zero where there is none:
accuracy in metres, speed in tenths of a metre a second, heading in degrees.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from zaguan.base.geo.point import Point
from zaguan.operations.tracking.fixes import Fix

CHUNK_S: Final = 300
VERSION: Final = 1
DEGREE: Final = 1_000_000
MAX_FIXES_PER_CHUNK: Final = CHUNK_S * 1000  # one a millisecond
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)


class TornChunk(ValueError):
    """The bytes are not those of a chunk."""


def chunk_start(at: datetime) -> datetime:
    """Return the start of the five minutes that hold a moment."""
    return EPOCH + timedelta(seconds=int((at - EPOCH).total_seconds()) // CHUNK_S * CHUNK_S)


def encode(fixes: Sequence[Fix]) -> bytes:
    """Return fixes, in the order of their times, as one chunk."""
    assert 0 < len(fixes) <= MAX_FIXES_PER_CHUNK, len(fixes)
    times = [(fix.at - EPOCH) // MILLISECOND for fix in fixes]
    assert all(a < b for a, b in pairwise(times)), "a chunk is ordered, one fix a moment"
    columns: tuple[Iterable[int], ...] = (
        _zigzags(_steps(_steps(times))),
        _zigzags(_steps([round(fix.point.lon * DEGREE) for fix in fixes])),
        _zigzags(_steps([round(fix.point.lat * DEGREE) for fix in fixes])),
        (0 if fix.accuracy_m is None else round(fix.accuracy_m) + 1 for fix in fixes),
        (0 if fix.speed_mps is None else round(fix.speed_mps * 10) + 1 for fix in fixes),
        (0 if fix.heading_deg is None else round(fix.heading_deg) + 1 for fix in fixes),
    )
    written = bytearray([VERSION])
    _write(written, (len(fixes),))
    for column in columns:
        _write(written, column)
    return zlib.compress(bytes(written), 6)


def decode(chunk: bytes) -> tuple[Fix, ...]:
    """Return the fixes of a chunk; other bytes raise TornChunk."""
    try:
        written = zlib.decompress(chunk)
    except zlib.error as error:
        raise TornChunk(str(error)) from error
    if written[:1] != bytes([VERSION]):
        raise TornChunk(f"version {written[:1]!r}")
    count, *numbers = _read(written[1:])
    if not 0 < count <= MAX_FIXES_PER_CHUNK or len(numbers) != 6 * count:
        raise TornChunk(f"{len(numbers)} numbers for {count} fixes")
    columns = [numbers[start * count : (start + 1) * count] for start in range(6)]
    times = _sums(_sums(_unzigzag(value) for value in columns[0]))
    lons = _sums(_unzigzag(value) for value in columns[1])
    lats = _sums(_unzigzag(value) for value in columns[2])
    return tuple(
        Fix(
            at=EPOCH + time * MILLISECOND,
            point=Point(lon=lon / DEGREE, lat=lat / DEGREE),
            accuracy_m=float(accuracy - 1) if accuracy else None,
            speed_mps=(speed - 1) / 10 if speed else None,
            heading_deg=float(heading - 1) if heading else None,
        )
        for time, lon, lat, accuracy, speed, heading in zip(times, lons, lats, *columns[3:], strict=True)
    )


def merged(chunk: bytes | None, late: Iterable[Fix]) -> bytes:
    """Return a chunk with further fixes in it; for a moment that it has already, what it has stands."""
    by_time = {fix.at: fix for fix in late} | {fix.at: fix for fix in (decode(chunk) if chunk else ())}
    return encode([by_time[at] for at in sorted(by_time)])


def _steps(values: list[int]) -> list[int]:
    return [value - before for value, before in zip(values, [0, *values], strict=False)]


def _sums(steps: Iterable[int]) -> Iterator[int]:
    total = 0
    for step in steps:
        total += step
        yield total


def _zigzags(values: Iterable[int]) -> Iterator[int]:
    return ((value << 1) if value >= 0 else ~(value << 1) for value in values)


def _unzigzag(value: int) -> int:
    return ~(value >> 1) if value & 1 else value >> 1


def _write(written: bytearray, values: Iterable[int]) -> None:
    for value in values:
        while value >= 0x80:
            written.append(value & 0x7F | 0x80)
            value >>= 7
        written.append(value)


def _read(written: bytes) -> list[int]:
    numbers: list[int] = []
    value = shift = 0
    for byte in written:
        value |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
        else:
            numbers.append(value)
            value = shift = 0
    if shift or not numbers:
        raise TornChunk("cut off")
    return numbers
