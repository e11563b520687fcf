"""Acts at a door: arriving, handing over, failing, going on."""

from typing import Any, Final
from uuid import UUID

from zaguan.base.events import attempt as attempt_facts
from zaguan.base.events import proof as proof_facts
from zaguan.base.events import stop as stop_facts
from zaguan.operations.delivery.acts import Arrive, Fail, HandOver, Leave
from zaguan.operations.delivery.doing import ActAnswer, Doing
from zaguan.operations.delivery.door import (
    DoorStop,
    Judged,
    OrderAtStop,
    StopState,
    distance_to_door_m,
    judge,
    service_s,
    stop_state,
    waiting_s,
)
from zaguan.operations.delivery.evidence import Sealed, evidence_of, seal
from zaguan.operations.delivery.model import BadAct, Outcome, ProofKind, StopStage
from zaguan.operations.delivery.order_moves import complete_attempt, move_all
from zaguan.operations.delivery.policy import NextStep, next_step
from zaguan.operations.delivery.proofs import Demand, PaymentTaken, Photo, Signature
from zaguan.operations.delivery.store import door as store
from zaguan.operations.delivery.store.door import Attempt, StopReport
from zaguan.records.orders import service as orders
from zaguan.records.orders import terms as order_terms
from zaguan.records.orders.model import OrderId
from zaguan.records.orders.states import OrderState

_DoneFact = type[stop_facts.StopDelivered] | type[stop_facts.StopPartiallyDelivered] | type[stop_facts.StopFailed]
_DONE_FACTS: Final[dict[Outcome, _DoneFact]] = {
    Outcome.DELIVERED: stop_facts.StopDelivered,
    Outcome.PARTIALLY_DELIVERED: stop_facts.StopPartiallyDelivered,
    Outcome.FAILED: stop_facts.StopFailed,
}


def arrive(doing: Doing, act: Arrive) -> ActAnswer:
    """Note that the driver is at the door; orders that are still open have arrived with them."""
    stop, before, after = _states(doing, act.stop_id)
    counts = before.arrived_at != after.arrived_at
    if counts and before.arrived_at is None and after.arrived_at is not None:
        doing.tell_of_route(
            stop_facts.StopArrived(
                **_stop_head(doing, stop),
                arrived_at=after.arrived_at,
                distance_m=distance_to_door_m(stop, act.position),
            )
        )
    open_orders = [
        order.order_id
        for order in stop.orders
        if not order.takes_over and after.order(order.order_id).outcome is Outcome.OPEN
    ]
    waiting = [OrderState.DISPATCHED, OrderState.LOADED, OrderState.IN_TRANSIT]
    move_all(doing, open_orders, OrderState.OUT_FOR_DELIVERY, sources=waiting, at=act.happened_at)
    # those moved a line before stand there now, though the sheet does not know it yet
    under_way = [*waiting, OrderState.OUT_FOR_DELIVERY, OrderState.ARRIVING]
    move_all(doing, open_orders, OrderState.ARRIVED, sources=under_way, at=act.happened_at)
    if counts and before.stage is StopStage.DONE:
        _amend(doing, stop, after)
    _report(doing, stop, after)
    return _answer(doing, stop, after, counts=counts)


def leave(doing: Doing, act: Leave) -> ActAnswer:
    """Note that the driver went on."""
    stop, before, after = _states(doing, act.stop_id)
    counts = before.left_at != after.left_at
    if counts and before.left_at is not None:
        _amend(doing, stop, after)
    elif counts and after.left_at is not None:
        times: dict[str, Any] = {"waiting_s": waiting_s(stop, after), "service_s": service_s(stop, after)}
        doing.tell_of_route(stop_facts.StopLeft(**_stop_head(doing, stop), left_at=after.left_at, **times))
    _report(doing, stop, after)
    return _answer(doing, stop, after, counts=counts)


def close_order(doing: Doing, act: HandOver | Fail) -> ActAnswer:
    """Record what became of an order at the door, with its proofs; what is missing is refused by name.

    An act that says less than what is known already is kept with its proofs, and changes nothing.
    """
    stop = doing.sheet.stop(act.stop_id)
    order = stop.order(act.order_id)
    judged = judge(stop, act, (*doing.sheet.terms_of(order.order_id).matrix, *_asked_by(doing, act)))
    stop, before, after = _states(doing, act.stop_id)
    was, done = before.order(act.order_id), after.order(act.order_id)
    counts = done.told_by != was.told_by
    assert not counts or done.told_by == act.act_id, "only an act itself can be what it adds"
    attempt: Attempt | None = None
    step: NextStep | None = None
    _keep_proofs(doing, stop, act)
    if counts and not order.takes_over:
        attempt, step = _attempt(doing, stop, before, after, act, judged)
    if counts and before.stage is StopStage.DONE:
        _amend(doing, stop, after)
    elif counts and after.stage is StopStage.DONE:
        _tell_done(doing, stop, after)
    _report(doing, stop, after)
    return _answer(doing, stop, after, counts=counts, judged=judged, attempt=attempt, step=step)


