"""Battery: the level never falls below the reserve; on the way it is charged to full where that costs least metres.

A route is driven without charging as long as its level lasts. Where it would not suffice to reach the end of the
route or a station behind the next node, one charge is put into one of the legs since the last charge: the leg and
station with the shortest way round among those that the level reaches. Whether it lasts is judged by the longest way
that a leg takes in any slot; what is charged is what has been used. Levels are in mWh: a leg of m metres at c Wh/km
uses m times c.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.limits import UNREACHABLE_S
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.rules.travel import distance_in, duration_in

NO_WAY: Final = 1 << 40  # metres
NO_BATTERY: Final = -1
MILLI: Final = 1_000


class Batteries(NamedTuple):
    """Levels and use of each vehicle, (v), power of each station, (s), and metres to the nearest one, (p, n)."""

    has_batteries: bool
    battery_full: NDArray[np.int64]  # mWh, NO_BATTERY for a vehicle that has none
    battery_start: NDArray[np.int64]
    battery_reserve: NDArray[np.int64]
    battery_use: NDArray[np.int64]  # mWh a metre
    station_power: NDArray[np.int64]  # W
    to_station: NDArray[np.int64]


def flat_batteries(problem: Problem) -> Batteries:
    """Lay out batteries and stations."""
    batteries = [vehicle.battery for vehicle in problem.vehicles]
    has = any(battery is not None for battery in batteries)
    levels = np.array(
        [
            (NO_BATTERY, 0, 0, 0)
            if b is None
            else (b.capacity_wh, b.capacity_wh if b.start_wh is None else b.start_wh, b.reserve_wh, b.wh_per_km)
            for b in batteries
        ],
        np.int64,
    ).reshape(-1, 4)
    full = np.where(levels[:, 0] < 0, NO_BATTERY, levels[:, 0] * MILLI)
    power = np.array([station.power_w for station in problem.stations], np.int64)
    nearest = _nearest(problem) if has else np.zeros((1, 0), np.int64)
    return Batteries(has, full, levels[:, 1] * MILLI, levels[:, 2] * MILLI, levels[:, 3].copy(), power, nearest)


def _nearest(problem: Problem) -> NDArray[np.int64]:
    """Return the metres from each location to the nearest station by the longest way of all slots."""
    travel = problem.travel
    nearest = np.full((travel.profiles, travel.locations), NO_WAY, np.int64)
    if not problem.stations:
        return nearest
    goals = [station.location for station in problem.stations]
    for profile in range(travel.profiles):
        longest = np.zeros((travel.locations, len(goals)), np.int64)
        for slot in range(travel.slots):
            seconds, metres = travel.part(profile * travel.slots + slot, np.arange(travel.locations), goals)
            longest = np.maximum(longest, np.where(seconds < UNREACHABLE_S, metres.astype(np.int64), NO_WAY))
        nearest[profile] = longest.min(axis=1)
    return nearest


def measure_to_station(data: Any, location: int) -> None:
    """Write the metres from one location of the flat arrays to the nearest station, after its travel was written."""
    stations = data.location[data.nodes :]
    if not len(stations):
        data.to_station[:, location] = NO_WAY
        return
    seconds, legs = data.durations[:, location][:, stations], data.distances[:, location][:, stations]
    metres = np.where(seconds < UNREACHABLE_S, legs.astype(np.int64), NO_WAY)
    data.to_station[:, location] = metres.reshape(-1, data.slots, len(stations)).max(axis=1).min(axis=1)


@kernel
def longest_way(data, vehicle, before, node):  # type: ignore[no-untyped-def]
    """Return the most metres of a leg between two nodes in any slot, NO_WAY where there is none."""
    origin, goal = data.location[before], data.location[node]
    longest = np.int64(0)
    for slot in range(data.slots):
        matrix = data.profile[vehicle] * data.slots + slot
        if duration_in(data, matrix, origin, goal) >= UNREACHABLE_S:
            return NO_WAY
        longest = max(longest, distance_in(data, matrix, origin, goal))
    return longest


@kernel
def charging_s(data, station, missing):  # type: ignore[no-untyped-def]
    """Return the seconds to charge so many mWh at a station's node, rounded up."""
    tenths = 10 * data.station_power[station - data.nodes]
    return (36 * missing + tenths - 1) // tenths


