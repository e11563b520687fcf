"""Street patterns: for each use of land a lattice of streets of its own, before it is fitted into its district."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from zaguan.engines.roads.town.cells import Land
from zaguan.engines.roads.town.districts import District
from zaguan.engines.roads.town.ground import Ground
from zaguan.engines.roads.town.scale import BLOCK_M
from zaguan.engines.roads.town.shapes import Bools, Floats

Bend = Callable[[Floats, Floats], Floats]
_EDGES_KEPT: Final = 1.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Streets as lines of a lattice: line `i` of direction 0 lies at `s[i]`, line `j` of direction 1 at `t[j]`.

    `across[i, j]` keeps the stretch from node (i, j) to (i + 1, j), `along[i, j]` that to (i, j + 1).
    `parks` are blocks, named by their south-western node, left open as squares.
    """

    s: Floats
    t: Floats
    bend: Bend  # (s, t) to metres in the plane
    across: Bools  # (len(s) - 1, len(t))
    along: Bools  # (len(s), len(t) - 1)
    margin_m: float  # crossings keep this distance from the avenues
    parks: frozenset[tuple[int, int]] = frozenset()
    passage_lines: frozenset[int] = frozenset()  # lines j that are narrow passages
    samples: int = 1  # legs of one stretch: 1 is straight
    global_lines: tuple[int, int] | None = None  # number of the first lines, where they go on in the next district


def pattern_for(district: District, blocks: int, ground: Ground, rng: np.random.Generator) -> Pattern | None:
    """Return the streets of a district, or None where it has none of its own."""
    if district.village is not None:
        return _village(district, rng)
    if district.land is Land.CORE:
        return _colonial(district, blocks, ground, rng)
    if district.land is Land.GRID:
        return _grid(district, rng)
    if district.land is Land.PASSAGES:
        return _passages(district, rng)
    if district.land is Land.HILLS:
        return _winding(district, rng)
    if district.land is Land.INDUSTRY:
        return _estate(district, rng)
    return None


