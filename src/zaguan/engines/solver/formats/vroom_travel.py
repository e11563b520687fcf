"""VROOM's travel as ours: one block of matrices for each profile, speed and mixture of prices.

VROOM prices travel time and distance; we price distance and the whole duty. So a block's distances are not metres but
what each leg costs, in whole units small enough for both prices, and `cost_per_m` is the price of a unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.formats.document import MissingField
from zaguan.engines.solver.formats.vroom_input import PER_HOUR, Matrices, Spot, VroomInput, VroomVehicle
from zaguan.engines.solver.formats.vroom_refusals import (
    CostsTwice,
    DistanceBesideTime,
    LegTooLong,
    MatricesThere,
    NoDistances,
    NoMatrix,
    NoPoint,
    OutsideMatrix,
)
from zaguan.engines.solver.limits import UNREACHABLE_S
from zaguan.engines.solver.travel import Travel

HUNDREDTHS: Final = 100  # VROOM reckons in hundredths of a second,
COST_UNITS: Final = 360_000  # and in so many units for one of its costs
PER_KM_UNITS: Final = 360
MAX_LEG: Final = (1 << 31) - 1
EARTH_RADIUS_M: Final = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the travel matrices; a leg costs its distance times `unit` / COST_UNITS."""

    profile: str
    slowness: int  # of the profile's durations, in hundredths
    per_second: int  # COST_UNITS for each second of the profile's durations
    per_metre: int
    is_priced_by_matrix: bool

    @property
    def unit(self) -> int:
        """The largest whole number of COST_UNITS that every leg's price is a multiple of."""
        return gcd(self.per_second, self.per_metre)

    @property
    def is_distance(self) -> bool:
        """Whether the block's distances are metres."""
        return self.per_second == 0 and not self.is_priced_by_matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Where tasks and vehicles are, how one travels, and the metres by profile where the file knows them.

    `task_places` and `ends` are locations of the problem: of each task, and (start, end) of each vehicle.
    """

    task_places: tuple[int, ...]
    ends: tuple[tuple[int | None, int | None], ...]
    blocks: tuple[Block, ...]
    block_of: tuple[int, ...]
    travel: Travel
    metres: dict[str, NDArray[np.int64]]


def ways_of(given: VroomInput, straight_kmh: float | None) -> Ways:
    """Lay out places and travel; without matrices along straight lines at a speed, if one is given."""
    places = _Places(by_index=bool(given.matrices))
    task_places = tuple(places.number(task.spot) for task in given.tasks)
    ends = tuple(
        (
            None if vehicle.start is None else places.number(vehicle.start),
            None if vehicle.end is None else places.number(vehicle.end),
        )
        for vehicle in given.vehicles
    )
    if straight_kmh is not None and given.matrices:
        raise MatricesThere(at=next(iter(given.matrices.values())).at)
    profiles = {vehicle.profile: vehicle for vehicle in reversed(given.vehicles)}
    known = {
        profile: _straight(places.spots, straight_kmh, vehicle)
        if not given.matrices
        else _chosen(given.matrices.get(profile), places.spots, vehicle)
        for profile, vehicle in profiles.items()
    }
    wanted = [_block(vehicle, known[vehicle.profile]) for vehicle in given.vehicles]
    blocks = tuple(dict.fromkeys(wanted))
    matrices = [_matrices_of(block, known[block.profile]) for block in blocks]
    return Ways(
        task_places=task_places,
        ends=ends,
        blocks=blocks,
        block_of=tuple(blocks.index(block) for block in wanted),
        travel=Travel(
            durations_s=np.stack([durations for durations, _ in matrices]),
            distances_m=np.stack([distances for _, distances in matrices]),
        ),
        metres={profile: each.distances for profile, each in known.items() if each.distances is not None},
    )


class _Places:
    """Numbers the places that are used: rows of the matrices, or points where there are none."""

    def __init__(self, *, by_index: bool) -> None:
        self._by_index = by_index
        self._numbers: dict[object, int] = {}
        self.spots: list[Spot] = []

    def number(self, spot: Spot) -> int:
        key: object = spot.point
        if self._by_index:
            if spot.index is None:
                raise MissingField(at=f"{spot.at}_index")
            key = spot.index
        number = self._numbers.setdefault(key, len(self.spots))
        if number == len(self.spots):
            self.spots.append(spot)
        return number


def _chosen(given: Matrices | None, spots: Sequence[Spot], vehicle: VroomVehicle) -> Matrices:
    """Return the rows and columns of a profile's matrices that are used."""
    if given is None or given.durations is None:
        raise NoMatrix(at=f"matrices.{vehicle.profile}.durations", vehicle=vehicle.at)
    rows = np.array([spot.index for spot in spots], np.int64)
    cut = {}
    for name, matrix in (("durations", given.durations), ("distances", given.distances), ("costs", given.costs)):
        if matrix is not None:
            for spot in spots:
                if spot.index is not None and spot.index >= len(matrix):
                    raise OutsideMatrix(
                        at=spot.at,
                        index=spot.index,
                        matrix=f"{given.at}.{name}".removesuffix(".matrix"),
                        rows=len(matrix),
                    )
            cut[name] = matrix[np.ix_(rows, rows)]
    return Matrices(at=given.at, durations=cut["durations"], distances=cut.get("distances"), costs=cut.get("costs"))


