"""A day planned on the plain: what the plan keeps, leaves out, and says. 10 metres a second, straight lines."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.flat_roads import FlatRoads
from tests.operations.planning.builders import (
    DAY,
    HOUR,
    TUESDAY,
    a_depot,
    a_driver,
    a_fleet,
    a_vehicle,
    a_zone,
    an_order,
    at,
    crew,
    hours,
    planned,
    refs_of,
)
from zaguan.base.geo.place import Place
from zaguan.base.geo.point import BoundingBox
from zaguan.base.kit.words import LOCALES, say
from zaguan.engines.roads.network import Profile
from zaguan.operations.planning.fleet import Settings
from zaguan.operations.planning.hours_of_service import PROFILES
from zaguan.operations.planning.model import Plan, Route, Stop, Unassigned
from zaguan.operations.planning.service import NobodyOnDuty, NothingToPlan
from zaguan.operations.planning.service_day import ServiceDay
from zaguan.records.drivers.model import HoursOfService
from zaguan.records.fleet.model import Energy, VehicleKind
from zaguan.records.orders.model import Order, OrderKind, Parcel, Priority, Proof


def stop_of(plan: Plan, ref: str) -> tuple[Route, Stop]:
    """Return the route and stop that serve an order."""
    found = [(r, s) for r in plan.routes for s in r.stops if any(order.ref == ref for order in s.orders)]
    assert len(found) == 1, f"{ref} is served {len(found)} times"
    return found[0]


def left_out(plan: Plan, ref: str) -> Unassigned:
    """Return an order that stayed out."""
    return next(each for each in plan.unassigned if each.ref == ref)


def driver_of(plan: Plan, ref: str) -> str:
    """Return who serves an order."""
    return stop_of(plan, ref)[0].driver_ref


def test_a_plain_day() -> None:
    """Every order is served once, times fit together, and the checker finds nothing (C27)."""
    orders = [an_order(str(number), number % 5, number // 5) for number in range(20)]
    plan = planned(orders)
    assert sorted(ref for refs in refs_of(plan) for ref in refs) == sorted(order.ref for order in orders)
    assert plan.unassigned == ()
    assert plan.totals.violations == 0
    for route in plan.routes:
        assert [stop.number for stop in route.stops] == list(range(1, len(route.stops) + 1))
        assert len(route.geometry) == len(route.stops) + 1
        moment = route.leaves_at
        for stop in route.stops:
            assert stop.arrives_at == moment + timedelta(seconds=stop.leg_duration_s)
            assert stop.arrives_at <= stop.starts_at <= stop.leaves_at
            moment = stop.leaves_at
        assert moment <= route.returns_at
        assert route.duration_s == route.driving_s + route.service_s + route.waiting_s
        assert route.shift_starts_at <= route.leaves_at


def test_capacities_hold_in_kilograms_litres_and_pieces() -> None:
    """No route carries more than its vehicle in any of three dimensions (C04)."""
    small = {"weight_g": 50_000, "volume_ml": 400_000, "pieces": 9}
    fleet = a_fleet(*(crew(name, vehicle=small) for name in "abcd"))
    parcels = [Parcel(pieces=1 + n % 3, weight_g=9_000 + 500 * n, volume_ml=90_000) for n in range(12)]
    orders = [replace(an_order(str(n), n, 0), parcels=(parcel,)) for n, parcel in enumerate(parcels)]
    plan = planned(orders, fleet)
    assert plan.totals.served == 12
    for route in plan.routes:
        served = [order.load for stop in route.stops for order in stop.orders]
        assert sum(load.weight_g for load in served) == route.load.weight_g <= 50_000
        assert sum(load.volume_ml for load in served) == route.load.volume_ml <= 400_000
        assert sum(load.pieces for load in served) == route.load.pieces <= 9


@pytest.mark.parametrize(
    ("parcel", "reason"),
    [
        (Parcel(weight_g=2_000_000), "capacity_weight"),
        (Parcel(volume_ml=9_000_000), "capacity_volume"),
        (Parcel(pieces=201), "capacity_pieces"),
    ],
)
def test_an_order_too_large_is_named_with_its_remedy(parcel: Parcel, reason: str) -> None:
    """Heavier or larger than any vehicle: the others go, this one says what is missing (C04)."""
    orders = [an_order(str(n), n, 1) for n in range(4)]
    plan = planned([*orders, replace(an_order("big", 1, 1), parcels=(parcel,))])
    assert plan.totals.served == 4
    out = left_out(plan, "big")
    assert out.reason == f"planning.reason.{reason}"
    assert out.remedies[0].code.startswith("planning.remedy.more_capacity_")
    spoken(plan)


def spoken(plan: Plan) -> None:
    """Say all that the plan says, in every language: a missing fact or word raises."""
    for locale in LOCALES:
        for out in plan.unassigned:
            assert say(out.reason, locale, **out.facts)
            for remedy in out.remedies:
                assert say(remedy.code, locale, **remedy.facts)
        for notice in plan.notices:
            assert say(notice.code, locale, **notice.facts)
        for route in plan.routes:
            for stop in route.stops:
                for order in stop.orders:
                    assert all(say(code, locale) for code in order.because)


def test_hard_windows_are_kept_and_soft_ones_priced() -> None:
    """A hard window is never missed; a soft one may be, and the minutes are listed (C12)."""
    orders = [
        an_order("noon", 2, 0, windows=(hours(12, 12.5),)),
        an_order("early", 3, 0, windows=(hours(8, 9),)),
        an_order("either", 4, 0, windows=(hours(9, 9.5), hours(15, 16))),
        an_order("far", 60, 0, windows=(hours(8, 9, hard=False),)),
    ]
    plan = planned(orders)
    assert plan.unassigned == ()
    for ref in ("noon", "early", "either"):
        stop = stop_of(plan, ref)[1]
        order = stop.orders[0]
        assert order.window_opens_at is not None
        assert order.window_closes_at is not None
        assert order.window_opens_at <= stop.starts_at <= order.window_closes_at
        assert order.late_s == 0
    late = stop_of(plan, "far")[1]
    assert not late.orders[0].window_is_hard
    assert late.orders[0].window_closes_at is not None
    assert late.orders[0].late_s == (late.starts_at - late.orders[0].window_closes_at).total_seconds() > 0
    assert plan.totals.late_stops == 1
    assert plan.totals.on_time_share == 0.75
    assert any(notice.code == "planning.notice.late_stops" for notice in plan.notices)


def test_a_window_before_the_shift_is_explained() -> None:
    """A window that closes before anybody can be there stays out, with changes that would let it in (C12, C20)."""
    plan = planned([an_order("ok", 1, 0), an_order("dawn", 1, 1, windows=(hours(5, 6),))])
    out = left_out(plan, "dawn")
    assert out.reason == "planning.reason.window"
    assert out.facts == {"windows": "05:00–06:00"}
    codes = {remedy.code.removeprefix("planning.remedy.") for remedy in out.remedies}
    assert codes & {"wider_window", "earlier_shift"}
    spoken(plan)


def test_the_same_stops_take_longer_in_traffic() -> None:
    """Travel depends on the hour: the same orders at eight and at eleven arrive at different paces (C13)."""
    roads = FlatRoads(slowness={"morning": 3.0})
    orders = [an_order(str(n), 3 * (n + 1), 0) for n in range(4)]
    legs = {}
    for start in (7, 11):
        fleet = a_fleet(crew("van", shift=(start, start + 8)))
        route = planned(orders, fleet, roads=roads).routes[0]
        legs[start] = sum(stop.leg_duration_s for stop in route.stops)
        assert route.distance_m == pytest.approx(24_000, rel=0.01)
    assert legs[7] > 1.3 * legs[11]


def test_traffic_changes_the_order_of_stops() -> None:
    """With a jam until half past nine the far stop waits for a free road (C13)."""
    near = [an_order(f"near{n}", 1 + n, 1, service_s=1800) for n in range(4)]
    far = an_order("far", -25, 0, windows=(hours(8, 12),))
    free = planned([*near, far], roads=FlatRoads())
    jammed = planned([*near, far], roads=FlatRoads(slowness={"morning": 6.0}))
    assert refs_of(free) != refs_of(jammed)


def test_shifts_and_depot_hours_bound_routes() -> None:
    """Nobody leaves before shift, depot and loading allow, or is back after them; overtime is bounded (C20)."""
    depot = a_depot(opens_s=9 * HOUR, closes_s=15 * HOUR, loading_s=1800)
    fleet = a_fleet(crew("a", shift=(8, 12)), crew("b", shift=(8, 14), overtime_h=3), depots=[depot])
    orders = [an_order(str(n), 4, n / 10, service_s=900) for n in range(40)]
    plan = planned(orders, fleet)
    assert plan.unassigned  # more than fits
    for route in plan.routes:
        assert route.leaves_at >= DAY.moment(9 * HOUR + 1800)
        last = 12 if route.driver_ref == "a" else 15  # the depot closes before b's overtime is used up
        assert route.returns_at <= DAY.moment(last * HOUR)
    spoken(plan)


def test_a_shift_outside_the_depots_hours_stays_in() -> None:
    """A driver who cannot leave is named; if nobody can, the day is refused (C20)."""
    depot = a_depot(opens_s=6 * HOUR, closes_s=14 * HOUR)
    fleet = a_fleet(crew("day"), crew("night", shift=(15, 23)), depots=[depot])
    plan = planned([an_order("1", 1, 0)], fleet)
    notice = next(each for each in plan.notices if each.code == "planning.notice.shift_outside_depot")
    assert notice.facts["driver"] == "night"
    with pytest.raises(NobodyOnDuty):
        planned([an_order("1", 1, 0)], a_fleet(crew("night", shift=(15, 23)), depots=[depot]))


def test_breaks_are_taken_inside_their_window() -> None:
    """The break has its length, begins inside its window and stands in the plan (C21)."""
    fleet = a_fleet(crew("van", shift=(8, 18), breaks=[(12, 13, 0.75)]))
    plan = planned([an_order(str(n), 1 + n, 0, service_s=1800) for n in range(14)], fleet)
    route = plan.routes[0]
    assert plan.unassigned == ()
    (pause,) = route.breaks
    assert pause.kind == "break"
    assert DAY.moment(12 * HOUR) <= pause.starts_at <= DAY.moment(13 * HOUR)
    assert pause.ends_at - pause.starts_at == timedelta(minutes=45)
    assert route.stops[pause.after_stop - 1].leaves_at <= pause.starts_at
    assert pause.ends_at <= route.stops[pause.after_stop].starts_at


def test_hours_of_service_are_kept() -> None:
    """Rests come before the wheel is held too long; the day's driving and duty stay within the law (C22)."""
    law = HoursOfService(
        name="test", max_driving_s=4 * HOUR, max_duty_s=7 * HOUR, max_driving_without_rest_s=2 * HOUR, rest_s=1800
    )
    fleet = a_fleet(crew("a", shift=(6, 20), hours=law), crew("b", shift=(6, 20), hours=law))
    orders = [an_order(str(n), 18 + 4 * n, 8 * (n % 2), service_s=600) for n in range(8)]
    plan = planned(orders, fleet)
    assert plan.totals.served >= 6
    for route in plan.routes:
        assert route.driving_s <= 4 * HOUR
        assert route.duration_s <= 7 * HOUR
        rests = {pause.after_stop for pause in route.breaks if pause.kind == "rest"}
        at_the_wheel = 0
        for stop in route.stops:
            at_the_wheel = stop.leg_duration_s + (0 if stop.number - 1 in rests else at_the_wheel)
            assert at_the_wheel <= 2 * HOUR


