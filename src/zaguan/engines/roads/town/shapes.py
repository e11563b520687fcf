"""Plane geometry in metres on numpy arrays: polylines, rings, crossings."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def arcs_along(line: Floats) -> Floats:
    """Return the distance from the start at each point of a polyline of shape (n, 2)."""
    steps = np.hypot(*(np.diff(line, axis=0).T))
    return np.concatenate(([0.0], np.cumsum(steps)))


def point_at(line: Floats, arcs: Floats, at: float) -> Floats:
    """Return the point at a distance along a polyline whose `arcs_along` is given."""
    return np.array((np.interp(at, arcs, line[:, 0]), np.interp(at, arcs, line[:, 1])))


def piece_of(line: Floats, arcs: Floats, start: float, end: float) -> Floats:
    """Return the part of a polyline between two distances, ends included."""
    inner = line[(arcs > start + 0.5) & (arcs < end - 0.5)]
    return np.vstack((point_at(line, arcs, start), inner, point_at(line, arcs, end)))


def offset_line(line: Floats, by: float) -> Floats:
    """Return a polyline moved to its left by some metres (to its right where negative)."""
    directions = np.diff(line, axis=0)
    directions /= np.maximum(1e-9, np.hypot(directions[:, 0], directions[:, 1]))[:, None]
    at_points = np.vstack((directions[:1], directions[:-1] + directions[1:], directions[-1:]))
    at_points /= np.maximum(1e-9, np.hypot(at_points[:, 0], at_points[:, 1]))[:, None]
    moved: Floats = line + by * np.column_stack((-at_points[:, 1], at_points[:, 0]))
    return moved


def curve(start: Floats, end: Floats, leave: Floats, arrive: Floats, share: Floats) -> Floats:
    """Return the cubic between two points with given directions at both, at shares of shape (n, 1)."""
    drawn: Floats = (
        (2 * share**3 - 3 * share**2 + 1) * start
        + (share**3 - 2 * share**2 + share) * leave
        + (3 * share**2 - 2 * share**3) * end
        + (share**3 - share**2) * arrive
    )
    return drawn


def rounded(line: Floats, *, closed: bool, times: int = 3) -> Floats:
    """Cut the corners of a polyline or an open ring again and again (Chaikin); the ends of a line stay."""
    for _ in range(times):
        after = np.roll(line, -1, axis=0) if closed else line[1:]
        before = line if closed else line[:-1]
        cut = np.stack((0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after), axis=1).reshape(-1, 2)
        line = cut if closed else np.vstack((line[:1], cut[1:-1], line[-1:]))
    return line


def signed_area(ring: Floats) -> float:
    """Return the area of an open ring, positive where it runs counter-clockwise."""
    x, y = ring[:, 0], ring[:, 1]
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


def inside(ring: Floats, points: Floats) -> Bools:
    """Tell for each point of shape (n, 2) whether it lies in an open ring (even-odd rule)."""
    x, y = points[:, 0, None], points[:, 1, None]
    ax, ay = ring[:, 0], ring[:, 1]
    bx, by = np.roll(ax, -1), np.roll(ay, -1)
    rise = np.where(by == ay, 1e-12, by - ay)
    hit = ((ay > y) != (by > y)) & (x < ax + (y - ay) / rise * (bx - ax))
    odd: Bools = np.count_nonzero(hit, axis=1) % 2 == 1
    return odd


def distance_to_ring(ring: Floats, points: Floats) -> Floats:
    """Return the distance from each point to the nearest edge of an open ring."""
    start, along = ring, np.roll(ring, -1, axis=0) - ring
    length2 = np.maximum(1e-9, np.sum(along * along, axis=1))
    to = points[:, None, :] - start
    share = np.clip(np.sum(to * along, axis=2) / length2, 0.0, 1.0)
    gap = to - share[..., None] * along
    nearest: Floats = np.sqrt(np.min(np.sum(gap * gap, axis=2), axis=1))
    return nearest


def first_crossings(lines: Floats, ring: Floats) -> tuple[NDArray[np.int64], Floats, NDArray[np.int64], Floats]:
    """Find where each polyline first crosses an open ring.

    `lines` has shape (n, k, 2). Returns, each of length n: the segment of the line (-1 where it never crosses),
    the share along that segment, the edge of the ring, and the share along that edge.
    """
    start, step = lines[:, :-1], np.diff(lines, axis=1)
    side = np.roll(ring, -1, axis=0) - ring
    gap = ring[None, None] - start[:, :, None]
    cross = step[:, :, None, 0] * side[None, None, :, 1] - step[:, :, None, 1] * side[None, None, :, 0]
    cross = np.where(np.abs(cross) < 1e-12, 1e-12, cross)
    on_line = (gap[..., 0] * side[..., 1] - gap[..., 1] * side[..., 0]) / cross
    on_ring = (gap[..., 0] * step[:, :, None, 1] - gap[..., 1] * step[:, :, None, 0]) / cross
    hit = (on_line >= 0) & (on_line <= 1) & (on_ring >= 0) & (on_ring < 1)
    count, segments, edges = hit.shape
    order = np.where(hit, np.arange(segments)[None, :, None] + on_line, np.inf).reshape(count, -1)
    best = np.argmin(order, axis=1)
    rows = np.arange(count)
    found = np.isfinite(order[rows, best])
    segment, edge = np.where(found, best // edges, -1), best % edges
    return segment, on_line.reshape(count, -1)[rows, best], edge, on_ring.reshape(count, -1)[rows, best]


def cross(line: Floats, other: Floats) -> bool:
    """Tell whether two polylines cross or touch."""
    step, side = np.diff(line, axis=0)[:, None], np.diff(other, axis=0)[None]
    gap = other[None, :-1] - line[:-1, None]
    turn = step[..., 0] * side[..., 1] - step[..., 1] * side[..., 0]
    turn = np.where(np.abs(turn) < 1e-12, 1e-12, turn)
    on_line = (gap[..., 0] * side[..., 1] - gap[..., 1] * side[..., 0]) / turn
    on_other = (gap[..., 0] * step[..., 1] - gap[..., 1] * step[..., 0]) / turn
    return bool(np.any((on_line >= 0) & (on_line <= 1) & (on_other >= 0) & (on_other <= 1)))
