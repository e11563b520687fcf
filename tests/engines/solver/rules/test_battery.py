"""Batteries: how far one gets, and where one charges. A step uses 100 Wh."""

from dataclasses import replace

from tests.engines.solver.towns import STEP_M, solved, town
from zaguan.engines.solver import Battery, HaltKind, Problem, Reason, Station, Vehicle, explain

PACK = Battery(capacity_wh=900, wh_per_km=1_000)


def _town(drawing: str, battery: Battery, *stations: Station) -> Problem:
    return town(drawing, vehicles=[Vehicle(battery=battery)], stations=stations)


def test_battery_limits_how_far_one_goes() -> None:
    """Ten steps there and back need 1,000 Wh; with less and no station nobody goes."""
    assert solved(_town("D....A", replace(PACK, capacity_wh=1_000))).unassigned == ()
    assert solved(_town("D....A", PACK)).unassigned == (0,)
    assert solved(_town("D....A", replace(PACK, capacity_wh=1_000, start_wh=900))).unassigned == (0,)


def test_battery_is_named_when_it_keeps_an_order_at_home() -> None:
    """An order out of range is told so, not that the shift were too short (C27)."""
    problem = _town("D....A", PACK)
    assert [left.reason for left in explain(problem, solved(problem))] == [Reason.RANGE]


def test_battery_is_charged_to_full_at_a_station_on_the_way() -> None:
    """A detour over a station costs its metres, and the time that the missing watt-hours take."""
    solution = solved(_town("D....As", PACK, Station(location=2, power_w=600)))
    (halt,) = solution.routes[0].halts
    assert (halt.kind, halt.location, halt.level_wh) == (HaltKind.CHARGE, 2, 300)
    assert halt.leaves_s - halt.starts_s == 3_600
    assert solution.cost == 12 * STEP_M


def test_battery_keeps_its_reserve() -> None:
    """A station that is reached only below the reserve is out of reach."""
    station = Station(location=2, power_w=600)
    assert solved(_town("D....As", replace(PACK, reserve_wh=300), station)).unassigned == ()
    assert solved(_town("D....As", replace(PACK, reserve_wh=301), station)).unassigned == (0,)


def test_battery_is_charged_where_that_is_no_detour() -> None:
    """Charges are put where one passes the station anyway, before the level asks for them."""
    solution = solved(_town("D..s..A..B", replace(PACK, capacity_wh=1_300), Station(location=3, power_w=50_000)))
    assert [halt.kind for halt in solution.routes[0].halts] == [HaltKind.CHARGE] * 2
    assert solution.cost == 18 * STEP_M


def test_battery_that_begins_low_is_charged_first() -> None:
    """A vehicle with a station at its start fills up before it leaves."""
    solution = solved(_town("D....A", replace(PACK, capacity_wh=1_000, start_wh=100), Station(location=0, power_w=900)))
    (halt,) = solution.routes[0].halts
    assert (halt.location, halt.level_wh, halt.leaves_s - halt.starts_s) == (0, 100, 3_600)
