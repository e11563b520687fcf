"""Areas of zones from GeoJSON: a geometry, a feature, or a collection of features."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from zaguan.base.geo.point import Point
from zaguan.base.geo.polygon import Polygon

MAX_AREA_BYTES: Final = 20_000_000


def read_geojson(path: Path) -> dict[str, Any]:
    """Return the top object of a GeoJSON file. ValueError: not there, too large, not JSON, not an object."""
    if not path.is_file():
        raise ValueError("file")
    if path.stat().st_size > MAX_AREA_BYTES:
        raise ValueError("size")
    found = orjson.loads(path.read_bytes())  # JSONDecodeError is a ValueError
    if not isinstance(found, dict):
        raise ValueError("object")
    return found


def polygons_of(geojson: object) -> tuple[Polygon, ...]:
    """Return the polygons of GeoJSON, longitude first as its standard says. ValueError where there are none."""
    polygons = tuple(_polygons(geojson, depth=8))
    if not polygons:
        raise ValueError("no polygon")
    return polygons


def _polygons(geojson: object, *, depth: int) -> list[Polygon]:
    if depth == 0 or not isinstance(geojson, dict):
        raise ValueError("not GeoJSON")
    match geojson.get("type"):
        case "FeatureCollection":
            return [p for each in _listed(geojson.get("features")) for p in _polygons(each, depth=depth - 1)]
        case "Feature":
            return _polygons(geojson.get("geometry"), depth=depth - 1)
        case "GeometryCollection":
            return [p for each in _listed(geojson.get("geometries")) for p in _polygons(each, depth=depth - 1)]
        case "Polygon":
            return [_polygon(geojson.get("coordinates"))]
        case "MultiPolygon":
            return [_polygon(each) for each in _listed(geojson.get("coordinates"))]
        case _:
            return []


def _polygon(coordinates: object) -> Polygon:
    outer, *holes = [_ring(each) for each in _listed(coordinates)] or [()]
    return Polygon(outer, tuple(holes))


def _ring(coordinates: object) -> tuple[Point, ...]:
    points = []
    for pair in _listed(coordinates):
        lon, lat = _listed(pair)[:2]
        if not isinstance(lon, int | float) or not isinstance(lat, int | float):
            raise ValueError("a coordinate is not a number")
        points.append(Point(lon=float(lon), lat=float(lat)))
    return tuple(points[:-1]) if len(points) > 1 and points[0] == points[-1] else tuple(points)


def _listed(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value
