"""What stands on each cell of the lattice: which are built up, as what, and to which commune they belong."""

import heapq
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.roads.town.ground import Ground
from zaguan.engines.roads.town.scale import Scale
from zaguan.engines.roads.town.shapes import Floats

Cell = tuple[int, int]


class Land(Enum):
    """How a cell is used."""

    FIELDS = "fields"
    RIVER = "river"
    CORE = "core"  # colonial grid
    GRID = "grid"  # later grids, each with its own angle
    PASSAGES = "passages"  # housing estates of short dead-end passages
    HILLS = "hills"  # winding streets
    INDUSTRY = "industry"
    PARK = "park"


# metres of frontage for one address on one side of a street: at the centre, at the edge of town
FRONTAGE_M: Final = {
    Land.CORE: (8.5, 12.0),
    Land.GRID: (10.0, 16.0),
    Land.PASSAGES: (10.0, 15.0),
    Land.HILLS: (14.0, 22.0),
    Land.INDUSTRY: (55.0, 80.0),
    Land.FIELDS: (140.0, 200.0),
}
# addresses per hectare that these frontages come to, measured on finished towns
_PER_HA: Final = {
    Land.CORE: (31.0, 27.0),
    Land.GRID: (33.0, 21.0),
    Land.PASSAGES: (37.0, 24.0),
    Land.HILLS: (14.0, 9.0),
    Land.INDUSTRY: (2.5, 1.5),
    Land.PARK: (2.0, 1.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The use, the commune and the distance from the plaza of every cell of the lattice."""

    land: dict[Cell, Land]
    outward: dict[Cell, float]  # 0 at the plaza, 1 about where the town ends
    commune: dict[Cell, int]  # 0 is the central one
    commune_seats: tuple[Cell, ...]

    def built(self, cell: Cell) -> bool:
        """Tell whether the town has grown over the cell."""
        return self.land.get(cell, Land.FIELDS) not in (Land.FIELDS, Land.RIVER)

    def frontage_m(self, cell: Cell) -> float:
        """Return the metres of street that one address takes; 0 where nobody lives."""
        ends = FRONTAGE_M.get(self.land.get(cell, Land.FIELDS))
        if ends is None:
            return 0.0
        share = min(1.0, self.outward.get(cell, 1.0))
        return ends[0] + (ends[1] - ends[0]) * share


def lay_out_cells(scale: Scale, ground: Ground, rng: np.random.Generator) -> Cells:
    """Let the town grow from the plaza until it holds its addresses, then draw the communes."""
    reach = range(-scale.reach_cells, scale.reach_cells + 1)
    cells = [(i, j) for j in reach for i in reach]
    middles = np.array(cells, dtype=np.float64) + 0.5
    flat = ground.flat(middles[:, 0], middles[:, 1])
    outward = np.hypot(flat[:, 0], flat[:, 1]) / scale.radius_m
    hills = ground.hillness(flat)
    score = _reluctance(scale, flat, outward, hills, rng)
    land = dict.fromkeys(cells, Land.FIELDS)
    land.update({(i, scale.river_row): Land.RIVER for i in reach})
    _grow(scale, ground, rng, cells=cells, score=score, outward=outward, hills=hills, land=land)
    _complete(scale, cells, outward, hills, land)
    seats = _seats(scale, cells, land, rng)
    nearest = np.argmin(
        ((np.array(cells)[:, None, :] - np.array(seats)[None]) ** 2).sum(axis=2) * _sway(len(seats), rng), axis=1
    )
    return Cells(
        land=land,
        outward=dict(zip(cells, outward.tolist(), strict=True)),
        commune=dict(zip(cells, nearest.tolist(), strict=True)),
        commune_seats=seats,
    )


def _reluctance(scale: Scale, flat: Floats, outward: Floats, hills: Floats, rng: np.random.Generator) -> Floats:
    """Return how late each cell is built on: far ones, those beyond the river, steep ones; fingers along roads."""
    angle = np.arctan2(flat[:, 1], flat[:, 0])
    lobes = sum(
        float(rng.uniform(0.03, 0.09)) * np.sin(count * angle + float(rng.uniform(0, 6.3))) for count in (2, 3, 4, 5)
    )
    rows = np.array(
        [j for j in range(-scale.reach_cells, scale.reach_cells + 1) for _ in range(2 * scale.reach_cells + 1)]
    )
    beyond = np.where(rows > scale.river_row, 0.1, 0.0)
    score: Floats = outward * (1 + lobes) + beyond + 0.06 * hills + rng.normal(0, 0.05, len(outward))
    return score


def _grow(
    scale: Scale,
    ground: Ground,
    rng: np.random.Generator,
    *,
    cells: list[Cell],
    score: Floats,
    outward: Floats,
    hills: Floats,
    land: dict[Cell, Land],
) -> None:
    held, park_since, parks = 0.0, 0, 0
    industry_heading = float(np.arctan2(-ground.hill_side[1], -ground.hill_side[0])) + float(rng.uniform(-0.5, 0.5))
    order = {cell: index for index, cell in enumerate(cells)}
    frontier = [(0.0, order[0, 0])]
    while frontier and held < scale.addresses:
        _, index = heapq.heappop(frontier)
        i, j = cell = cells[index]
        if land[cell] is not Land.FIELDS:
            continue
        away = float(outward[index])
        flat = ground.flat(np.array(i + 0.5), np.array(j + 0.5))
        turn = np.angle(np.exp(1j * (np.arctan2(flat[1], flat[0]) - industry_heading)))
        draw = float(rng.random())
        park_since += 1
        if max(abs(i), abs(j)) <= scale.core_cells and (hills[index] < 0.3 or cell == (0, 0)):
            use = Land.CORE
        elif hills[index] > 0.45:
            use = Land.HILLS
        elif park_since > 14 + 9 * parks and away < 0.9 and draw < 0.35:
            use, park_since, parks = Land.PARK, 0, parks + 1
        elif abs(turn) < 0.5 and away > 0.5 and draw < 0.5:
            use = Land.INDUSTRY
        else:
            use = Land.PASSAGES if draw < 0.2 + 0.4 * min(1.0, away) else Land.GRID
        land[cell] = use
        # the cell's real size: they widen outwards
        west_south, east_north = ground.flat(np.array((i, i + 1.0)), np.array((j, j + 1.0)))
        hectares = float(np.prod(east_north - west_south)) / 10_000
        near, far = _PER_HA[use]
        held += hectares * (near + (far - near) * min(1.0, away))
        for other in _beside(cell, scale):
            if max(abs(other[0]), abs(other[1])) <= scale.reach_cells - 2 and land[other] is Land.FIELDS:
                heapq.heappush(frontier, (float(score[order[other]]), order[other]))


def _complete(scale: Scale, cells: list[Cell], outward: Floats, hills: Floats, land: dict[Cell, Land]) -> None:
    """Give a town that grew without them its hill suburb, its industrial estate and its park."""
    away, steep = dict(zip(cells, outward.tolist(), strict=True)), dict(zip(cells, hills.tolist(), strict=True))
    for use, fewest, rank in (
        (Land.HILLS, 1_000, lambda cell: (steep[cell], away[cell])),
        (Land.INDUSTRY, 2_000, lambda cell: (-steep[cell], away[cell])),
        (Land.PARK, 8_000, lambda cell: (-steep[cell], -away[cell])),
    ):
        free = [cell for cell in cells if land[cell] in (Land.GRID, Land.PASSAGES)]
        if not free and use is Land.HILLS:
            free = [cell for cell in cells if land[cell] is Land.CORE and cell != (0, 0)]
        if scale.addresses >= fewest and free and use not in land.values():
            land[max(free, key=rank)] = use


def _beside(cell: Cell, scale: Scale) -> tuple[Cell, ...]:
    """Return the cells around one; across the river counts as beside."""
    i, j = cell
    north = j + 2 if j + 1 == scale.river_row else j + 1
    south = j - 2 if j - 1 == scale.river_row else j - 1
    return (i - 1, j), (i + 1, j), (i, south), (i, north)


def _seats(scale: Scale, cells: list[Cell], land: dict[Cell, Land], rng: np.random.Generator) -> tuple[Cell, ...]:
    """Choose the middles of the communes: the plaza, then built cells far from those already chosen."""
    built = np.array([c for c in cells if land[c] not in (Land.FIELDS, Land.RIVER, Land.INDUSTRY, Land.PARK)])
    seats = [(0, 0)]
    nearest = np.full(len(built), np.inf)
    while len(seats) < min(scale.communes, len(built)):
        nearest = np.minimum(nearest, ((built - np.array(seats[-1])) ** 2).sum(axis=1))
        pick = built[int(np.argmax(nearest * rng.uniform(0.6, 1.0, len(built))))]
        seats.append((int(pick[0]), int(pick[1])))
    return tuple(seats)


def _sway(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a weight per commune, so that some are large; near 1, or a commune would lie in another's middle."""
    weights = rng.uniform(0.85, 1.15, count)
    weights[0] = 1.0
    return weights
