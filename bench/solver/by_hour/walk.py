"""Drives a planned route again under the travel times of every hour; shares no code with the solver's clock.

The driver leaves when the plan says, keeps its order, waits where a window is not open yet, and serves whom it
reaches late all the same.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from zaguan.engines.solver import Problem, Route, Travel


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What became of a route: seconds late and the start at each client, in the order of the route."""

    starts_s: tuple[int, ...]
    late_s: tuple[int, ...]
    departs_s: int
    returns_s: int
    distance_m: int


def seconds(travel: Travel, matrix: int, moment_s: int, origin: int, goal: int) -> int:
    """Return the travel time of a departure: even change between two knots, rounded down, level outside of them."""
    if travel.slots == 1:
        return int(travel.durations_s[matrix, origin, goal])
    moments = [moment for moment, _ in travel.knots_s]
    after = bisect_right(moments, moment_s)
    slots = [slot for _, slot in travel.knots_s[max(0, after - 1) : after + 1]]
    now = int(travel.durations_s[matrix + slots[0], origin, goal])
    if after == 0 or len(slots) == 1:
        return now
    then = int(travel.durations_s[matrix + slots[1], origin, goal])
    begins_s, ends_s = moments[after - 1], moments[after]
    return now + (then - now) * (moment_s - begins_s) // (ends_s - begins_s)


def metres(travel: Travel, matrix: int, moment_s: int, origin: int, goal: int) -> int:
    """Return the distance by the nearest knot, of two the later."""
    if travel.slots == 1:
        return int(travel.distances_m[matrix, origin, goal])
    _, slot = min(travel.knots_s, key=lambda knot: (abs(knot[0] - moment_s), -knot[0]))
    return int(travel.distances_m[matrix + slot, origin, goal])


def walk(problem: Problem, route: Route, *, departs_s: int | None = None) -> Walk:
    """Drive a route's clients in their order, leaving as planned, or at another moment."""
    vehicle, travel = problem.vehicles[route.vehicle], problem.travel
    matrix = vehicle.profile * travel.slots
    assert vehicle.start is not None, "the bench's vehicles are based at a depot"
    assert vehicle.end is not None, "and return to it"
    begins_s = now = route.departs_s if departs_s is None else departs_s
    place, distance_m = vehicle.start, 0
    starts, late = list[int](), list[int]()
    for visit in route.visits:
        client = problem.clients[visit.client]
        distance_m += metres(travel, matrix, now, place, client.location)
        now += seconds(travel, matrix, now, place, client.location)
        if client.location != place:
            now += client.setup_s
        now = _opening(client.windows, now)
        starts.append(now)
        late.append(max(0, now - client.windows[-1][1]))
        now, place = now + client.service_s, client.location
    distance_m += metres(travel, matrix, now, place, vehicle.end)
    now += seconds(travel, matrix, now, place, vehicle.end)
    return Walk(starts_s=tuple(starts), late_s=tuple(late), departs_s=begins_s, returns_s=now, distance_m=distance_m)


def _opening(windows: Sequence[tuple[int, int]], now_s: int) -> int:
    """Return when service starts: in the first window that is not over, at once if all are."""
    return next((max(now_s, opens) for opens, closes in windows if now_s <= closes), now_s)
