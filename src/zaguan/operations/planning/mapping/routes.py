"""From the solver's answer back to routes and stops in field words, with their ways drawn on the roads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from zaguan.base.geo import polyline
from zaguan.base.geo.point import Point
from zaguan.base.kit.progress import Progress
from zaguan.base.kit.words import say
from zaguan.engines.roads.network import Leg, RoadNetwork
from zaguan.engines.solver import solution as solved
from zaguan.operations.planning.mapping.layout import slot_at
from zaguan.operations.planning.mapping.problem import Mapped
from zaguan.operations.planning.model import Load, PlannedBreak, Route, ServedOrder, Stop
from zaguan.operations.planning.terms import Terms
from zaguan.records.orders.model import Order


@dataclass(frozen=True, slots=True)
class _Group:
    """Visits of one place, served one after the other without waiting: one stop."""

    visits: tuple[solved.Visit, ...]


def routes_of(mapped: Mapped, solution: solved.Solution, network: RoadNetwork, progress: Progress) -> tuple[Route, ...]:
    """Return the routes in the order of the fleet's drivers, numbered R01, R02, ..."""
    ordered = sorted(solution.routes, key=lambda route: route.vehicle)
    digits = max(2, len(str(len(ordered))))
    routes = []
    with progress.step(say("planning.step.ways"), total=len(ordered)) as step:
        for number, answer in enumerate(ordered, start=1):
            routes.append(_route(mapped, answer, f"R{number:0{digits}d}", network))
            step.advance()
    return tuple(routes)


def _route(mapped: Mapped, answer: solved.Route, ref: str, network: RoadNetwork) -> Route:
    duty, day = mapped.layout.duties[answer.vehicle], mapped.day
    groups = _groups(mapped, answer)
    stops = tuple(_stop(mapped, answer, number, group) for number, group in enumerate(groups, start=1))
    legs = _legs(mapped, answer, groups, network)
    pauses = tuple(_break(mapped, pause, groups) for pause in answer.pauses)
    service_s = (
        answer.duration_s
        - answer.driving_s
        - answer.waiting_s
        - sum(pause.ends_s - pause.starts_s for pause in answer.pauses)
    )
    vehicle, driver = duty.vehicle, duty.driver
    energy_units = answer.distance_m / 100_000 * vehicle.consumption_per_100km
    return Route(
        ref=ref,
        driver_ref=driver.ref,
        driver_name=driver.name,
        driver_locale=driver.locale,
        vehicle_ref=vehicle.ref,
        vehicle_kind=vehicle.kind.value,
        depot_ref=duty.depot.ref,
        depot_name=duty.depot.name,
        depot_point=mapped.layout.points[mapped.layout.depot_rows[duty.depot.ref]],
        shift_starts_at=day.moment(day.elapsed_s(driver.shift.starts_s)),
        shift_ends_at=day.moment(day.elapsed_s(driver.shift.ends_s)),
        leaves_at=day.moment(answer.departs_s),
        returns_at=day.moment(answer.returns_s),
        ends_at_depot=driver.ends_at_depot,
        stops=stops,
        breaks=pauses,
        geometry=tuple("" if leg is None else polyline.encode(leg.geometry) for leg in legs),
        estimated_legs=sum(leg is not None and leg.estimated for leg in legs),
        distance_m=answer.distance_m,
        driving_s=answer.driving_s,
        service_s=service_s,
        waiting_s=answer.waiting_s,
        duration_s=answer.duration_s,
        overtime_s=answer.overtime_s,
        load=Load(weight_g=answer.peak[0], volume_ml=answer.peak[1], pieces=answer.peak[2]),
        capacity=Load(weight_g=vehicle.weight_g, volume_ml=vehicle.volume_ml, pieces=vehicle.pieces),
        cost_minor=cost_minor(mapped, answer),
        emission_g=round(energy_units * vehicle.emission_g_per_unit),
        energy=vehicle.energy.value,
        energy_units=round(energy_units, 3),
        straight_legs=tuple(index for index, leg in enumerate(legs) if leg is not None and leg.estimated),
    )


def cost_minor(mapped: Mapped, answer: solved.Route) -> int:
    """Return what the route costs: the day, the kilometres, the hours, what overtime and the zones add."""
    duty = mapped.layout.duties[answer.vehicle]
    driver, vehicle = duty.driver, duty.vehicle
    on_top = max(0, driver.overtime_per_hour_minor - driver.cost_per_hour_minor)
    return round(
        vehicle.fixed_cost_minor
        + answer.distance_m / 1000 * vehicle.cost_per_km_minor
        + answer.duration_s / 3600 * driver.cost_per_hour_minor
        + answer.overtime_s / 3600 * on_top
        + sum(mapped.terms[visit.client].surcharge_minor for visit in answer.visits)
    )


def _groups(mapped: Mapped, answer: solved.Route) -> list[_Group]:
    rows = mapped.layout.order_rows
    paused = {pause.after for pause in answer.pauses}
    groups: list[list[solved.Visit]] = []
    for index, visit in enumerate(answer.visits):
        before = groups[-1][-1] if groups else None
        same_halt = (
            before is not None
            and rows[before.client] == rows[visit.client]
            and before.leaves_s == visit.starts_s
            and index not in paused
        )
        if same_halt:
            groups[-1].append(visit)
        else:
            groups.append([visit])
    return [_Group(tuple(visits)) for visits in groups]


