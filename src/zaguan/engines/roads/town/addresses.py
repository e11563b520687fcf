"""Front doors: where they stand along the streets, which number they bear, and how many people live behind them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.roads.town.naming import Names
from zaguan.engines.roads.town.network import Network, Road
from zaguan.engines.roads.town.scale import BLOCK_M
from zaguan.engines.roads.town.shapes import Floats, arcs_along

Whole = NDArray[np.int64]
_CORNER_M: Final = 13.0  # no door nearer to a crossing
_NUMBERS_PER_BLOCK: Final = 100
# from the axis of the street to the door
_DEPTH_M: Final = {"primary": 14.0, "secondary": 12.0, "tertiary": 10.0, "living_street": 5.5}
_DEPTH_OTHERWISE_M: Final = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """All front doors, ordered by commune, street and number."""

    street: Whole  # index into `street_names`
    number: Whole
    commune: Whole
    points: Floats  # (n, 2), metres in the plane
    headings: Floats  # (n,) direction of the street in radians
    spacing_m: Floats  # (n,) of road that the address takes
    left: NDArray[np.bool_]  # of the road as it is drawn
    inner: NDArray[np.bool_]  # away from corners
    residents: Whole
    street_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """People by block."""

    points: Floats  # (n, 2)
    residents: Whole


def place_addresses(network: Network, names: Names, count: int, rng: np.random.Generator) -> Addresses:
    """Set exactly `count` doors along the streets, densest where the frontages are narrowest."""
    roads = [one for one in network.roads if (one.left.metres or one.right.metres) and not one.bridge]
    lengths = np.array([float(arcs_along(one.line)[-1]) for one in roads])
    usable = np.maximum(0.0, lengths - 2 * _CORNER_M)
    share = np.zeros((len(roads), 2))
    for column in (0, 1):
        metres = np.array([(one.left, one.right)[column].metres for one in roads])
        share[:, column] = np.where(metres > 0, usable / np.maximum(metres, 1.0), 0.0)
    doors = _shared_out(share.ravel() * (count / share.sum()), count)
    side_of = np.repeat(np.arange(len(doors)), doors)
    road: Whole = side_of // 2
    side: Whole = side_of % 2
    step = np.arange(count) - np.repeat(np.cumsum(doors) - doors, doors)
    spacing = usable[road] / doors[side_of]
    arc = _CORNER_M + (step + 0.5 + rng.uniform(-0.3, 0.3, count)) * spacing
    points, headings = _beside(roads, road, side, arc, rng)
    named = sorted({names.streets[one.street] for one in roads})
    rank = {name: index for index, name in enumerate(named)}
    street = np.array([rank[names.streets[one.street]] for one in roads])[road]
    commune = np.array([(one.left.commune, one.right.commune) for one in roads])[road, side]
    outward = np.array([(one.left.outward, one.right.outward) for one in roads])[road, side]
    number = _numbers(roads, names, road, side, arc / lengths[road])
    order = np.lexsort((number, street, commune))
    return Addresses(
        street=street[order],
        number=_distinct(street[order], commune[order], number[order]),
        commune=commune[order],
        points=points[order],
        headings=headings[order],
        spacing_m=spacing[order],
        left=(side == 0)[order],
        inner=((arc > 24) & (arc < lengths[road] - 24))[order],
        residents=_residents(outward, rng)[order],
        street_names=tuple(named),
    )


def residents_by_block(addresses: Addresses) -> Block:
    """Sum residents over squares as large as a block; the point is the middle of the doors."""
    square = np.floor(addresses.points / BLOCK_M).astype(np.int64)
    key = square[:, 0] * 1_000_003 + square[:, 1]
    keys, block = np.unique(key, return_inverse=True)
    doors = np.bincount(block, minlength=len(keys))
    middle = np.column_stack(
        [np.bincount(block, weights=addresses.points[:, axis], minlength=len(keys)) / doors for axis in (0, 1)]
    )
    people = np.bincount(block, weights=addresses.residents, minlength=len(keys)).astype(np.int64)
    return Block(points=middle, residents=people)


def _shared_out(wanted: Floats, count: int) -> Whole:
    """Round to whole numbers that add up: the largest remainders go up."""
    whole = np.floor(wanted).astype(np.int64)
    rest = np.argsort(whole - wanted, kind="stable")[: count - int(whole.sum())]
    whole[rest] += 1
    return whole


def _beside(
    roads: list[Road], road: Whole, side: Whole, arc: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return the points beside the roads, and the headings of the roads there."""
    corners = np.vstack([one.line for one in roads])
    arcs = [arcs_along(one.line) for one in roads]
    sizes = np.array([len(one) for one in arcs])
    ends = np.cumsum([float(one[-1]) for one in arcs])
    starts = ends - np.array([float(one[-1]) for one in arcs])
    # one long thread of all roads, so that one search finds every leg
    thread = np.concatenate(arcs) + np.repeat(starts, sizes)
    at = starts[road] + arc
    leg = np.searchsorted(thread, at, side="right") - 1
    last = np.cumsum(sizes)[road] - 2
    leg = np.minimum(leg, last)
    way = corners[leg + 1] - corners[leg]
    length = np.maximum(1e-9, np.hypot(way[:, 0], way[:, 1]))
    unit = way / length[:, None]
    depth = np.array([_DEPTH_M.get(one.road, _DEPTH_OTHERWISE_M) for one in roads])[road]
    depth = (depth + rng.uniform(-1.0, 1.0, len(arc))) * np.where(side == 0, 1.0, -1.0)
    on_axis = corners[leg] + unit * (at - thread[leg])[:, None]
    points = on_axis + depth[:, None] * np.column_stack((-unit[:, 1], unit[:, 0]))
    return points, np.arctan2(unit[:, 1], unit[:, 0])


def _numbers(roads: list[Road], names: Names, road: Whole, side: Whole, share: Floats) -> Whole:
    """Number the doors: a hundred to the block, odd on the left of the way in which the numbers grow."""
    start = np.array([one.along[0] for one in roads])
    end = np.array([one.along[1] for one in roads])
    origin = np.array([names.starts[one.street][0] for one in roads])
    hundreds = np.array([names.starts[one.street][1] for one in roads])
    blocks = start[road] + (end - start)[road] * share
    value = (blocks - origin[road] + hundreds[road]) * _NUMBERS_PER_BLOCK
    odd = (side == 0) == (end > start)[road]
    numbers: Whole = 2 * np.floor(value / 2).astype(np.int64) + np.where(odd, 1, 2)
    return numbers


def _distinct(street: Whole, commune: Whole, number: Whole) -> Whole:
    """Move numbers up by two until no address stands twice; keeps the side of the street."""
    number = number.copy()
    place = commune * (int(street.max()) + 1) + street
    while True:
        order = np.lexsort((number, place))
        same = (np.diff(place[order]) == 0) & (np.diff(number[order]) == 0)
        if not same.any():
            return number
        number[order[1:][same]] += 2


def _residents(outward: Floats, rng: np.random.Generator) -> Whole:
    """Give each door a household, and some doors near the centre a whole building."""
    people = 1 + rng.poisson(2.1, len(outward))
    building = rng.random(len(outward)) < 0.12 * np.clip(1 - outward, 0, 1) ** 2
    return np.where(building, people * rng.integers(6, 30, len(outward)), people).astype(np.int64)
