"""The roads of a region, as OSRM knows them: fills the port `RoadNetwork`."""

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from zaguan.adapters.osrm.graph import BASE, metric_of
from zaguan.adapters.osrm.mapper import (
    DEGREE_UNITS,
    Question,
    match_question,
    read_match,
    read_route,
    read_snaps,
    route_question,
    snap_question,
)
from zaguan.adapters.osrm.proxy import OsrmProxy
from zaguan.adapters.osrm.refusals import GraphMissing, MetricMissing, QuestionRefused, TooManyPoints
from zaguan.adapters.osrm.server import ServerPool
from zaguan.adapters.osrm.settings import OsrmSettings
from zaguan.adapters.osrm.table import Cut, complete
from zaguan.adapters.osrm.tools import Tools
from zaguan.base.geo.point import BoundingBox, Point, distance_m
from zaguan.base.kit.closing import Closing
from zaguan.engines.roads.great_circle import estimate, estimated_leg
from zaguan.engines.roads.matrix_store import Block, MatrixKey, MatrixStore
from zaguan.engines.roads.network import UNREACHABLE_S, Fix, Leg, Matched, Matrix, Profile, Snap
from zaguan.engines.roads.slots import SLOTS, Slot

# points of the region that are tried when looking for one on its large network: a grid of so many a side
_ANCHOR_GRID: Final = 5
_NO_WAY: Final = frozenset(("NoRoute", "NoSegment", "NoTable"))
_NO_MATCH: Final = frozenset(("NoMatch", "NoSegment"))