def test_every_profile_of_the_law_can_be_planned_with() -> None:
    """Each named profile gives a plan on an ordinary day (C22)."""
    for profile in PROFILES.values():
        plan = planned([an_order("1", 1, 0)], a_fleet(crew("van", hours=profile)), iterations=20)
        assert plan.totals.served == 1, profile.name


def test_only_vehicles_that_fit_come() -> None:
    """Kind, features and skills exclude: bikes only, cold chain, two persons; what nobody has is said (C23, C24)."""
    fleet = a_fleet(
        crew("van", vehicle={"features": frozenset({"cold"})}, skills=frozenset({"two-person"})),
        crew("bike", vehicle={"kind": VehicleKind.CARGO_BIKE}),
    )
    orders = [
        an_order("bike only", 1, 0, vehicle_kinds=frozenset({"cargo_bike", "bicycle"})),
        an_order("cold", 1, 0.1, skills=frozenset({"cold", "two-person"})),
        an_order("lift", 1, 0.2, skills=frozenset({"lift"})),
        an_order("truck", 1, 0.3, vehicle_kinds=frozenset({"truck"})),
    ]
    roads = FlatRoads()
    plan = planned(orders, fleet, roads=roads)
    assert driver_of(plan, "bike only") == "bike"
    assert driver_of(plan, "cold") == "van"
    assert left_out(plan, "lift").reason == "planning.reason.skills"
    assert left_out(plan, "truck").reason == "planning.reason.vehicle_kind"
    assert left_out(plan, "truck").facts == {"kinds": "truck"}
    assert {profile for _, profile, _ in roads.asked} == {Profile.VAN, Profile.BICYCLE}
    spoken(plan)


