"""VROOM: its highest exploration level, one thread, a limit in wall seconds, since it offers no other.

It ends when its exploration is done, however much time is left; the CPU seconds that it used are reported.
"""

from collections import defaultdict
from datetime import timedelta
from importlib.metadata import version

import numpy as np

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

try:
    import vroom
except ImportError as missing:
    raise NotInstalled("pyvroom") from missing

EXPLORATION = 5
UNLIMITED = 1_000_000_000


def run(problem: Problem, seconds: float, _seed: int) -> Answer:
    """Solve within so many seconds; it draws no lots, and building its input is not counted."""
    refuse_beyond_benchmarks(problem)
    refuse({
        "several trips": any(vehicle.trips > 1 for vehicle in set(problem.vehicles)),
        "release times": any(client.release_s for client in problem.clients),
        "prizes": any(client.prize is not None for client in problem.clients),
        "a longest duration": any(vehicle.max_duration_s is not None for vehicle in set(problem.vehicles)),
    })  # fmt: skip
    used = 0.0

    def search(limit: float) -> "vroom.solution.solution.Solution":
        nonlocal used
        given = _input(problem)
        watch = Stopwatch()
        found = given.solve(exploration_level=EXPLORATION, nb_threads=1, timeout=timedelta(seconds=limit))
        used = watch.now()
        return found

    found = within_cpu(search, seconds)
    clients: dict[int, list[int]] = defaultdict(list)
    steps = found.routes
    for vehicle, kind, client in zip(steps["vehicle_id"], steps["type"], steps["id"], strict=True):
        if kind not in ("start", "end"):
            clients[int(vehicle)].append(int(client))
    routes: Routes = [(vehicle, trips_of(some)) for vehicle, some in clients.items()]
    return Answer(version=version("pyvroom"), routes=routes, cpu_s=used)


def _input(problem: Problem) -> "vroom.Input":
    durations, distances = matrices(problem)
    given = vroom.Input()
    rates = {vehicle.cost_per_m for vehicle in set(problem.vehicles)}
    for rate in rates:
        given.set_durations_matrix(f"{rate:g}", durations)
        given.set_costs_matrix(f"{rate:g}", (distances * int(rate)).astype(np.uint32))
    timed = any(client.windows for client in problem.clients)
    given.add_vehicle([_vehicle(problem, v, vehicle, timed) for v, vehicle in enumerate(problem.vehicles)])
    paired = {client for pair in problem.pairs for client in pair}
    for i, client in enumerate(problem.clients):
        if i not in paired:
            given.add_job(
                vroom.Job(
                    id=i,
                    location=client.location,
                    default_service=client.service_s,
                    delivery=_amount(problem, client.delivery),
                    pickup=_amount(problem, client.pickup),
                    time_windows=[vroom.TimeWindow(*window) for window in client.windows],
                )
            )
    for fetched, brought in problem.pairs:
        given.add_shipment(
            _step(problem, fetched), _step(problem, brought), _amount(problem, problem.clients[fetched].pickup)
        )
    return given


def _amount(problem: Problem, load: tuple[int, ...]) -> "vroom.Amount":
    return vroom.Amount([*load, *(0,) * (problem.dimensions - len(load))])


def _step(problem: Problem, index: int) -> "vroom.ShipmentStep":
    client = problem.clients[index]
    return vroom.ShipmentStep(
        id=index,
        location=client.location,
        default_service=client.service_s,
        time_windows=[vroom.TimeWindow(*window) for window in client.windows],
    )


def _vehicle(problem: Problem, index: int, vehicle: Vehicle, timed: bool) -> "vroom.Vehicle":
    unlimited = (UNLIMITED,) * (problem.dimensions - len(vehicle.capacity))
    return vroom.Vehicle(
        index,
        start=vehicle.start,
        end=vehicle.end,
        profile=f"{vehicle.cost_per_m:g}",
        capacity=[*vehicle.capacity, *unlimited],
        time_window=vroom.TimeWindow(*vehicle.shift_s) if timed else None,
        costs=vroom.VehicleCosts(fixed=int(vehicle.fixed_cost)),
    )
