"""Lengths between points in the plane, made whole as each family of benchmark sets does it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.travel import Travel

MATRIX_UP_TO: Final = 2_500  # locations; beyond, legs are computed when they are driven
ROWS: Final = 256  # computed at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """How a number of the file becomes a whole one: times `scale`, plus `rounding`, cut off."""

    scale: int
    rounding: float

    def whole(self, number: float) -> int:
        """Return a length, time or price of the file as the problem has it."""
        return int(np.floor(number * self.scale + self.rounding))


ROUNDED: Final = Measure(scale=1, rounding=0.5)  # CVRPLIB's X set and its kin
CUT: Final = Measure(scale=1, rounding=0.0)
DIMACS: Final = Measure(scale=10, rounding=0.0)  # VRPTW since the DIMACS challenge: one decimal, cut off
EXACT: Final = Measure(scale=1_000, rounding=0.5)  # as good as real numbers


def planar(points: NDArray[np.float64], measure: Measure) -> Travel:
    """Return travel along straight lines between points (n, 2), by a matrix where that is small."""
    travel = Travel.planar(points, scale=measure.scale, rounding=measure.rounding)
    return travel if len(points) > MATRIX_UP_TO else Travel.static(matrix(points, measure))


def matrix(points: NDArray[np.float64], measure: Measure) -> NDArray[np.int32]:
    """Return the lengths (n, n) between points (n, 2)."""
    travel = Travel.planar(points, scale=measure.scale, rounding=measure.rounding)
    every = np.arange(len(points))
    blocks = [travel.part(0, every[at : at + ROWS], every)[1] for at in range(0, len(points), ROWS)]
    return np.concatenate(blocks)


def rounded_up(points: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return the lengths (n, n) between points (n, 2), each rounded up."""
    blocks = []
    for at in range(0, len(points), ROWS):
        apart = points[at : at + ROWS, None] - points[None]
        blocks.append(np.ceil(np.sqrt((apart**2).sum(axis=2))).astype(np.int32))
    return np.concatenate(blocks)