def _colonial(district: District, blocks: int, ground: Ground, rng: np.random.Generator) -> Pattern:
    """Continue the lattice itself, so that streets run straight on across the avenues."""
    i, j = district.cells[0]
    # one line more on either side, so that the streets reach the avenues
    shares = np.arange(-1, blocks + 2) / blocks
    inner = range(2, blocks)
    parks = {(blocks // 2 + 1, blocks // 2 + 1)} if (i, j) == (0, 0) else set[tuple[int, int]]()
    if (i, j) != (0, 0) and rng.random() < 0.3:
        parks = {(int(rng.choice(inner)), int(rng.choice(inner)))}
    return Pattern(
        s=i + shares,
        t=j + shares,
        bend=ground.plane,
        across=np.ones((blocks + 2, blocks + 3), dtype=np.bool_),
        along=np.ones((blocks + 3, blocks + 2), dtype=np.bool_),
        margin_m=30.0,
        parks=frozenset(parks),
        global_lines=(i * blocks - 1, j * blocks - 1),
    )


def _heading(district: District, rng: np.random.Generator, *, sway: float) -> float:
    """Take the direction of one of the avenues around, the longer the likelier."""
    corners = np.diff(np.vstack((district.ring, district.ring[:1])), axis=0)
    lengths = np.hypot(corners[:, 0], corners[:, 1])
    edge = int(rng.choice(len(corners), p=lengths / lengths.sum()))
    return math.atan2(corners[edge, 1], corners[edge, 0]) + float(rng.normal(0, sway))


def _rows(low: float, high: float, pitch: float, rng: np.random.Generator, *, sway: float) -> Floats:
    """Return lines about `pitch` apart over a span with room on both sides."""
    count = math.ceil((high - low) / pitch) + 4
    steps = pitch * rng.uniform(1 - sway, 1 + sway, count)
    return low - 1.7 * pitch + float(rng.uniform(-0.3, 0.3)) * pitch + np.cumsum(steps)


def _frame(district: District, heading: float) -> tuple[Bend, Floats, Floats]:
    """Return the turn from the pattern's frame to the plane, and the district's low and high corner in it."""
    centre = district.ring.mean(axis=0)
    cos, sin = math.cos(heading), math.sin(heading)
    turn = np.array(((cos, sin), (-sin, cos)))
    local = (district.ring - centre) @ turn.T
    if district.village is not None:
        centre, radius, _ = district.village
        local = radius * np.array(((-1.0, -1.0), (1.0, 1.0)))

    def bend(s: Floats, t: Floats) -> Floats:
        placed: Floats = centre + np.stack((s, t), axis=-1) @ turn
        return placed

    return bend, local.min(axis=0), local.max(axis=0)


def _lattice(
    district: District, rng: np.random.Generator, *, heading: float, pitch: tuple[float, float], sway: float
) -> tuple[Floats, Floats, Bend, Bools, Bools]:
    bend, low, high = _frame(district, heading)
    s = _rows(float(low[0]), float(high[0]), pitch[0], rng, sway=sway)
    t = _rows(float(low[1]), float(high[1]), pitch[1], rng, sway=sway)
    across = rng.random((len(s) - 1, len(t))) < _EDGES_KEPT
    along = rng.random((len(s), len(t) - 1)) < _EDGES_KEPT
    return s, t, bend, across, along


def _squares(s: Floats, t: Floats, count: int, rng: np.random.Generator) -> frozenset[tuple[int, int]]:
    middle = [
        tuple(int(rng.integers(len(lines) // 3, max(len(lines) // 3 + 1, 2 * len(lines) // 3))) for lines in (s, t))
        for _ in range(count)
    ]
    return frozenset((i, j) for i, j in middle)


def _grid(district: District, rng: np.random.Generator) -> Pattern:
    pitch = float(rng.uniform(0.85, 1.15)) * BLOCK_M, float(rng.uniform(0.6, 1.0)) * BLOCK_M
    heading = _heading(district, rng, sway=0.03)
    s, t, bend, across, along = _lattice(district, rng, heading=heading, pitch=pitch, sway=0.06)
    # here and there two blocks became one: a school, a works, a field
    across &= rng.random(across.shape) < 0.96
    along &= rng.random(along.shape) < 0.96
    return Pattern(
        s=s,
        t=t,
        bend=bend,
        across=across,
        along=along,
        margin_m=0.42 * pitch[1],
        parks=_squares(s, t, int(rng.integers(0, 2)), rng),
    )


def _passages(district: District, rng: np.random.Generator) -> Pattern:
    pitch = float(rng.uniform(125, 185)), float(rng.uniform(46, 60))
    heading = _heading(district, rng, sway=0.02)
    s, t, bend, across, along = _lattice(district, rng, heading=heading, pitch=pitch, sway=0.05)
    passages = frozenset(int(j) for j in np.flatnonzero(rng.random(len(t)) < 0.6))
    columns = np.arange(along.shape[0])[:, None] % 2 == int(rng.integers(0, 2))
    # every other cross street is a wall of gardens at some rows, so that passages end there
    along &= columns | (rng.random(along.shape) < 0.5)
    for j in passages:
        across[:, j] &= rng.random(across.shape[0]) < 0.85
    return Pattern(
        s=s,
        t=t,
        bend=bend,
        across=across,
        along=along,
        margin_m=26.0,
        parks=_squares(s, t, int(rng.integers(0, 3)), rng),
        passage_lines=passages,
    )


def _winding(district: District, rng: np.random.Generator) -> Pattern:
    """Follow the slope in waves: long level streets, few and staggered climbs, dead ends."""
    pitch = float(rng.uniform(105, 150)), float(rng.uniform(66, 92))
    s, t, flat_bend, across, along = _lattice(
        district, rng, heading=_heading(district, rng, sway=0.25), pitch=pitch, sway=0.16
    )
    length, second = float(rng.uniform(330, 560)), float(rng.uniform(170, 300))
    phases = rng.uniform(0, 2 * math.pi, 4)
    swing, ripple = length * float(rng.uniform(0.055, 0.085)), second * float(rng.uniform(0.03, 0.05))

    def bend(a: Floats, b: Floats) -> Floats:
        wave = swing * np.sin(2 * math.pi * a / length + phases[0] + b / 260)
        wave = wave + ripple * np.sin(2 * math.pi * a / second + phases[1] + b / 90)
        shift = 20 * np.sin(2 * math.pi * b / 330 + phases[2]) + 9 * np.sin(2 * math.pi * (a + b) / 260 + phases[3])
        return flat_bend(a + shift, b + wave)

    across &= rng.random(across.shape) < 0.9
    along &= rng.random(along.shape) < 0.42
    return Pattern(s=s, t=t, bend=bend, across=across, along=along, margin_m=30.0, samples=5)


def _estate(district: District, rng: np.random.Generator) -> Pattern:
    pitch = float(rng.uniform(190, 250)), float(rng.uniform(150, 210))
    heading = _heading(district, rng, sway=0.01)
    s, t, bend, across, along = _lattice(district, rng, heading=heading, pitch=pitch, sway=0.12)
    across &= rng.random(across.shape) < 0.85
    along &= rng.random(along.shape) < 0.85
    return Pattern(s=s, t=t, bend=bend, across=across, along=along, margin_m=70.0)


def _village(district: District, rng: np.random.Generator) -> Pattern:
    assert district.village is not None
    pitch = float(rng.uniform(80, 104))
    heading = district.village[2]
    s, t, bend, across, along = _lattice(district, rng, heading=heading, pitch=(pitch, pitch), sway=0.06)
    across &= rng.random(across.shape) < 0.9
    along &= rng.random(along.shape) < 0.9
    squares = frozenset({(len(s) // 2, len(t) // 2)}) if rng.random() < 0.4 else frozenset()
    return Pattern(s=s, t=t, bend=bend, across=across, along=along, margin_m=0.45 * pitch, parks=squares)