def test_proofs_take_time_at_the_door() -> None:
    """A signature and a payment make the stop longer by what the settings say (C24)."""
    orders = [
        an_order("plain", 1, 0),
        an_order("proved", 2, 0, proofs=frozenset({Proof.SIGNATURE, Proof.PAYMENT})),
        an_order("given", 3, 0, service_s=400, proofs=frozenset({Proof.SIGNATURE})),
    ]
    plan = planned(orders)
    at_door = {ref: (s := stop_of(plan, ref)[1]).leaves_at - s.starts_at for ref in ("plain", "proved", "given")}
    assert at_door["proved"] - at_door["plain"] == timedelta(seconds=30 + 120)
    assert at_door["given"] == timedelta(seconds=400)


def test_orders_of_one_place_are_one_stop() -> None:
    """Parking is paid once; the stop lists all its orders."""
    orders = [an_order(ref, 2, 2) for ref in "abc"]
    route = planned(orders).routes[0]
    (stop,) = route.stops
    assert sorted(order.ref for order in stop.orders) == ["a", "b", "c"]
    assert route.service_s == 90 + 3 * 90


def test_a_pinned_driver_is_kept() -> None:
    """An order that names its driver, by ref or name, goes with that driver or stays out (C27)."""
    fleet = a_fleet(crew("a"), crew("b", name="Bruna Lima"))
    orders = [an_order("1", 1, 0, driver_ref="bruna lima"), an_order("2", 1, 1, driver_ref="nobody")]
    plan = planned(orders, fleet)
    assert driver_of(plan, "1") == "b"
    assert stop_of(plan, "1")[1].orders[0].because == ("planning.because.driver_pinned",)
    assert left_out(plan, "2").reason == "planning.reason.driver_off"
    spoken(plan)


