"""Real streets: Porto Alegre, where the development data is at hand."""

import csv
import gzip
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.shared_data import shared_data
from zaguan.adapters.osrm.graph import OsrmGraphBuilder
from zaguan.adapters.osrm.network import OsrmNetwork
from zaguan.base.geo.point import BoundingBox, Point
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.roads.great_circle import DETOURS, estimate
from zaguan.engines.roads.network import Profile
from zaguan.engines.roads.slots import SLOTS

pytestmark = pytest.mark.shared_data

NIGHT = SLOTS[0]
BOX = BoundingBox(west=-51.266, south=-30.113, east=-51.132, north=-29.990)
SEED = 20260302


@pytest.fixture(scope="module")
def doors() -> list[Point]:
    """Sixty addresses drawn from the municipal register."""
    with gzip.open(shared_data("osm/porto-alegre/addresses.csv.gz"), "rt", encoding="utf-8") as register:
        points = [Point(lon=float(row["lon"]), lat=float(row["lat"])) for row in csv.DictReader(register)]
    return random.Random(SEED).sample([point for point in points if BOX.contains(point)], 60)


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OsrmNetwork]:
    extract = shared_data("osm/porto-alegre/roads.osm.pbf")
    region: Path = tmp_path_factory.mktemp("porto-alegre")
    graph, builder = region / "osrm" / Profile.VAN.value, OsrmGraphBuilder()
    builder.build_graph(extract, profile=Profile.VAN, folder=graph, progress=SilentProgress())
    builder.add_metric(graph, slot=NIGHT.name, speeds_csv=None)
    with OsrmNetwork(region, region_hash="poa", box=BOX, cache_folder=region / "cache") as network:
        yield network


def test_real_addresses_are_joined_by_roads(roads: OsrmNetwork, doors: list[Point]) -> None:
    """All addresses that lie near a road reach each other, by ways that are no shorter than the great circle."""
    matrix = roads.matrix(doors, profile=Profile.VAN, slots=[NIGHT])
    assert matrix.estimated.sum() <= 2
    metres = matrix.distances_m[0][np.ix_(~matrix.estimated, ~matrix.estimated)]
    straight = estimate(doors, profile=Profile.VAN).distances_m / DETOURS[Profile.VAN].factor
    # an address is put on its road: the way may be shorter by the walk at both ends
    assert (metres > straight[np.ix_(~matrix.estimated, ~matrix.estimated)] - 300).all()
    assert 1.1 < metres.sum() / straight.sum() < 2.0


def test_a_real_route_agrees_with_the_matrix(roads: OsrmNetwork, doors: list[Point]) -> None:
    """The legs of a route over real streets take what the matrix says, and name the streets."""
    chosen = doors[:20]
    matrix = roads.matrix(chosen, profile=Profile.VAN, slots=[NIGHT])
    legs = roads.route(chosen, profile=Profile.VAN, slot=NIGHT)
    told = [matrix.durations_s[0, at, at + 1] for at in range(len(chosen) - 1)]
    assert [leg.duration_s for leg in legs] == pytest.approx(told, abs=1)
    assert any(turn.street.startswith("Rua ") for leg in legs for turn in leg.manoeuvres)


def test_addresses_are_near_their_streets(roads: OsrmNetwork, doors: list[Point]) -> None:
    """Most addresses lie within 60 m of a street that leads somewhere."""
    snaps = [roads.nearest(door, profile=Profile.VAN) for door in doors]
    assert np.median([snap.distance_m for snap in snaps]) < 60
    assert sum(snap.estimated for snap in snaps) <= 2
