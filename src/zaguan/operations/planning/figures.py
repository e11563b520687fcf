"""The plan in figures, computed from its routes and nothing else."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from zaguan.operations.planning.model import Load, Route, Totals, VehicleUse
from zaguan.records.fleet.model import Vehicle


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A plain plan of the same orders in figures; all zero where there is none."""

    distance_m: int = 0
    cost_minor: int = 0
    routes: int = 0
    duration_s: int = 0
    idle_s: int = 0  # waiting and pauses
    empty_distance_m: int = 0
    distance_by_vehicle_m: dict[str, int] = field(default_factory=dict)


def totals_of(
    routes: Sequence[Route],
    *,
    unassigned: int,
    violations: int,
    nearest: Baseline | None,
    in_file_order: Baseline | None,
    vehicles: Sequence[Vehicle],
) -> Totals:
    """Return the totals, measured by the two plain plans; None where there is none."""
    served = [order for route in routes for stop in route.stops for order in stop.orders]
    promised = [order for order in served if order.window_closes_at is not None]
    on_time = sum(order.late_s == 0 for order in promised)
    stops = [len(route.stops) for route in routes]
    durations = [route.duration_s for route in routes]
    energy: dict[str, float] = {}
    for route in routes:
        energy[route.energy] = round(energy.get(route.energy, 0.0) + route.energy_units, 3)
    busy = sum(route.driving_s + route.service_s for route in routes)
    near, file = nearest or Baseline(), in_file_order or Baseline()
    uses = tuple(_uses(routes, near, vehicles))
    energy_before: dict[str, float] = {}
    for use in (use for use in uses if use.baseline_distance_m):
        energy_before[use.energy] = round(energy_before.get(use.energy, 0.0) + use.baseline_energy_units, 3)
    factors = {vehicle.ref: vehicle.emission_g_per_unit for vehicle in vehicles}
    return Totals(
        orders=len(served) + unassigned,
        served=len(served),
        unassigned=unassigned,
        routes=len(routes),
        stops=sum(stops),
        distance_m=sum(route.distance_m for route in routes),
        driving_s=sum(route.driving_s for route in routes),
        duration_s=sum(durations),
        waiting_s=sum(route.waiting_s for route in routes),
        overtime_s=sum(route.overtime_s for route in routes),
        on_time_share=on_time / len(promised) if promised else 1.0,
        load_share=sum(fullest(route) for route in routes) / len(routes) if routes else 0.0,
        stops_spread=max(stops) - min(stops) if stops else 0,
        duration_spread_s=max(durations) - min(durations) if durations else 0,
        cost_minor=sum(route.cost_minor for route in routes),
        emission_g=sum(route.emission_g for route in routes),
        energy_by_kind=dict(sorted(energy.items())),
        baseline_distance_m=near.distance_m,
        baseline_cost_minor=near.cost_minor,
        violations=violations,
        baseline_routes=near.routes,
        file_order_distance_m=file.distance_m,
        file_order_cost_minor=file.cost_minor,
        file_order_routes=file.routes,
        late_stops=sum(any(order.late_s for order in stop.orders) for route in routes for stop in route.stops),
        idle_share=1 - busy / sum(durations) if sum(durations) else 0.0,
        empty_distance_m=sum(empty_distance_m(route) for route in routes),
        baseline_energy_by_kind=dict(sorted(energy_before.items())),
        baseline_emission_g=round(sum(use.baseline_energy_units * factors[use.vehicle_ref] for use in uses)),
        baseline_idle_share=near.idle_s / near.duration_s if near.duration_s else 0.0,
        baseline_empty_distance_m=near.empty_distance_m,
        vehicles=uses,
    )


def _uses(routes: Sequence[Route], near: Baseline, vehicles: Sequence[Vehicle]) -> Iterator[VehicleUse]:
    """Yield what each vehicle that leaves its depot drives and takes, before and after."""
    for vehicle in vehicles:
        after_m = sum(route.distance_m for route in routes if route.vehicle_ref == vehicle.ref)
        before_m = near.distance_by_vehicle_m.get(vehicle.ref, 0)
        if after_m or before_m:
            yield VehicleUse(
                vehicle_ref=vehicle.ref,
                energy=vehicle.energy.value,
                distance_m=after_m,
                energy_units=round(after_m / 100_000 * vehicle.consumption_per_100km, 3),
                baseline_distance_m=before_m,
                baseline_energy_units=round(before_m / 100_000 * vehicle.consumption_per_100km, 3),
            )


def fullest(route: Route) -> float:
    """Return how full the vehicle is in its fullest dimension, 0 to 1."""
    pairs = zip(_amounts(route.load), _amounts(route.capacity), strict=True)
    return max((load / room for load, room in pairs if room > 0), default=0.0)


def empty_distance_m(route: Route) -> int:
    """Return the metres driven with nothing aboard: before the first goods and after the last."""
    legs = [stop.leg_distance_m for stop in route.stops]
    return empty_m(
        {order.kind for stop in route.stops for order in stop.orders},
        first_m=legs[0] if legs else 0,
        back_m=route.distance_m - sum(legs) if route.ends_at_depot else 0,
    )


def empty_m(kinds: Collection[str], *, first_m: int, back_m: int) -> int:
    """Return the metres without goods of a route of such orders: out to fetch only, home after deliveries only."""
    return max(0, (0 if "delivery" in kinds else first_m) + (0 if "pickup" in kinds else back_m))


def _amounts(load: Load) -> tuple[int, int, int]:
    return (load.weight_g, load.volume_ml, load.pieces)
