"""Reading an OpenStreetMap extract: is it one, and what roads, names, addresses and shapes are in it.

One pass over the file feeds a list of collectors, each of which keeps what its product needs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import osmium

from zaguan.base.geo.point import BoundingBox
from zaguan.base.kit.progress import Progress
from zaguan.base.kit.words import say
from zaguan.engines.roads.osm_tags import is_drivable
from zaguan.engines.roads.region_refusals import (
    ExtractBroken,
    ExtractEmpty,
    ExtractMissing,
    ExtractNotPbf,
    ExtractTruncated,
    ExtractUnordered,
    ExtractWithoutRoads,
)
from zaguan.engines.roads.traffic import SegmentCollector, Segments

# pyosmium is untyped for the checker: its nodes, ways and areas are Any here
OsmObject = Any

MOST_HEADER_BYTES: Final = 64 * 1024
NODE_KEYS: Final = ("place", "addr:housenumber", "addr:country")
WAY_KEYS: Final = ("highway", "building", "natural", "waterway", "landuse", "leisure", "addr:housenumber", "place")
AREA_KEYS: Final = (
    "building",
    "natural",
    "waterway",
    "landuse",
    "leisure",
    "boundary",
    "place",
    "addr:housenumber",
)
OBJECTS_PER_NOTE: Final = 5_000


class Collector(Protocol):
    """What takes in the objects of an extract; `wants_areas` if it needs shapes put together from relations."""

    wants_areas: bool

    def node(self, node: OsmObject) -> None:
        """Take in a node that has a name of a place or an address."""
        ...

    def way(self, way: OsmObject) -> None:
        """Take in a way; its nodes carry their points."""
        ...

    def area(self, area: OsmObject) -> None:
        """Take in a closed shape: a closed way, or a multipolygon or boundary that is complete."""
        ...


def check_extract(path: Path) -> None:
    """Refuse what is no whole OpenStreetMap PBF, without decoding it: the blocks are walked by their lengths.

    Refused: ExtractMissing, ExtractEmpty, ExtractNotPbf, ExtractTruncated.
    """
    if not path.is_file():
        raise ExtractMissing(path=path)
    size = path.stat().st_size
    if size == 0:
        raise ExtractEmpty(path=path)
    with path.open("rb") as file:
        position = 0
        while position < size:
            header_bytes = int.from_bytes(file.read(4), "big")
            if position == 0 and not 0 < header_bytes <= MOST_HEADER_BYTES:
                raise ExtractNotPbf(path=path)
            header = file.read(header_bytes) if header_bytes <= MOST_HEADER_BYTES else b""
            if position == 0 and b"OSMHeader" not in header:
                raise ExtractNotPbf(path=path)
            position += 4 + header_bytes + _block_bytes(header)
            if not header or position > size:
                raise ExtractTruncated(path=path, size=size)
            file.seek(position)


def _block_bytes(header: bytes) -> int:
    """Return the length of the block that a BlobHeader announces (protobuf field 3), 0 where it is torn."""
    fields = _varint_fields(header)
    return next((value for number, value in fields if number == 3), 0)


def _varint_fields(message: bytes) -> Iterator[tuple[int, int]]:
    """Yield number and value of the integer fields of a protobuf message; of byte fields, their length."""
    position = 0
    while position < len(message):
        tag = message[position]
        position += 1
        value = shift = 0
        while position < len(message):
            byte = message[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        yield tag >> 3, value
        if tag & 7 == 2:  # bytes follow their length
            position += value


def read_extract(path: Path, collectors: Sequence[Collector], *, progress: Progress) -> None:
    """Feed every object that has to do with roads, addresses or the map to all collectors, in one pass.

    Refused: ExtractBroken where the file cannot be decoded.
    """
    nodes = osmium.filter.KeyFilter(*NODE_KEYS).enable_for(osmium.osm.NODE)
    ways = osmium.filter.KeyFilter(*WAY_KEYS).enable_for(osmium.osm.WAY)
    areas = osmium.filter.KeyFilter(*AREA_KEYS).enable_for(osmium.osm.AREA)
    kinds = osmium.filter.EntityFilter(osmium.osm.NODE | osmium.osm.WAY | osmium.osm.AREA)
    source = osmium.FileProcessor(str(path)).with_locations()
    shapers = [collector for collector in collectors if collector.wants_areas]
    if shapers:
        source = source.with_areas(osmium.filter.KeyFilter(*AREA_KEYS))
    source = source.with_filter(kinds).with_filter(nodes).with_filter(ways).with_filter(areas)
    with progress.step(say("region.step.read")) as step:
        try:
            count = 0
            for count, found in enumerate(source, start=1):
                if found.is_way():
                    for collector in collectors:
                        collector.way(found)
                elif found.is_area():
                    for collector in shapers:
                        collector.area(found)
                else:
                    for collector in collectors:
                        collector.node(found)
                if count % OBJECTS_PER_NOTE == 0:
                    step.note(say("region.step.read.count", count=f"{count:,}"))
            step.note(say("region.step.read.count", count=f"{count:,}"))
        except RuntimeError as cause:  # all that osmium raises on bad data
            raise ExtractBroken(path=path, reason=str(cause)) from cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Roads:
    """What there is to drive on: how much, where, and its directed segments."""

    ways: int
    km: float
    box: BoundingBox
    segments: Segments


class RoadCollector:
    """Keeps the drivable ways."""

    wants_areas = False

    def __init__(self) -> None:
        self._all_ways = self._ways = self._broken_ways = 0
        self._metres = 0.0
        self._segments = SegmentCollector()
        self._west = self._south = float("inf")
        self._east = self._north = float("-inf")

    def node(self, node: OsmObject) -> None:
        """Leave nodes alone."""

    def area(self, area: OsmObject) -> None:
        """Leave areas alone."""

    def way(self, way: OsmObject) -> None:
        """Keep a drivable way whose nodes are in the extract."""
        self._all_ways += 1
        if not is_drivable(way.tags):
            return
        nodes = [node for node in way.nodes if node.location.valid()]
        if len(nodes) < 2:
            self._broken_ways += 1
            return
        self._ways += 1
        self._metres += osmium.geom.haversine_distance(way.nodes) if len(nodes) == len(way.nodes) else 0.0
        lons, lats = [node.lon for node in nodes], [node.lat for node in nodes]
        self._west, self._east = min(self._west, *lons), max(self._east, *lons)
        self._south, self._north = min(self._south, *lats), max(self._north, *lats)
        self._segments.add([node.ref for node in nodes], way.tags)

    def roads(self, path: Path) -> Roads:
        """Return what was kept. Refused: ExtractWithoutRoads, ExtractUnordered (ways without their nodes)."""
        if not self._ways:
            raise (
                ExtractUnordered(path=path)
                if self._broken_ways
                else ExtractWithoutRoads(path=path, ways=self._all_ways)
            )
        return Roads(
            ways=self._ways,
            km=self._metres / 1000,
            box=BoundingBox(west=self._west, south=self._south, east=self._east, north=self._north),
            segments=self._segments.segments(),
        )