class OsrmNetwork(Closing):
    """Travel on the roads of one region, by OSRM servers of its own or the user's.

    A context manager: leaving it ends its processes, and the kernel ends them if this process dies. Safe to be used
    by several threads.

    Parameters
    ----------
    region_folder, region_hash, box : of the region; the hash names what the kept matrices belong to
    cache_folder : where matrices are kept between runs
    servers : addresses of the user's own OSRM servers by profile, such as "http://10.0.0.7:5000". They have one
        metric, which serves every slot, and what they answer is not kept: nobody tells when their graph changes.
    """

    def __init__(
        self,
        region_folder: Path,
        *,
        region_hash: str,
        box: BoundingBox,
        cache_folder: Path,
        servers: Mapping[Profile, str] | None = None,
        settings: OsrmSettings | None = None,
        tools: Tools | None = None,
    ) -> None:
        self._settings = settings or OsrmSettings()
        self._folder, self._region_hash = region_folder, region_hash
        self._box, self._map = box, box.grown_by(self._settings.far_m)
        self._store = MatrixStore(cache_folder)
        self._own = dict(servers or {})
        self._anchors: dict[Profile, Point] = {}
        self._proxy = OsrmProxy(answer_s=self._settings.answer_s)
        self._pool = ServerPool(settings=self._settings, proxy=self._proxy, tools=tools)
        self._at_once = ThreadPoolExecutor(self._settings.threads, thread_name_prefix="osrm-question")

    def matrix(self, points: Sequence[Point], *, profile: Profile, slots: Sequence[Slot]) -> Matrix:
        """Return travel times and distances between all pairs, for each slot.

        Points off the map, far from any road or on an island of the network have great-circle estimates in their
        rows and columns, and are flagged. Refused: TooManyPoints, GraphMissing, MetricMissing, and what servers
        refuse.
        """
        if len(points) > self._settings.most_points:
            raise TooManyPoints(points=len(points), most=self._settings.most_points)
        units = np.array([[point.lon, point.lat] for point in points], np.float64).reshape(-1, 2) * DEGREE_UNITS
        on_map = np.array([self._map.contains(point) for point in points], np.bool_)
        # two orders at one door are one point
        distinct, place_of = np.unique(np.rint(units[on_map]).astype(np.int32), axis=0, return_inverse=True)
        blocks = self._blocks(distinct, profile, slots)
        shape = (len(slots), len(points), len(points))
        durations_s = np.full(shape, UNREACHABLE_S, np.int32)
        distances_m = np.full(shape, UNREACHABLE_S, np.int32)
        from_block, to_matrix = np.ix_(place_of, place_of), np.ix_(on_map, on_map)
        for at, block in enumerate(blocks):
            durations_s[at][to_matrix] = block.durations_s[from_block]
            distances_m[at][to_matrix] = block.distances_m[from_block]
        estimated = ~on_map
        estimated[on_map] = self._not_on_roads(blocks, len(distinct))[place_of]
        if estimated.any() and len(slots):
            guess = estimate(points, profile=profile)
            for rows in ((slice(None), estimated), (slice(None), slice(None), estimated)):
                durations_s[rows] = guess.durations_s[rows[1:]]
                distances_m[rows] = guess.distances_m[rows[1:]]
        return Matrix(durations_s=durations_s, distances_m=distances_m, slots=tuple(slots), estimated=estimated)

    def route(self, points: Sequence[Point], *, profile: Profile, slot: Slot) -> tuple[Leg, ...]:
        """Return the legs of the way through the points; one that no road can make is straight and flagged."""
        legs: list[Leg] = []
        most = self._settings.route_points_at_once
        for start in range(0, max(0, len(points) - 1), most - 1):
            legs += self._legs(points[start : start + most], profile, slot)
        return tuple(legs)

    def nearest(self, point: Point, *, profile: Profile) -> Snap:
        """Return the nearest spot of the network that leads somewhere.

        Flagged where it is too far from the point to be of use, or on an island of the network.
        """
        anchor = self._anchor(profile)
        (snap, _), joined = read_snaps(self._ask(profile, None, snap_question((point, anchor))))
        on_roads = self._map.contains(point) and snap.distance_m <= self._settings.far_m
        reached = bool(joined[0, 1] or joined[1, 0])
        return Snap(
            point=snap.point,
            distance_m=snap.distance_m,
            street=snap.street,
            estimated=not (on_roads and reached),
        )

    def match(self, fixes: Sequence[Fix], *, profile: Profile) -> Matched:
        """Return the roads that the fixes drove on; they are put in the order of their moments first."""
        order = sorted(range(len(fixes)), key=lambda at: fixes[at].at)
        snaps: list[Snap | None] = [None] * len(fixes)
        geometry: list[Point] = []
        weight = 0.0
        most = self._settings.match_points_at_once
        for start in range(0, len(order), most):
            part = order[start : start + most]
            matched = self._match(tuple(fixes[at] for at in part), profile)
            for at, snap in zip(part, matched.snaps, strict=True):
                snaps[at] = snap
            geometry += matched.geometry
            weight += matched.confidence * sum(snap is not None for snap in matched.snaps)
        found = sum(snap is not None for snap in snaps)
        return Matched(snaps=tuple(snaps), geometry=tuple(geometry), confidence=weight / found if found else 0.0)

    def process_ids(self) -> dict[Path, int]:
        """Return the ids of the servers' processes by the folder of their slot."""
        return self._pool.process_ids()

    def close(self) -> None:
        """End the servers; questions that wait for an answer fail."""
        self._pool.close()
        self._at_once.shutdown(cancel_futures=True)
        self._proxy.close()

    def _ask(self, profile: Profile, slot: Slot | None, question: Question) -> dict[str, Any]:
        """Ask the server of a slot; None is the quietest that there is, for what does not depend on times."""
        if (address := self._own.get(profile)) is not None:
            return self._proxy.ask_own(address, question)
        return self._pool.ask(self._slot_folder(profile, slot), question)

    def _slot_folder(self, profile: Profile, slot: Slot | None) -> Path:
        folder = self._folder / "osrm" / profile.value
        if slot is not None and metric_of(folder / slot.name) is not None:
            return folder / slot.name
        if not (folder / BASE).is_dir():
            raise GraphMissing(profile=profile.value, folder=self._folder)
        if slot is not None:
            raise MetricMissing(profile=profile.value, folder=self._folder, slot=slot.name)
        # always the same one: closures of another slot must not change where a point falls
        names = [known.name for known in SLOTS] + sorted(path.name for path in folder.glob("[!.]*"))
        for name in names:
            if metric_of(folder / name) is not None:
                return folder / name
        raise MetricMissing(profile=profile.value, folder=self._folder, slot="*")

    def _blocks(self, points: NDArray[np.int32], profile: Profile, slots: Sequence[Slot]) -> list[Block]:
        """Return the matrix of distinct points for each slot; slots with the same speeds share one."""
        by_metric: dict[str, Block] = {}
        blocks = []
        for slot in slots:
            if profile in self._own:
                metric = "own"
            else:
                metric = metric_of(self._slot_folder(profile, slot)) or ""
            if metric not in by_metric:
                by_metric[metric] = self._block(points, profile, slot, metric)
            blocks.append(by_metric[metric])
        return blocks

    def _block(self, points: NDArray[np.int32], profile: Profile, slot: Slot, metric: str) -> Block:
        own, settings = profile in self._own, self._settings
        key = MatrixKey(region_hash=self._region_hash, profile=profile, metric=metric)
        block = Block.unknown(points) if own else self._store.recall(key, points)
        if not block.is_whole():
            cut = Cut(
                cells=settings.cells_at_once,
                sources=settings.sources_at_once,
                points=settings.own_table if own else None,
            )
            complete(block, ask=lambda question: self._ask(profile, slot, question), cut=cut, at_once=self._at_once)
            if not own:
                self._store.keep(key, block)
        return block

    def _not_on_roads(self, blocks: Sequence[Block], count: int) -> NDArray[np.bool_]:
        """Tell of each distinct point whether it is too far from any road, or on an island in every slot."""
        if not blocks:
            return np.zeros(count, np.bool_)
        far = np.max([block.snaps_m for block in blocks], axis=0) > self._settings.far_m
        apart = np.all([block.durations_s >= UNREACHABLE_S for block in blocks], axis=0)
        return np.asarray(far | islands(apart & apart.T, among=~far))

    def _legs(self, points: Sequence[Point], profile: Profile, slot: Slot) -> list[Leg]:
        """Return the legs of one question; legs are asked one by one where the whole way cannot be driven."""
        if len(points) > 2:
            on_map = all(self._map.contains(point) for point in points)
            if on_map and (legs := self._asked_legs(points, profile, slot)) is not None:
                return legs
            return [leg for pair in pairwise(points) for leg in self._legs(pair, profile, slot)]
        if all(self._map.contains(point) for point in points):
            legs = self._asked_legs(points, profile, slot)
        else:
            legs = None
        return [estimated_leg(points[0], points[1], profile=profile)] if legs is None else legs

    def _asked_legs(self, points: Sequence[Point], profile: Profile, slot: Slot) -> list[Leg] | None:
        """Return the legs by road, those at a point far from any road estimated; None where there is no way."""
        try:
            legs, snaps = read_route(self._ask(profile, slot, route_question(points)))
        except QuestionRefused as refusal:
            if refusal.facts["answer"] in _NO_WAY:
                return None
            raise
        far = [snap.distance_m > self._settings.far_m for snap in snaps]
        return [
            estimated_leg(points[at], points[at + 1], profile=profile) if far[at] or far[at + 1] else leg
            for at, leg in enumerate(legs)
        ]

    def _match(self, fixes: Sequence[Fix], profile: Profile) -> Matched:
        nothing = Matched(snaps=(None,) * len(fixes), geometry=(), confidence=0.0)
        if len(fixes) < 2:
            return nothing
        try:
            return read_match(self._ask(profile, None, match_question(fixes)))
        except QuestionRefused as refusal:
            if refusal.facts["answer"] in _NO_MATCH:
                return nothing
            raise

    def _anchor(self, profile: Profile) -> Point:
        """Return a point of the region from which most of it is reached."""
        if profile not in self._anchors:
            side = min(_ANCHOR_GRID, math.isqrt(self._settings.own_table))
            shares = np.linspace(0.1, 0.9, side)
            box = self._box
            grid = [
                Point(lon=box.west + (box.east - box.west) * x, lat=box.south + (box.north - box.south) * y)
                for x in shares.tolist()
                for y in shares.tolist()
            ]
            middle = grid[len(grid) // 2]
            _, joined = read_snaps(self._ask(profile, None, snap_question(grid)))
            reach = (joined & joined.T).sum(axis=1).tolist()
            best = max(range(len(grid)), key=lambda at: (reach[at], -distance_m(grid[at], middle)))
            self._anchors[profile] = grid[best]
        return self._anchors[profile]


def islands(apart: NDArray[np.bool_], *, among: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which points are on an island: no road joins them, in either direction, with most of the others.

    `apart` is symmetric, of shape (n, n): no road leads from one to the other nor back. Only the points in `among`
    count. The points that are joined with the best connected one are never an island.
    """
    apart = apart & among[:, None] & among[None, :]
    strangers = apart.sum(axis=1)
    if not strangers.any():
        return np.zeros(len(among), np.bool_)
    best = int(np.argmin(np.where(among, strangers, len(among))))
    return np.asarray(apart[best] & (2 * strangers > among.sum() - 1))