def _straight(spots: Sequence[Spot], kmh: float | None, vehicle: VroomVehicle) -> Matrices:
    """Return the matrices of great circles, in whole metres and, rounded up, in whole seconds."""
    if kmh is None:
        raise NoMatrix(at=f"matrices.{vehicle.profile}.durations", vehicle=vehicle.at)
    for spot in spots:
        if spot.point is None:
            raise NoPoint(at=spot.at)
    lon, lat = np.radians(np.array([spot.point for spot in spots], np.float64)).T
    half = (np.sin((lat[:, None] - lat[None]) / 2) ** 2) + (
        np.cos(lat[:, None]) * np.cos(lat[None]) * np.sin((lon[:, None] - lon[None]) / 2) ** 2
    )
    metres = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    seconds = np.ceil(metres * 3.6 / kmh - 1e-6)
    return Matrices(
        at="matrices",
        durations=seconds.astype(np.int64),
        distances=np.rint(metres).astype(np.int64),
        costs=None,
    )


def _block(vehicle: VroomVehicle, known: Matrices) -> Block:
    """Return what a vehicle's legs take and cost, with the same rounding of the speed as in VROOM."""
    if known.costs is not None:
        if vehicle.per_hour != PER_HOUR or vehicle.per_km:
            raise CostsTwice(at=f"{vehicle.at}.costs", matrix=f"{known.at}.costs")
        per_second, per_metre = COST_UNITS, 0
    else:
        per_second = floor(HUNDREDTHS / vehicle.speed_factor * vehicle.per_hour + 0.5)
        per_metre = PER_KM_UNITS * vehicle.per_km
    if known.distances is None:
        for name, wanted in (("costs.per_km", vehicle.per_km), ("max_distance", vehicle.max_distance is not None)):
            if wanted:
                raise NoDistances(at=f"{vehicle.at}.{name}", matrix=f"{known.at}.distances")
    slowness = floor(HUNDREDTHS / vehicle.speed_factor + 0.5)
    block = Block(vehicle.profile, slowness, per_second, per_metre, known.costs is not None)
    if vehicle.max_distance is not None and not block.is_distance:
        raise DistanceBesideTime(at=f"{vehicle.at}.max_distance")
    return block


def _matrices_of(block: Block, known: Matrices) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return durations in whole seconds, rounded up, and what the legs cost in units of the block."""
    assert known.durations is not None, "a profile without durations was refused"
    durations = -(-known.durations * block.slowness // HUNDREDTHS)
    if known.costs is not None:
        priced = known.costs
    elif block.is_distance:
        # priced by distance alone, or not at all: then a limit of distance can be kept
        priced = known.durations * 0 if known.distances is None else known.distances
    else:
        priced = block.per_second // block.unit * known.durations
        if block.per_metre and known.distances is not None:
            priced = priced + block.per_metre // block.unit * known.distances
    # whoever needs longer than that never arrives: what it costs is no matter
    out_of_reach = durations >= UNREACHABLE_S
    priced = np.where(out_of_reach, 0, priced)
    if priced.max(initial=0) > MAX_LEG:
        raise LegTooLong(at=known.at, most=MAX_LEG, found=int(priced.max()))
    return np.where(out_of_reach, UNREACHABLE_S, durations).astype(np.int32), priced.astype(np.int32)