@kernel
def _needed(data, scratch, vehicle, at):  # type: ignore[no-untyped-def]
    """Return the least level at a bare position: the reserve after the rest of the route, or at a station."""
    location = data.location[scratch.bare[at]]
    to_go = scratch.tail[at]
    if location >= 0:
        to_go = min(to_go, data.battery_use[vehicle] * data.to_station[data.profile[vehicle], location])
    return data.battery_reserve[vehicle] + to_go


@kernel
def _cheapest_charge(data, scratch, vehicle, first, last):  # type: ignore[no-untyped-def]
    """Return (position, station) of the charge before a bare position from first to last, or (-1, -1).

    It must be in reach, and what is left at the last position enough. The latest leg is tried first and wins a draw.
    """
    use, reserve = data.battery_use[vehicle], data.battery_reserve[vehicle]
    needed = _needed(data, scratch, vehicle, last)
    shortest, place, chosen, ahead = NO_WAY, np.int64(-1), np.int64(-1), np.int64(0)
    for back in range(last - first + 1):
        at = last - back
        before, node = scratch.bare[at - 1], scratch.bare[at]
        if data.location[before] >= 0 and data.location[node] >= 0:
            direct = longest_way(data, vehicle, before, node)
            for station in range(data.nodes, data.nodes + data.station_power.shape[0]):
                there = longest_way(data, vehicle, before, station)
                on = longest_way(data, vehicle, station, node)
                if there >= NO_WAY or on >= NO_WAY:
                    continue
                reached = scratch.charge[at - 1] - use * there >= reserve
                lasts = data.battery_full[vehicle] - use * on - ahead >= needed
                if reached and lasts and there + on - direct < shortest:
                    shortest, place, chosen = there + on - direct, np.int64(at), np.int64(station)
        ahead += use * longest_way(data, vehicle, before, node)
    return place, chosen


@kernel
def plan_charges(data, scratch, vehicle, length):  # type: ignore[no-untyped-def]
    """Put stations between scratch.nodes[:length] where the battery needs them; return the new length, -1 if it cannot.

    `taken` serves as the note of which station comes before a bare position.
    """
    use, reserve = data.battery_use[vehicle], data.battery_reserve[vehicle]
    scratch.tail[length - 1] = 0
    for back in range(1, length):
        at = length - 1 - back
        way = longest_way(data, vehicle, scratch.nodes[at], scratch.nodes[at + 1])
        if way >= NO_WAY:
            return -1
        scratch.tail[at] = scratch.tail[at + 1] + use * way
    level = data.battery_start[vehicle]
    if level - scratch.tail[0] >= reserve:
        return length
    if data.station_power.shape[0] == 0:
        return -1
    for at in range(length):
        scratch.bare[at], scratch.taken[at] = scratch.nodes[at], -1
    scratch.charge[0] = level
    first, at = 1, 1
    while at < length:
        way = use * longest_way(data, vehicle, scratch.bare[at - 1], scratch.bare[at])
        scratch.charge[at] = scratch.charge[at - 1] - way
        if scratch.charge[at] >= _needed(data, scratch, vehicle, at):
            at += 1
            continue
        place, station = _cheapest_charge(data, scratch, vehicle, first, at)
        if place < 0:
            return -1
        scratch.taken[place] = station
        scratch.charge[place] = data.battery_full[vehicle] - use * longest_way(
            data, vehicle, station, scratch.bare[place]
        )
        first = at = place + 1
    return _written(scratch, length)


@kernel
def _written(scratch, length):  # type: ignore[no-untyped-def]
    """Write the bare positions with their stations into the nodes; return how many there are."""
    long = 0
    for at in range(length):
        if scratch.taken[at] >= 0:
            scratch.nodes[long] = scratch.taken[at]
            long += 1
        scratch.nodes[long] = scratch.bare[at]
        long += 1
    return long
