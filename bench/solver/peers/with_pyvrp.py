"""PyVRP: iterated local search, stopped by the CPU seconds of its process."""

from collections import defaultdict
from importlib.metadata import version

import numpy as np

from bench.solver.peers.answer import Answer, NotInstalled, Routes, Stopwatch, matrices, refuse_beyond_benchmarks
from zaguan.engines.solver import Problem, Vehicle

try:
    import pyvrp
except ImportError as missing:
    raise NotInstalled("pyvrp") from missing

INFEASIBLE = np.iinfo(np.int64).max  # what it states as the cost while its best plan breaks a rule


class _CpuSeconds:
    """A stopping criterion, which also sees every better plan."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.watch, self.calls = seconds, Stopwatch(), 0

    def __call__(self, best_cost: float) -> bool:
        self.calls += 1
        if best_cost < INFEASIBLE:
            self.watch.found(float(best_cost))
        return self.watch.now() >= self.seconds


def run(problem: Problem, seconds: float, seed: int) -> Answer:
    """Search for so many CPU seconds; building its data is not counted, its neighbourhoods and first plan are."""
    refuse_beyond_benchmarks(problem)
    members: dict[Vehicle, list[int]] = defaultdict(list)
    for v, vehicle in enumerate(problem.vehicles):
        members[vehicle].append(v)
    paired = {client for pair in problem.pairs for client in pair}
    single = [i for i in range(len(problem.clients)) if i not in paired]
    data = _data(problem, list(members), [len(some) for some in members.values()], single)
    stop = _CpuSeconds(seconds)
    result = pyvrp.solve(data, stop=stop, seed=seed, collect_stats=False, display=False)
    used = stop.watch.now()
    routes = _routes(problem, result.best, [list(some) for some in members.values()], single)
    return Answer(
        version=version("pyvrp"),
        routes=routes if result.is_feasible() else None,
        cpu_s=used,
        iterations=result.num_iterations,
        trace=stop.watch.trace,
    )


def _data(problem: Problem, kinds: list[Vehicle], counts: list[int], single: list[int]) -> "pyvrp.ProblemData":
    clients = problem.clients
    durations, distances = matrices(problem)
    homes = sorted({place for v in kinds for place in (v.start, v.end, v.reload_at) if place is not None})
    home = {place: index for index, place in enumerate(homes)}
    latest = max(v.shift_s[1] for v in kinds)
    windows = [client.windows[0] if client.windows else (0, latest) for client in clients]
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in distances],
        clients=[_client(problem, i, windows[i]) for i in single],
        depots=[pyvrp.Depot(location=place) for place in homes],
        vehicle_types=[
            pyvrp.VehicleType(
                num_available=count,
                capacity=list(kind.capacity),
                start_depot=home[kind.start or 0],
                end_depot=home[kind.end or 0],
                fixed_cost=int(kind.fixed_cost),
                tw_early=kind.shift_s[0],
                tw_late=kind.shift_s[1],
                unit_distance_cost=int(kind.cost_per_m),
                **({} if kind.max_duration_s is None else {"shift_duration": kind.max_duration_s}),
                **(
                    {"reload_depots": [home[kind.reload_at or 0]], "max_reloads": kind.trips - 1}
                    if kind.trips > 1
                    else {}
                ),
            )
            for kind, count in zip(kinds, counts, strict=True)
        ],
        distance_matrices=[distances],
        duration_matrices=[durations],
        shipments=[
            pyvrp.Shipment(
                pickup_location=clients[fetched].location,
                delivery_location=clients[brought].location,
                pickup_tw_early=windows[fetched][0],
                pickup_tw_late=windows[fetched][1],
                pickup_service_duration=clients[fetched].service_s,
                delivery_tw_early=windows[brought][0],
                delivery_tw_late=windows[brought][1],
                delivery_service_duration=clients[brought].service_s,
                amount=list(clients[fetched].pickup),
            )
            for fetched, brought in problem.pairs
        ],
    )


def _client(problem: Problem, index: int, window: tuple[int, int]) -> "pyvrp.Client":
    client, width = problem.clients[index], problem.dimensions
    return pyvrp.Client(
        location=client.location,
        delivery=[*client.delivery, *(0,) * (width - len(client.delivery))],
        pickup=[*client.pickup, *(0,) * (width - len(client.pickup))],
        service_duration=client.service_s,
        tw_early=window[0],
        tw_late=window[1],
        release_time=client.release_s,
        prize=int(client.prize or 0),
        required=client.prize is None,
    )


def _routes(problem: Problem, best: "pyvrp.Solution", free: list[list[int]], single: list[int]) -> Routes:
    routes: Routes = []
    for route in best.routes():
        trips: dict[int, list[int]] = defaultdict(list)
        for activity in route.schedule():
            if activity.is_client():
                trips[activity.trip].append(single[activity.idx])
            elif activity.is_shipment():
                trips[activity.trip].append(problem.pairs[activity.idx][0 if activity.is_pickup() else 1])
        if trips:
            routes.append((free[route.vehicle_type()].pop(0), [trips[trip] for trip in sorted(trips)]))
    return routes