def test_zones_choose_depot_skills_kinds_and_time() -> None:
    """Inside a zone its rules hold: depot, skills, kinds, extra service time (C09)."""
    fleet = a_fleet(
        crew("van"),
        crew("bike", vehicle={"kind": VehicleKind.CARGO_BIKE, "depot_ref": "north"}),
        crew("clean", vehicle={"features": frozenset({"low-emission"})}),
        depots=[a_depot(), a_depot("north", 0, 5)],
        zones=(
            a_zone("old town", 2, -1, 4, 1, vehicle_kinds=frozenset({"cargo_bike"}), extra_service_s=120),
            a_zone("green", 6, -1, 8, 1, skills=frozenset({"low-emission"})),
            a_zone("far north", -1, 7, 1, 9, depot_ref="north"),
        ),
    )
    plan = planned([an_order("old", 3, 0), an_order("green", 7, 0), an_order("north", 0, 8)], fleet)
    assert driver_of(plan, "old") == "bike"
    assert driver_of(plan, "green") == "clean"
    route, stop = stop_of(plan, "north")
    assert route.depot_ref == "north"
    assert "planning.because.depot_zone" in stop.orders[0].because
    old = stop_of(plan, "old")[1]
    assert old.starts_at - old.arrives_at == timedelta(seconds=90 + 120)


