"""Why a client was left out, and what would let it in."""

from dataclasses import replace

import pytest

from tests.engines.solver.towns import HOUR, STEP_S, solved, town
from zaguan.engines.solver import (
    Budget,
    Client,
    Group,
    Problem,
    Reason,
    RemedyKind,
    Travel,
    Unassigned,
    Vehicle,
    explain,
    solve,
)
from zaguan.engines.solver.splitting import Splitting, in_parts

SHIFT = (8 * HOUR, 10 * HOUR)


def _left_out(problem: Problem) -> Unassigned:
    (left,) = explain(problem, solved(problem))
    return left


def _one(drawing: str, client: Client, *vehicles: Vehicle) -> Unassigned:
    return _left_out(town(drawing, every=client, vehicles=vehicles or (Vehicle(shift_s=SHIFT),)))


def test_too_heavy_names_the_dimension_and_what_is_missing() -> None:
    """An order above every capacity is told by how much, for the vehicle that comes closest (C04)."""
    left = _one("D.A", Client(location=0, delivery=(5, 70)), Vehicle(capacity=(9, 10)), Vehicle(capacity=(9, 50)))
    assert left.reason is Reason.CAPACITY
    assert left.remedies[0].facts == {"vehicle": 1, "dimension": 1, "missing": 20}


def test_a_missing_skill_is_named() -> None:
    """The skill that no vehicle has is named (C27)."""
    left = _one("D.A", Client(location=0, skills=frozenset({"cold"})))
    assert (left.reason, left.remedies[0].kind) == (Reason.SKILLS, RemedyKind.ADD_SKILL)
    assert left.remedies[0].facts["skill"] == "cold"


def test_an_exclusion_is_named() -> None:
    """An order that allows no existing vehicle is told so."""
    left = _one("D.A", Client(location=0, vehicles=frozenset()))
    assert (left.reason, left.remedies[0].kind) == (Reason.VEHICLE, RemedyKind.ALLOW_VEHICLE)


def test_a_window_before_the_shift_is_told_by_how_much() -> None:
    """A window that closes before anybody can be there gets the smallest widening and the earlier shift."""
    left = _one("D..A", Client(location=0, windows=((7 * HOUR, 8 * HOUR),)))
    assert left.reason is Reason.WINDOW
    facts = {remedy.kind: remedy.facts for remedy in left.remedies}
    assert facts[RemedyKind.WIDER_WINDOW] == {
        "by_s": 3 * STEP_S,
        "opens_s": 7 * HOUR,  # only the side that binds is moved
        "closes_s": 8 * HOUR + 3 * STEP_S,
    }
    assert facts[RemedyKind.EARLIER_SHIFT] == {"by_s": 3 * STEP_S, "vehicle": 0}


def test_a_shift_too_short_is_told_by_how_much() -> None:
    """A place that no shift reaches and returns from gets the smallest longer shift (C20)."""
    left = _one("D..A", Client(location=0), Vehicle(shift_s=(8 * HOUR, 8 * HOUR + 4 * STEP_S)))
    assert left.reason is Reason.SHIFT
    assert left.remedies[0].facts == {"by_s": 2 * STEP_S, "vehicle": 0}


def test_a_place_without_a_road_is_unreachable() -> None:
    """A place that no road leads to is said to be so, and no remedy is invented."""
    travel = Travel.static([[0, 10_000_000], [10_000_000, 0]])
    problem = Problem(clients=[Client(location=1)], vehicles=[Vehicle()], travel=travel)
    assert _left_out(problem) == Unassigned(client=0, reason=Reason.UNREACHABLE, remedies=())


def test_a_full_fleet_asks_for_one_more_vehicle() -> None:
    """What fits alone but not beside the others is served by one more vehicle like those there are."""
    problem = town("D.A.B", every=Client(location=0, delivery=(1,)), vehicles=[Vehicle(capacity=(1,))])
    left = _left_out(problem)
    assert left.reason is Reason.FLEET_FULL
    assert RemedyKind.ONE_MORE_VEHICLE in {remedy.kind for remedy in left.remedies}


def test_a_price_too_low_is_told_by_how_much() -> None:
    """An order not worth its way is told what it lacks."""
    left = _one("D...A", Client(location=0, prize=100.0))
    assert (left.reason, left.remedies[0].facts) == (Reason.PRICE, {"by": 700.0})


