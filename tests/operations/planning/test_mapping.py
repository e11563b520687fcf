"""The bridge to the solver: slots and FIFO, default fleets, plain plans."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from tests.fakes.flat_roads import FlatRoads
from tests.operations.planning.builders import DAY, a_fleet, an_order, crew, hours, planned
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.roads.network import UNREACHABLE_S
from zaguan.engines.solver import Budget, solve
from zaguan.operations.planning.default_fleet import DAY_SHIFT, EARLY_SHIFT, LATE_SHIFT, default_fleet
from zaguan.operations.planning.fleet import Fleet
from zaguan.operations.planning.mapping.baseline import file_order, nearest_neighbour
from zaguan.operations.planning.mapping.layout import lay_out
from zaguan.operations.planning.mapping.problem import Mapped, map_day
from zaguan.operations.planning.mapping.travel import first_in_first_out, travel_of
from zaguan.operations.planning.terms import merged
from zaguan.records.orders.model import Order, Parcel


def mapped_day(orders: list[Order], fleet: Fleet, roads: FlatRoads | None = None) -> Mapped:
    """Return the solver's problem of a day."""
    layout, _ = lay_out(orders, fleet, DAY)
    travel, _ = travel_of(layout, roads or FlatRoads(), SilentProgress())
    return map_day(orders, fleet=fleet, day=DAY, layout=layout, travel=travel)


def test_slots_follow_the_shifts() -> None:
    """Only the slots that a shift touches are asked for; each holds at the middle of its span (C13)."""
    layout, _ = lay_out([an_order("1", 1, 0)], a_fleet(crew("van", shift=(8, 15))), DAY)
    assert [slot.name for slot in layout.slots] == ["morning", "late-morning", "midday"]
    assert layout.knots_s == ((28_800, 0), (39_600, 1), (51_300, 2))


def test_a_night_shift_takes_the_slots_of_two_days() -> None:
    """A shift over midnight meets the same slot before and after."""
    layout, _ = lay_out([an_order("1", 1, 0)], a_fleet(crew("van", shift=(20, 30))), DAY)
    assert [slot.name for slot in layout.slots] == ["evening", "night"]
    assert [slot for _, slot in layout.knots_s] == [0, 1, 1]


def test_leaving_later_never_arrives_earlier() -> None:
    """Where the jam ends faster than time goes by, the later times are raised just so far (C13)."""
    durations = np.array([[[0, 9000], [600, 0]], [[0, 600], [600, 0]], [[0, 500], [600, 0]]], np.int32)
    knots = ((0, 0), (3600, 1), (7200, 2), (9000, 1))
    smooth = first_in_first_out(durations, knots)
    for (before_s, before), (after_s, after) in itertools.pairwise(knots):
        assert (smooth[before] - smooth[after] <= after_s - before_s).all()
    assert smooth[0, 0, 1] == 9000
    assert smooth[1, 0, 1] == 5400
    assert (smooth[:, 1, 0] == 600).all()


def test_what_one_slot_does_not_reach_is_never_reached() -> None:
    """A road that is closed for a part of the day is not counted on."""
    durations = np.array([[[0, UNREACHABLE_S], [9, 0]], [[0, 60], [9, 0]]], np.int32)
    assert (first_in_first_out(durations, ((0, 0), (60, 1)))[:, 0, 1] == UNREACHABLE_S).all()


def test_one_place_is_one_row() -> None:
    """Orders within a metre share their place, the depot's too."""
    orders = [an_order("a", 1, 1), an_order("b", 1, 1), an_order("c", 1.0001, 1), an_order("d", 0, 0)]
    layout, _ = lay_out(orders, a_fleet(), DAY)
    assert layout.order_rows[0] == layout.order_rows[1] == layout.order_rows[2]
    assert layout.order_rows[3] == layout.depot_rows["middle"]
    assert len(layout.points) == 2


def test_overlapping_windows_become_one() -> None:
    """Windows come in order and apart from each other; one that is merged is as hard as its end (C12)."""
    one = merged((hours(14, 16), hours(9, 11), hours(10, 12, hard=False)))
    assert [(each.opens_s // 3600, each.closes_s // 3600, each.hard) for each in one] == [
        (9, 12, False),
        (14, 16, True),
    ]
    assert merged(()) == ()


@pytest.mark.parametrize("roads", [FlatRoads(), FlatRoads(slowness={"morning": 2.5, "evening-peak": 1.5})])
def test_plain_plans_serve_the_same_orders_by_the_same_rules(roads: FlatRoads) -> None:
    """Both plain plans hold every order, take more vehicles where the fleet is too small, and cost more (C11)."""
    fleet = a_fleet(*(crew(name, vehicle={"pieces": 12}, breaks=[(12, 14, 0.5)]) for name in "abc"))
    windows = [(), (hours(9, 13),), (hours(13, 18),)]
    orders = [an_order(str(n), (n * 7) % 13, (n * 11) % 9, windows=windows[n % 3]) for n in range(36)]
    mapped = mapped_day(orders, fleet, roads)
    nearest, filed = nearest_neighbour(mapped, range(36)), file_order(mapped, range(36))
    assert nearest is not None
    assert filed is not None
    assert filed.routes > nearest.routes >= 3
    solution = solve(mapped.problem, budget=Budget(iterations=2000), threads=1)
    assert solution.unassigned == ()
    assert sum(route.distance_m for route in solution.routes) < nearest.distance_m < filed.distance_m


def test_no_plain_plan_without_a_vehicle_for_every_order() -> None:
    """An order that no vehicle may serve leaves nothing to compare with."""
    orders = [an_order("1", 1, 0), an_order("cold", 1, 1, skills=frozenset({"cold"}))]
    assert nearest_neighbour(mapped_day(orders, a_fleet()), [0, 1]) is None


def test_a_default_fleet_is_sized_by_the_orders() -> None:
    """Twice the work asks for more vans; the depot stands at an order in their midst; a notice says so (C27)."""
    few = [an_order(str(n), n % 7, n // 7) for n in range(40)]
    many = [an_order(str(n), n % 23, n // 23, service_s=600) for n in range(400)]
    heavy = [replace(order, parcels=(Parcel(weight_g=400_000),)) for order in few]
    sizes = [len(default_fleet(orders, country="CL")[0].vehicles) for orders in (few, many, heavy)]
    assert sizes[0] < sizes[1]
    assert sizes[2] >= 18
    fleet, notice = default_fleet(few, country="CL")
    assert fleet.settings.currency == "CLP"
    depot = fleet.depots[0].place.point
    assert depot in [order.place.point for order in few]
    assert notice.facts["vans"] == sizes[0]
    assert planned(few, fleet).totals.served == 40


def test_a_default_fleet_works_when_the_orders_want() -> None:
    """Evening and dawn orders get shifts of their own."""
    orders = [an_order(str(n), 1, n / 10) for n in range(10)]
    orders += [an_order(f"late{n}", 2, n / 10, windows=(hours(19, 21),)) for n in range(10)]
    orders += [an_order("dawn", 1, 1, windows=(hours(7, 8),))]
    fleet, _ = default_fleet(orders, country="BR")
    shifts = {(driver.shift.starts_s, driver.shift.ends_s) for driver in fleet.drivers}
    assert shifts == {DAY_SHIFT, EARLY_SHIFT, LATE_SHIFT}
    assert planned(orders, fleet).totals.served == 21