def test_familiar_drivers_are_preferred_at_a_price() -> None:
    """With a price on strangers, the driver who knows the zone serves it; without, whoever is cheaper (C09)."""
    zones = (a_zone("east", 4, -1, 6, 1, driver_refs=("b",)),)
    crews = (crew("a"), crew("b", vehicle={"cost_per_km_minor": 130}))
    orders = [an_order("1", 5, 0), an_order("2", 5, 0.5)]
    plain = planned(orders, a_fleet(*crews, zones=zones))
    priced = planned(orders, a_fleet(*crews, zones=zones, settings=Settings(currency="CLP", unfamiliar_minor=5000)))
    assert driver_of(plain, "1") == "a"
    assert driver_of(priced, "1") == driver_of(priced, "2") == "b"
    assert "planning.because.familiar" in stop_of(priced, "1")[1].orders[0].because


def test_several_depots_in_one_plan() -> None:
    """Orders go to their own depot by rule, else to the cheapest; each says which it was (C10)."""
    fleet = a_fleet(
        crew("w", vehicle={"depot_ref": "west"}),
        crew("e", vehicle={"depot_ref": "east"}),
        depots=[a_depot("west", -20, 0), a_depot("east", 20, 0)],
    )
    orders = [
        an_order("by rule", 0, 1, depot_ref="EAST"),
        an_order("west", -18, 0),
        an_order("east", 18, 0),
        an_order("lost", 18, 1, depot_ref="south"),
    ]
    plan = planned(orders, fleet)
    chosen = {ref: stop_of(plan, ref) for ref in ("by rule", "west", "east")}
    assert {ref: route.depot_ref for ref, (route, _) in chosen.items()} == {
        "by rule": "east",
        "west": "west",
        "east": "east",
    }
    assert chosen["by rule"][1].orders[0].because[0] == "planning.because.depot_order"
    assert chosen["west"][1].orders[0].because[0] == "planning.because.depot_cost"
    assert left_out(plan, "lost").reason == "planning.reason.no_depot"
    spoken(plan)


def test_the_plan_beats_plain_ones() -> None:
    """Cheaper than the nearest neighbour and than the order of the file, on the same orders (C11, C29)."""
    spots = [((n * 37) % 41 / 4, (n * 53) % 43 / 4) for n in range(60)]
    orders = [
        an_order(str(n), *spot, windows=(hours(9, 13),) if n % 3 else (hours(14, 17),)) for n, spot in enumerate(spots)
    ]
    totals = planned(orders, a_fleet(*(crew(name) for name in "abcdef")), iterations=3000).totals
    assert totals.served == 60
    assert totals.cost_minor < totals.baseline_cost_minor < totals.file_order_cost_minor
    assert totals.distance_m < totals.file_order_distance_m
    assert 0 <= totals.idle_share < 1
    assert totals.empty_distance_m > 0


