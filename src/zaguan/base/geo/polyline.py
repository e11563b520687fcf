"""Google's encoded polyline format, as OSRM and most maps speak it."""

from collections.abc import Sequence
from typing import Final

from zaguan.base.geo.point import Point

SCALE: Final = 1e5


def encode(points: Sequence[Point]) -> str:
    """Return the points as an encoded polyline of precision 5 (about a metre)."""
    text: list[str] = []
    last_lat = last_lon = 0
    for point in points:
        lat, lon = round(point.lat * SCALE), round(point.lon * SCALE)
        for delta in (lat - last_lat, lon - last_lon):
            value = ~(delta << 1) if delta < 0 else delta << 1
            while value >= 0x20:
                text.append(chr((0x20 | (value & 0x1F)) + 63))
                value >>= 5
            text.append(chr(value + 63))
        last_lat, last_lon = lat, lon
    return "".join(text)


def decode(text: str) -> list[Point]:
    """Return the points of an encoded polyline of precision 5; a torn text raises ValueError."""
    deltas: list[int] = []
    value = shift = 0
    for letter in text:
        chunk = ord(letter) - 63
        if not 0 <= chunk < 64:
            raise ValueError(f"not a polyline: {letter!r}")
        value |= (chunk & 0x1F) << shift
        shift += 5
        if chunk < 0x20:
            deltas.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    if shift or len(deltas) % 2:
        raise ValueError("the polyline is cut off")
    points: list[Point] = []
    lat = lon = 0
    for lat_delta, lon_delta in zip(deltas[::2], deltas[1::2], strict=True):
        lat, lon = lat + lat_delta, lon + lon_delta
        points.append(Point(lon=lon / SCALE, lat=lat / SCALE))
    return points