def _states(doing: Doing, stop_id: UUID) -> tuple[DoorStop, StopState, StopState]:
    stop = doing.sheet.stop(stop_id)
    return stop, stop_state(stop, doing.before), stop_state(stop, doing.after)


def _asked_by(doing: Doing, act: HandOver | Fail) -> tuple[Demand, ...]:
    """Return what the organisation's own sub-code of a reason asks for."""
    if not isinstance(act, Fail) or not act.sub_code:
        return ()
    known = order_terms.list_sub_reasons(doing.session, doing.organisation_id)
    wanted = any(each.code == act.sub_code and each.photo_required for each in known)
    return (Demand(kinds=frozenset({ProofKind.PHOTO})),) if wanted else ()


def _attempt(
    doing: Doing, stop: DoorStop, before: StopState, after: StopState, act: HandOver | Fail, judged: Judged
) -> tuple[Attempt, NextStep | None]:
    """Keep and tell what the act came to, with its sealed record, and have the order follow."""
    was, done = before.order(act.order_id), after.order(act.order_id)
    followed = True
    if was.outcome is not done.outcome:
        followed = complete_attempt(doing, act, done, unpaid_minor=judged.unpaid_minor)
    step = _next_step(doing, stop, act) if isinstance(act, Fail) else None
    record = evidence_of(doing.organisation_id, stop, after, doing.told, driver_id=act.driver_id)
    sealed = seal(record)
    attempt = _attempt_of(doing, stop, done, act, judged, sealed, step, disputed=not followed)
    store.save_attempt(doing.session, doing.organisation_id, attempt)
    head = _attempt_head(doing, attempt)
    if was.outcome is done.outcome:
        assert was.told_by is not None, "an act that counted before"
        fact: object = attempt_facts.AttemptAmended(**head, previous_act_id=was.told_by, outcome=done.outcome.value)
    elif isinstance(act, Fail):
        assert step is not None, "a failure has a next step"
        fact = _failed_fact(head, act, step)
    else:
        fact = attempt_facts.AttemptSucceeded(
            **head,
            whole=done.outcome is Outcome.DELIVERED,
            detail=act.detail.value,
            pieces=sum(piece.pieces for piece in done.handed),
            unpaid_minor=judged.unpaid_minor,
            currency=attempt.currency,
        )
    doing.tell_of_order(act.order_id, fact)  # type: ignore[arg-type]
    if not followed:
        state = orders.get_order(doing.session, doing.organisation_id, OrderId(act.order_id)).state
        doing.tell_of_order(
            act.order_id,
            attempt_facts.AttemptDisputed(**head, outcome=done.outcome.value, order_state=state.value),
        )
    return attempt, step


def _next_step(doing: Doing, stop: DoorStop, act: Fail) -> NextStep:
    shipper_id = doing.sheet.booked[act.order_id].shipper_id
    policy = order_terms.get_shipper(doing.session, doing.organisation_id, shipper_id).policy
    # the order counts its attempts itself: the policy is asked about the number that it came to
    number = orders.get_order(doing.session, doing.organisation_id, OrderId(act.order_id)).attempts
    return next_step(
        policy,
        doing.sheet.terms_of(act.order_id),
        act.reason,
        attempt=max(number, stop.order(act.order_id).attempt),
        failed_on=doing.sheet.route.service_on,
    )


def _attempt_of(
    doing: Doing,
    stop: DoorStop,
    done: OrderAtStop,
    act: HandOver | Fail,
    judged: Judged,
    sealed: Sealed,
    step: NextStep | None,
    *,
    disputed: bool,
) -> Attempt:
    order = stop.order(act.order_id)
    return Attempt(
        stop_id=stop.stop_id,
        order_id=act.order_id,
        route_id=stop.route_id,
        driver_id=act.driver_id,
        number=order.attempt,
        outcome=done.outcome,
        told_by=act.act_id,
        happened_at=act.happened_at,
        received_at=doing.told.received_at,
        evidence=sealed.document,
        evidence_sha256=sealed.sha256,
        detail=done.detail,
        reason=done.reason,
        sub_code=done.sub_code,
        parcels=tuple((piece.barcode, piece.pieces) for piece in order.parcels),
        handed=tuple((piece.barcode, piece.pieces) for piece in done.handed),
        unpaid_minor=judged.unpaid_minor,
        currency=order.due.currency,
        distance_m=distance_to_door_m(stop, act.position),
        decision=step.decision if step else None,
        because=tuple(because.code for because in step.because) if step else (),
        not_before_on=step.not_before_on if step else None,
        point_ref=step.point_ref if step else "",
        charge_minor=step.charge_minor if step else 0,
        disputed=disputed,
    )


def _attempt_head(doing: Doing, attempt: Attempt) -> dict[str, Any]:
    told = doing.told
    return {
        "order_id": attempt.order_id,
        "stop_id": attempt.stop_id,
        "route_id": attempt.route_id,
        "driver_id": attempt.driver_id,
        "act_id": attempt.told_by,
        "number": attempt.number,
        "happened_at": attempt.happened_at,
        "received_at": attempt.received_at,
        "clock_offset_ms": round(told.offset_s * 1000),
        "clock_skewed": told.is_skewed,
        "distance_m": attempt.distance_m,
        "evidence_sha256": attempt.evidence_sha256,
    }


