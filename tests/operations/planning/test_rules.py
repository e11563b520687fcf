"""The rules of a day, one by one, on the plain: 10 metres a second, straight lines."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes.flat_roads import FlatRoads
from tests.operations.planning.builders import (
    DAY,
    HOUR,
    a_depot,
    a_fleet,
    a_zone,
    an_order,
    crew,
    driver_of,
    hours,
    left_out,
    planned,
    refs_of,
    spoken,
    stop_of,
)
from zaguan.engines.roads.network import Profile
from zaguan.operations.planning.fleet import Settings
from zaguan.operations.planning.hours_of_service import PROFILES
from zaguan.operations.planning.service import NobodyOnDuty
from zaguan.records.drivers.model import HoursOfService
from zaguan.records.fleet.model import VehicleKind
from zaguan.records.orders.model import Parcel, Priority, Proof


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


@pytest.mark.parametrize(
    ("limit", "reach_km", "service_s"), [({"max_driving_s": 4 * HOUR}, 36, 60), ({"max_duty_s": 4 * HOUR}, 1, 5400)]
)
def test_each_limit_of_the_law_asks_for_another_driver(limit: dict[str, int], reach_km: int, service_s: int) -> None:
    """One driver could serve the day; the limit at the wheel, or on duty, sends a second one (C22)."""
    spots = [(reach_km, 0), (0, reach_km), (-reach_km, 0), (0, -reach_km)]
    orders = [an_order(str(n), *spot, service_s=service_s) for n, spot in enumerate(spots)]
    law = HoursOfService(name="test", **limit)
    free = planned(orders, a_fleet(crew("a", shift=(6, 20)), crew("b", shift=(6, 20))))
    bound = planned(orders, a_fleet(crew("a", shift=(6, 20), hours=law), crew("b", shift=(6, 20), hours=law)))
    assert (free.totals.routes, bound.totals.routes) == (1, 2)
    assert free.totals.served == bound.totals.served == 4
    for route in bound.routes:
        assert route.driving_s <= law_or(law.max_driving_s)
        assert route.duration_s <= law_or(law.max_duty_s)


def law_or(limit_s: int | None) -> int:
    """Return a limit, or a day where there is none."""
    return 24 * HOUR if limit_s is None else limit_s


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


def test_a_zone_has_its_price() -> None:
    """What a zone adds to each order inside is in the route's cost, and can make an order stay out (C09)."""
    orders = [an_order("in", 3, 0), an_order("out", -3, 0)]
    plain = planned(orders)
    zones = (a_zone("island", 2, -1, 4, 1, surcharge_minor=700), a_zone("bridge", 2.5, -1, 4, 1, surcharge_minor=50))
    priced = planned(orders, a_fleet(zones=zones))
    assert priced.totals.cost_minor == plain.totals.cost_minor + 750
    assert priced.totals.baseline_cost_minor == plain.totals.baseline_cost_minor + 750
    surcharges = {ref: stop_of(priced, ref)[1].orders[0].surcharge_minor for ref in ("in", "out")}
    assert surcharges == {"in": 750, "out": 0}
    worth = Settings(currency="CLP", leave_out_minor={Priority.NORMAL: 1500})
    assert planned(orders, a_fleet(settings=worth)).totals.served == 2
    assert [each.ref for each in planned(orders, a_fleet(zones=zones, settings=worth)).unassigned] == ["in"]


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
