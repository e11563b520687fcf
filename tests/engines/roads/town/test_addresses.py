"""The addresses and residents of a generated town."""

from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engines.roads.town.conftest import Made
from tests.engines.roads.town.mapped import Mapped, metres
from zaguan.base.geo.point import Point
from zaguan.base.geo.polygon import Polygon
from zaguan.engines.roads.town.addresses import place_addresses
from zaguan.engines.roads.town.naming import Names
from zaguan.engines.roads.town.network import Frontage, Network, Road, Street
from zaguan.engines.roads.town.scale import scale_for
from zaguan.engines.roads.town.town import build_town

FARTHEST_M = 19.0  # from the axis of the street to the door
NEAREST_M = 3.0


def _points(rows: list[dict[str, str]]) -> NDArray[np.float64]:
    return np.array([metres(float(row["lon"]), float(row["lat"])) for row in rows])


def _gap(line: NDArray[np.float64], point: NDArray[np.float64]) -> float:
    start, way = line[:-1], np.diff(line, axis=0)
    share = np.clip(((point - start) * way).sum(axis=1) / (way * way).sum(axis=1), 0, 1)
    return float(np.hypot(*(start + share[:, None] * way - point).T).min())


def _lines(mapped: Mapped) -> dict[str, list[NDArray[np.float64]]]:
    lines: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
    for nodes, tags in mapped.roads():
        lines[tags.get("name", "")].append(mapped.line(nodes))
    return lines


def test_every_door_is_a_few_metres_from_its_street(made: Made) -> None:
    """A door lies beside a street of its name, neither on it nor far from it."""
    lines = _lines(made.mapped)
    for row, point in zip(made.register[::7], _points(made.register)[::7], strict=True):
        gap = min(_gap(line, point) for line in lines[row["street"]])
        assert NEAREST_M < gap < FARTHEST_M, row


def test_numbers_grow_along_the_street(made: Made) -> None:
    """Two doors that follow each other on one side of a straight street are near each other, a hundred a block."""
    by_side: dict[tuple[str, str, int], list[tuple[int, int]]] = defaultdict(list)
    for index, row in enumerate(made.register):
        number = int(row["number"])
        by_side[row["street"], row["commune"], number % 2].append((number, index))
    points = _points(made.register)
    per_number = []
    for doors in by_side.values():
        doors.sort()
        for (number, index), (after, other) in pairwise(doors):
            gap = float(np.hypot(*(points[index] - points[other])))
            if after - number <= 40:
                per_number.append(gap / (after - number))
    # a block of about a hundred metres has about a hundred numbers
    assert 0.6 < float(np.median(per_number)) < 1.6
    assert float(np.percentile(per_number, 95)) < 4.5


def test_odd_and_even_numbers_lie_on_opposite_sides(made: Made) -> None:
    """Along every stretch all odd doors are on the left of the way in which the numbers grow, even ones right."""
    doors: dict[str, list[tuple[NDArray[np.float64], int]]] = defaultdict(list)
    for row, point in zip(made.register, _points(made.register), strict=True):
        doors[row["street"]].append((point, int(row["number"])))
    checked = 0
    for nodes, tags in made.mapped.roads():
        if tags["highway"] != "residential":
            continue
        for start, end in pairwise(made.mapped.line(nodes)):
            way = end - start
            length = float(np.hypot(*way))
            along = []
            for point, number in doors[tags["name"]]:
                to = point - start
                share, off = float(to @ way) / length, float(way[0] * to[1] - way[1] * to[0]) / length
                if 5 < share < length - 5 and abs(off) < 12:
                    along.append((share, number, off > 0))
            if len(along) < 4:
                continue
            growing = np.corrcoef([share for share, _, _ in along], [number for _, number, _ in along])[0, 1] > 0
            assert all((left == growing) == bool(number % 2) for _, number, left in along), tags["name"]
            checked += 1
    assert checked >= 50


