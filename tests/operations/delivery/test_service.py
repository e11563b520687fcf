"""A driver's day on the database: acts told once, twice, late and out of order."""

import random
from itertools import count
from typing import Any

import pytest

from tests.operations.delivery.builders import (
    DRIVER,
    OTHER_PHONE,
    PHONE,
    a_photo,
    a_stop,
    an_id,
    arrives,
    at,
    cash,
    departs,
    ends,
    fails,
    hands_over,
    leaves,
    scans,
)
from tests.operations.delivery.drawn_road import Day, a_day, ids
from zaguan.base.kit import journal
from zaguan.base.kit.database import Database
from zaguan.operations.delivery import service
from zaguan.operations.delivery.acts import AnyAct, ScanPurpose
from zaguan.operations.delivery.model import (
    ActReused,
    BadAct,
    NotYourRoute,
    OrderNotAtStop,
    ProofKind,
    ProofMissing,
    RouteNotFound,
    StopNotOnRoute,
    StopStage,
)
from zaguan.operations.delivery.policy import DoorTerms
from zaguan.operations.delivery.proofs import Demand
from zaguan.operations.delivery.store import door as store
from zaguan.records.orders import attempts
from zaguan.records.orders import service as orders
from zaguan.records.orders.reasons import AttemptPolicy
from zaguan.records.orders.states import Mover, OrderState

NO_PROOFS = DoorTerms(matrix=())


def test_a_good_stop(day: Day) -> None:
    """Loaded, left, arrived, handed over: the order follows, and each step is told once (C02, C42, C52)."""
    day.has_stop("1", minutes=8)
    assert day.tells(scans(1, "ZG1")).scan is not None
    assert day.state("1") == "loaded"
    day.tells(departs(2))
    assert day.state("1") == "out_for_delivery"
    day.tells(arrives(3, minutes=5))
    assert day.state("1") == "arrived"
    answer = day.tells(hands_over(4, minutes=10, **ids(day, "1")))
    assert (answer.counts, answer.stop_stage, answer.outcome, answer.attempt) == (True, "done", "delivered", 1)
    day.tells(leaves(5, minutes=11))
    order = day.order("1")
    assert (order.state, order.completed_at) == (OrderState.DELIVERED, at(10))
    assert day.facts("1")[-5:] == [
        "order.loaded",
        "order.departed",
        "order.arrived",
        "order.delivered",
        "attempt.succeeded",
    ]
    assert day.facts() == ["loading.departed", "stop.arrived", "stop.delivered", "stop.left"]
    assert day.fact("stop.left")["waiting_s"] == 180
    assert day.fact("stop.left")["service_s"] == 180
    assert day.road.stages == {day.stops[0].stop_id: StopStage.DONE}
    assert day.road.started_at == at(0)


def test_the_same_act_twice_has_one_effect_and_one_answer(day: Day) -> None:
    """An act whose answer was lost is told again: same answer, nothing doubled (C52)."""
    day.has_stop("1", cash_minor=990, currency="CLP")
    act = hands_over(4, minutes=10, proofs=(a_photo(), cash(990)), **ids(day, "1"))
    first = day.tells(act)
    facts = day.facts("1"), day.facts()
    again = day.tells(act, late_s=3_600, offset_s=9_999)
    assert again.repeated
    assert not first.repeated
    assert [getattr(again, name) for name in ("act_id", "counts", "outcome", "clock_skewed")] == [
        getattr(first, name) for name in ("act_id", "counts", "outcome", "clock_skewed")
    ]
    assert (day.facts("1"), day.facts()) == facts
    with day.session() as session:
        assert service.cash_of_route(session, day.organisation_id, act.route_id) == {"CLP": 990}


