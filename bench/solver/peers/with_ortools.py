"""OR-Tools' routing library: guided local search under a limit in wall seconds.

A limit of our own would be asked a million times a second, in Python, and cost it a third of its time.

A client that must be served may be left out at a price far above any plan, so that a hard instance yields the plan
that it could find instead of none; such plans do not count as solved.
"""

from collections.abc import Sequence
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from bench.solver.peers.answer import (
    Answer,
    NotInstalled,
    Routes,
    Stopwatch,
    matrices,
    refuse,
    refuse_beyond_benchmarks,
    trips_of,
    within_cpu,
)
from zaguan.engines.solver import Problem, Vehicle
from zaguan.engines.solver.limits import UNREACHABLE_S

try:
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2
except ImportError as missing:
    raise NotInstalled("ortools") from missing

MOST_LOCATIONS = 3_000  # its Python interface takes matrices as lists of lists
UNLIMITED = 1_000_000_000


def run(problem: Problem, seconds: float, _seed: int) -> Answer:
    """Search for so many seconds; it draws no lots, and building its model is not counted."""
    refuse_beyond_benchmarks(problem)
    fetches = any(any(client.pickup) for client in problem.clients) and not problem.pairs
    legs = problem.travel.durations_s
    refuse({
        "several trips": any(vehicle.trips > 1 for vehicle in set(problem.vehicles)),
        "release times": any(client.release_s for client in problem.clients),
        f"more than {MOST_LOCATIONS:,} locations": problem.travel.locations > MOST_LOCATIONS,
        "mixed loads": fetches and not (legs.size and bool((legs >= UNREACHABLE_S).any())),
        "clients at one place": len({client.location for client in problem.clients}) < len(problem.clients),
    })  # fmt: skip
    answer = Answer(version=version("ortools"), routes=None, cpu_s=0.0)

    def search(limit: float) -> None:
        model = _Model(problem)
        watch = Stopwatch()

        def found() -> None:
            cost = model.routing.CostVar().Max()
            if cost < model.left_out_price:
                watch.found(float(cost))

        model.routing.AddAtSolutionCallback(found)
        parameters = pywrapcp.DefaultRoutingSearchParameters()
        parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        parameters.time_limit.FromMilliseconds(int(1000 * limit))
        plan = model.routing.SolveWithParameters(parameters)
        answer.cpu_s, answer.trace = watch.now(), watch.trace
        answer.routes = None if plan is None else model.routes(plan)

    within_cpu(search, seconds)
    return answer