def _stop(mapped: Mapped, answer: solved.Route, number: int, group: _Group) -> Stop:
    first, last = group.visits[0], group.visits[-1]
    place = mapped.orders[first.client].place
    assert place.point is not None
    notes = dict.fromkeys(mapped.orders[visit.client].place.access_notes for visit in group.visits)
    return Stop(
        number=number,
        address=place.address,
        commune=place.commune,
        access_notes="; ".join(note for note in notes if note),
        point=place.point,
        grade=place.grade,
        arrives_at=mapped.day.moment(first.arrives_s),
        starts_at=mapped.day.moment(first.starts_s),
        leaves_at=mapped.day.moment(last.leaves_s),
        leg_distance_m=first.leg_distance_m,
        leg_duration_s=first.leg_duration_s,
        orders=tuple(_served(mapped, visit, answer.vehicle) for visit in group.visits),
    )


def _served(mapped: Mapped, visit: solved.Visit, vehicle: int) -> ServedOrder:
    order, terms = mapped.orders[visit.client], mapped.terms[visit.client]
    window = terms.windows[visit.window] if terms.windows else None

    def moment(wall_s: int) -> datetime:
        return mapped.day.moment(mapped.day.elapsed_s(wall_s))

    return ServedOrder(
        ref=order.ref,
        kind=order.kind.value,
        recipient=order.recipient.name,
        phone=order.recipient.phone,
        notes=order.notes,
        proofs=tuple(sorted(proof.value for proof in order.proofs)),
        cash_minor=order.cash_minor,
        load=Load(weight_g=order.weight_g, volume_ml=order.volume_ml, pieces=order.pieces),
        barcodes=tuple(parcel.barcode for parcel in order.parcels if parcel.barcode),
        window_opens_at=None if window is None else moment(window.opens_s),
        window_closes_at=None if window is None else moment(window.closes_s),
        window_is_hard=window is not None and window.hard,
        late_s=visit.late_s,
        because=tuple(f"planning.because.{code}" for code in _because(mapped, order, terms, vehicle)),
        surcharge_minor=terms.surcharge_minor,
    )


def _because(mapped: Mapped, order: Order, terms: Terms, vehicle: int) -> list[str]:
    """Return why this driver: the rules that left a choice of few, then cost, which decided among the rest."""
    reasons = []
    if terms.driver_ref:
        reasons.append("driver_pinned")
    if terms.depot_rule != "depot_only":
        reasons.append(terms.depot_rule)
    if terms.vehicle_kinds is not None:
        reasons.append("vehicle_kind")
    if terms.skills:
        reasons.append("skills")
    if mapped.layout.duties[vehicle].driver.ref in terms.familiar:
        reasons.append("familiar")
    if order.kind.value == "pickup":
        reasons.append("pickup_on_the_way")
    return reasons if terms.driver_ref else [*reasons, "cheapest"]


def _break(mapped: Mapped, pause: solved.Pause, groups: Sequence[_Group]) -> PlannedBreak:
    served, after_stop = 0, 0
    for number, group in enumerate(groups, start=1):
        served += len(group.visits)
        if served <= pause.after:
            after_stop = number
    return PlannedBreak(
        after_stop=after_stop,
        starts_at=mapped.day.moment(pause.starts_s),
        ends_at=mapped.day.moment(pause.ends_s),
        kind="rest" if pause.is_rest else "break",
    )


def _legs(mapped: Mapped, answer: solved.Route, groups: Sequence[_Group], network: RoadNetwork) -> list[Leg | None]:
    """Return the way to each stop and back, each in the slot in which it is driven; None where there is no way."""
    duty, layout = mapped.layout.duties[answer.vehicle], mapped.layout
    depot = layout.points[layout.depot_rows[duty.depot.ref]]
    halts: list[Point | None] = [depot if duty.driver.starts_at_depot else None]
    halts += [layout.points[layout.order_rows[group.visits[0].client]] for group in groups]
    halts.append(depot if duty.driver.ends_at_depot else None)
    departures = [group.visits[0].arrives_s - group.visits[0].leg_duration_s for group in groups]
    departures.append(answer.returns_s - answer.last_leg_duration_s)
    slots = [slot_at(layout, mapped.day, moment) for moment in departures]
    legs: list[Leg | None] = [None] * len(departures)
    ways = [index for index, (a, b) in enumerate(pairwise(halts)) if a is not None and b is not None]
    while ways:
        # one question to the roads for each run of legs in the same slot
        run = [ways.pop(0)]
        while ways and ways[0] == run[-1] + 1 and slots[ways[0]] is slots[run[0]]:
            run.append(ways.pop(0))
        through = [halt for halt in halts[run[0] : run[-1] + 2] if halt is not None]
        for index, leg in zip(run, network.route(through, profile=duty.profile, slot=slots[run[0]]), strict=True):
            legs[index] = leg
    return legs
