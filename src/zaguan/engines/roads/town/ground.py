"""The ground that the town is drawn on: an even lattice, bent into a grown one, then laid on the earth.

Lattice coordinates (u, v) count cells from the central one; whole numbers are avenues. `Ground.plane` turns them
into metres in the town's plane, so one drawing rule serves the straight colonial centre, the curved outskirts, the
meanders of the river and the folds of the hills.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from zaguan.base.geo.point import EARTH_RADIUS_M
from zaguan.engines.roads.town.scale import Scale
from zaguan.engines.roads.town.shapes import Floats

# dry hills between two valleys of central Chile: plausible, and no town of that size stands there
CENTRE_LON: Final = -71.47
CENTRE_LAT: Final = -34.78
_METRES_PER_DEGREE: Final = math.radians(1) * EARTH_RADIUS_M
_ROUNDING: Final = 0.5  # how far squares around the centre become circles


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """One fold of the ground: displacement `push` along wave vector `wave` with a phase."""

    wave: tuple[float, float]
    push: tuple[float, float]
    phase: float


class Ground:
    """Lattice to plane and plane to earth for one town."""

    def __init__(self, scale: Scale, rng: np.random.Generator) -> None:
        self._scale = scale
        self._u_lines, self._u_at = _lines(scale, rng, river=False)
        self._v_lines, self._v_at = _lines(scale, rng, river=True)
        self._turn = math.radians(float(rng.uniform(6, 14)) * (1 if rng.random() < 0.5 else -1))
        radius = scale.radius_m
        self.hill_side = np.array((math.cos(angle := float(rng.uniform(-0.75, 0.1))), math.sin(angle)))
        if rng.random() < 0.5:
            self.hill_side[0] *= -1
        longest = max(4.5, 0.8 * scale.radius_cells) * scale.cell_m
        self._folds = _waves(rng, count=6, shortest=3.0 * scale.cell_m, longest=longest, steepness=0.1)
        self._hill_folds = _waves(rng, count=4, shortest=0.9 * scale.cell_m, longest=1.7 * scale.cell_m, steepness=0.13)
        self._meander = (
            (4.5 + 0.35 * scale.radius_cells) * scale.cell_m,
            float(rng.uniform(0, 2 * math.pi)),
            0.3 * scale.cell_m * math.sqrt(max(1.0, scale.radius_cells / 3)),
            2.2 * scale.cell_m * math.sqrt(max(1.0, scale.radius_cells / 3)),
        )
        self._calm_m = (0.5 * scale.cell_m, (scale.core_cells + 2.0) * scale.cell_m)
        self._hills_from = 0.36 * radius, 0.56 * radius

    def hillness(self, flat: Floats) -> Floats:
        """Return 0 on the plain to 1 in the hills for points of the unbent plane, shape (..., 2)."""
        along = flat @ self.hill_side
        across = flat @ np.array((-self.hill_side[1], self.hill_side[0]))
        reach = along - 0.2 * np.abs(across) + 0.1 * self._hills_from[1] * np.sin(across / self._scale.cell_m / 1.3)
        return _smooth((reach - self._hills_from[0]) / (self._hills_from[1] - self._hills_from[0]))

    def flat(self, u: Floats, v: Floats) -> Floats:
        """Return metres east and north of the plaza before any bending, shape (..., 2)."""
        return np.stack((np.interp(u, self._u_lines, self._u_at), np.interp(v, self._v_lines, self._v_at)), axis=-1)

    def plane(self, u: Floats, v: Floats) -> Floats:
        """Return metres east and north of the plaza, shape (..., 2)."""
        flat = self.flat(np.asarray(u, dtype=np.float64), np.asarray(v, dtype=np.float64))
        x, y = flat[..., 0], flat[..., 1]
        radius2 = self._scale.radius_m**2
        round_x = x * np.sqrt(1 - _ROUNDING * y * y / (y * y + radius2))
        round_y = y * np.sqrt(1 - _ROUNDING * x * x / (x * x + radius2))
        calm = _smooth((np.hypot(x, y) - self._calm_m[0]) / (self._calm_m[1] - self._calm_m[0]))
        bent = np.stack((round_x, round_y), axis=-1)
        bent = bent + (0.15 + 0.85 * calm)[..., None] * _displacement(self._folds, flat)
        bent = bent + self.hillness(flat)[..., None] * _displacement(self._hill_folds, flat)
        length, phase, swing, width = self._meander
        river_y = float(np.interp(self._scale.river_row + 0.5, self._v_lines, self._v_at))
        sway = np.sin(2 * math.pi * x / length + phase) + 0.4 * np.sin(5.1 * math.pi * x / length + 2 * phase)
        bent[..., 1] += swing * sway * np.exp(-(((y - river_y) / width) ** 2)) * (0.3 + 0.7 * calm)
        cos, sin = math.cos(self._turn), math.sin(self._turn)
        turned: Floats = bent @ np.array(((cos, sin), (-sin, cos)))
        return turned

    @staticmethod
    def earth(plane: Floats) -> Floats:
        """Return longitude and latitude in degrees of points of the plane, shape (n, 2)."""
        degrees = plane / _METRES_PER_DEGREE
        lon = CENTRE_LON + degrees[:, 0] / math.cos(math.radians(CENTRE_LAT))
        return np.column_stack((lon, CENTRE_LAT + degrees[:, 1]))


def _lines(scale: Scale, rng: np.random.Generator, *, river: bool) -> tuple[Floats, Floats]:
    """Place the lattice lines of one axis: cells widen outwards, none is quite like the next."""
    cells = np.arange(-scale.reach_cells, scale.reach_cells + 1)
    outward = np.abs(cells) / scale.radius_cells
    widths = scale.cell_m * (1 + 0.22 * _smooth(outward) + 0.5 * _smooth((outward - 1.0) / 0.7))
    widths = widths * rng.uniform(0.9, 1.1, len(cells))
    # the centre keeps its even blocks
    widths = np.where(np.abs(cells) <= scale.core_cells, scale.cell_m * rng.uniform(0.96, 1.04, len(cells)), widths)
    if river:
        widths[cells == scale.river_row] = scale.river_m + 50.0
    at = np.concatenate(([0.0], np.cumsum(widths)))
    lines = np.arange(-scale.reach_cells, scale.reach_cells + 2, dtype=np.float64)
    plaza = (scale.blocks // 2 + 0.5) / scale.blocks
    return lines, at - np.interp(plaza, lines, at)


def _waves(
    rng: np.random.Generator, *, count: int, shortest: float, longest: float, steepness: float
) -> tuple[Wave, ...]:
    waves: list[Wave] = []
    for _ in range(count):
        length = float(rng.uniform(shortest, longest))
        heading, push = rng.uniform(0, 2 * math.pi, 2)
        number, amplitude = 2 * math.pi / length, steepness * length / (2 * math.pi)
        waves.append(
            Wave(
                wave=(number * math.cos(heading), number * math.sin(heading)),
                push=(amplitude * math.cos(push), amplitude * math.sin(push)),
                phase=float(rng.uniform(0, 2 * math.pi)),
            )
        )
    return tuple(waves)


def _displacement(waves: tuple[Wave, ...], flat: Floats) -> Floats:
    moved = np.zeros_like(flat)
    for wave in waves:
        moved += np.sin(flat @ np.array(wave.wave) + wave.phase)[..., None] * np.array(wave.push)
    return moved


def _smooth(share: Floats) -> Floats:
    clipped = np.clip(share, 0.0, 1.0)
    eased: Floats = clipped * clipped * (3 - 2 * clipped)
    return eased
