"""Our own JSON: whatever a problem and a solution say comes back, whatever is wrong is refused with its place."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.words import LOCALES
from zaguan.engines.solver.fleet import Battery, Break, DrivingHours, Vehicle
from zaguan.engines.solver.formats.ours import dump_problem, dump_solution, load_problem, load_solution
from zaguan.engines.solver.problem import Client, Group, Problem, Published, Station
from zaguan.engines.solver.solution import (
    Halt,
    HaltKind,
    Pause,
    Reason,
    Remedy,
    RemedyKind,
    Route,
    Solution,
    Unassigned,
    Visit,
)
from zaguan.engines.solver.travel import Travel

MATRIX = [[0, 5, 6], [5, 0, 7], [6, 7, 0]]


def a_full_problem() -> Problem:
    """Return a problem in which no field has its default."""
    client = Client(
        location=1, windows=((5, 9), (20, 30)), late_cost_per_s=0.5, service_s=3, setup_s=2, delivery=(1, 0),
        pickup=(0, 2), skills=frozenset({"cold", "tall"}), vehicles=frozenset({0}), prize=12.5, latest_s=40,
        release_s=1, zone=4, point=(10, 20),
    )  # fmt: skip
    vehicle = Vehicle(
        start=1, end=None, capacity=(5, 6), shift_s=(1, 99), overtime_s=7, overtime_cost_per_s=0.1, max_duration_s=80,
        max_clients=4, breaks=(Break(earliest_s=10, latest_s=20, duration_s=5),),
        driving=DrivingHours(max_total_s=70, max_without_rest_s=30, rest_s=4), skills=frozenset({"cold"}), profile=1,
        fixed_cost=3.0, cost_per_m=0.2, cost_per_s=0.3, service_percent=120, trips=2, reload_at=2, reload_s=6,
        battery=Battery(capacity_wh=50, wh_per_km=2, start_wh=40, reserve_wh=5), fair_s=60, unfair_cost_per_s=0.4,
        sprawl_cost_per_m=0.5, zone_change_cost=0.6, frozen=(0,),
    )  # fmt: skip
    matrices = np.array([MATRIX] * 4, np.int32)
    travel = Travel(durations_s=matrices, distances_m=matrices * 2, slots=2, knots_s=((0, 0), (50, 1)))
    ends = (Client(location=0, pickup=(3,)), Client(location=2, delivery=(3,)))
    return Problem(
        clients=(client, *ends), vehicles=(vehicle, Vehicle(capacity=(9,))), travel=travel,
        preference=np.array([[0.0, 1.5], [2.0, 0.0], [0.0, 0.0]]), pairs=((1, 2),),
        groups=(Group(clients=frozenset({0, 1}), together=False),), stations=(Station(location=2, power_w=7),),
        published=Published(routes=((0, (0,)),), move_cost=1.0, order_cost=0.5),
    )  # fmt: skip


def assert_same(first: Problem, second: Problem) -> None:
    assert (tuple(first.clients), tuple(first.vehicles)) == (tuple(second.clients), tuple(second.vehicles))
    assert (tuple(first.pairs), tuple(first.groups)) == (tuple(second.pairs), tuple(second.groups))
    assert (tuple(first.stations), first.published) == (tuple(second.stations), second.published)
    for array in ("durations_s", "distances_m", "points"):
        assert np.array_equal(getattr(first.travel, array), getattr(second.travel, array))
    for name in ("slots", "knots_s", "scale", "rounding"):
        assert getattr(first.travel, name) == getattr(second.travel, name)
    assert np.array_equal(np.asarray(first.preference), np.asarray(second.preference))


def test_every_field_of_a_problem_comes_back() -> None:
    """A problem that uses every field is the same after it was written and read."""
    problem = a_full_problem()
    assert_same(load_problem(dump_problem(problem)), problem)


def test_defaults_need_not_be_said() -> None:
    """The least file: places and travel; what it leaves out has the default of the library."""
    content = (
        b'{"format": "zaguan.problem", "version": 1, "travel": {"durations_s": [[[0, 5], [5, 0]]]},'
        b' "clients": [{"location": 1}], "vehicles": [{}]}'
    )
    problem = load_problem(content)
    assert problem.clients == (Client(location=1),)
    assert problem.vehicles == (Vehicle(),)
    assert problem.travel.leg(0, 0, 1) == (5, 5)
    assert_same(load_problem(dump_problem(problem)), problem)


def test_points_come_back_without_a_matrix() -> None:
    """Travel between points is written as points."""
    travel = Travel.planar([[0.0, 0.0], [3.0, 4.0]], scale=10.0, rounding=0.0)
    problem = Problem(clients=[Client(location=1)], vehicles=[Vehicle()], travel=travel)
    again = load_problem(dump_problem(problem))
    assert_same(again, problem)
    assert again.travel.leg(0, 0, 1) == (50, 50)
    content = dump_problem(problem).replace(b'"scale": 10.0,', b"").replace(b'"rounding": 0.0', b'"rounding": 0.9')
    assert load_problem(content).travel.leg(0, 0, 1) == (5, 5)


def test_every_field_of_a_solution_comes_back() -> None:
    """A solution and the reasons for what it leaves out are the same after they were written and read."""
    visit = Visit(
        client=0, leg_duration_s=5, leg_distance_m=6, arrives_s=7, starts_s=8, leaves_s=9, window=-1, late_s=0
    )
    halt = Halt(
        kind=HaltKind.RELOAD, after=1, location=0, leg_duration_s=1, leg_distance_m=2, arrives_s=3, starts_s=4,
        leaves_s=5, level_wh=6,
    )  # fmt: skip
    route = Route(
        vehicle=1, visits=(visit,), pauses=(Pause(after=0, starts_s=1, ends_s=2, is_rest=True, before_leg=False),),
        halts=(halt,), departs_s=0, returns_s=20, last_leg_duration_s=3, last_leg_distance_m=4, distance_m=10,
        driving_s=8, waiting_s=1, overtime_s=0, late_s=0, peak=(3,), cost=12.25,
    )  # fmt: skip
    solution = Solution(routes=(route,), unassigned=(1,), cost=99.5, iterations=10, seconds=1.5, cpu_seconds=2.5)
    reasons = (
        Unassigned(
            client=1,
            reason=Reason.SKILLS,
            remedies=(
                Remedy(kind=RemedyKind.ADD_SKILL, facts={"vehicle": 0, "skill": "cold"}),
                Remedy(kind=RemedyKind.HIGHER_PRIZE, facts={"by": 1.5}),
            ),
        ),
    )
    assert load_solution(dump_solution(solution, reasons)) == (solution, reasons)
    assert load_solution(dump_solution(replace(solution, unassigned=()))) == (replace(solution, unassigned=()), ())


def a_file(**more: Any) -> dict[str, Any]:
    least = {
        "format": "zaguan.problem",
        "version": 1,
        "travel": {"durations_s": [MATRIX]},
        "clients": [{"location": 1}],
        "vehicles": [{}],
    }
    return {name: value for name, value in (least | more).items() if value is not None}


FAULTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "no format": (a_file(format=None), "document.missing_field", "format"),
    "another document": (a_file(format="zaguan.solution"), "document.other_document", ""),
    "later": (a_file(version=2), "document.later_version", ""),
    "no clients": (a_file(clients=None), "document.missing_field", "clients"),
    "unknown": (a_file(clients=[{"location": 1, "window": []}]), "document.unknown_field", "clients[0].window"),
    "location": (a_file(clients=[{}]), "document.missing_field", "clients[0].location"),
    "kind": (a_file(clients=[{"location": "1"}]), "document.not_whole", "clients[0].location"),
    "fraction": (a_file(clients=[{"location": 1, "service_s": 0.5}]), "document.not_whole", "clients[0].service_s"),
    "pair": (
        a_file(clients=[{"location": 1, "windows": [[1]]}]), "document.wrong_length", "clients[0].windows[0]",
    ),
    "negative": (a_file(clients=[{"location": 1, "prize": -1}]), "document.contradiction", "clients[0]"),
    "reversed": (a_file(vehicles=[{"shift_s": [9, 2]}]), "document.contradiction", "vehicles[0]"),
    "break": (
        a_file(vehicles=[{"breaks": [{"earliest_s": 5, "latest_s": 1, "duration_s": 1}]}]),
        "document.contradiction", "vehicles[0].breaks[0]",
    ),
    "boolean": (a_file(groups=[{"clients": [0], "together": 1}]), "document.not_boolean", "groups[0].together"),
    "outside": (a_file(clients=[{"location": 3}]), "document.contradiction", "$"),
    "no travel": (a_file(travel={}), "document.missing_field", "travel.durations_s"),
    "no matrix": (a_file(travel={"durations_s": []}), "document.wrong_length", "travel.durations_s"),
    "ragged": (
        a_file(travel={"durations_s": [[[0, 1], [1]]]}), "document.not_matrix", "travel.durations_s[0][1]",
    ),
    "entry": (
        a_file(travel={"durations_s": [[[0, -1], [1, 0]]]}), "document.not_whole", "travel.durations_s[0][0][1]",
    ),
    "sizes": (
        a_file(travel={"durations_s": [MATRIX, [[0]]]}), "document.wrong_length", "travel.durations_s[1]",
    ),
    "both": (
        a_file(travel={"points": [[0, 0], [1, 1]], "durations_s": [MATRIX]}), "document.contradiction",
        "travel.durations_s",
    ),
    "scale": (a_file(travel={"durations_s": [MATRIX], "scale": 2}), "document.contradiction", "travel.scale"),
    "preference": (a_file(preference=[[1, 2], [3]]), "document.not_matrix", "preference"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_wrong_is_refused_with_its_place(name: str) -> None:
    """Each fault of a file has its own refusal that names the place, in every language."""
    facts, code, at = FAULTS[name]
    with pytest.raises(ZaguanError) as caught:
        load_problem(json.dumps(facts).encode())
    assert (caught.value.code, caught.value.facts.get("at", "")) == (code, at)
    for locale in LOCALES:
        assert at in caught.value.message(locale)
        assert caught.value.hint(locale)


@pytest.mark.parametrize(
    ("content", "code", "facts"),
    [
        (b'{"a": 1,}', "document.not_json", {"line": 1, "column": 9}),
        (b'{"a":\n  nan}', "document.not_json", {"line": 2}),
        (b'{"a": NaN}', "document.not_json", {"reason": "NaN"}),
        (b"[" * 100_000, "document.not_json", {}),
        (b'{"a": "\xff"}', "document.not_utf8", {"position": 7}),
        (b'{"a": {"b": 1, "b": 2}}', "document.field_twice", {"field": "b"}),
        (b"[]", "document.not_object", {"at": "$"}),
        (b"", "document.not_json", {}),
    ],
)
def test_broken_json_is_refused_with_its_line(content: bytes, code: str, facts: dict[str, Any]) -> None:
    """What is no JSON at all says where it stops being JSON."""
    with pytest.raises(ZaguanError) as caught:
        load_problem(content)
    assert caught.value.code == code
    assert facts.items() <= caught.value.facts.items()


def test_a_solution_of_another_kind_is_refused() -> None:
    """A reason that does not exist is refused with the ones that do."""
    whole = json.loads(
        dump_solution(Solution(routes=(), unassigned=(), cost=0.0, iterations=0, seconds=0.0, cpu_seconds=0.0))
    )
    whole["explained"] = [{"client": 0, "reason": "mood", "remedies": []}]
    with pytest.raises(ZaguanError) as caught:
        load_solution(json.dumps(whole).encode())
    assert caught.value.code == "document.not_one_of"
    assert "skills" in str(caught.value.facts["known"])
