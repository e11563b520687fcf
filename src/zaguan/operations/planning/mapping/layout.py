"""Where and when: the rows of the travel matrices, who is on duty, which slots of the day count."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zaguan.base.geo.point import Point
from zaguan.engines.roads.network import Profile
from zaguan.engines.roads.slots import Slot, slots_of
from zaguan.operations.planning.fleet import Fleet
from zaguan.operations.planning.model import Notice
from zaguan.operations.planning.service_day import DAY_S, ServiceDay, clock_text
from zaguan.records.drivers.model import Driver
from zaguan.records.fleet.model import Vehicle, VehicleKind
from zaguan.records.network.model import Depot
from zaguan.records.orders.model import Order

PROFILE_OF_KIND: Final = {
    VehicleKind.VAN: Profile.VAN,
    VehicleKind.TRUCK: Profile.VAN,
    VehicleKind.CAR: Profile.VAN,
    VehicleKind.MOTORCYCLE: Profile.VAN,
    VehicleKind.BICYCLE: Profile.BICYCLE,
    VehicleKind.CARGO_BIKE: Profile.BICYCLE,
    VehicleKind.ON_FOOT: Profile.FOOT,
}
PLACE_DIGITS: Final = 5  # of a degree: about a metre; orders closer than that are at one place


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A driver with vehicle and depot on the day: what the solver calls a vehicle. Seconds of wall time."""

    driver: Driver
    vehicle: Vehicle
    depot: Depot
    leaves_s: int  # not before: shift and depot open, goods loaded
    regular_s: int  # back by then without overtime
    overtime_s: int

    @property
    def profile(self) -> Profile:
        """How the vehicle moves."""
        return PROFILE_OF_KIND[self.vehicle.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The frame of the problem; `order_rows` and `depot_rows` are indices of `points`."""

    points: tuple[Point, ...]
    order_rows: tuple[int, ...]
    depot_rows: dict[str, int]
    duties: tuple[Duty, ...]
    profiles: tuple[Profile, ...]
    slots: tuple[Slot, ...]
    knots_s: tuple[tuple[int, int], ...]  # (elapsed second, index of the slot), ascending


def lay_out(orders: Sequence[Order], fleet: Fleet, day: ServiceDay) -> tuple[Layout, tuple[Notice, ...]]:
    """Return the frame for orders that all have points, and notices about drivers who cannot go out."""
    duties, notices = duties_of(fleet)
    rows: dict[tuple[float, float], int] = {}
    points: list[Point] = []

    def row_of(point: Point | None) -> int:
        assert point is not None, "places without a point are left aside before"
        key = (round(point.lon, PLACE_DIGITS), round(point.lat, PLACE_DIGITS))
        if key not in rows:
            rows[key] = len(points)
            points.append(point)
        return rows[key]

    depot_rows = {depot.ref: row_of(depot.place.point) for depot in fleet.depots}
    order_rows = tuple(row_of(order.place.point) for order in orders)
    slots, knots = day_slots(duties, day)
    layout = Layout(
        points=tuple(points),
        order_rows=order_rows,
        depot_rows=depot_rows,
        duties=duties,
        profiles=tuple(profile for profile in Profile if any(duty.profile is profile for duty in duties)),
        slots=slots,
        knots_s=knots,
    )
    return layout, notices


def duties_of(fleet: Fleet) -> tuple[tuple[Duty, ...], tuple[Notice, ...]]:
    """Return who can go out: shift within depot hours, after loading. Others become a notice."""
    duties, notices = [], []
    for driver in fleet.drivers:
        vehicle = fleet.get_vehicle(driver.vehicle_ref)
        depot = fleet.get_depot(vehicle.depot_ref)
        shift = driver.shift
        always = depot.opens_s == 0 and depot.closes_s == DAY_S  # so a night shift does not end at midnight
        opens, closes = (0, 3 * DAY_S) if always else (depot.opens_s, depot.closes_s)
        leaves = max(shift.starts_s, opens) + depot.loading_s
        regular = min(shift.ends_s, closes)
        if leaves >= regular:
            hours = f"{clock_text(depot.opens_s)}–{clock_text(depot.closes_s)}"
            facts: dict[str, str | int] = {"driver": driver.name, "depot": depot.name, "hours": hours}
            notices.append(Notice(code="planning.notice.shift_outside_depot", facts=facts))
            continue
        overtime = max(0, min(shift.overtime_s, closes - regular))
        duty = Duty(
            driver=driver, vehicle=vehicle, depot=depot, leaves_s=leaves, regular_s=regular, overtime_s=overtime
        )
        duties.append(duty)
    driven = {driver.vehicle_ref for driver in fleet.drivers}
    parked = [vehicle.ref for vehicle in fleet.vehicles if vehicle.ref not in driven]
    if parked:
        names = ", ".join(parked[:10])
        notices.append(Notice(code="planning.notice.without_driver", facts={"count": len(parked), "vehicles": names}))
    return tuple(duties), tuple(notices)


def day_slots(duties: Sequence[Duty], day: ServiceDay) -> tuple[tuple[Slot, ...], tuple[tuple[int, int], ...]]:
    """Return the slots that touch a shift, and the moments at which each holds: the middles of its spans."""
    from_s = min((duty.leaves_s for duty in duties), default=0)
    until_s = max((duty.regular_s + duty.overtime_s for duty in duties), default=DAY_S)
    spans: list[tuple[int, int, Slot]] = []
    for days in range(until_s // DAY_S + 1):
        date = day.on.fromordinal(day.on.toordinal() + days)
        begin = days * DAY_S
        for slot in slots_of(date, from_s=max(0, from_s - begin), until_s=min(DAY_S, until_s - begin)):
            for start, end in slot.spans:
                if begin + start < until_s and begin + end > from_s:
                    spans.append((begin + start, begin + end, slot))
    spans.sort(key=lambda span: span[0])
    slots = tuple(dict.fromkeys(slot for _, _, slot in spans))
    if len(slots) == 1:
        return slots, ()
    return slots, tuple((day.elapsed_s((start + end) // 2), slots.index(slot)) for start, end, slot in spans)


def slot_at(layout: Layout, day: ServiceDay, elapsed_s: int) -> Slot:
    """Return the slot of the week that a moment of the day falls in, of those that the layout has."""
    moment = day.moment(elapsed_s)
    second = moment.hour * 3600 + moment.minute * 60 + moment.second
    for slot in layout.slots:
        if moment.weekday() in slot.weekdays and any(start <= second < end for start, end in slot.spans):
            return slot
    return layout.slots[0]
