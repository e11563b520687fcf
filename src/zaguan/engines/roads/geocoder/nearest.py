"""What lies near a point while the index is built: the nearest street, the commune of the neighbours."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.base.geo.point import Point
from zaguan.engines.roads.geocoder.layout import METRES_PER_DEGREE, MICRODEGREES

STREET_WITHIN_M: Final = 60.0
STREET_CELL_DEG: Final = 0.002  # wider than STREET_WITHIN_M everywhere below 70° of latitude
COMMUNE_CELL_DEG: Final = 0.005
COMMUNE_RINGS: Final = 3


class CommuneMap:
    """A coarse grid that knows which communes lie in each cell."""

    def __init__(self) -> None:
        self._cells: defaultdict[tuple[int, int], Counter[str]] = defaultdict(Counter)

    def add_houses(self, draft: array[int], lon: array[int], lat: array[int], communes: Sequence[str]) -> None:
        """Take houses whose street is `draft`, an index into `communes`; degrees are in millionths."""
        if not draft:
            return
        number_of = {commune: number for number, commune in enumerate(sorted(set(communes)))}
        names = list(number_of)
        commune = np.array([number_of[name] for name in communes])[np.frombuffer(draft, dtype=np.int32)]
        size = COMMUNE_CELL_DEG * MICRODEGREES
        x = np.floor(np.frombuffer(lon, dtype=np.int32) / size).astype(np.int64)
        y = np.floor(np.frombuffer(lat, dtype=np.int32) / size).astype(np.int64)
        rows, counts = np.unique(np.stack((x, y, commune)), axis=1, return_counts=True)
        for (cell_x, cell_y, number), count in zip(rows.T.tolist(), counts.tolist(), strict=True):
            if names[number]:
                self._cells[cell_x, cell_y][names[number]] += count

    def add_point(self, point: Point, commune: str) -> None:
        """Take one point of a commune."""
        if commune:
            self._cells[self._cell(point)][commune] += 1

    def commune_at(self, point: Point) -> str:
        """Return the commune that most neighbours are in, or "" with no neighbour within a kilometre or two."""
        x, y = self._cell(point)
        for ring in range(COMMUNE_RINGS + 1):
            found: Counter[str] = Counter()
            for dx in range(-ring, ring + 1):
                for dy in range(-ring, ring + 1):
                    if max(abs(dx), abs(dy)) == ring and (x + dx, y + dy) in self._cells:
                        found.update(self._cells[x + dx, y + dy])
            if found:
                return min(found, key=lambda commune: (-found[commune], commune))
        return ""

    @staticmethod
    def _cell(point: Point) -> tuple[int, int]:
        return int(point.lon // COMMUNE_CELL_DEG), int(point.lat // COMMUNE_CELL_DEG)


class StreetMap:
    """The pieces of all streets in a grid of cells."""

    def __init__(self, lines: Sequence[tuple[int, tuple[Point, ...]]]) -> None:
        segments = [(number, a.lon, a.lat, b.lon, b.lat) for number, line in lines for a, b in pairwise(line)]
        self._street = np.array([segment[0] for segment in segments], dtype=np.int64)
        self._ends = np.array([segment[1:] for segment in segments], dtype=np.float64).reshape(-1, 4)
        self._cells: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        low = np.floor(np.minimum(self._ends[:, :2], self._ends[:, 2:]) / STREET_CELL_DEG).astype(int)
        high = np.floor(np.maximum(self._ends[:, :2], self._ends[:, 2:]) / STREET_CELL_DEG).astype(int)
        for at, ((x0, y0), (x1, y1)) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
            for x in range(x0 - 1, x1 + 2):
                for y in range(y0 - 1, y1 + 2):
                    self._cells[x, y].append(at)

    def nearest(self, points: Sequence[Point]) -> list[int | None]:
        """Return the street number nearest to each point, None where none lies within `STREET_WITHIN_M`."""
        found: list[int | None] = [None] * len(points)
        by_cell: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for at, point in enumerate(points):
            by_cell[int(point.lon // STREET_CELL_DEG), int(point.lat // STREET_CELL_DEG)].append(at)
        for cell, members in by_cell.items():
            if cell not in self._cells:
                continue
            around = np.array(self._cells[cell])
            where = np.array([(points[at].lon, points[at].lat) for at in members])
            distance = distances_to_segments_m(where, self._ends[around])
            best = np.argmin(distance, axis=1)
            for row, (at, index) in enumerate(zip(members, best.tolist(), strict=True)):
                if distance[row, index] <= STREET_WITHIN_M:
                    found[at] = int(self._street[around[index]])
        return found


def distances_to_segments_m(points: NDArray[np.float64], ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return metres from points (n, 2) to segments (m, 4) given as lon, lat, lon, lat in degrees; shape (n, m)."""
    shrink = np.cos(np.radians(points[:, 1].mean()))
    scale = np.array([shrink, 1.0]) * METRES_PER_DEGREE
    start, along = ends[:, :2] * scale, (ends[:, 2:] - ends[:, :2]) * scale
    away = points[:, None, :] * scale - start[None, :, :]
    square = np.maximum((along**2).sum(axis=1), 1e-9)
    share = np.clip((away * along[None, :, :]).sum(axis=2) / square, 0.0, 1.0)
    gap = away - share[:, :, None] * along[None, :, :]
    distances: NDArray[np.float64] = np.sqrt((gap**2).sum(axis=2))
    return distances
