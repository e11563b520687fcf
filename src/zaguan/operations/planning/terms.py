"""What an order asks for, once its zones and the fleet's settings are counted in."""

from dataclasses import dataclass
from typing import Final

from zaguan.operations.planning.fleet import Fleet, ServiceTimes
from zaguan.operations.planning.model import Load
from zaguan.records.network.model import Zone
from zaguan.records.orders.model import Order, OrderKind, TimeWindow

# which rule chose the depot; the words are planning.because.<code>
DEPOT_OF_ORDER: Final = "depot_order"
DEPOT_OF_ZONE: Final = "depot_zone"
DEPOT_BY_COST: Final = "depot_cost"
DEPOT_ONLY: Final = "depot_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The conditions of one order on the day."""

    windows: tuple[TimeWindow, ...]  # in ascending order, apart from each other
    service_s: int  # at the door
    setup_s: int  # parking and walking, once for all orders of a place
    surcharge_minor: int  # what serving it costs on top
    delivery: Load
    pickup: Load
    skills: frozenset[str]
    vehicle_kinds: frozenset[str] | None  # only these; None: any; empty: the rules contradict each other
    depot_ref: str  # empty: any, by cost
    depot_rule: str
    driver_ref: str  # only this one; empty: any
    familiar: frozenset[str]  # drivers who know the zone; empty: all or nobody


def terms_of(order: Order, fleet: Fleet) -> Terms:
    """Return the conditions of an order whose place has a point."""
    point = order.place.point
    assert point is not None, "orders without a point are left aside before"
    zones = fleet.zones_at(point)
    depot_ref, depot_rule = _depot(order, zones, fleet)
    load = Load(weight_g=order.weight_g, volume_ml=order.volume_ml, pieces=order.pieces)
    is_pickup = order.kind is OrderKind.PICKUP
    times = fleet.settings.service
    return Terms(
        windows=merged(order.windows),
        service_s=times.at_door_s + _extra_s(order, times) if order.service_s is None else order.service_s,
        setup_s=(times.parking_s if order.service_s is None else 0) + sum(zone.extra_service_s for zone in zones),
        surcharge_minor=sum(zone.surcharge_minor for zone in zones),
        delivery=Load() if is_pickup else load,
        pickup=load if is_pickup else Load(),
        skills=order.skills.union(*(zone.skills for zone in zones)),
        vehicle_kinds=_kinds(order, zones),
        depot_ref=depot_ref,
        depot_rule=depot_rule,
        driver_ref=order.driver_ref,
        familiar=_familiar(zones, fleet),
    )


def merged(windows: tuple[TimeWindow, ...]) -> tuple[TimeWindow, ...]:
    """Return the windows in ascending order; overlapping ones become one, as hard as the last of them to close."""
    result: list[TimeWindow] = []
    for window in sorted(windows, key=lambda each: (each.opens_s, each.closes_s)):
        if result and window.opens_s <= result[-1].closes_s:
            before = result.pop()
            last = window if window.closes_s >= before.closes_s else before
            window = TimeWindow(opens_s=before.opens_s, closes_s=last.closes_s, hard=last.hard)
        result.append(window)
    return tuple(result)


def _extra_s(order: Order, times: ServiceTimes) -> int:
    """Return the seconds that further pieces and proofs add at the door."""
    return times.extra_piece_s * (order.pieces - 1) + sum(times.proof_s.get(proof, 0) for proof in order.proofs)


def _kinds(order: Order, zones: tuple[Zone, ...]) -> frozenset[str] | None:
    rules = [kinds for kinds in (order.vehicle_kinds, *(zone.vehicle_kinds for zone in zones)) if kinds]
    return frozenset.intersection(*map(frozenset, rules)) if rules else None


def _depot(order: Order, zones: tuple[Zone, ...], fleet: Fleet) -> tuple[str, str]:
    """Return the depot's ref, empty for any, and the rule that says so: order before zone before cost."""
    if order.depot_ref:
        # files name depots by ref or by what people call them
        wanted = order.depot_ref.casefold()
        named = (depot.ref for depot in fleet.depots if wanted in (depot.ref.casefold(), depot.name.casefold()))
        return next(named, order.depot_ref), DEPOT_OF_ORDER
    for zone in zones:
        if zone.depot_ref:
            return zone.depot_ref, DEPOT_OF_ZONE
    return "", DEPOT_ONLY if len(fleet.depots) == 1 else DEPOT_BY_COST


def _familiar(zones: tuple[Zone, ...], fleet: Fleet) -> frozenset[str]:
    refs = {ref for zone in zones for ref in zone.driver_refs}
    names = {zone.ref for zone in zones}
    return frozenset(refs | {driver.ref for driver in fleet.drivers if names & set(driver.zone_refs)})
