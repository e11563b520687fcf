"""The plan in figures, computed from its routes and nothing else."""

from collections.abc import Sequence

from zaguan.operations.planning.model import Load, Route, Totals


def totals_of(
    routes: Sequence[Route],
    *,
    unassigned: int,
    violations: int,
    nearest: tuple[int, int, int] | None,
    in_file_order: tuple[int, int, int] | None,
) -> Totals:
    """Return the totals; the plain plans come as (metres, minor units, routes), None where there is none."""
    served = [order for route in routes for stop in route.stops for order in stop.orders]
    promised = [order for order in served if order.window_closes_at is not None]
    on_time = sum(order.late_s == 0 for order in promised)
    stops = [len(route.stops) for route in routes]
    durations = [route.duration_s for route in routes]
    energy: dict[str, float] = {}
    for route in routes:
        energy[route.energy] = round(energy.get(route.energy, 0.0) + route.energy_units, 3)
    busy = sum(route.driving_s + route.service_s for route in routes)
    metres, minor, count = nearest or (0, 0, 0)
    file_metres, file_minor, file_count = in_file_order or (0, 0, 0)
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
        baseline_distance_m=metres,
        baseline_cost_minor=minor,
        violations=violations,
        baseline_routes=count,
        file_order_distance_m=file_metres,
        file_order_cost_minor=file_minor,
        file_order_routes=file_count,
        late_stops=sum(any(order.late_s for order in stop.orders) for route in routes for stop in route.stops),
        idle_share=1 - busy / sum(durations) if sum(durations) else 0.0,
        empty_distance_m=sum(empty_distance_m(route) for route in routes),
    )


def fullest(route: Route) -> float:
    """Return how full the vehicle is in its fullest dimension, 0 to 1."""
    pairs = zip(_amounts(route.load), _amounts(route.capacity), strict=True)
    return max((load / room for load, room in pairs if room > 0), default=0.0)


def empty_distance_m(route: Route) -> int:
    """Return the metres driven with nothing aboard: before the first goods and after the last."""
    orders = [[order.kind for order in stop.orders] for stop in route.stops]
    flat = [kind for kinds in orders for kind in kinds]
    metres = 0
    if "delivery" not in flat:  # leaves empty, to fetch
        metres += route.stops[0].leg_distance_m if route.stops else 0
    if "pickup" not in flat and route.ends_at_depot:  # comes back empty
        metres += route.distance_m - sum(stop.leg_distance_m for stop in route.stops)
    return max(0, metres)


def _amounts(load: Load) -> tuple[int, int, int]:
    return (load.weight_g, load.volume_ml, load.pieces)