@pytest.mark.parametrize("seconds", [2 * STEP_S, 30 * STEP_S])
def test_a_remedy_taken_serves_the_client(seconds: int) -> None:
    """Doing what the remedy says, and solving again, serves the client that was left out."""
    late = Client(location=0, windows=((8 * HOUR, 8 * HOUR + 3 * STEP_S - seconds % 120),))
    short = Vehicle(shift_s=(8 * HOUR, 8 * HOUR + 5 * STEP_S))
    problem = town("D..A", every=late, vehicles=[short])
    left = _left_out(problem)
    by = next(r.facts["by_s"] for r in left.remedies if r.kind is RemedyKind.LONGER_SHIFT)
    longer = Vehicle(shift_s=(8 * HOUR, 8 * HOUR + 5 * STEP_S + int(by)))
    again = town("D..A", every=late, vehicles=[longer])
    assert solve(again, budget=Budget(iterations=50), threads=1).unassigned == ()


def _kinds(left: Unassigned) -> list[RemedyKind]:
    return [remedy.kind for remedy in left.remedies]


def test_an_order_larger_than_any_vehicle_is_split() -> None:
    """C04: five tonnes for vans of nine hundred kilograms go in six parts; a van four times as large comes last."""
    vans = [Vehicle(capacity=(900, 50))] * 7
    left = _one("D.A", Client(location=0, delivery=(5_000, 40)), *vans)
    assert left.reason is Reason.CAPACITY
    assert _kinds(left) == [RemedyKind.SPLIT, RemedyKind.MORE_CAPACITY]
    assert left.remedies[0].facts == {"parts": 6}


def test_one_piece_cannot_be_split() -> None:
    """A load that is one piece in any dimension stays whole."""
    left = _one("D.A", Client(location=0, delivery=(5_000, 1)), *[Vehicle(capacity=(900, 50))] * 7)
    assert _kinds(left) == [RemedyKind.MORE_CAPACITY]


def test_parts_find_room_beside_the_others_or_not_at_all() -> None:
    """Three parts find room beside what the vehicles carry where two halves do not; without room nothing is split."""
    clients = {"A": Client(location=0, delivery=(5,)), "B": Client(location=0, delivery=(12,))}
    van = Vehicle(capacity=(9,))
    left = _left_out(town("D.A.B", clients=clients, vehicles=[van, van]))
    assert left.remedies[0].facts == {"parts": 3}
    assert _kinds(_left_out(town("D.A.B", clients=clients, vehicles=[van]))) == [RemedyKind.MORE_CAPACITY]


def test_a_split_order_is_served_in_parts() -> None:
    """Doing what the remedy says, and solving again, serves every part."""
    vans = [Vehicle(capacity=(9,), shift_s=SHIFT)] * 3
    problem = town("D.A.B", clients={"A": Client(location=0, delivery=(20,))}, vehicles=vans)
    left = _left_out(problem)
    parts = int(left.remedies[0].facts["parts"])
    again = in_parts(problem, left.client, parts)
    assert [sum(client.delivery) for client in again.clients] == [6, 0, 7, 7]
    assert solved(again).unassigned == ()


def test_whoever_belongs_to_others_is_not_split() -> None:
    """A client of a group stays whole."""
    vans = [Vehicle(capacity=(900,))] * 7
    problem = town("D.A", every=Client(location=0, delivery=(5_000,)), vehicles=vans)
    nothing = solved(problem)
    bound = replace(problem, groups=[Group(clients=frozenset({0}), together=True)])
    assert Splitting(problem, nothing).split(0, ()) is not None
    assert Splitting(bound, nothing).split(0, ()) is None


def test_remedies_come_smallest_first() -> None:
    """C27: what moves somebody by minutes stands before one more vehicle, and that before a shift of many hours."""
    pattern = Client(location=0, service_s=4 * STEP_S)
    little = _left_out(town("D.A.B", every=pattern, vehicles=[Vehicle(shift_s=(8 * HOUR, 8 * HOUR + 15 * STEP_S))]))
    assert _kinds(little)[-1] is RemedyKind.ONE_MORE_VEHICLE
    assert little.remedies[0].facts["by_s"] == STEP_S
    pattern = Client(location=0, service_s=3 * HOUR)
    much = _left_out(town("D.A.B", every=pattern, vehicles=[Vehicle(shift_s=(8 * HOUR, 12 * HOUR))]))
    assert _kinds(much)[0] is RemedyKind.ONE_MORE_VEHICLE
    assert RemedyKind.LONGER_SHIFT in _kinds(much)


def test_nothing_left_out_needs_no_explanation() -> None:
    """A plan that serves all explains nothing."""
    problem = town("D.A")
    assert explain(problem, solved(problem)) == ()
