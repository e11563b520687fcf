"""Reads a generated extract back as any reader of OpenStreetMap would, knowing nothing of how it was made."""

import csv
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium
import osmium.io
from numpy.typing import NDArray

from zaguan.base.geo.point import EARTH_RADIUS_M

CAR_ROADS = frozenset(
    "trunk primary secondary tertiary unclassified residential living_street service".split()  # noqa: SIM905
)
METRES_PER_DEGREE = math.radians(1) * EARTH_RADIUS_M


@dataclass
class Mapped:
    """Nodes in metres around the first one, ways and relations with their tags."""

    places: dict[int, NDArray[np.float64]] = field(default_factory=dict)
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    ways: dict[int, tuple[list[int], dict[str, str]]] = field(default_factory=dict)
    relations: list[tuple[list[tuple[str, int, str]], dict[str, str]]] = field(default_factory=list)

    def roads(self) -> list[tuple[list[int], dict[str, str]]]:
        """Return the ways that cars may use."""
        return [way for way in self.ways.values() if way[1].get("highway") in CAR_ROADS]

    def line(self, nodes: list[int]) -> NDArray[np.float64]:
        """Return the places of nodes."""
        return np.array([self.places[node] for node in nodes])

    def place_named(self, kind: str) -> list[tuple[str, NDArray[np.float64]]]:
        """Return names and places of the labels of a kind."""
        return [(t["name"], self.places[n]) for n, t in self.node_tags.items() if t.get("place") == kind]


def metres(lon: float, lat: float) -> NDArray[np.float64]:
    """Return degrees as metres on a plane good enough for a town."""
    return np.array((lon * METRES_PER_DEGREE * math.cos(math.radians(-34.78)), lat * METRES_PER_DEGREE))


def read_extract(path: Path) -> Mapped:
    """Read an extract."""
    mapped = Mapped()
    for thing in osmium.FileProcessor(str(path)):
        tags = dict(thing.tags)
        if isinstance(thing, osmium.osm.Node):
            mapped.places[thing.id] = metres(thing.location.lon, thing.location.lat)
            if tags:
                mapped.node_tags[thing.id] = tags
        elif isinstance(thing, osmium.osm.Way):
            mapped.ways[thing.id] = ([node.ref for node in thing.nodes], tags)
        elif isinstance(thing, osmium.osm.Relation):
            mapped.relations.append(([(m.type, m.ref, m.role) for m in thing.members], tags))
    return mapped


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
