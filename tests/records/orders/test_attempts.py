"""What happens at the door: delivered, delivered in part, failed, tried again, collected, returned."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from tests.records.orders.builders import ACTOR, MORNING, StoppedClock, a_booked_order, a_shipper
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.records.orders import attempts, service, terms
from zaguan.records.orders.booking import BookedOrder, Hold
from zaguan.records.orders.model import OrderId, OrderKind, Parcel
from zaguan.records.orders.parcels import ParcelState
from zaguan.records.orders.reasons import AttemptPolicy, CompletionDetail, Decision, FailureReason, SubReason
from zaguan.records.orders.refusals import NotAllowed, NothingHandedOver, ReasonUnknown
from zaguan.records.orders.states import Mover, OrderState
from zaguan.records.orders.telling import Details

CLOCK = StoppedClock()
DESK: Mapping[str, Any] = {"by": Mover.DISPATCHER, "actor": ACTOR, "clock": CLOCK}
DRIVER: Mapping[str, Any] = {"by": Mover.DRIVER, "actor": "driver:1", "clock": CLOCK}
TO_THE_DOOR = (OrderState.PLANNED, OrderState.DISPATCHED, OrderState.OUT_FOR_DELIVERY, OrderState.ARRIVED)


def at_the_door(database: Database, organisation_id: OrganisationId, ref: str = "A-1", **rest: Any) -> BookedOrder:
    with database.session(organisation_id) as session:
        order = a_booked_order(session, organisation_id, ref, **rest)
        for state in TO_THE_DOOR:
            order = service.move_order(session, organisation_id, order.id, state, **DESK)
    return order


def last_told(database: Database, organisation_id: OrganisationId, order_id: OrderId) -> Mapping[str, Any]:
    with database.session(organisation_id) as session:
        entry = journal.read_stream(session, organisation_id, Stream("order", order_id))[-1]
    return {"type": entry.type, "occurred_at": entry.occurred_at, **entry.data}


def test_delivered_with_the_time_of_the_act(database: Database, organisation_id: OrganisationId) -> None:
    """A delivery told late keeps the moment of the act and the first promised window, by which on-time is measured."""
    order = at_the_door(database, organisation_id, service_on=date(2026, 3, 10))
    acted_at = MORNING - timedelta(minutes=40)
    with database.session(organisation_id) as session:
        done = attempts.report_delivered(
            session, organisation_id, order.id, CompletionDetail.RECEPTION, at=acted_at, **DRIVER
        )
        assert service.get_order(session, organisation_id, order.id) == done
    assert (done.state, done.completed_at, done.attempts) == (OrderState.DELIVERED, acted_at, 1)
    assert {parcel.state for parcel in done.parcels} == {ParcelState.HANDED_OVER}
    told = last_told(database, organisation_id, order.id)
    assert (told["type"], told["completion"], told["occurred_at"]) == ("order.delivered", "reception", acted_at)
    assert told["completed_at"] == "2026-03-10T11:20:00Z"
    assert told["first_promise"]["opens_at"] == "2026-03-10T03:00:00Z"


def test_nobody_delivers_twice(database: Database, organisation_id: OrganisationId) -> None:
    """What was delivered cannot be delivered again, nor fail."""
    order = at_the_door(database, organisation_id)
    with database.session(organisation_id) as session:
        attempts.report_delivered(session, organisation_id, order.id, CompletionDetail.RECIPIENT, **DRIVER)
        with pytest.raises(NotAllowed):
            attempts.report_delivered(session, organisation_id, order.id, CompletionDetail.RECIPIENT, **DRIVER)
        with pytest.raises(NotAllowed):
            attempts.report_failed(session, organisation_id, order.id, FailureReason.RECIPIENT_ABSENT, **DRIVER)


def test_what_is_fetched_goes_on_to_the_depot(database: Database, organisation_id: OrganisationId) -> None:
    """An order that is fetched is done at the door, while its parcels are aboard on their way (C83)."""
    order = at_the_door(database, organisation_id, kind=OrderKind.PICKUP)
    assert {parcel.state for parcel in order.parcels} == {ParcelState.EXPECTED}
    with database.session(organisation_id) as session:
        done = attempts.report_delivered(session, organisation_id, order.id, CompletionDetail.FROM_SENDER, **DRIVER)
    assert {parcel.state for parcel in done.parcels} == {ParcelState.ABOARD}


def test_the_rest_goes_on_as_a_new_order(database: Database, organisation_id: OrganisationId) -> None:
    """Of four pieces two are handed over: the visit is closed, the rest is a new order with the sums exact."""
    order = at_the_door(database, organisation_id, cash_minor=10_000, currency="CLP")
    chair, plates = order.parcels
    with database.session(organisation_id) as session:
        partial = attempts.report_partial_delivery(
            session,
            organisation_id,
            order.id,
            {chair.id: 1, plates.id: 1},
            CompletionDetail.RECIPIENT,
            rest_cash_minor=4_000,
            **DRIVER,
        )
        done = service.get_order(session, organisation_id, order.id)
        rest = service.get_order(session, organisation_id, partial.rest.id)
        assert (done, rest) == (partial.order, partial.rest)
        assert journal.verify(session, organisation_id) == ()
    assert done.state is OrderState.PARTIALLY_DELIVERED
    assert (rest.state, rest.hold, rest.continues) == (OrderState.ON_HOLD, Hold.FAILED_ATTEMPT, order.id)
    assert (rest.external_id, rest.asked.cash_minor) == ("A-1/2", 4_000)
    assert (done.asked.pieces, rest.asked.pieces) == (2, 2)
    assert done.asked.weight_g + rest.asked.weight_g == order.asked.weight_g
    told = last_told(database, organisation_id, order.id)
    assert (told["type"], told["rest_pieces"]) == ("order.partially_delivered", 2)
    assert last_told(database, organisation_id, rest.id)["continues_order_id"] == str(order.id)


def test_a_whole_parcel_moves_to_the_rest(database: Database, organisation_id: OrganisationId) -> None:
    """A parcel that was not handed over is the same parcel, now of the new order; a rest may have a rest."""
    order = at_the_door(database, organisation_id)
    chair, plates = order.parcels
    with database.session(organisation_id) as session:
        partial = attempts.report_partial_delivery(
            session, organisation_id, order.id, {chair.id: 1}, CompletionDetail.RECIPIENT, **DRIVER
        )
        rest = service.get_order(session, organisation_id, partial.rest.id)
        assert [parcel.id for parcel in rest.parcels] == [plates.id]
        for state in (OrderState.READY, *TO_THE_DOOR):
            service.move_order(session, organisation_id, rest.id, state, **DESK)
        again = attempts.report_partial_delivery(
            session, organisation_id, rest.id, {plates.id: 2}, CompletionDetail.RECIPIENT, **DRIVER
        )
    assert (again.rest.external_id, again.rest.asked.pieces) == ("A-1/3", 1)


def test_what_is_fetched_in_part_is_aboard(database: Database, organisation_id: OrganisationId) -> None:
    """Of an order that is fetched, the parcels that were there are aboard, the others still expected (C83)."""
    order = at_the_door(database, organisation_id, kind=OrderKind.PICKUP)
    with database.session(organisation_id) as session:
        partial = attempts.report_partial_delivery(
            session, organisation_id, order.id, {order.parcels[0].id: 1}, CompletionDetail.FROM_SENDER, **DRIVER
        )
    assert [parcel.state for parcel in partial.order.parcels] == [ParcelState.ABOARD]
    assert [parcel.state for parcel in partial.rest.parcels] == [ParcelState.EXPECTED]


@pytest.mark.parametrize("pieces", [(0, 0), (1, 3), (2, 0)])
def test_nothing_or_everything_is_no_part(
    database: Database, organisation_id: OrganisationId, pieces: tuple[int, int]
) -> None:
    """Handing over nothing, all, or more than there is, is no partial delivery."""
    order = at_the_door(database, organisation_id)
    handed = {parcel.id: count for parcel, count in zip(order.parcels, pieces, strict=True)}
    with pytest.raises(NothingHandedOver), database.session(organisation_id) as session:
        attempts.report_partial_delivery(
            session, organisation_id, order.id, handed, CompletionDetail.RECIPIENT, **DRIVER
        )


def test_a_failed_attempt_is_tried_again(database: Database, organisation_id: OrganisationId) -> None:
    """Nobody was there: the shipper pays, the next attempt is promised for another day and planned (C81, C82)."""
    with database.session(organisation_id) as session:
        a_shipper(session, organisation_id, policy=AttemptPolicy(charge_minor=1_500, currency="CLP", days_between=2))
    order = at_the_door(database, organisation_id, service_on=date(2026, 3, 10))
    with database.session(organisation_id) as session:
        attempt = attempts.report_failed(
            session, organisation_id, order.id, FailureReason.RECIPIENT_ABSENT, place="route-1", **DRIVER
        )
    assert (attempt.failure.decision, attempt.charge_minor, attempt.order.attempts) == (Decision.RETRY, 1_500, 1)
    told = last_told(database, organisation_id, order.id)
    assert [told[name] for name in ("reason", "party", "payer", "decision", "attempt", "currency")] == [
        *("recipient.absent", "recipient", "shipper", "retry", 1, "CLP")
    ]
    with database.session(organisation_id) as session:
        again = attempts.follow_decision(session, organisation_id, order.id, actor=ACTOR, clock=CLOCK)
        assert service.get_order(session, organisation_id, order.id) == again
        assert attempts.follow_decision(session, organisation_id, order.id, actor=ACTOR, clock=CLOCK) == again
    assert again.state is OrderState.READY
    assert again.promise is not None
    assert again.asked.service_on == again.promise.on == date(2026, 3, 12)
    assert again.first_promise == order.first_promise


def test_the_last_attempt_sends_it_back(database: Database, organisation_id: OrganisationId) -> None:
    """After the last attempt that the policy allows an order goes back, and is returned with its parcels."""
    with database.session(organisation_id) as session:
        a_shipper(session, organisation_id, policy=AttemptPolicy(max_attempts=1, charge_minor=1_500, currency="CLP"))
    order = at_the_door(database, organisation_id)
    with database.session(organisation_id) as session:
        attempt = attempts.report_failed(session, organisation_id, order.id, FailureReason.RECIPIENT_ABSENT, **DRIVER)
        assert (attempt.failure.decision, attempt.charge_minor) == (Decision.RETURN, 0)
        back = attempts.follow_decision(session, organisation_id, order.id, actor=ACTOR, clock=CLOCK)
        done = service.move_order(session, organisation_id, order.id, OrderState.RETURNED, **DESK)
    assert (back.state, done.state) == (OrderState.RETURNING, OrderState.RETURNED)
    assert {parcel.state for parcel in done.parcels} == {ParcelState.RETURNED}


def test_a_doubtful_address_waits_for_a_person(database: Database, organisation_id: OrganisationId) -> None:
    """An address that was not found is not tried again blindly: the order waits."""
    order = at_the_door(database, organisation_id)
    with database.session(organisation_id) as session:
        attempts.report_failed(session, organisation_id, order.id, FailureReason.ADDRESS_NOT_FOUND, **DRIVER)
        held = attempts.follow_decision(session, organisation_id, order.id, actor=ACTOR, clock=CLOCK)
    assert (held.state, held.hold) == (OrderState.ON_HOLD, Hold.FAILED_ATTEMPT)


def test_own_codes_stand_under_a_reason(database: Database, organisation_id: OrganisationId) -> None:
    """A code of the organisation's own is taken under its reason only, and no longer once it is retired."""
    dog = SubReason(code="dog", under=FailureReason.RECIPIENT_NO_ACCESS, words={"es": "perro suelto"})
    old = SubReason(code="old", under=FailureReason.RECIPIENT_NO_ACCESS, words={"en": "old"}, active=False)
    order = at_the_door(database, organisation_id)
    with database.session(organisation_id) as session:
        for sub_reason in (dog, old):
            terms.save_sub_reason(session, organisation_id, sub_reason)
        assert terms.list_sub_reasons(session, organisation_id) == (dog, old)
        for code, reason in (
            ("dog", FailureReason.RECIPIENT_ABSENT),
            ("old", FailureReason.RECIPIENT_NO_ACCESS),
            ("cat", FailureReason.RECIPIENT_NO_ACCESS),
        ):
            with pytest.raises(ReasonUnknown):
                attempts.report_failed(session, organisation_id, order.id, reason, sub_reason=code, **DRIVER)
        attempts.report_failed(
            session, organisation_id, order.id, FailureReason.RECIPIENT_NO_ACCESS, sub_reason="dog", **DRIVER
        )
    assert last_told(database, organisation_id, order.id)["sub_reason"] == "dog"


def test_collected_at_a_point(database: Database, organisation_id: OrganisationId) -> None:
    """Left in a locker and collected there: delivered, without a further attempt of ours (C72)."""
    order = at_the_door(database, organisation_id, parcels=(Parcel(barcode="L-1"),))
    with database.session(organisation_id) as session:
        left = service.move_order(
            session,
            organisation_id,
            order.id,
            OrderState.AVAILABLE_FOR_PICKUP,
            place="locker-3",
            details=Details(point_ref="locker-3"),
            **DRIVER,
        )
        assert [parcel.state for parcel in left.parcels] == [ParcelState.AT_POINT]
        done = attempts.report_delivered(
            session,
            organisation_id,
            order.id,
            CompletionDetail.LOCKER,
            by=Mover.RECIPIENT,
            actor="recipient",
            clock=CLOCK,
        )
    assert (done.state, done.attempts) == (OrderState.DELIVERED, 0)
    assert last_told(database, organisation_id, order.id)["type"] == "order.collected"
