"""The base map of the town that tests/builders.py drives through: made on the spot, a few kilobytes."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.builders import BLOCKS, STREETS, at
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.roads.base_map import build_base_map

Feature = dict[str, Any]


def draw_base_map(folder: Path) -> Path:
    """Write map.pmtiles into the folder: streets and avenues, a river, a park, houses, names."""
    lines = folder / "features.geojsonl"
    lines.write_text("".join(json.dumps(feature) + "\n" for feature in _features()), "utf-8")
    out = folder / "map.pmtiles"
    build_base_map(lines, out=out, name="Town", attribution="© OpenStreetMap contributors", progress=SilentProgress())
    lines.unlink()
    return out


def _features() -> Iterator[Feature]:
    for number in range(-BLOCKS, BLOCKS + 1):
        kind, zoom = (
            ("primary", 8) if number % 11 == 0 else ("secondary", 10) if number % 5 == 0 else ("residential", 12)
        )
        name = STREETS[number % len(STREETS)]
        ends = ((-BLOCKS, number), (BLOCKS, number))
        yield _feature("roads", zoom, _line([at(*end) for end in ends]), name=name, **{"class": kind})
        upright = [at(north, east) for east, north in ends]
        yield _feature("roads", zoom, _line(upright), name=f"{name} Norte", **{"class": kind})
    shore = [at(east / 2, -18.4 + 2.2 * math.sin(east / 9)) for east in range(-2 * BLOCKS - 8, 2 * BLOCKS + 9)]
    bank = [at(east / 2, -20.2 + 2.2 * math.sin(east / 9)) for east in range(2 * BLOCKS + 8, -2 * BLOCKS - 9, -1)]
    yield _feature("water", 6, _ring([*shore, *bank]), kind="lake")
    yield _feature("green", 8, _ring([at(2.1, 3.1), at(4.9, 3.1), at(4.9, 5.9), at(2.1, 5.9)]))
    for east in range(-8, 8):
        for north in range(-8, 8):
            corners = ((0.15, 0.15), (0.5, 0.15), (0.5, 0.45), (0.15, 0.45))
            yield _feature("buildings", 14, _ring([at(east + dx, north + dy) for dx, dy in corners]))
    for east, north, name, kind in ((0, 0, "La Serena", "city"), (10, 9, "Las Compañías", "suburb")):
        point = at(east, north)
        yield _feature("places", 6, {"type": "Point", "coordinates": [point.lon, point.lat]}, name=name, kind=kind)


def _feature(layer: str, zoom: int, geometry: dict[str, Any], **properties: Any) -> Feature:
    marks = {"layer": layer, "minzoom": zoom}
    return {"type": "Feature", "tippecanoe": marks, "properties": properties, "geometry": geometry}


def _line(points: list[Any]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [[point.lon, point.lat] for point in points]}


def _ring(points: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[[point.lon, point.lat] for point in [*points, points[0]]]]}
