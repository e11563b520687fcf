"""One stop: what is wanted there, whether an act may be done, and what the acts together came to.

The state of a stop is a function of the set of its acts. Whoever adds an act folds all of them again, so that acts
told twice, late or in another order come to the same end. An outcome only ever moves on: parcels that were handed
over are not taken back by a failure told later; a desk can do that, a late message cannot.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zaguan.base.geo.point import Point, distance_m
from zaguan.operations.delivery.acts import AnyAct, Arrive, Fail, HandOver, Leave, Pieces, in_field_order
from zaguan.operations.delivery.model import (
    ActId,
    CodeWrong,
    InPersonOnly,
    OrderNotAtStop,
    Outcome,
    ProofKind,
    ProofMissing,
    SafePlaceNotAllowed,
    StopStage,
    TooManyPieces,
    UnderAge,
    WrongDetail,
    WrongParcel,
)
from zaguan.operations.delivery.payments import NOTHING_DUE, Due, check_payments
from zaguan.operations.delivery.proofs import (
    UNATTENDED,
    CodeEntered,
    Demand,
    Fix,
    IdentityCheck,
    PaymentTaken,
    Proof,
    Scan,
    asked_of,
    code_is_right,
    missing_of,
)
from zaguan.records.orders.model import OrderKind
from zaguan.records.orders.reasons import FETCHED, CompletionDetail, FailureReason


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAtDoor:
    """One order of a stop, with all that the door has to know of it."""

    order_id: UUID
    ref: str
    kind: OrderKind = OrderKind.DELIVERY
    parcels: tuple[Pieces, ...] = ()  # none listed: one piece without a barcode
    proofs: frozenset[ProofKind] = frozenset()
    due: Due = NOTHING_DUE
    code_digest: str = ""
    contactless: bool = False
    safe_place_allowed: bool = False
    of_age_only: bool = False
    attempt: int = 1  # which try this is, those of other stops counted
    takes_over: bool = False  # only fetched from another vehicle here, and delivered elsewhere

    def asked(self) -> frozenset[ProofKind]:
        """Return the proofs that follow from the order itself."""
        asked = set(self.proofs)
        if self.code_digest:
            asked.add(ProofKind.CODE)
        if self.of_age_only:
            asked.add(ProofKind.IDENTITY)
        if self.due.amount_minor == 0 or self.due.may_stay_open:
            # nothing to pay, or flagged when it was not: no reason to turn away
            asked.discard(ProofKind.PAYMENT)
        else:
            asked.add(ProofKind.PAYMENT)
        return frozenset(asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorStop:
    """One stop of a published route, as the door sees it."""

    stop_id: UUID
    route_id: UUID
    orders: tuple[OrderAtDoor, ...]
    address: str = ""
    point: Point | None = None
    window_opens_at: datetime | None = None
    is_called_off: bool = False

    def order(self, order_id: UUID) -> OrderAtDoor:
        """Return one of its orders; any other is refused."""
        for order in self.orders:
            if order.order_id == order_id:
                return order
        raise OrderNotAtStop(refs=", ".join(order.ref for order in self.orders))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An act that may be done: what it makes of the order, and what stays unpaid."""

    outcome: Outcome
    unpaid_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAtStop:
    """What became of one order at the stop. `told_by` is the act that decided it."""

    order_id: UUID
    outcome: Outcome = Outcome.OPEN
    told_by: ActId | None = None
    at: datetime | None = None
    detail: CompletionDetail | None = None
    reason: FailureReason | None = None
    sub_code: str = ""
    note: str = ""
    handed: tuple[Pieces, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StopState:
    """What is known of a stop by now."""

    stop_id: UUID
    orders: tuple[OrderAtStop, ...]
    arrived_at: datetime | None = None
    arrived_from: Fix | None = None
    left_at: datetime | None = None

    @property
    def stage(self) -> StopStage:
        """Whether it lies ahead, is under way, or is done: only what lies ahead may be planned again."""
        closed = [order.outcome is not Outcome.OPEN for order in self.orders]
        if closed and all(closed):
            return StopStage.DONE
        return StopStage.IN_PROGRESS if self.arrived_at is not None or any(closed) else StopStage.AHEAD

    @property
    def outcome(self) -> Outcome:
        """What became of the stop as a whole."""
        if self.stage is not StopStage.DONE:
            return Outcome.OPEN
        outcomes = {order.outcome for order in self.orders}
        return outcomes.pop() if len(outcomes) == 1 else Outcome.PARTIALLY_DELIVERED

    @property
    def done_at(self) -> datetime | None:
        """When the last order was closed, by the phone's clock; None while one is open."""
        times = [order.at for order in self.orders if order.at is not None]
        return max(times) if self.stage is StopStage.DONE else None

    def order(self, order_id: UUID) -> OrderAtStop:
        """Return the state of one of its orders."""
        return next(order for order in self.orders if order.order_id == order_id)


def stop_state(stop: DoorStop, acts: Iterable[AnyAct]) -> StopState:
    """Fold the acts of a stop; those of other stops are passed over."""
    own = in_field_order(
        act for act in acts if isinstance(act, Arrive | Leave | HandOver | Fail) and act.stop_id == stop.stop_id
    )
    arrivals = [act for act in own if isinstance(act, Arrive)]
    leaves = [act for act in own if isinstance(act, Leave)]
    return StopState(
        stop_id=stop.stop_id,
        orders=tuple(_order_state(order, own) for order in stop.orders),
        arrived_at=arrivals[0].happened_at if arrivals else None,
        arrived_from=arrivals[0].position if arrivals else None,
        left_at=leaves[-1].happened_at if leaves else None,
    )


def judge(stop: DoorStop, act: HandOver | Fail, matrix: Sequence[Demand]) -> Judged:
    """Return what the act makes of its order. What is missing or does not fit is refused by name.

    Only the act, the order and the shipper's matrix are looked at: the answer is the same whenever it is asked.
    """
    order = stop.order(act.order_id)
    _check_scans(order, act.proofs)
    if isinstance(act, Fail):
        _check_demands((), matrix, act, outcome=Outcome.FAILED)
        return Judged(outcome=Outcome.FAILED)
    _check_detail(order, act.detail)
    outcome = outcome_of(order, act.handed)
    if order.takes_over:
        return Judged(outcome=outcome)  # from colleague to colleague: proofs and money belong to the recipient's door
    asked = asked_of(order.asked(), outcome=outcome, detail=act.detail, contactless=order.contactless)
    if order.due.amount_minor and outcome is Outcome.PARTIALLY_DELIVERED:
        asked = tuple(demand for demand in asked if demand.kinds != {ProofKind.PAYMENT})
    _check_demands(asked, matrix, act, outcome=outcome)
    _check_person(order, act.proofs)
    payments = [proof for proof in act.proofs if isinstance(proof, PaymentTaken)]
    unpaid = check_payments(order.due, payments, whole=outcome is Outcome.DELIVERED)
    return Judged(outcome=outcome, unpaid_minor=unpaid)


def outcome_of(order: OrderAtDoor, handed: Sequence[Pieces]) -> Outcome:
    """Return what handing over these pieces makes of the order; a parcel that is not of it is refused."""
    if not handed:
        return Outcome.DELIVERED
    if not order.parcels and order.kind is OrderKind.PICKUP:
        return Outcome.DELIVERED  # what a person gives back is not always listed beforehand
    rest = _count(order.parcels)
    for piece in handed:
        if piece.barcode not in rest:
            raise WrongParcel(barcode=piece.barcode, ref=order.ref)
        rest[piece.barcode] -= piece.pieces
        if rest[piece.barcode] < 0:
            raise TooManyPieces(barcode=piece.barcode, ref=order.ref)
    return Outcome.PARTIALLY_DELIVERED if any(rest.values()) else Outcome.DELIVERED


def waiting_s(stop: DoorStop, state: StopState) -> int | None:
    """Return how long the driver stood at the door before the window opened; None where the arrival is not known."""
    if state.arrived_at is None:
        return None
    if stop.window_opens_at is None:
        return 0
    began = stop.window_opens_at if state.done_at is None else min(stop.window_opens_at, state.done_at)
    return max(0, round((began - state.arrived_at).total_seconds()))


def service_s(stop: DoorStop, state: StopState) -> int | None:
    """Return the seconds at the door without the waiting, until the driver left or was done; None while unknown."""
    ended = state.left_at or state.done_at
    waited = waiting_s(stop, state)
    if state.arrived_at is None or ended is None or waited is None:
        return None
    return max(0, round((ended - state.arrived_at).total_seconds()) - waited)


def distance_to_door_m(stop: DoorStop, fix: Fix | None) -> int | None:
    """Return how far a phone was from the address, in metres; None where one of them is not known."""
    return None if fix is None or stop.point is None else round(distance_m(stop.point, fix.point))


def _order_state(order: OrderAtDoor, acts: Sequence[AnyAct]) -> OrderAtStop:
    """Return what the furthest act made of an order, the first of them in the field's order."""
    best = OrderAtStop(order_id=order.order_id)
    for act in acts:
        if not isinstance(act, HandOver | Fail) or act.order_id != order.order_id:
            continue
        outcome = outcome_of(order, act.handed) if isinstance(act, HandOver) else Outcome.FAILED
        if outcome.rank <= best.outcome.rank:
            continue
        best = OrderAtStop(
            order_id=order.order_id,
            outcome=outcome,
            told_by=act.act_id,
            at=act.happened_at,
            detail=act.detail if isinstance(act, HandOver) else None,
            reason=act.reason if isinstance(act, Fail) else None,
            sub_code=act.sub_code if isinstance(act, Fail) else "",
            note=act.note,
            handed=(act.handed or order.parcels) if isinstance(act, HandOver) else (),
        )
    return best


def _check_demands(
    asked: Sequence[Demand], matrix: Sequence[Demand], act: HandOver | Fail, *, outcome: Outcome
) -> None:
    detail = act.detail if isinstance(act, HandOver) else None
    reason = act.reason if isinstance(act, Fail) else None
    demands = [*asked, *(line for line in matrix if line.applies(outcome, detail, reason))]
    if lacking := missing_of(demands, act.proofs):
        raise ProofMissing(kinds=",".join("|".join(sorted(kinds)) for kinds in lacking))


def _check_scans(order: OrderAtDoor, proofs: Sequence[Proof]) -> None:
    """Refuse a parcel that was scanned at the door and is none of this order."""
    known = _count(order.parcels)
    for proof in proofs:
        if isinstance(proof, Scan) and order.parcels and proof.barcode not in known:
            raise WrongParcel(barcode=proof.barcode, ref=order.ref)


def _check_detail(order: OrderAtDoor, detail: CompletionDetail) -> None:
    fetched = detail in FETCHED
    if fetched != (order.takes_over or order.kind is OrderKind.PICKUP):
        raise WrongDetail(detail=detail.value, ref=order.ref)
    if detail in UNATTENDED and (order.of_age_only or ProofKind.IDENTITY in order.proofs):
        raise InPersonOnly(ref=order.ref)
    if detail is CompletionDetail.SAFE_PLACE and not order.safe_place_allowed:
        raise SafePlaceNotAllowed(ref=order.ref)


def _check_person(order: OrderAtDoor, proofs: Sequence[Proof]) -> None:
    codes = [proof for proof in proofs if isinstance(proof, CodeEntered)]
    if order.code_digest and not all(code_is_right(order.order_id, proof.code, order.code_digest) for proof in codes):
        raise CodeWrong(ref=order.ref)
    if order.of_age_only:
        ages = [proof.of_age for proof in proofs if isinstance(proof, IdentityCheck)]
        if False in ages:
            raise UnderAge(ref=order.ref)
        if True not in ages:
            raise ProofMissing(kinds=ProofKind.IDENTITY.value)


def _count(parcels: Iterable[Pieces]) -> dict[str, int]:
    """Return the pieces by barcode."""
    counted: dict[str, int] = {}
    for parcel in parcels:
        counted[parcel.barcode] = counted.get(parcel.barcode, 0) + parcel.pieces
    return counted
