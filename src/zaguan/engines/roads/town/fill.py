"""Fits a street pattern into its district: keeps what lies inside, opens street ends onto the avenues around."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.roads.town.arterial import Key, key_of
from zaguan.engines.roads.town.cells import Land
from zaguan.engines.roads.town.districts import District
from zaguan.engines.roads.town.patterns import Pattern
from zaguan.engines.roads.town.shapes import Bools, Floats, cross, distance_to_ring, first_crossings, inside

Whole = NDArray[np.int64]
_SHORTEST_M: Final = 18.0  # a street's last stretch
_SHALLOWEST: Final = 0.4  # sine of the angle at which a street may meet an avenue
_APART_M: Final = 30.0  # between two street ends on the same side of an avenue
_SAME_POINT_M: Final = 3.0
_CLEARANCE_M: Final = 30.0  # streets that do not open onto an avenue keep away from it
_STUB: Final = 0.45  # of the way that a dead end goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class Junction:
    """Where a street opens onto an arterial."""

    key: Key
    arc: float


@dataclass(slots=True, kw_only=True)
class Stretch:
    """A piece of local street between two ends. An end is a node of the district, a junction, or None: dead."""

    start: int
    end: int | Junction | None
    line: Floats
    direction: Literal[0, 1]
    number: int  # of the street line in that direction
    along: tuple[float, float]  # in blocks from the pattern's first line
    left_built: bool
    right_built: bool
    passage: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Streets:
    """The local streets of one district."""

    nodes: Floats  # (n, 2)
    stretches: tuple[Stretch, ...]
    squares: tuple[Floats, ...]  # open rings of small parks

    @classmethod
    def none(cls) -> "Streets":
        """Return what stands in a district without streets of its own."""
        return cls(nodes=np.zeros((0, 2)), stretches=(), squares=())


def fill(district: District, pattern: Pattern, rng: np.random.Generator) -> Streets:
    """Return the streets of a pattern that fit the district."""
    grid_s, grid_t = np.meshgrid(pattern.s, pattern.t, indexing="ij")
    nodes = pattern.bend(grid_s, grid_t)
    held = _held(district, nodes.reshape(-1, 2), pattern.margin_m).reshape(grid_s.shape)
    number = np.full(grid_s.shape, -1, dtype=np.int64)
    number[held] = np.arange(np.count_nonzero(held))
    squares = [block for block in sorted(pattern.parks) if _whole(block, held, pattern)]
    fitting = _Fitting(district, pattern, number, frozenset(squares), rng)
    for direction in (0, 1):
        fitting.lay(direction)
    rings = [_square(block, nodes) for block in squares]
    return Streets(nodes=nodes[held], stretches=tuple(fitting.stretches), squares=tuple(rings))


def _held(district: District, points: Floats, margin_m: float) -> Bools:
    low, high = district.ring.min(axis=0), district.ring.max(axis=0)
    near: Bools = np.all((points > low) & (points < high), axis=1)
    near[near] = inside(district.ring, points[near])
    near[near] = distance_to_ring(district.ring, points[near]) > margin_m
    if district.village is not None:
        centre, radius, _ = district.village
        near &= np.hypot(*(points - centre).T) < radius
    return near


def _whole(block: tuple[int, int], held: Bools, pattern: Pattern) -> bool:
    """Tell whether a block has streets on all four sides."""
    i, j = block
    if not (0 <= i < len(pattern.s) - 1 and 0 <= j < len(pattern.t) - 1):
        return False
    streets = pattern.across[i, j] and pattern.across[i, j + 1] and pattern.along[i, j] and pattern.along[i + 1, j]
    return bool(streets and held[i : i + 2, j : j + 2].all())


def _square(block: tuple[int, int], nodes: Floats) -> Floats:
    i, j = block
    corners = nodes[[i, i + 1, i + 1, i], [j, j, j + 1, j + 1]]
    middle = corners.mean(axis=0)
    # as far inside as the pavement
    gap = corners - middle
    inset: Floats = middle + gap * (1 - 11.0 / np.maximum(22.0, np.hypot(gap[:, 0], gap[:, 1])))[:, None]
    return inset


class _Fitting:
    def __init__(
        self,
        district: District,
        pattern: Pattern,
        number: Whole,
        squares: frozenset[tuple[int, int]],
        rng: np.random.Generator,
    ) -> None:
        self._district, self._pattern, self._number = district, pattern, number
        self._squares, self._rng = squares, rng
        self._taken: dict[Key, list[float]] = {}
        self._ends: list[Floats] = []
        beside_trunk = any(side.road == "trunk" for side in district.sides)
        self._clearance_m = _CLEARANCE_M if beside_trunk else _CLEARANCE_M / 2
        self.stretches: list[Stretch] = []

    def lay(self, direction: Literal[0, 1] | int) -> None:
        """Lay all streets of one direction."""
        kept = self._pattern.across if direction == 0 else self._pattern.along
        i, j = np.nonzero(kept)
        a = self._number[i, j]
        b = self._number[i + (direction == 0), j + (direction == 1)]
        self._lay_whole(direction, i[(a >= 0) & (b >= 0)], j[(a >= 0) & (b >= 0)])
        for forward, mask in ((True, (a >= 0) & (b < 0)), (False, (a < 0) & (b >= 0))):
            self._lay_ends(direction, i[mask], j[mask], forward=forward)

    def _drawn(self, direction: int, i: Whole, j: Whole, start: float, end: float, legs: int) -> Floats:
        """Draw stretches from share `start` to share `end` of the way to the next line; shape (n, legs + 1, 2)."""
        share = np.linspace(start, end, legs + 1)[None, :]
        lines = self._pattern.s if direction == 0 else self._pattern.t
        moving = (i if direction == 0 else j)[:, None] + share
        along = np.interp(moving, np.arange(len(lines)), lines)
        fixed = np.broadcast_to((self._pattern.t[j] if direction == 0 else self._pattern.s[i])[:, None], along.shape)
        return self._pattern.bend(along, fixed) if direction == 0 else self._pattern.bend(fixed, along)

    def _lay_whole(self, direction: int, i: Whole, j: Whole) -> None:
        if not len(i):
            return
        legs = self._pattern.samples
        lines = self._drawn(direction, i, j, 0, 1, legs)
        check = self._drawn(direction, i, j, 0.2, 0.8, 2).reshape(-1, 2)
        clear = inside(self._district.ring, check) & (distance_to_ring(self._district.ring, check) > self._clearance_m)
        for index in np.flatnonzero(clear.reshape(-1, 3).all(axis=1)):
            a, b = int(i[index]), int(j[index])
            end = int(self._number[a + (direction == 0), b + (direction == 1)])
            at = float(a if direction == 0 else b)
            self._add(direction, a, b, int(self._number[a, b]), end, lines[index], (at, at + 1))

    def _lay_ends(self, direction: int, i: Whole, j: Whole, *, forward: bool) -> None:
        """Lead streets from their last crossing inside to the avenue, or let them end."""
        if not len(i):
            return
        legs = 4 * self._pattern.samples
        start, end = (0.0, 2.0) if forward else (1.0, -1.0)
        lines = self._drawn(direction, i, j, start, end, legs)
        segment, share, edge, ring_share = first_crossings(lines, self._district.ring)
        for index in range(len(i)):
            a, b = int(i[index]), int(j[index])
            step = 0 if forward else 1
            node = int(self._number[a + step * (direction == 0), b + step * (direction == 1)])
            origin = float((a if direction == 0 else b) + step)
            line, cut = lines[index], int(segment[index])
            finish: Junction | None = None
            if cut >= 0:
                crossing = line[cut] + share[index] * (line[cut + 1] - line[cut])
                finish = self._junction(int(edge[index]), float(ring_share[index]), line[cut + 1] - line[cut])
                before = line[: cut + 1]
                before = before[np.hypot(*(before - crossing).T) > _SAME_POINT_M]
                part = np.vstack((before, crossing))
                if np.hypot(*np.diff(part, axis=0).T).sum() < _SHORTEST_M:
                    continue
                blocks = (cut + float(share[index])) * 2 / legs
            if finish is None:
                if (cut >= 0 and blocks < 0.6) or self._rng.random() < 0.5:
                    continue
                stub = self._drawn(direction, i[[index]], j[[index]], start, start + (end - start) * _STUB / 2, 2)
                part, blocks = stub[0], _STUB
                if distance_to_ring(self._district.ring, part[1:]).min() < _CLEARANCE_M:
                    continue
            if self._crosses(part) or (cut >= 0 and self._brushes(part)):
                continue
            self._ends.append(part)
            span = (origin, origin + blocks) if forward else (origin - blocks, origin)
            self._add(direction, a, b, node, finish, part, span, reverse=not forward)

    def _brushes(self, line: Floats) -> bool:
        """Tell whether a street end runs along an avenue before it opens onto one."""
        before = line[np.hypot(*(line - line[-1]).T) > 1.2 * _CLEARANCE_M]
        return len(before) > 0 and bool(distance_to_ring(self._district.ring, before).min() < self._clearance_m)

    def _crosses(self, line: Floats) -> bool:
        """Tell whether a street end would cross another one on the way to its avenue."""
        low, high = line.min(axis=0), line.max(axis=0)
        for other in self._ends:
            apart = np.any(other.min(axis=0) > high) or np.any(other.max(axis=0) < low)
            if not apart and not np.allclose(other[0], line[0]) and cross(line, other):
                return True
        return False

    def _junction(self, edge: int, share: float, heading: Floats) -> Junction | None:
        side = self._district.sides[edge]
        arc = self._district.arc_at(edge, share)
        if not side.accepts_junction(arc):
            return None
        ring = self._district.ring
        along = ring[(edge + 1) % len(ring)] - ring[edge]
        sine = abs(along[0] * heading[1] - along[1] * heading[0]) / max(
            1e-9, float(np.hypot(*along) * np.hypot(*heading))
        )
        key = key_of(side.a, side.b)
        taken = self._taken.setdefault(key, [])
        if sine < _SHALLOWEST or any(abs(arc - other) < _APART_M for other in taken):
            return None
        taken.append(arc)
        return Junction(key=key, arc=arc)

    def _add(
        self,
        direction: int,
        i: int,
        j: int,
        start: int,
        end: int | Junction | None,
        line: Floats,
        along: tuple[float, float],
        *,
        reverse: bool = False,
    ) -> None:
        # what lies left and right of the way of growing s or t
        left, right = ((i, j), (i, j - 1)) if direction == 0 else ((i - 1, j), (i, j))
        if reverse:
            left, right = right, left
        number = j if direction == 0 else i
        first = self._pattern.global_lines
        if first is not None:
            number += first[1 - direction]
            along = along[0] + first[direction], along[1] + first[direction]
        self.stretches.append(
            Stretch(
                start=start,
                end=end,
                line=line,
                direction=0 if direction == 0 else 1,
                number=number,
                along=along if not reverse else (along[1], along[0]),
                left_built=left not in self._squares,
                right_built=right not in self._squares,
                passage=direction == 0 and j in self._pattern.passage_lines and self._district.land is Land.PASSAGES,
            )
        )
