"""A second opinion on a plan: rules and cost recomputed from the matrix by the shortest code that does it.

It knows what benchmark files have: loads, pairs, windows, shifts, longest durations, releases and trips, prizes and
prices by vehicle. It shares nothing with the search, nor with the solver's own checker.
"""

from itertools import pairwise

from bench.solver.peers.answer import Routes, refuse_beyond_benchmarks
from zaguan.engines.solver import Problem, Vehicle
from zaguan.engines.solver.limits import UNREACHABLE_S


def judge(problem: Problem, routes: Routes) -> tuple[float, list[str]]:
    """Return what a plan costs, prizes of the clients left out included, and every rule that it breaks."""
    refuse_beyond_benchmarks(problem)
    served = [client for _, trips in routes for trip in trips for client in trip]
    vehicles = [vehicle for vehicle, _ in routes]
    broken = ["a client is served twice"] if len(served) != len(set(served)) else []
    if len(vehicles) != len(set(vehicles)):
        broken.append("a vehicle is used twice")
    missing = [i for i in range(len(problem.clients)) if i not in set(served)]
    if left_out := sum(problem.clients[i].prize is None for i in missing):
        broken.append(f"{left_out} clients left out")
    cost = float(sum(problem.clients[i].prize or 0 for i in missing))
    for index, trips in routes:
        price, faults = _route(problem, problem.vehicles[index], [trip for trip in trips if trip])
        cost += price
        broken += [f"vehicle {index}: {fault}" for fault in faults]
    return cost, broken


def _route(problem: Problem, vehicle: Vehicle, trips: list[list[int]]) -> tuple[float, list[str]]:
    broken = [] if len(trips) <= vehicle.trips else [f"{len(trips)} trips"]
    for trip in trips:
        broken += _loads(problem, vehicle, trip) + _pairs(problem, trip)
    metres, late = _drive(problem, vehicle, trips)
    return vehicle.fixed_cost + vehicle.cost_per_m * metres, broken + late


def _loads(problem: Problem, vehicle: Vehicle, trip: list[int]) -> list[str]:
    paired = {client for pair in problem.pairs for client in pair}
    for k, room in enumerate(vehicle.capacity):
        brought = [(problem.clients[i].delivery + (0,) * 8)[k] for i in trip]
        fetched = [(problem.clients[i].pickup + (0,) * 8)[k] for i in trip]
        aboard = sum(load for i, load in zip(trip, brought, strict=True) if i not in paired)
        most = aboard
        for less, more in zip(brought, fetched, strict=True):
            aboard += more - less
            most = max(most, aboard)
        if most > room:
            return [f"{most} aboard, room for {room}"]
    return []


def _pairs(problem: Problem, trip: list[int]) -> list[str]:
    at = {client: position for position, client in enumerate(trip)}
    for fetched, brought in problem.pairs:
        if (fetched in at or brought in at) and not at.get(fetched, len(trip)) < at.get(brought, -1):
            return [f"pair {fetched}, {brought} is broken"]
    return []


def _drive(problem: Problem, vehicle: Vehicle, trips: list[list[int]]) -> tuple[int, list[str]]:
    """Return the metres, and what is late. Where a duration is limited, the latest departure is what counts."""
    opens, ends = vehicle.shift_s
    stops: list[tuple[int, int, int, int]] = []  # location, earliest, latest, seconds there
    for number, trip in enumerate(trips):
        place = vehicle.start if number == 0 else vehicle.start if vehicle.reload_at is None else vehicle.reload_at
        ready = max(problem.clients[i].release_s for i in trip)
        # goods may be waited for before or after they are loaded: nothing is lost by waiting before
        stops.append((place or 0, max(opens, ready), ends, 0 if number == 0 else vehicle.reload_s))
        for i in trip:
            client = problem.clients[i]
            first, last = client.windows[0] if client.windows else (opens, ends)
            stops.append((client.location, first, last, client.service_s))
    stops.append((vehicle.end or 0, opens, ends, 0))
    legs = [problem.travel.leg(vehicle.profile, a[0], b[0]) for a, b in pairwise(stops)]
    broken = ["a leg that leads nowhere"] if any(seconds >= UNREACHABLE_S for seconds, _ in legs) else []
    now = opens
    for (_, earliest, latest, service), (seconds, _) in zip(stops, [*legs, (0, 0)], strict=True):
        now = max(now, earliest)
        if now > latest:
            broken.append(f"{now - latest} s late")
        now += service + seconds
    if vehicle.max_duration_s is not None and not broken:
        departs = ends
        for (_, _, latest, service), (seconds, _) in zip(reversed(stops[:-1]), reversed(legs), strict=True):
            departs = min(latest, departs - seconds - service)
        busy = sum(seconds for seconds, _ in legs) + sum(stop[3] for stop in stops)
        if max(busy, now - departs) > vehicle.max_duration_s:
            broken.append(f"{max(busy, now - departs)} s long")
    return sum(metres for _, metres in legs), broken