def test_totals_can_be_recomputed() -> None:
    """Every figure is a sum over routes; energy and fuel are given by kind (C29, C105)."""
    fleet = a_fleet(
        crew("diesel", vehicle={"consumption_per_100km": 10.0, "weight_g": 40_000}),
        crew(
            "electric",
            vehicle={
                "energy": Energy.ELECTRIC,
                "consumption_per_100km": 20.0,
                "emission_g_per_unit": 100.0,
                "weight_g": 60_000,
            },
        ),
    )
    plan = planned([an_order(str(n), 2 + n, n % 3) for n in range(8)], fleet)
    totals = plan.totals
    assert totals.routes == len(plan.routes) == 2
    assert totals.distance_m == sum(route.distance_m for route in plan.routes)
    assert totals.cost_minor == sum(route.cost_minor for route in plan.routes)
    assert totals.energy_by_kind == {route.energy: route.energy_units for route in plan.routes}
    for route in plan.routes:
        rate = 10.0 if route.energy == "diesel" else 20.0
        assert route.energy_units == pytest.approx(route.distance_m / 100_000 * rate, abs=1e-3)
        assert route.cost_minor == round(route.distance_m / 1000 * 100 + route.duration_s / 3600 * 1000)
    electric = next(route for route in plan.routes if route.energy == "electric")
    assert electric.emission_g == pytest.approx(electric.energy_units * 100, abs=1)


def test_priorities_decide_what_stays_out() -> None:
    """When not all fit, the urgent go; a price in the settings lets dear orders stay out (C27)."""
    fleet = a_fleet(crew("van", vehicle={"pieces": 2}))
    ranks = [Priority.LOW, Priority.CRITICAL, Priority.NORMAL, Priority.HIGH]
    orders = [an_order(rank.value, 1, n, priority=rank) for n, rank in enumerate(ranks)]
    plan = planned(orders, fleet)
    assert sorted(refs_of(plan)[0]) == ["critical", "high"]
    assert {out.reason for out in plan.unassigned} == {"planning.reason.fleet_full"}
    priced = a_fleet(settings=Settings(currency="CLP", leave_out_minor={Priority.LOW: 3000}))
    far = planned([an_order("near", 1, 0), an_order("far", 40, 0, priority=Priority.LOW)], priced)
    assert left_out(far, "far").reason == "planning.reason.price"
    spoken(plan)
    spoken(far)


def test_one_bad_order_does_not_stop_the_day() -> None:
    """Off the map, without a point, on an island: each is named with its remedy, the rest is served (C27)."""
    orders: list[Order] = [an_order(str(n), n / 2, 0) for n in range(20)]
    lost = replace(an_order("lost", 0, 0), place=Place(address="Nowhere 1"))
    plan = planned(
        [*orders, lost, an_order("swapped", 70, 3), an_order("island", 2, 9)],
        roads=FlatRoads(islands=[at(2, 9)]),
        box=BoundingBox(west=-0.5, south=-0.5, east=0.5, north=0.5),
    )
    assert plan.totals.served == 20
    reasons = {out.ref: out.reason.removeprefix("planning.reason.") for out in plan.unassigned}
    assert reasons == {"lost": "not_located", "swapped": "off_map", "island": "unreachable"}
    assert [out.ref for out in plan.unassigned] == ["lost", "swapped", "island"]
    assert left_out(plan, "lost").remedies
    spoken(plan)


def test_pickups_and_deliveries_share_a_route() -> None:
    """What is fetched takes the room of what was brought; empty kilometres count only where nothing is aboard."""
    fleet = a_fleet(crew("van", vehicle={"pieces": 2}))
    orders = [an_order("d1", 1, 0), an_order("d2", 2, 0)]
    orders += [an_order("p1", 3, 0, kind=OrderKind.PICKUP), an_order("p2", 4, 0, kind=OrderKind.PICKUP)]
    plan = planned(orders, fleet)
    assert plan.totals.served == 4
    assert plan.totals.routes == 1
    assert plan.totals.empty_distance_m == 0