def test_an_id_belongs_to_one_act(day: Day) -> None:
    """The id of an act with another content, or for another stop, is refused: nothing is attached elsewhere."""
    day.has_stop("1")
    day.has_stop("2")
    act = arrives(1, stop=1)
    day.tells(act)
    with pytest.raises(ActReused):
        day.tells(arrives(1, stop=2))
    with pytest.raises(ActReused):
        day.tells(arrives(1, minutes=6))
    assert day.road.stages == {act.stop_id: StopStage.IN_PROGRESS}


def test_a_proof_belongs_to_one_order(day: Day) -> None:
    """A proof that another order has already is refused with its whole act: no photo is shown for two."""
    day.has_stop("1", "2")
    day.tells(hands_over(1, proofs=(a_photo(1),), **ids(day, "1")))
    with pytest.raises(BadAct):
        day.tells(hands_over(2, proofs=(a_photo(1),), **ids(day, "2")))
    assert day.state("2") == "dispatched"
    day.tells(hands_over(2, proofs=(a_photo(2),), **ids(day, "2")))
    assert day.state("2") == "delivered"


def test_what_is_not_the_drivers_is_refused(day: Day) -> None:
    """Another route, another driver, a stop and an order that are not there: each refusal says which."""
    day.has_stop("1")
    day.has_stop("2")
    with pytest.raises(RouteNotFound):
        day.tells(departs(1, route_id=an_id(99)))
    with pytest.raises(NotYourRoute):
        day.tells(departs(1, driver_id=an_id(98)))
    with pytest.raises(StopNotOnRoute):
        day.tells(arrives(1, stop=9))
    with pytest.raises(OrderNotAtStop):
        day.tells(hands_over(1, stop=1, **ids(day, "2")))
    assert day.facts() == []


def test_what_is_refused_may_be_told_again_corrected(day: Day) -> None:
    """A refusal leaves no trace: with the proof that was missing the same act is taken (C46)."""
    day.has_stop("1")
    assert day.shipper is not None
    with day.session() as session:
        matrix = (Demand(kinds=frozenset({ProofKind.PHOTO}), reasons=frozenset({"recipient.*"})),)
        service.set_terms(session, day.organisation_id, day.shipper.id, DoorTerms(matrix=matrix))
        assert service.get_terms(session, day.organisation_id, day.shipper.id).matrix == matrix
    with pytest.raises(ProofMissing):
        day.tells(fails(3, **ids(day, "1")))
    assert day.facts() == []
    assert day.tells(fails(3, proofs=(a_photo(),), **ids(day, "1"))).outcome == "failed"


def test_a_failed_attempt_is_decided_and_explained(day: Day) -> None:
    """The failure carries its reason, what comes next and why, and the order follows the policy (C81, C82)."""
    day.has_stop("1")
    day.tells(departs(1))
    answer = day.tells(fails(2, minutes=10, note="Nadie abre", **ids(day, "1")))
    assert (answer.outcome, answer.decision, str(answer.not_before_on)) == ("failed", "retry", "2026-03-11")
    assert answer.because[0] == "delivery.because.reason_says_retry"
    assert day.state("1") == "attempt_failed"
    fact = day.fact("attempt.failed", "1")
    assert (fact["reason"], fact["party"], fact["decision"], fact["number"]) == (
        "recipient.absent",
        "recipient",
        "retry",
        1,
    )
    assert "Nadie abre" not in str(day.entries("1"))
    with day.session() as session:
        attempts.follow_decision(session, day.organisation_id, day.orders["1"], actor="system", clock=day.clock)
    assert day.state("1") == "ready"


def test_the_last_failed_attempt_sends_the_parcel_back(day: Day) -> None:
    """When the shipper's attempts are used up, the decision is to return (C82)."""
    day.has_stop("1")
    stop = day.has_stop()
    day.stops[-1] = type(stop)(stop_id=stop.stop_id, number=2, order_ids=(day.orders["1"],))
    day.road.routes[departs(1).route_id] = type(day.road.routes[departs(1).route_id])(
        route_id=departs(1).route_id,
        ref="R01",
        driver_id=DRIVER,
        service_on=at(0).date(),
        stops=tuple(day.stops),
    )
    day.tells(fails(2, stop=1, **ids(day, "1")))
    with day.session() as session:
        orders.move_order(
            session,
            day.organisation_id,
            day.orders["1"],
            OrderState.OUT_FOR_DELIVERY,
            by=Mover.DRIVER,
            actor="driver:1",
            clock=day.clock,
        )
    answer = day.tells(fails(3, minutes=60, stop=2, **ids(day, "1")))
    assert (answer.attempt, answer.decision) == (2, "return")