class _Model:
    """The problem as its nodes, dimensions and disjunctions."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        vehicles = problem.vehicles
        self.durations, self.distances = matrices(problem)
        self.manager = pywrapcp.RoutingIndexManager(
            len(self.distances), len(vehicles), [v.start or 0 for v in vehicles], [v.end or 0 for v in vehicles]
        )
        self.routing = pywrapcp.RoutingModel(self.manager)
        self.client_at = {client.location: i for i, client in enumerate(problem.clients)}
        dearest = max(v.cost_per_m for v in set(vehicles)) * int(self.distances.max(initial=1))
        fixed = sum(v.fixed_cost for v in vehicles)
        prizes = sum(client.prize or 0.0 for client in problem.clients)
        self.left_out_price = int(min(2 * dearest * len(self.distances) + fixed + prizes, 2**50 / len(self.distances)))
        self._prices()
        self._loads()
        self.timed = any(client.windows for client in problem.clients) or any(v.max_duration_s for v in set(vehicles))
        if self.timed:
            self._times()
        self._dead_ends()
        self._pairs()
        self._leaving_out()

    def _matrix(self, matrix: NDArray[np.int64]) -> int:
        index: int = self.routing.RegisterTransitMatrix(matrix.tolist())
        return index

    def _prices(self) -> None:
        rates = {v.cost_per_m: -1 for v in self.problem.vehicles}
        for rate in rates:
            rates[rate] = self._matrix(self.distances * int(rate))
        for v, vehicle in enumerate(self.problem.vehicles):
            self.routing.SetArcCostEvaluatorOfVehicle(rates[vehicle.cost_per_m], v)
            if vehicle.fixed_cost:
                self.routing.SetFixedCostOfVehicle(int(vehicle.fixed_cost), v)

    def _loads(self) -> None:
        """Pairs load and unload on the way; otherwise deliveries all come before pickups, so each has its own room."""
        clients = self.problem.clients
        for k in range(self.problem.dimensions):
            brought = np.array([client.delivery[k] if k < len(client.delivery) else 0 for client in clients])
            fetched = np.array([client.pickup[k] if k < len(client.pickup) else 0 for client in clients])
            if self.problem.pairs:
                self._load(f"load{k}", k, fetched - brought)
            else:
                self._load(f"brought{k}", k, brought)
                self._load(f"fetched{k}", k, fetched)

    def _load(self, name: str, k: int, loads: NDArray[np.int_]) -> None:
        if not loads.any():
            return
        by_location = np.zeros(self.problem.travel.locations, np.int64)
        by_location[[client.location for client in self.problem.clients]] = loads
        transit = self.routing.RegisterUnaryTransitVector(by_location.tolist())
        room = [v.capacity[k] if k < len(v.capacity) else UNLIMITED for v in self.problem.vehicles]
        self.routing.AddDimensionWithVehicleCapacity(transit, 0, room, True, name)

    def _times(self) -> None:
        service = np.zeros(self.problem.travel.locations, np.int64)
        for client in self.problem.clients:
            service[client.location] = client.service_s
        horizon = max(v.shift_s[1] for v in self.problem.vehicles)
        transit = self._matrix(self.durations + service[:, None])
        self.routing.AddDimension(transit, horizon, horizon, False, "time")
        time = self.routing.GetDimensionOrDie("time")
        for client in self.problem.clients:
            for opens, closes in client.windows:
                time.CumulVar(self.manager.NodeToIndex(client.location)).SetRange(opens, min(closes, horizon))
        for v, vehicle in enumerate(self.problem.vehicles):
            time.CumulVar(self.routing.Start(v)).SetRange(*vehicle.shift_s)
            time.CumulVar(self.routing.End(v)).SetRange(*vehicle.shift_s)
            if vehicle.max_duration_s is not None:
                time.SetSpanUpperBoundForVehicle(vehicle.max_duration_s, v)

    def _dead_ends(self) -> None:
        """Forbid the legs that lead nowhere."""
        every = np.arange(self.problem.travel.locations)
        starts = {v.start or 0 for v in self.problem.vehicles}
        for origin, goal in np.argwhere(self.problem.travel.part(0, every, every)[0] >= UNREACHABLE_S).tolist():
            if goal not in self.client_at:
                continue
            after = self.manager.NodeToIndex(goal)
            if origin in self.client_at:
                self.routing.NextVar(self.manager.NodeToIndex(origin)).RemoveValue(after)
            elif origin in starts:
                for v, vehicle in enumerate(self.problem.vehicles):
                    if vehicle.start == origin:
                        self.routing.NextVar(self.routing.Start(v)).RemoveValue(after)

    def _pairs(self) -> None:
        if not self.problem.pairs:
            return
        if not self.timed:
            self.routing.AddConstantDimension(1, len(self.problem.clients) + 2, True, "time")
        time, solver = self.routing.GetDimensionOrDie("time"), self.routing.solver()
        for pair in self.problem.pairs:
            fetched, brought = (self.manager.NodeToIndex(self.problem.clients[i].location) for i in pair)
            self.routing.AddPickupAndDelivery(fetched, brought)
            solver.Add(self.routing.VehicleVar(fetched) == self.routing.VehicleVar(brought))
            solver.Add(time.CumulVar(fetched) <= time.CumulVar(brought))

    def _leaving_out(self) -> None:
        for client in self.problem.clients:
            price = self.left_out_price if client.prize is None else int(client.prize)
            self.routing.AddDisjunction([self.manager.NodeToIndex(client.location)], price)

    def routes(self, plan: "pywrapcp.Assignment") -> Routes:
        """Return the clients of each vehicle that serves any."""
        vehicles: Sequence[Vehicle] = self.problem.vehicles
        routes: Routes = []
        for v in range(len(vehicles)):
            clients, index = [], plan.Value(self.routing.NextVar(self.routing.Start(v)))
            while not self.routing.IsEnd(index):
                clients.append(self.client_at[self.manager.IndexToNode(index)])
                index = plan.Value(self.routing.NextVar(index))
            if clients:
                routes.append((v, trips_of(clients)))
        return routes
