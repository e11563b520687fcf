"""The part of a region's base map that a plan needs, small enough to travel inside a page."""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import zxy_to_tileid
from pmtiles.writer import Writer

from zaguan.base.geo import polyline
from zaguan.base.geo.point import BoundingBox, Point, distance_m
from zaguan.base.kit.errors import ZaguanError
from zaguan.operations.planning.model import Plan

MAX_MAP_BYTES: Final = 12 << 20  # of tiles; a page carries them as base64, a third larger
MARGIN_SHARE: Final = 0.25
LEAST_MARGIN_M: Final = 2_500.0
# up to this zoom one more tile on each side is cheap, and fills wide screens
RING_ZOOM: Final = 12


class BaseMapUnreadable(ZaguanError):
    """The base map is missing, or is no file of tiles."""

    code: ClassVar[str] = "plan_page.base_map_unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapCut:
    """A PMTiles archive, and the deepest zoom of the region's map that fitted in."""

    archive: bytes
    box: BoundingBox
    most_zoom: int


def cut_base_map(base_map: Path, plan: Plan, *, most_bytes: int = MAX_MAP_BYTES) -> MapCut:
    """Return the tiles around the plan's routes; the deepest zooms are left out where they would be too large.

    Refused: BaseMapUnreadable.
    """
    try:
        with base_map.open("rb") as file:
            reader = Reader(MmapSource(file))
            header = reader.header()
            if base_map.stat().st_size < header["tile_data_offset"] + header["tile_data_length"]:
                raise EOFError("the file is cut off")
            return _cut(reader, plan, most_bytes)
    except OSError as fault:
        raise BaseMapUnreadable(file=str(base_map), reason=fault.strerror or str(fault)) from None
    except Exception as fault:
        # the library raises whatever comes to hand on a torn archive: KeyError, EOFError, zlib.error, ...
        raise BaseMapUnreadable(file=str(base_map), reason=f"{type(fault).__name__} {fault}".strip()) from None


def _cut(reader: Reader, plan: Plan, most_bytes: int) -> MapCut:
    header, metadata = reader.header(), reader.metadata()
    map_box = BoundingBox(
        west=header["min_lon_e7"] / 1e7,
        south=header["min_lat_e7"] / 1e7,
        east=header["max_lon_e7"] / 1e7,
        north=header["max_lat_e7"] / 1e7,
    )
    box = box_of(plan, map_box)
    chosen: list[tuple[int, bytes]] = []
    room, most_zoom = most_bytes, header["min_zoom"]
    for zoom in range(header["min_zoom"], header["max_zoom"] + 1):
        tiles = []
        for x, y in _tiles_of(box, zoom, ring=int(zoom <= RING_ZOOM)):
            if (tile := reader.get(zoom, x, y)) is not None:
                tiles.append((zxy_to_tileid(zoom, x, y), tile))
                room -= len(tile)
            if room < 0 and zoom > header["min_zoom"]:
                break
        if room < 0 and zoom > header["min_zoom"]:
            break
        chosen += tiles
        most_zoom = zoom
    return MapCut(archive=_archive(sorted(chosen), header, metadata), box=box, most_zoom=most_zoom)


def _archive(tiles: list[tuple[int, bytes]], header: dict[str, object], metadata: dict[str, object]) -> bytes:
    if not tiles:
        return b""
    file = io.BytesIO()
    writer = Writer(file)
    for tile_id, tile in tiles:
        writer.write_tile(tile_id, tile)
    writer.finalize(dict(header), {"vector_layers": metadata.get("vector_layers", [])})
    return file.getvalue()


def box_of(plan: Plan, map_box: BoundingBox) -> BoundingBox:
    """Return the box of all routes with a margin; without routes that of the orders left out, or the whole map."""
    points = [point for route in plan.routes for leg in route.geometry for point in polyline.decode(leg)]
    points += [route.depot_point for route in plan.routes]
    points += [stop.point for route in plan.routes for stop in route.stops]
    points = points or [
        each.point for each in plan.unassigned if each.point is not None and map_box.contains(each.point)
    ]
    if not points:
        return map_box
    lons, lats = [point.lon for point in points], [point.lat for point in points]
    box = BoundingBox(west=min(lons), south=min(lats), east=max(lons), north=max(lats))
    across = distance_m(Point(lon=box.west, lat=box.south), Point(lon=box.east, lat=box.north))
    return box.grown_by(max(LEAST_MARGIN_M, MARGIN_SHARE * across))


def _tiles_of(box: BoundingBox, zoom: int, *, ring: int) -> Iterator[tuple[int, int]]:
    """Yield column and row of every tile that touches the box, and of so many rings around."""
    last = (1 << zoom) - 1
    left, top = _tile_at(box.west, box.north, zoom)
    right, bottom = _tile_at(box.east, box.south, zoom)
    for y in range(max(0, top - ring), min(last, bottom + ring) + 1):
        for x in range(max(0, left - ring), min(last, right + ring) + 1):
            yield x, y


def _tile_at(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    side = 1 << zoom
    radians = math.radians(max(-85.05, min(85.05, lat)))
    x = (lon / 360 + 0.5) * side
    y = (0.5 - math.asinh(math.tan(radians)) / (2 * math.pi)) * side
    return max(0, min(side - 1, int(x))), max(0, min(side - 1, int(y)))