def test_a_clock_that_is_off_is_flagged_and_kept(day: Day) -> None:
    """Device time, server time and their offset stay with the act; over five minutes it is flagged everywhere."""
    day.has_stop("1")
    answer = day.tells(hands_over(1, **ids(day, "1")), offset_s=400)
    assert answer.clock_skewed
    fact = day.fact("attempt.succeeded", "1")
    assert (fact["clock_offset_ms"], fact["clock_skewed"]) == (400_000, True)
    assert fact["happened_at"] == "2026-03-10T12:10:00Z"
    assert day.fact("stop.delivered")["clock_skewed"]


def test_somebody_came_after_all(day: Day) -> None:
    """Handed over after a failure at the same stop, the order is delivered, even when the desk had gone on (C81)."""
    day.has_stop("1")
    day.tells(fails(2, minutes=8, **ids(day, "1")))
    with day.session() as session:
        attempts.follow_decision(session, day.organisation_id, day.orders["1"], actor="system", clock=day.clock)
    assert day.state("1") == "ready"
    answer = day.tells(hands_over(3, minutes=12, **ids(day, "1")))
    assert (answer.counts, answer.disputed, day.state("1")) == (True, False, "delivered")
    assert day.facts()[-1] == "stop.amended"


def test_an_order_that_went_another_way_is_disputed(day: Day) -> None:
    """The door says delivered and the order was cancelled meanwhile: kept, proved, and told to a person."""
    day.has_stop("1")
    with day.session() as session:
        orders.move_order(
            session,
            day.organisation_id,
            day.orders["1"],
            OrderState.CANCELLED,
            by=Mover.DISPATCHER,
            actor="user:ana",
            clock=day.clock,
        )
    answer = day.tells(hands_over(1, **ids(day, "1")))
    assert answer.disputed
    assert day.state("1") == "cancelled"
    assert day.fact("attempt.disputed", "1")["order_state"] == "cancelled"


def test_an_earlier_act_heard_later_counts_and_is_told(day: Day) -> None:
    """Two phones told of the same hand-over: the earlier one holds, the record is sealed anew, and that is told."""
    day.has_stop("1")
    day.tells(hands_over(5, minutes=20, **ids(day, "1")))
    earlier = hands_over(1, minutes=10, device_id=OTHER_PHONE, **ids(day, "1"))
    assert day.tells(earlier).counts
    later = hands_over(6, minutes=30, **ids(day, "1"))
    assert not day.tells(later).counts
    assert day.facts("1").count("attempt.amended") == 1
    assert day.facts("1").count("order.delivered") == 1
    assert day.fact("stop.amended")["done_at"] == "2026-03-10T12:10:00Z"
    with day.session() as session:
        assert service.verify_evidence(session, day.organisation_id, earlier.stop_id, day.orders["1"]) == ()


def test_a_driver_whose_route_was_taken_over_may_still_tell(day: Day) -> None:
    """What was done before another driver took the route over is told late, and counts."""
    day.has_stop("1")
    day.tells(departs(1))
    route = day.road.routes[departs(1).route_id]
    day.road.routes[route.route_id] = type(route)(
        route_id=route.route_id, ref="R01", driver_id=an_id(98), service_on=route.service_on, stops=route.stops
    )
    day.tells(hands_over(2, **ids(day, "1")))
    assert day.state("1") == "delivered"
    with pytest.raises(NotYourRoute):
        day.tells(departs(1, driver_id=an_id(97), act_id=an_id(55)))