def test_orders_of_other_days_are_left_aside() -> None:
    """Orders of another date wait with a notice, recurring ones come on their weekdays (C32)."""
    orders = [
        an_order("today", 1, 0, service_on=TUESDAY),
        an_order("any", 2, 0),
        an_order("tomorrow", 3, 0, service_on=TUESDAY + timedelta(days=1)),
        an_order("weekly", 4, 0, recurs="tue,fri"),
        an_order("other weekly", 5, 0, recurs="mon"),
    ]
    plan = planned(orders)
    assert sorted(ref for refs in refs_of(plan) for ref in refs) == ["any", "today", "weekly"]
    notice = next(each for each in plan.notices if each.code == "planning.notice.other_day")
    assert notice.facts["count"] == 2
    with pytest.raises(NothingToPlan):
        planned([orders[2]])


def test_a_day_on_which_the_clock_jumps() -> None:
    """Nine o'clock is nine on the wall, although the day began at one; the night shift gets its hour less."""
    day = ServiceDay(on=date(2026, 9, 6), zone=ZoneInfo("America/Santiago"))
    fleet = a_fleet((a_vehicle(), a_driver(shift=(0, 12))))
    plan = planned([an_order("1", 1, 0, windows=(hours(9, 9.5),))], fleet, day=day)
    stop = plan.routes[0].stops[0]
    assert (stop.starts_at.hour, stop.starts_at.utcoffset()) == (9, timedelta(hours=-3))
    assert plan.routes[0].shift_ends_at.hour == 12


def test_estimated_travel_is_told() -> None:
    """Orders that no road reaches well are named, and so are the legs drawn straight."""
    plan = planned([an_order("1", 1, 0), an_order("2", 2, 0)], roads=FlatRoads(off_road=[at(2, 0)]))
    notice = next(each for each in plan.notices if each.code == "planning.notice.estimated")
    assert notice.facts == {"count": 1, "refs": "2"}
    assert plan.routes[0].estimated_legs == 1


def test_an_open_end_needs_no_way_back() -> None:
    """A driver who ends at the last stop drives no leg home; the geometry says so."""
    plan = planned([an_order("1", 5, 0)], a_fleet(crew("van", ends_at_depot=False)))
    route = plan.routes[0]
    assert not route.ends_at_depot
    assert route.geometry[-1] == ""
    assert route.distance_m == pytest.approx(5000, rel=0.01)
    assert route.returns_at == route.stops[-1].leaves_at


def test_the_same_seed_gives_the_same_plan() -> None:
    """With a budget of iterations the plan is the same each time."""
    orders = [an_order(str(n), (n * 7) % 11, (n * 5) % 9) for n in range(30)]
    fleet = a_fleet(crew("a", vehicle={"pieces": 18}), crew("b", vehicle={"pieces": 18}))
    first, second = planned(orders, fleet), planned(orders, fleet)
    assert replace(first, search_seconds=0) == replace(second, search_seconds=0)


def test_a_search_can_be_stopped() -> None:
    """The callback sees the search stand and ends it; the best plan so far is the plan."""
    seen = []

    def stop_at_once(standing: object) -> bool:
        seen.append(standing)
        return True

    plan = planned([an_order(str(n), n, 0) for n in range(9)], iterations=10_000_000, on_search=stop_at_once)
    assert len(seen) == 1
    assert plan.totals.served == 9


def test_many_vehicles_leave_some_in_the_depot() -> None:
    """Vehicles that are not needed cost nothing and make no route (C27)."""
    day_price = {"fixed_cost_minor": 20_000}
    plan = planned(
        [an_order(str(n), 1, n / 5) for n in range(6)], a_fleet(*(crew(n, vehicle=day_price) for n in "abcd"))
    )
    assert plan.totals.routes == 1
