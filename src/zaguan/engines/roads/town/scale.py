"""How large a town of so many addresses is: its cells, its ring, its river, its communes."""

import math
from dataclasses import dataclass
from typing import Final

from zaguan.base.kit.errors import Kind, ZaguanError

FEWEST_ADDRESSES: Final = 1_000
MOST_ADDRESSES: Final = 1_000_000
BLOCK_M: Final = 106.0  # from street axis to street axis in the colonial grid
ADDRESSES_PER_HA: Final = 19.5  # over the whole built-up area, parks and avenues included
DUAL_RING_FROM: Final = 8_000  # addresses from which the ring road has two carriageways

# (addresses up to, blocks along a cell): avenues stand further apart in a larger town
_BLOCKS_PER_CELL: Final = ((3_000, 3), (60_000, 4), (200_000, 5), (500_000, 6), (MOST_ADDRESSES, 8))


class TownSizeRefused(ZaguanError):
    """A town of so many addresses is not made."""

    kind = Kind.INVALID
    code = "town.size"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The measures that follow from the number of addresses. Cells are the meshes between two avenues."""

    addresses: int
    blocks: int  # along one side of a cell
    cell_m: float
    radius_cells: float  # of the built-up area
    reach_cells: int  # lattice cells from the centre to the edge of the map
    core_cells: int  # cells from the central one that keep the colonial grid
    ring_cells: int  # cells from the central one inside the ring road
    river_row: int  # the lattice row that is the river
    river_m: float
    communes: int
    villages: int
    dual_ring: bool

    @property
    def radius_m(self) -> float:
        """Radius of the built-up area, roughly."""
        return self.radius_cells * self.cell_m


def scale_for(addresses: int) -> Scale:
    """Return the measures of a town; fewer than 1,000 or more than 1,000,000 addresses raise TownSizeRefused."""
    if not FEWEST_ADDRESSES <= addresses <= MOST_ADDRESSES:
        raise TownSizeRefused(addresses=addresses, fewest=FEWEST_ADDRESSES, most=MOST_ADDRESSES)
    blocks = next(count for limit, count in _BLOCKS_PER_CELL if addresses <= limit)
    cell_m = blocks * BLOCK_M
    cells = addresses / ADDRESSES_PER_HA / (cell_m * cell_m / 10_000)
    radius = math.sqrt(cells / math.pi)
    thousands = addresses / 1_000
    return Scale(
        addresses=addresses,
        blocks=blocks,
        cell_m=cell_m,
        radius_cells=radius,
        reach_cells=math.ceil(radius * 1.4) + 3,
        core_cells=max(1, round(0.2 * radius)),
        ring_cells=max(1, round(0.55 * radius)),
        river_row=max(1, round(0.3 * radius)) + 1 if radius > 2.2 else 1,
        river_m=min(190.0, 55.0 + 22.0 * thousands**0.25),
        communes=round(min(26.0, 2.6 + 0.8 * thousands**0.46)),
        villages=round(min(12.0, 0.8 + 0.75 * radius)),
        dual_ring=addresses >= DUAL_RING_FROM,
    )
