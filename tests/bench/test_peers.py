"""The bench's own judgement on plans: what it accepts, what it objects to, how it draws."""

from dataclasses import replace

import pytest

from bench.solver.peers.answer import NotTranslated, Routes
from bench.solver.peers.plain import judge
from bench.solver.peers.plot import drawing, mean_curve
from zaguan.engines.solver import Client, Problem, Travel, Vehicle
from zaguan.engines.solver.limits import UNREACHABLE_S

LINE = [[abs(a - b) * 10 for b in range(5)] for a in range(5)]


def day(*, vehicle: Vehicle | None = None, changes: dict[int, dict[str, object]] | None = None) -> Problem:
    """Return clients 0 to 3 at locations 1 to 4 of a line, ten seconds apart, the depot at its end."""
    clients = [Client(location=i + 1, delivery=(1,), **((changes or {}).get(i, {}))) for i in range(4)]  # type: ignore[arg-type]
    plain = vehicle or Vehicle(capacity=(4,))
    return Problem(clients=clients, vehicles=[plain, plain], travel=Travel.static(LINE))


def test_a_plan_without_fault_has_its_price() -> None:
    """A plan costs its metres, its vehicles, and the prizes of those left out."""
    problem = day(vehicle=Vehicle(capacity=(4,), fixed_cost=7, cost_per_m=2), changes={3: {"prize": 5.0}})
    assert judge(problem, [(0, [[0, 2, 1]]), (1, [])]) == (7 + 2 * 60 + 7 + 5, [])


BROKEN: dict[str, tuple[Problem, Routes]] = {
    "served twice": (day(), [(0, [[0, 1, 2, 3]]), (1, [[0]])]),
    "used twice": (day(), [(0, [[0, 1]]), (0, [[2, 3]])]),
    "1 clients left out": (day(), [(0, [[0, 1, 2]])]),
    "4 aboard, room for 3": (day(vehicle=Vehicle(capacity=(3,))), [(0, [[0, 1, 2, 3]])]),
    "2 trips": (day(), [(0, [[0, 1], [2, 3]])]),
    "5 s late": (day(changes={1: {"windows": ((0, 15),)}}), [(0, [[0, 1, 2, 3]])]),
    "1 s late": (day(vehicle=Vehicle(shift_s=(0, 79))), [(0, [[0, 1, 2, 3]])]),
    "100 s long": (
        day(vehicle=Vehicle(max_duration_s=99), changes={0: {"windows": ((0, 20),)}, 3: {"windows": ((70, 80),)}}),
        [(0, [[0, 1, 2, 3]])],
    ),
    "70 s late": (
        day(vehicle=Vehicle(trips=2), changes={0: {"windows": ((0, 20),)}, 3: {"release_s": 80}}),
        [(0, [[0, 3, 1, 2]])],
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_each_fault_is_named(fault: str) -> None:
    """Each rule that a plan breaks is found, and found alone."""
    problem, routes = BROKEN[fault]
    _, broken = judge(problem, routes)
    assert len(broken) == 1
    assert fault in broken[0]


def test_the_latest_departure_makes_the_shortest_route() -> None:
    """A route that waits is as long as from its latest departure, and goods released later hold their own trip only."""
    late_start = day(vehicle=Vehicle(max_duration_s=80), changes={3: {"windows": ((70, 80),)}})
    assert judge(late_start, [(0, [[0, 1, 2, 3]])])[1] == []
    two_trips = day(vehicle=Vehicle(trips=2), changes={0: {"windows": ((0, 20),)}, 3: {"release_s": 80}})
    assert judge(two_trips, [(0, [[0], [3, 1, 2]])])[1] == []


def test_pairs_and_dead_ends() -> None:
    """What is fetched after it was brought, on another route, or over a leg that leads nowhere is a fault."""
    fetch, bring = Client(location=1, pickup=(1,)), Client(location=2, delivery=(1,))
    vehicles = [Vehicle(capacity=(1,))] * 2
    problem = Problem(clients=[fetch, bring], vehicles=vehicles, travel=Travel.static(LINE), pairs=[(0, 1)])
    assert judge(problem, [(0, [[0, 1]])]) == (40.0, [])
    assert "pair 0, 1 is broken" in judge(problem, [(0, [[1, 0]])])[1][0]
    assert len(judge(problem, [(0, [[0]]), (1, [[1]])])[1]) == 2
    nowhere = [[UNREACHABLE_S if (a, b) == (0, 1) else LINE[a][b] for b in range(5)] for a in range(5)]
    assert judge(replace(problem, travel=Travel.static(nowhere)), [(0, [[0, 1]])])[1] != []


def test_what_it_does_not_know_it_does_not_judge() -> None:
    """A problem with rules that no benchmark file has is refused, and so never called faultless."""
    with pytest.raises(NotTranslated, match="skills"):
        judge(day(changes={0: {"skills": frozenset({"cold"})}}), [])


def test_the_drawing_begins_when_every_run_has_a_plan() -> None:
    """The mean gap falls over time, from the moment of the last first plan; a solver without plans is not drawn."""
    curve = mean_curve([[(0.1, 130.0), (5.0, 110.0)], [(1.0, 120.0)]], [100.0, 100.0], 10.0)
    assert curve[0] == (pytest.approx(1.0), pytest.approx(25.0))
    assert curve[-1] == (pytest.approx(10.0), pytest.approx(15.0))
    assert mean_curve([[(0.1, 130.0)], []], [100.0, 100.0], 10.0) == []
    picture = drawing("a < b", {"ours": curve, "vroom": []}, {"ours": "Zaguán", "vroom": "VROOM"})
    assert picture.count("<polyline") == 1
    assert "a &lt; b" in picture
    assert "Zaguán 15.00 %" in picture
    assert drawing("nothing", {"ours": []}, {"ours": "Zaguán"}) == ""