def the_acts(day: Day) -> list[AnyAct]:
    """Return a day of one phone: loading, two stops, a failure that turned good, the depot again."""
    numbers = count(1)
    return [
        *(scans(next(numbers), barcode, minutes=-30 + place) for place, barcode in enumerate(("ZG1", "ZG2", "ZG3"))),
        departs(next(numbers)),
        arrives(next(numbers), minutes=5),
        hands_over(next(numbers), minutes=10, **ids(day, "1")),
        fails(next(numbers), minutes=11, **ids(day, "2")),
        hands_over(next(numbers), minutes=14, **ids(day, "2")),
        leaves(next(numbers), minutes=15),
        arrives(next(numbers), minutes=40, stop=2),
        fails(next(numbers), minutes=45, stop=2, **ids(day, "3")),
        leaves(next(numbers), minutes=46, stop=2),
        scans(next(numbers), "ZG3", minutes=90, purpose=ScanPurpose.BRING_BACK),
        ends(next(numbers), 100),
    ]


@pytest.mark.parametrize("seed", range(16))
def test_a_day_told_in_any_order_comes_to_the_same_end(database: Database, seed: int) -> None:
    """Shuffled, doubled and late: stops, attempts, orders and parcels end as if told in order, nothing twice (C52)."""
    dice = random.Random(seed)
    told_in_order, shuffled = a_day(database), a_day(database)
    for day in (told_in_order, shuffled):
        day.has_shipper(policy=AttemptPolicy(max_attempts=2))
        assert day.shipper is not None
        with day.session() as session:
            service.set_terms(session, day.organisation_id, day.shipper.id, NO_PROOFS)
        day.has_stop("1", "2")
        day.has_stop("3")
    for act in the_acts(told_in_order):
        told_in_order.tells(act)
    acts = the_acts(shuffled)
    acts += dice.choices(acts, k=6)
    dice.shuffle(acts)
    for act in acts:
        shuffled.tells(act, late_s=dice.choice((1, 600, 20_000)))
    assert end_of(shuffled) == end_of(told_in_order), f"seed {seed}"
    with shuffled.session() as session:
        assert journal.verify(session, shuffled.organisation_id) == ()


def end_of(day: Day) -> dict[str, Any]:
    """Return what a day came to, without the moments at which we heard of it."""
    with day.session() as session:
        reports = service.list_stop_reports(session, day.organisation_id, departs(1).route_id)
        tried = {ref: service.list_attempts(session, day.organisation_id, day.orders[ref]) for ref in "123"}
    return {
        "stops": sorted(
            (str(one.stop_id), one.stage, one.outcome, one.done_at, one.waiting_s, one.left_at) for one in reports
        ),
        "attempts": {
            ref: [(one.outcome, one.told_by, one.number, one.reason, one.happened_at) for one in tried[ref]]
            for ref in "123"
        },
        "orders": {ref: day.state(ref) for ref in "123"},
        "balance": day.fact("loading.balanced")["unexplained"],
        "delivered once": {ref: day.facts(ref).count("order.delivered") for ref in "123"},
        "parcels": {ref: [parcel.state for parcel in day.order(ref).parcels] for ref in "123"},
        "stages": sorted((str(stop), stage) for stop, stage in day.road.stages.items()),
        "ended": (day.road.started_at, day.road.ended_at),
    }


def test_acts_are_kept_as_they_were_told(day: Day) -> None:
    """What is read back from the database is the act that was told, on every kind of act."""
    day.has_stop("1", "2")
    day.has_stop("3")
    told = the_acts(day)
    for act in told:
        day.tells(act)
    with day.session() as session:
        kept = store.list_acts(session, day.organisation_id, told[0].route_id)
    assert sorted((one.act for one in kept), key=lambda act: act.sequence) == told
    assert {act.device_id for act in told} == {PHONE}
    assert a_stop().route_id == told[0].route_id
