"""Reads the base map's vector tiles (PMTiles with Mapbox Vector Tiles 2.1), for maps on paper.

Coordinates are web mercator with the whole world as the unit square, x to the east and y to the south.
"""

import gzip
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pmtiles.reader import MmapSource, Reader

from zaguan.base.geo.point import BoundingBox, Point
from zaguan.base.kit.closing import Closing

MAX_TILES: Final = 64
MAX_KEPT: Final = 512
MAX_ZOOM: Final = 14
Corner = tuple[float, float]
_KINDS: Final = ("unknown", "point", "line", "polygon")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """Something drawn on the map: `parts` are the points, lines or rings of its geometry."""

    layer: str
    kind: str  # "point", "line", "polygon"
    properties: dict[str, str | float | bool]
    parts: tuple[tuple[Corner, ...], ...]


def mercator(point: Point) -> Corner:
    """Return a point on the unit square; the poles are cut at 85.05 degrees."""
    lat = math.radians(max(-85.05, min(85.05, point.lat)))
    return point.lon / 360 + 0.5, 0.5 - math.asinh(math.tan(lat)) / (2 * math.pi)


class BaseMap(Closing):
    """An open base map. Decoded tiles are kept for the next question; close it, or use it in a with block."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._reader = Reader(MmapSource(self._file))
        self._kept: dict[tuple[int, int, int], tuple[Feature, ...]] = {}

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def features(self, box: BoundingBox, *, across: int = 3) -> Iterator[Feature]:
        """Yield what lies in the tiles that touch the box, at the zoom at which about `across` tiles span it."""
        west, north = mercator(Point(lon=box.west, lat=box.north))
        east, south = mercator(Point(lon=box.east, lat=box.south))
        span = max(east - west, south - north, 1e-9)
        zoom = max(0, min(MAX_ZOOM, int(math.log2(across / span))))
        size = 1 << zoom
        columns = range(int(west * size), min(size - 1, int(east * size)) + 1)
        rows = range(int(north * size), min(size - 1, int(south * size)) + 1)
        assert len(columns) * len(rows) <= MAX_TILES, "the zoom bounds the number of tiles"
        for x in columns:
            for y in rows:
                yield from self._tile(zoom, x, y)

    def _tile(self, zoom: int, x: int, y: int) -> tuple[Feature, ...]:
        key = (zoom, x, y)
        if key not in self._kept:
            content = self._reader.get(zoom, x, y)
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            self._kept[key] = () if content is None else tuple(decode_tile(content, zoom=zoom, x=x, y=y))
        return self._kept[key]


def decode_tile(content: bytes, *, zoom: int, x: int, y: int) -> Iterator[Feature]:
    """Yield the features of one tile, gzipped or not; torn bytes raise ValueError."""
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    for number, layer in _fields(content):
        if number == 3:
            yield from _layer(layer, scale=1 / (1 << zoom), x=x, y=y)


def _layer(content: Any, *, scale: float, x: int, y: int) -> Iterator[Feature]:
    name, extent, features, keys, values = "", 4096, [], [], []
    for number, value in _fields(content):
        match number:
            case 1:
                name = bytes(value).decode()
            case 2:
                features.append(value)
            case 3:
                keys.append(bytes(value).decode())
            case 4:
                values.append(_value(value))
            case 5:
                extent = value
    for feature in features:
        tags, kind, commands = [], 0, []
        for number, value in _fields(feature):
            match number:
                case 2:
                    tags = list(_varints(value))
                case 3:
                    kind = value
                case 4:
                    commands = list(_varints(value))
        properties = {keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)}
        step = scale / extent
        parts = tuple(
            tuple((x * scale + column * step, y * scale + row * step) for column, row in part)
            for part in _parts(commands)
        )
        yield Feature(layer=name, kind=_KINDS[kind], properties=properties, parts=parts)


def _parts(commands: list[int]) -> list[list[tuple[int, int]]]:
    """Follow the pen: 1 moves, 2 draws a line, 7 closes the ring."""
    parts: list[list[tuple[int, int]]] = []
    at, column, row = 0, 0, 0
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        if command == 7:
            parts[-1].append(parts[-1][0])
            continue
        for _ in range(count):
            column += (commands[at] >> 1) ^ -(commands[at] & 1)
            row += (commands[at + 1] >> 1) ^ -(commands[at + 1] & 1)
            at += 2
            if command == 1:
                parts.append([])
            parts[-1].append((column, row))
    return parts


def _value(content: Any) -> str | float | bool:
    for number, value in _fields(content):
        match number:
            case 1:
                return bytes(value).decode()
            case 2 | 3:
                return float(memoryview(value).cast("f" if number == 2 else "d")[0])
            case 6:
                return float((value >> 1) ^ -(value & 1))
            case 7:
                return bool(value)
            case _:
                return float(value)
    return ""


def _fields(content: Any) -> Iterator[tuple[int, Any]]:
    """Yield (number, value) of a protocol buffer: whole numbers, or the bytes of everything longer."""
    at = 0
    while at < len(content):
        key, at = _varint(content, at)
        match key & 7:
            case 0:
                value, at = _varint(content, at)
            case 1 | 5:
                length = 8 if key & 7 == 1 else 4
                value, at = content[at : at + length], at + length
            case 2:
                length, at = _varint(content, at)
                value, at = content[at : at + length], at + length
            case _:
                raise ValueError("not a vector tile")
        yield key >> 3, value


def _varints(content: Any) -> Iterator[int]:
    at = 0
    while at < len(content):
        value, at = _varint(content, at)
        yield value


def _varint(content: Any, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(content):
            raise ValueError("the vector tile is cut off")
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