def test_crowded_doors_still_have_numbers_of_their_own() -> None:
    """More doors than numbers on a short street: each gets its own, on its own side."""
    road = Road(
        a=0,
        b=1,
        line=np.array(((0.0, 0.0), (100.0, 0.0))),
        road="residential",
        street=("street", 0, 0, 1),
        along=(0.0, 1.0),
        left=Frontage(8.0, 0, 0.2),
        right=Frontage(8.0, 0, 0.2),
    )
    network = Network(points=[road.line[0], road.line[1]], roads=[road])
    names = Names(streets={road.street: "Nueva"}, starts={road.street: (0.0, 0)}, communes=("Centro",), villages={})
    placed = place_addresses(network, names, 260, np.random.default_rng(1))
    assert len(set(placed.number.tolist())) == 260
    assert ((placed.number % 2 == 1) == (placed.points[:, 1] > 0)).all()


@pytest.mark.parametrize("seed", [1, 2])
def test_no_two_streets_of_a_commune_share_a_name(seed: int) -> None:
    """A street name and a commune mean one street."""
    town = build_town(scale_for(6_000), seed)
    bearers: dict[tuple[str, int], set[Street]] = defaultdict(set)
    for road in town.network.roads:
        for front in (road.left, road.right):
            if front.metres:
                bearers[town.names.streets[road.street], front.commune].add(road.street)
    assert {key: streets for key, streets in bearers.items() if len(streets) > 1} == {}


def test_street_names_come_again_in_other_communes(made: Made) -> None:
    """Some streets of different communes bear one name, so that an address needs its commune."""
    communes: dict[str, set[str]] = defaultdict(set)
    for row in made.register:
        communes[row["street"]].add(row["commune"])
    local = {name: where for name, where in communes.items() if not name.startswith(("Avenida", "Camino", "Costanera"))}
    assert sum(len(where) > 1 for where in local.values()) >= 3


def test_doors_lie_inside_their_communes(made: Made) -> None:
    """The boundary of a commune closes and holds its addresses."""
    rings: dict[str, list[Polygon]] = {}
    for members, tags in made.mapped.relations:
        if tags["type"] == "boundary":
            assert tags["admin_level"] == "8"
            rings[tags["name"]] = [_polygon(ring) for ring in _closed(members, made.mapped)]
    assert set(rings) == {row["commune"] for row in made.register}
    outside = 0
    for row, (x, y) in zip(made.register[::3], _points(made.register)[::3], strict=True):
        # metres shrunk to degrees' range: the polygon knows only the globe
        outside += not any(ring.contains(Point(lon=x / 1e6, lat=y / 1e6)) for ring in rings[row["commune"]])
    assert outside <= 0.005 * len(made.register) / 3


def _closed(members: list[tuple[str, int, str]], mapped: Mapped) -> list[list[NDArray[np.float64]]]:
    """Join the ways of a boundary to closed rings."""
    left = [mapped.ways[ref][0] for _, ref, _ in members]
    rings = []
    while left:
        ring = list(left.pop())
        while ring[0] != ring[-1]:
            following = next(way for way in left if ring[-1] in (way[0], way[-1]))
            left.remove(following)
            ring += following[1:] if following[0] == ring[-1] else following[-2::-1]
        rings.append([mapped.places[node] for node in ring])
    return rings


def _polygon(ring: list[NDArray[np.float64]]) -> Polygon:
    return Polygon(tuple(Point(lon=float(x) / 1e6, lat=float(y) / 1e6) for x, y in ring))


def test_people_live_densest_around_the_plaza(made: Made) -> None:
    """Doors and residents per hectare fall from the centre outwards, and every resident is counted once."""
    (_, plaza), *_ = [*made.mapped.place_named("town"), *made.mapped.place_named("city")]
    doors = np.hypot(*(_points(made.register) - plaza).T)
    blocks = np.hypot(*(_points(made.residents) - plaza).T)
    people = np.array([int(row["residents"]) for row in made.residents])
    assert (people > 0).all()
    edge = float(np.percentile(doors, 85))
    for away, weight in ((doors, np.ones(len(doors))), (blocks, people)):
        bounds = edge * np.sqrt(np.array((0.0, 0.25, 1.0)))
        inner, outer = (
            float(weight[(away >= low) & (away < high)].sum()) / (high * high - low * low)
            for low, high in pairwise(bounds)
        )
        assert inner > 1.25 * outer
    label = next(tags for tags in made.mapped.node_tags.values() if tags.get("place") in ("town", "city"))
    assert int(label["population"]) == people.sum()
