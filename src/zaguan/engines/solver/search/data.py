"""The problem as flat arrays, as the compiled search reads it.

Nodes are numbered: clients 0..n-1, then the starts of the vehicles, then their ends. So a route is a chain
start -> clients -> end, and every node has a location, a window and a load like any other. Reloads of vehicles that
make several trips follow, and come between clients; last come the stations, which are on no chain: where a route is
charged is decided when it is timed.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.rules.balance import flat_balance
from zaguan.engines.solver.rules.battery import flat_batteries
from zaguan.engines.solver.rules.breaks import flat_breaks
from zaguan.engines.solver.rules.capacity import flat_loads
from zaguan.engines.solver.rules.compactness import flat_compactness
from zaguan.engines.solver.rules.frozen import flat_frozen
from zaguan.engines.solver.rules.groups import flat_groups
from zaguan.engines.solver.rules.pairs import flat_pairs
from zaguan.engines.solver.rules.preference import flat_preference
from zaguan.engines.solver.rules.priorities import flat_prizes
from zaguan.engines.solver.rules.published import flat_promises
from zaguan.engines.solver.rules.releases import flat_releases
from zaguan.engines.solver.rules.service import flat_services
from zaguan.engines.solver.rules.skills import compatible
from zaguan.engines.solver.rules.time_windows import flat_windows
from zaguan.engines.solver.rules.trips import flat_trips, layout_of
from zaguan.engines.solver.rules.zones import flat_zones
from zaguan.engines.solver.search.neighbours import NEIGHBOURS, find_neighbours, remoteness, room_for_neighbours
from zaguan.engines.solver.search.turned import by_goal
from zaguan.engines.solver.travel import Travel

NO_LIMIT: Final = 2_000_000_000


class Data(NamedTuple):
    """Arrays of the problem: n clients, v vehicles of c classes, N nodes, d dimensions of load, p profiles."""

    clients: int
    vehicles: int
    nodes: int  # that chains are made of; the stations follow
    timed: bool  # times matter: windows, shifts, limits or prices on time
    mixed: bool  # loads depend on the place in the route: something is fetched, in pairs or not, or loaded again
    intricate: bool  # routes need the exact schedule: the cheap check does not see everything
    slots: int
    durations: NDArray[np.int32]  # (profiles * slots, n, n)
    distances: NDArray[np.int32]
    durations_by_goal: NDArray[np.int32]  # (profiles * slots, n, n), transposed; the same array if symmetric
    distances_by_goal: NDArray[np.int32]
    planar: bool  # no matrices: legs are lines between points
    points: NDArray[np.float64]  # (n, 2)
    line: NDArray[np.float64]  # scale, rounding
    knot_moments: NDArray[np.int64]
    knot_slots: NDArray[np.int64]
    location: NDArray[np.int32]  # (N), -1: an open end
    service: NDArray[np.int32]  # (N)
    setup: NDArray[np.int32]  # (N)
    opens: NDArray[np.int32]  # (N, windows)
    closes: NDArray[np.int32]
    window_count: NDArray[np.int32]  # (N)
    earliest: NDArray[np.int32]  # (N), the first opening
    latest: NDArray[np.int32]  # (N), the last moment at which service may start
    late_price: NDArray[np.float64]  # (N), -1: hard
    service_percent: NDArray[np.int64]  # (v)
    has_paces: bool
    has_pickups: bool
    delivery: NDArray[np.int64]  # (N, d)
    pickup: NDArray[np.int64]
    change: NDArray[np.int64]  # (N, d), how much more is aboard behind a node
    bulk: NDArray[np.float64]  # (n), share of a vehicle
    capacity: NDArray[np.int64]  # (v, d)
    compatible: NDArray[np.uint8]  # (n, c)
    preference: NDArray[np.float64]  # (n, c)
    prize: NDArray[np.float64]  # (n)
    kind: NDArray[np.int32]  # (v), the class of each vehicle
    kind_first: NDArray[np.int32]  # (c + 1), where the class begins in kind_members
    kind_members: NDArray[np.int32]  # (v)
    kind_place: NDArray[np.int32]  # (v), where each vehicle stands in kind_members
    profile: NDArray[np.int32]  # (v)
    fixed: NDArray[np.float64]  # (v)
    per_m: NDArray[np.float64]
    per_s: NDArray[np.float64]
    regular_end: NDArray[np.int32]  # (v)
    overtime_price: NDArray[np.float64]
    max_duration: NDArray[np.int32]
    max_clients: NDArray[np.int32]
    break_count: NDArray[np.int32]  # (v)
    break_earliest: NDArray[np.int32]  # (v, breaks)
    break_latest: NDArray[np.int32]
    break_length: NDArray[np.int32]
    max_driving: NDArray[np.int32]  # (v)
    max_driving_on: NDArray[np.int32]  # (v), without a rest
    rest: NDArray[np.int32]
    has_pairs: bool
    partner: NDArray[np.int32]  # (n), the other client of the pair, -1: none
    fetches: NDArray[np.uint8]  # (n)
    has_trips: bool
    reload_first: NDArray[np.int32]  # (v)
    reload_count: NDArray[np.int32]
    has_releases: bool
    release: NDArray[np.int64]  # (n)
    has_batteries: bool
    battery_full: NDArray[np.int64]  # (v), mWh, -1: no battery
    battery_start: NDArray[np.int64]
    battery_reserve: NDArray[np.int64]
    battery_use: NDArray[np.int64]  # (v), mWh a metre
    station_power: NDArray[np.int64]  # (s), W
    to_station: NDArray[np.int64]  # (p, locations), metres
    has_fair: bool
    fair: NDArray[np.int64]  # (v)
    unfair_price: NDArray[np.float64]
    has_sprawl: bool
    point: NDArray[np.int64]  # (n, 2)
    has_point: NDArray[np.uint8]  # (n)
    sprawl_price: NDArray[np.float64]  # (v)
    has_order_prices: bool  # on who follows whom, or on sprawl
    has_zones: bool
    zone: NDArray[np.int64]  # (n)
    zone_price: NDArray[np.float64]  # (v)
    has_orders: bool  # changes to the published order cost something
    promised_vehicle: NDArray[np.int32]  # (n), -1: none
    promised_before: NDArray[np.int32]
    order_price: NDArray[np.float64]
    has_frozen: bool
    frozen: NDArray[np.uint8]  # (n)
    has_groups: bool
    companion_first: NDArray[np.int32]  # (n + 1)
    companion: NDArray[np.int32]
    rival_first: NDArray[np.int32]
    rival: NDArray[np.int32]
    remoteness: NDArray[np.float64]  # (n), distance from the nearest depot
    near: NDArray[np.int32]  # (n, k), neighbours, nearest first


def _classes(problem: Problem) -> NDArray[np.int32]:
    """Give equal vehicles the same class, so that one empty vehicle of a class stands for all."""
    seen: dict[object, int] = {}
    classes = np.zeros(len(problem.vehicles), np.int32)
    named = {v for client in problem.clients if client.vehicles is not None for v in client.vehicles}
    named |= {v for v, _ in problem.published.routes} if problem.published else set()
    alike: dict[int, int] = {}  # a vehicle object that stands for many is compared once
    known: dict[Vehicle, int] = {}
    for v, vehicle in enumerate(problem.vehicles):
        if id(vehicle) not in alike:
            alike[id(vehicle)] = known.setdefault(vehicle, len(known))
        wanted: object = problem.preference[:, v].tobytes() if problem.preference is not None else None
        classes[v] = seen.setdefault((alike[id(vehicle)], wanted, v if v in named else -1), len(seen))
    return classes


def _is_timed(problem: Problem) -> bool:
    any_time = Vehicle().shift_s
    return (
        any(c.windows or c.latest_s is not None or c.release_s for c in problem.clients)
        or problem.travel.slots > 1
        or any(
            v.cost_per_s > 0
            or v.overtime_s > 0
            or v.max_duration_s is not None
            or v.breaks
            or v.driving.max_total_s is not None
            or v.driving.max_without_rest_s is not None
            or v.unfair_cost_per_s > 0
            or v.shift_s != any_time
            for v in problem.vehicles
        )
    )


def _is_intricate(problem: Problem) -> bool:
    return (
        problem.travel.slots > 1
        or any(len(c.windows) > 1 or c.late_cost_per_s is not None or c.release_s for c in problem.clients)
        or (problem.published is not None and problem.published.order_cost > 0)
        or any(
            v.breaks
            or v.driving.max_total_s is not None
            or v.driving.max_without_rest_s is not None
            or v.trips > 1
            or v.battery is not None
            or v.sprawl_cost_per_m > 0
            or v.zone_change_cost > 0
            for v in problem.vehicles
        )
    )


def _writable(array: NDArray[np.int32]) -> NDArray[np.int32]:
    """Compiled code has one signature: plain, contiguous, writable arrays (copy-on-write maps are)."""
    plain = np.ascontiguousarray(array, np.int32)
    plain = plain.view(np.ndarray)
    return plain if plain.flags.writeable else plain.copy()


def _travel(travel: Travel) -> dict[str, Any]:
    durations = _writable(travel.durations_s)
    distances = durations if travel.distances_m is travel.durations_s else _writable(travel.distances_m)
    durations_by_goal = by_goal(durations)
    return {
        "durations": durations,
        "distances": distances,
        "durations_by_goal": durations_by_goal,
        "distances_by_goal": durations_by_goal if distances is durations else by_goal(distances),
        "planar": travel.points is not None,
        "points": np.zeros((0, 2)) if travel.points is None else np.array(travel.points, np.float64, order="C"),
        "line": np.array([travel.scale, travel.rounding]),
    }


def _knots(travel: Travel) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    knots = travel.knots_s or ((0, 0),)
    return np.array([k for k, _ in knots], np.int64), np.array([s for _, s in knots], np.int64)


def _locations(problem: Problem) -> NDArray[np.int32]:
    starts = [-1 if v.start is None else v.start for v in problem.vehicles]
    ends = [-1 if v.end is None else v.end for v in problem.vehicles]
    reloads = [v.start if v.reload_at is None else v.reload_at for v in problem.vehicles for _ in range(v.trips - 1)]
    stations = [station.location for station in problem.stations]
    return np.array([c.location for c in problem.clients] + starts + ends + reloads + stations, np.int32)


def _day_rules(problem: Problem) -> dict[str, Any]:
    """Lay out what is an array or two of one rule."""
    compactness, zones, promises = flat_compactness(problem), flat_zones(problem), flat_promises(problem)
    return {
        "has_order_prices": compactness.has_sprawl or zones.has_zones or promises.has_orders,
        **compactness._asdict(),
        **zones._asdict(),
        **promises._asdict(),
        **flat_pairs(problem)._asdict(),
        **flat_releases(problem)._asdict(),
        **flat_batteries(problem)._asdict(),
        **flat_balance(problem)._asdict(),
        **flat_frozen(problem)._asdict(),
        **flat_groups(problem)._asdict(),
    }


def flatten(problem: Problem, *, with_neighbours: bool = True) -> Data:
    """Lay the problem out in arrays; without neighbours it serves for timing routes, not for searching."""
    vehicles, n, v = problem.vehicles, len(problem.clients), len(problem.vehicles)
    kind = _classes(problem)
    members = np.argsort(kind, kind="stable").astype(np.int32)
    firsts = np.searchsorted(kind[members], np.arange(kind.max(initial=-1) + 2)).astype(np.int32)
    representatives = members[firsts[:-1]]
    layout = layout_of(problem)
    loads = flat_loads(problem, layout)
    trips = flat_trips(layout)
    location = _locations(problem)
    knot_moments, knot_slots = _knots(problem.travel)
    prize = flat_prizes(problem)
    data = Data(
        clients=n,
        vehicles=v,
        nodes=layout.nodes,
        timed=_is_timed(problem) or _is_intricate(problem),
        mixed=loads.has_pickups or trips.has_trips or bool(problem.pairs),
        intricate=_is_intricate(problem),
        slots=problem.travel.slots,
        **_travel(problem.travel),
        knot_moments=knot_moments,
        knot_slots=knot_slots,
        location=location,
        **flat_services(problem, layout)._asdict(),
        **flat_windows(problem, layout)._asdict(),
        **loads._asdict(),
        compatible=compatible(problem, representatives),
        preference=flat_preference(problem, representatives),
        prize=prize,
        kind=kind,
        kind_first=firsts,
        kind_members=members,
        kind_place=np.argsort(members).astype(np.int32),
        profile=np.array([x.profile for x in vehicles], np.int32),
        fixed=np.array([x.fixed_cost for x in vehicles], np.float64),
        per_m=np.array([x.cost_per_m for x in vehicles], np.float64),
        per_s=np.array([x.cost_per_s for x in vehicles], np.float64),
        regular_end=np.array([x.shift_s[1] for x in vehicles], np.int32),
        overtime_price=np.array([x.overtime_cost_per_s for x in vehicles], np.float64),
        max_duration=_limits([x.max_duration_s for x in vehicles]),
        max_clients=_limits([x.max_clients for x in vehicles]),
        **flat_breaks(problem)._asdict(),
        max_driving=_limits([x.driving.max_total_s for x in vehicles]),
        max_driving_on=_limits([x.driving.max_without_rest_s for x in vehicles]),
        rest=np.array([x.driving.rest_s for x in vehicles], np.int32),
        **trips._asdict(),
        **_day_rules(problem),
        remoteness=remoteness(problem, location),
        near=room_for_neighbours(problem, NEIGHBOURS if with_neighbours else 0),
    )
    find_neighbours(problem, data)
    return data


def _limits(values: list[int | None]) -> NDArray[np.int32]:
    return np.array([NO_LIMIT if x is None else min(x, NO_LIMIT) for x in values], np.int32)
