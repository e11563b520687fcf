"""How fast one drives: the free flow of each road, and what the slots of the week take from it.

The tables are priors: what is believed of a city before its own drivers' positions teach it better.
They follow the usual shape of Latin American cities: an evening peak that is worse than the morning's, arterials
that lose about half of their free flow in it and local streets a fifth, quiet Sundays.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.roads.osm_tags import RoadClass, direction, road_class, speed_limit_kmh

# what drivers keep to where no maxspeed is tagged, km/h
USUAL_SPEED_KMH: Final[Mapping[str, float]] = {
    "motorway": 100,
    "motorway_link": 60,
    "trunk": 80,
    "trunk_link": 50,
    "primary": 60,
    "primary_link": 45,
    "secondary": 50,
    "secondary_link": 40,
    "tertiary": 50,
    "tertiary_link": 40,
    "unclassified": 40,
    "residential": 40,
    "living_street": 20,
    "service": 20,
}
# what is left of the limit on an empty road: crossings, bumps, curves (signals and turns are counted by the graph)
REALISM: Final[Mapping[RoadClass, float]] = {
    RoadClass.MOTORWAY: 0.92,
    RoadClass.TRUNK: 0.85,
    RoadClass.PRIMARY: 0.80,
    RoadClass.SECONDARY: 0.76,
    RoadClass.TERTIARY: 0.72,
    RoadClass.RESIDENTIAL: 0.65,
    RoadClass.SERVICE: 0.60,
}
# what a surface allows, km/h, whatever the limit says
SURFACE_KMH: Final[Mapping[str, float]] = {
    **dict.fromkeys(("sett", "cobblestone", "paving_stones", "unhewn_cobblestone"), 30),
    **dict.fromkeys(("compacted", "fine_gravel", "gravel", "unpaved"), 35),
    **dict.fromkeys(("dirt", "ground", "earth", "pebblestone", "clay"), 25),
    **dict.fromkeys(("sand", "mud", "rock", "grass", "stone"), 12),
}
NARROW_SERVICE_KMH: Final = 8.0  # driveways, parking aisles
NARROW_SERVICES: Final = frozenset(("driveway", "parking_aisle", "drive-through", "emergency_access"))
SLOWEST_KMH: Final = 3.0

SLOT_NAMES: Final = (
    "night",
    "morning",
    "late-morning",
    "midday",
    "evening-peak",
    "evening",
    "saturday",
    "sunday",
)
# share of the free flow that is left, in the order of SLOT_NAMES
FACTORS: Final[Mapping[RoadClass, tuple[float, ...]]] = {
    RoadClass.MOTORWAY: (1.00, 0.66, 0.84, 0.82, 0.56, 0.80, 0.86, 0.96),
    RoadClass.TRUNK: (1.00, 0.62, 0.79, 0.77, 0.53, 0.76, 0.81, 0.95),
    RoadClass.PRIMARY: (1.00, 0.58, 0.74, 0.71, 0.50, 0.72, 0.76, 0.93),
    RoadClass.SECONDARY: (1.00, 0.62, 0.76, 0.73, 0.55, 0.75, 0.78, 0.93),
    RoadClass.TERTIARY: (1.00, 0.70, 0.81, 0.79, 0.64, 0.80, 0.82, 0.95),
    RoadClass.RESIDENTIAL: (1.00, 0.84, 0.90, 0.89, 0.80, 0.90, 0.90, 0.97),
    RoadClass.SERVICE: (1.00, 0.94, 0.96, 0.95, 0.92, 0.96, 0.95, 0.98),
}
_CLASSES: Final = tuple(FACTORS)
_ROWS_AT_ONCE: Final = 100_000


def traffic_version() -> str:
    """Return a digest of all the tables: speeds that were made with another one are out of date."""
    tables = [USUAL_SPEED_KMH, REALISM, SURFACE_KMH, NARROW_SERVICE_KMH, SLOT_NAMES, FACTORS, SLOWEST_KMH]
    return hashlib.sha256(json.dumps(tables).encode()).hexdigest()[:12]


def factor(road: RoadClass, slot: str) -> float:
    """Return the share of its free flow that a class of road keeps in a slot; unknown names raise KeyError."""
    if slot not in SLOT_NAMES:
        raise KeyError(slot)
    return FACTORS[road][SLOT_NAMES.index(slot)]


def free_flow_kmh(tags: Mapping[str, str]) -> float:
    """Return the speed on the empty road of a drivable way's tags."""
    road = road_class(tags)
    highway = tags.get("highway", "")
    assert road is not None, "asked only of drivable ways"
    if road is RoadClass.SERVICE and tags.get("service") in NARROW_SERVICES:
        return NARROW_SERVICE_KMH
    limit = speed_limit_kmh(tags.get("maxspeed", "")) or USUAL_SPEED_KMH[highway]
    speed = limit * REALISM[road]
    return max(SLOWEST_KMH, min(speed, SURFACE_KMH.get(tags.get("surface", ""), speed)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """Directed pieces of road between neighbouring nodes, n of them.

    `from_nodes`, `to_nodes`: int64 node ids; `classes`: uint8 positions in the class table; `speeds_kmh`: float32.
    """

    from_nodes: NDArray[np.int64]
    to_nodes: NDArray[np.int64]
    classes: NDArray[np.uint8]
    speeds_kmh: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.from_nodes)


class SegmentCollector:
    """Gathers segments way by way, in blocks of arrays."""

    def __init__(self) -> None:
        self._pairs: list[NDArray[np.int64]] = []
        self._lengths: list[int] = []
        self._classes: list[int] = []
        self._speeds: list[float] = []

    def add(self, node_ids: Sequence[int], tags: Mapping[str, str]) -> None:
        """Take in a drivable way, in each direction that may be driven."""
        road = road_class(tags)
        assert road is not None, "asked only of drivable ways"
        allowed = direction(tags)
        forth = np.array(list(pairwise(node_ids)), dtype=np.int64).reshape(-1, 2)
        pairs = {1: forth, -1: forth[:, ::-1], 0: np.concatenate((forth, forth[:, ::-1]))}[allowed]
        self._pairs.append(pairs)
        self._lengths.append(len(pairs))
        self._classes.append(_CLASSES.index(road))
        self._speeds.append(free_flow_kmh(tags))

    def segments(self) -> Segments:
        """Return all that was taken in."""
        pairs = np.concatenate(self._pairs) if self._pairs else np.empty((0, 2), dtype=np.int64)
        return Segments(
            from_nodes=np.ascontiguousarray(pairs[:, 0]),
            to_nodes=np.ascontiguousarray(pairs[:, 1]),
            classes=np.repeat(np.array(self._classes, dtype=np.uint8), self._lengths),
            speeds_kmh=np.repeat(np.array(self._speeds, dtype=np.float32), self._lengths),
        )


def write_speeds(segments: Segments, *, slot: str, path: Path) -> None:
    """Write the speeds of a slot as OSRM reads them: lines of from-node, to-node, km/h."""
    factors = np.array([factor(road, slot) for road in _CLASSES], dtype=np.float32)
    speeds = np.maximum(SLOWEST_KMH, segments.speeds_kmh * factors[segments.classes])
    with path.open("w", encoding="ascii", newline="\n") as file:
        for start in range(0, len(segments), _ROWS_AT_ONCE):
            block = slice(start, start + _ROWS_AT_ONCE)
            file.writelines(_lines(segments.from_nodes[block], segments.to_nodes[block], speeds[block]))


def _lines(from_nodes: NDArray[np.int64], to_nodes: NDArray[np.int64], speeds: NDArray[np.float32]) -> Iterable[str]:
    rows = zip(from_nodes.tolist(), to_nodes.tolist(), speeds.tolist(), strict=True)
    return (f"{start},{end},{speed:.1f}\n" for start, end, speed in rows)
