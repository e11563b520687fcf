"""The problem as flat arrays, as the compiled search reads it.

Nodes are numbered: clients 0..n-1, then the starts of the vehicles, then their ends. So a route is a chain
start -> clients -> end, and every node has a location, a window and a load like any other.
"""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.limits import require
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.rules.breaks import flat_breaks
from zaguan.engines.solver.rules.capacity import flat_loads
from zaguan.engines.solver.rules.pairs import flat_pairs
from zaguan.engines.solver.rules.preference import flat_preference
from zaguan.engines.solver.rules.priorities import flat_prizes
from zaguan.engines.solver.rules.skills import compatible
from zaguan.engines.solver.rules.time_windows import flat_windows
from zaguan.engines.solver.search.neighbours import NEIGHBOURS, find_neighbours, remoteness, room_for_neighbours
from zaguan.engines.solver.search.turned import by_goal
from zaguan.engines.solver.travel import Travel

NO_LIMIT: Final = 2_000_000_000


class Data(NamedTuple):
    """Arrays of the problem: n clients, v vehicles of c classes, N = n + 2v nodes, d dimensions of load."""

    clients: int
    vehicles: int
    timed: bool  # times matter: windows, shifts, limits or prices on time
    mixed: bool  # both deliveries and pickups, or pairs
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
    remoteness: NDArray[np.float64]  # (n), distance from the nearest depot
    near: NDArray[np.int32]  # (n, k), neighbours, nearest first


def _classes(problem: Problem) -> NDArray[np.int32]:
    """Give equal vehicles the same class, so that one empty vehicle of a class stands for all."""
    seen: dict[object, int] = {}
    classes = np.zeros(len(problem.vehicles), np.int32)
    named = {v for client in problem.clients if client.vehicles is not None for v in client.vehicles}
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
        any(client.windows for client in problem.clients)
        or problem.travel.slots > 1
        or any(
            v.cost_per_s > 0
            or v.overtime_s > 0
            or v.max_duration_s is not None
            or v.breaks
            or v.driving.max_total_s is not None
            or v.driving.max_without_rest_s is not None
            or v.shift_s != any_time
            for v in problem.vehicles
        )
    )


def _is_intricate(problem: Problem) -> bool:
    return (
        problem.travel.slots > 1
        or any(len(client.windows) > 1 or client.late_cost_per_s is not None for client in problem.clients)
        or any(
            v.breaks or v.driving.max_total_s is not None or v.driving.max_without_rest_s is not None
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


def _ends(problem: Problem) -> NDArray[np.int32]:
    starts = [-1 if v.start is None else v.start for v in problem.vehicles]
    ends = [-1 if v.end is None else v.end for v in problem.vehicles]
    return np.array([client.location for client in problem.clients] + starts + ends, np.int32)


def _refuse_what_is_not_searched_yet(problem: Problem) -> None:
    """A rule that the search does not know is refused, never overlooked."""
    vehicles, clients = problem.vehicles, problem.clients
    require(not problem.groups, "groups are not searched yet")
    require(problem.published is None, "changes to a published plan are not searched yet")
    require(all(v.battery is None for v in vehicles), "batteries are not searched yet")
    require(all(v.trips == 1 for v in vehicles), "several trips are not searched yet")
    require(all(v.service_percent == 100 for v in vehicles), "service by vehicle is not searched yet")
    require(all(v.unfair_cost_per_s == 0 for v in vehicles), "balance is not searched yet")
    require(all(v.sprawl_cost_per_m == 0 for v in vehicles), "compactness is not searched yet")
    require(all(v.zone_change_cost == 0 for v in vehicles), "changes of zone are not searched yet")
    require(not any(v.frozen for v in vehicles), "frozen prefixes are not searched yet")
    require(all(c.latest_s is None for c in clients), "latest moments are not searched yet")
    require(not any(c.release_s for c in clients), "releases are not searched yet")


def flatten(problem: Problem, *, with_neighbours: bool = True) -> Data:
    """Lay the problem out in arrays; without neighbours it serves for timing routes, not for searching."""
    _refuse_what_is_not_searched_yet(problem)
    vehicles, n, v = problem.vehicles, len(problem.clients), len(problem.vehicles)
    kind = _classes(problem)
    members = np.argsort(kind, kind="stable").astype(np.int32)
    firsts = np.searchsorted(kind[members], np.arange(kind.max(initial=-1) + 2)).astype(np.int32)
    representatives = members[firsts[:-1]]
    loads = flat_loads(problem)
    windows = flat_windows(problem)
    location = _ends(problem)
    knot_moments, knot_slots = _knots(problem.travel)
    prize = flat_prizes(problem)
    data = Data(
        clients=n,
        vehicles=v,
        timed=_is_timed(problem),
        mixed=bool(problem.pairs) or bool(loads.pickup[:n].any()),
        intricate=_is_intricate(problem),
        slots=problem.travel.slots,
        **_travel(problem.travel),
        knot_moments=knot_moments,
        knot_slots=knot_slots,
        location=location,
        service=np.array([c.service_s for c in problem.clients] + [0] * (2 * v), np.int32),
        setup=np.array([c.setup_s for c in problem.clients] + [0] * (2 * v), np.int32),
        **windows._asdict(),
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
        **flat_pairs(problem)._asdict(),
        remoteness=remoteness(problem, location),
        near=room_for_neighbours(problem, NEIGHBOURS if with_neighbours else 0),
    )
    find_neighbours(problem, data)
    return data


def _limits(values: list[int | None]) -> NDArray[np.int32]:
    return np.array([NO_LIMIT if x is None else min(x, NO_LIMIT) for x in values], np.int32)
