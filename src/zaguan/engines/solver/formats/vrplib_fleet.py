"""The vehicles of a VRPLIB file: one by one where sections describe them, all alike otherwise."""

from collections.abc import Sequence
from typing import Final

from zaguan.engines.solver.fleet import MAX_TRIPS, Vehicle
from zaguan.engines.solver.formats.plane import Measure
from zaguan.engines.solver.formats.sections import Text
from zaguan.engines.solver.problem import Client

VALUES: Final = {
    *("VEHICLES", "CAPACITY", "VEHICLES_DEPOT", "VEHICLES_RELOAD_DEPOT", "VEHICLES_MAX_RELOADS"),
    *("VEHICLES_MAX_DURATION", "VEHICLES_FIXED_COST", "VEHICLES_UNIT_DISTANCE_COST"),
}


def read_fleet(text: Text, measure: Measure, depots: int, shifts: Sequence[tuple[int, int]]) -> list[Vehicle]:
    """Return the vehicles; none if the file does not limit how many there are."""
    if "VEHICLES" not in text.values:
        if described := [name for name in text.lines if name == "CAPACITY" or name.startswith("VEHICLES_")]:
            raise text.refuse(f"{described[0]}_SECTION without VEHICLES")
        if depots > 1:
            raise text.refuse("several depots without VEHICLES")
        if limited := (VALUES - {"CAPACITY"}) & set(text.values):
            raise text.refuse(f"{', '.join(sorted(limited))} without VEHICLES")
        return []
    count = text.number("VEHICLES")
    homes, reloads = _depots_of(text, "VEHICLES_DEPOT", count), _depots_of(text, "VEHICLES_RELOAD_DEPOT", count)
    if homes is None and depots > 1:
        raise text.refuse("several depots without VEHICLES_DEPOT_SECTION")
    again, longest = text.column("VEHICLES_MAX_RELOADS", count), text.column("VEHICLES_MAX_DURATION", count)
    fixed, per_m = text.column("VEHICLES_FIXED_COST", count), text.column("VEHICLES_UNIT_DISTANCE_COST", count)
    rooms, seen, fleet = _rooms(text, count), dict[Vehicle, Vehicle](), list[Vehicle]()
    for v in range(count):
        home = 0 if homes is None else homes[v]
        if not 0 <= home < depots or (reloads is not None and not 0 <= reloads[v] < depots):
            raise text.refuse(f"vehicle {v + 1} starts or loads where no depot is")
        trips = 1 if reloads is None else MAX_TRIPS if again is None else min(MAX_TRIPS, 1 + int(again[v]))
        vehicle = Vehicle(
            start=home,
            end=home,
            capacity=rooms[v],
            shift_s=shifts[home],
            trips=trips,
            reload_at=None if reloads is None else reloads[v],
            max_duration_s=None if longest is None else measure.whole(longest[v]),
            fixed_cost=0.0 if fixed is None else float(measure.whole(fixed[v])),
            cost_per_m=1.0 if per_m is None else float(per_m[v]),
        )
        fleet.append(seen.setdefault(vehicle, vehicle))
    return fleet


def _rooms(text: Text, count: int) -> list[tuple[int, ...]]:
    """Return the capacity of each vehicle, one number per dimension."""
    if "CAPACITY" in text.values:
        return [(text.number("CAPACITY"),)] * count
    if "CAPACITY" not in text.lines:
        return [()] * count
    return [tuple(int(room) for room in row) for row in text.rows("CAPACITY", count)]


def _depots_of(text: Text, name: str, count: int) -> list[int] | None:
    numbers = text.column(name, count)
    return None if numbers is None else [int(number) - 1 for number in numbers]


def allowed_vehicles(text: Text, vehicles: int, depots: int, locations: int) -> list[frozenset[int]] | None:
    """Return for each client the vehicles that may serve it; None if any may."""
    if "VEHICLES_ALLOWED_CLIENTS" not in text.lines:
        return None
    allowed: list[set[int]] = [set() for _ in range(depots, locations)]
    for vehicle, nodes in enumerate(text.rows("VEHICLES_ALLOWED_CLIENTS", vehicles)):
        for node in nodes:
            if not depots < node <= locations:
                raise text.refuse(f"VEHICLES_ALLOWED_CLIENTS_SECTION names node {node:g}")
            allowed[int(node) - depots - 1].add(vehicle)
    return [frozenset(some) for some in allowed]


def enough(clients: Sequence[Client], room: tuple[int, ...]) -> int:
    """Return how many vehicles a cheapest plan uses at most: no two of them are at most half full."""
    if len(room) != 1 or not room[0]:
        return len(clients)
    load = sum(client.delivery[0] for client in clients if client.delivery)
    return min(len(clients), 2 * -(-load // room[0]) + 1)