def _failed_fact(head: dict[str, Any], act: Fail, step: NextStep) -> attempt_facts.AttemptFailed:
    return attempt_facts.AttemptFailed(
        **head,
        reason=act.reason.value,
        sub_code=act.sub_code,
        party=act.reason.party.value,
        payer=step.payer.value,
        decision=step.decision.value,
        because=tuple(because.code for because in step.because),
        not_before_on=step.not_before_on,
        point_ref=step.point_ref,
        charge_minor=step.charge_minor,
        currency=step.currency,
    )


def _keep_proofs(doing: Doing, stop: DoorStop, act: HandOver | Fail) -> None:
    """Keep the proofs of an act. One that another order has already is refused: no proof belongs to two."""
    distances = [(proof, distance_to_door_m(stop, proof.position)) for proof in act.proofs]
    known = store.add_proofs(doing.session, doing.organisation_id, act, distances)
    if known:
        theirs = {proof.proof_id for proof in store.list_proofs(doing.session, doing.organisation_id, act.order_id)}
        if not set(known) <= theirs:
            raise BadAct(field="proofs.proof_id", what="1 ×")
    fresh = [(proof, distance) for proof, distance in distances if proof.proof_id not in known]
    payments = [proof for proof, _ in fresh if isinstance(proof, PaymentTaken)]
    store.add_payments(doing.session, doing.organisation_id, act, payments)
    for proof, distance in fresh:
        file = proof if isinstance(proof, Signature | Photo) else None
        doing.tell_of_order(
            act.order_id,
            proof_facts.ProofTaken(
                proof_id=proof.proof_id,
                kind=proof.kind.value,
                order_id=act.order_id,
                stop_id=act.stop_id,
                act_id=act.act_id,
                taken_at=proof.taken_at,
                distance_m=distance,
                sha256=file.sha256 if file else "",
                size_bytes=file.size_bytes if file else 0,
            ),
        )
    for payment in payments:
        doing.tell_of_order(
            act.order_id,
            proof_facts.PaymentTaken(
                proof_id=payment.proof_id,
                order_id=act.order_id,
                stop_id=act.stop_id,
                route_id=act.route_id,
                driver_id=act.driver_id,
                method=payment.method.value,
                amount_minor=payment.amount_minor,
                currency=payment.currency,
                reference=payment.reference,
                taken_at=payment.taken_at,
            ),
        )


def _stop_head(doing: Doing, stop: DoorStop) -> dict[str, Any]:
    return {
        "stop_id": stop.stop_id,
        "route_id": stop.route_id,
        "driver_id": doing.told.act.driver_id,
        "order_ids": tuple(order.order_id for order in stop.orders),
        "clock_skewed": doing.told.is_skewed,
    }


def _tell_done(doing: Doing, stop: DoorStop, state: StopState) -> None:
    assert state.done_at is not None, "a done stop was done at a time"
    doing.tell_of_route(
        _DONE_FACTS[state.outcome](
            **_stop_head(doing, stop),
            arrived_at=state.arrived_at,
            done_at=state.done_at,
            waiting_s=waiting_s(stop, state),
            service_s=service_s(stop, state),
        )
    )


def _amend(doing: Doing, stop: DoorStop, state: StopState) -> None:
    doing.tell_of_route(
        stop_facts.StopAmended(
            **_stop_head(doing, stop),
            outcome=state.outcome.value,
            arrived_at=state.arrived_at,
            done_at=state.done_at,
            left_at=state.left_at,
            waiting_s=waiting_s(stop, state),
            service_s=service_s(stop, state),
        )
    )


def _report(doing: Doing, stop: DoorStop, state: StopState) -> None:
    report = StopReport(
        stop_id=stop.stop_id,
        route_id=stop.route_id,
        stage=state.stage,
        outcome=state.outcome,
        arrived_at=state.arrived_at,
        done_at=state.done_at,
        left_at=state.left_at,
        waiting_s=waiting_s(stop, state),
        service_s=service_s(stop, state),
    )
    store.save_stop_report(doing.session, doing.organisation_id, report)


def _answer(
    doing: Doing,
    stop: DoorStop,
    state: StopState,
    *,
    counts: bool,
    judged: Judged | None = None,
    attempt: Attempt | None = None,
    step: NextStep | None = None,
) -> ActAnswer:
    act = doing.told.act
    order_id = act.order_id if isinstance(act, HandOver | Fail) else None
    return ActAnswer(
        act_id=act.act_id,
        counts=counts,
        clock_skewed=doing.told.is_skewed,
        stop_stage=state.stage.value,
        outcome=(state.order(order_id).outcome if order_id else state.outcome).value,
        unpaid_minor=judged.unpaid_minor if judged else 0,
        attempt=stop.order(order_id).attempt if order_id else 0,
        decision=step.decision.value if step else "",
        because=tuple(because.code for because in step.because) if step else (),
        because_facts=tuple(dict(because.facts) for because in step.because) if step else (),
        not_before_on=step.not_before_on if step else None,
        disputed=attempt.disputed if attempt else False,
    )
