"""What is demanded at a door, what is refused there, and what the acts make of a stop."""

from typing import Any

import pytest

from tests.operations.delivery.builders import (
    SIGNED,
    a_name,
    a_photo,
    a_signature,
    a_stop,
    an_id,
    an_order,
    arrives,
    at,
    cash,
    fails,
    hands_over,
    leaves,
    near,
)
from zaguan.base.kit.words import LOCALES
from zaguan.operations.delivery.acts import AnyAct, Fail, HandOver, Pieces
from zaguan.operations.delivery.door import (
    DoorStop,
    Judged,
    distance_to_door_m,
    judge,
    service_s,
    stop_state,
    waiting_s,
)
from zaguan.operations.delivery.model import (
    BadAct,
    CodeWrong,
    InPersonOnly,
    OrderNotAtStop,
    Outcome,
    PaymentWrong,
    ProofId,
    ProofKind,
    ProofMissing,
    SafePlaceNotAllowed,
    StopStage,
    TooManyPieces,
    UnderAge,
    WrongDetail,
    WrongParcel,
)
from zaguan.operations.delivery.payments import Due, cash_in_hand
from zaguan.operations.delivery.proofs import (
    DEFAULT_MATRIX,
    CodeEntered,
    Demand,
    IdentityCheck,
    PaymentMethod,
    PositionTaken,
    Scan,
    code_digest,
)
from zaguan.records.orders.model import OrderKind
from zaguan.records.orders.reasons import FETCHED, CompletionDetail, FailureReason

ORDER = an_id(1, kind=2)


def proof_id(number: int = 9) -> ProofId:
    return ProofId(an_id(number, kind=5))


def entered(code: str) -> CodeEntered:
    return CodeEntered(proof_id=proof_id(), taken_at=at(10), code=code)


def looked_at(of_age: bool | None) -> IdentityCheck:
    return IdentityCheck(proof_id=proof_id(), taken_at=at(10), document="RUT", ending="123K", of_age=of_age)


def judged(stop: DoorStop, act: HandOver | Fail) -> Judged:
    return judge(stop, act, DEFAULT_MATRIX)


def lacking(stop: DoorStop, act: HandOver | Fail, matrix: tuple[Demand, ...] = DEFAULT_MATRIX) -> str:
    """Return what a door names as missing."""
    with pytest.raises(ProofMissing) as refusal:
        judge(stop, act, matrix)
    return str(refusal.value.facts["kinds"])


def test_a_plain_delivery_asks_for_nothing() -> None:
    """An order without demands is handed to its recipient without a proof (C42)."""
    assert judged(a_stop(), hands_over(1)) == Judged(outcome=Outcome.DELIVERED)


def test_each_proof_that_an_order_asks_for_is_named_when_it_is_missing() -> None:
    """Signature, photo and scan are refused by name, one by one, until all are there (C47, C48, C49)."""
    asked = frozenset({ProofKind.SIGNATURE, ProofKind.PHOTO, ProofKind.SCAN})
    stop = a_stop(an_order(proofs=asked))
    scan = Scan(proof_id=proof_id(), taken_at=at(10), barcode="ZG1")
    assert lacking(stop, hands_over(1)) == "photo,scan,signature"
    assert lacking(stop, hands_over(1, proofs=(a_photo(), scan))) == "signature"
    assert judged(stop, hands_over(1, proofs=(a_photo(), scan, a_signature()))).outcome is Outcome.DELIVERED


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_missing_is_named_in_the_readers_language(locale: Any) -> None:
    """The refusal says photo or firma or foto, and never a code of ours."""
    names = {"en": ("signature", "photo or"), "es": ("firma", "foto o"), "pt": ("assinatura", "foto ou")}
    text = ProofMissing(kinds="signature,name|photo").message(locale)
    assert names[locale][0] in text
    assert "|" not in text


def test_a_failure_is_proved_as_its_reason_asks() -> None:
    """The shipper's matrix says which reasons want a photo, by reason or by whole party (C46)."""
    stop = a_stop()
    matrix = (
        Demand(kinds=frozenset({ProofKind.PHOTO}), outcome=Outcome.FAILED, reasons=frozenset({"recipient.*"}), least=2),
        Demand(
            kinds=frozenset({ProofKind.POSITION}),
            outcome=Outcome.FAILED,
            reasons=frozenset({FailureReason.ADDRESS_NOT_FOUND.value}),
        ),
    )
    assert lacking(stop, fails(1), matrix) == "photo"
    assert lacking(stop, fails(1, proofs=(a_photo(1), a_photo(2))), matrix) == "photo"  # the same picture twice
    two = (a_photo(1), a_photo(2, content=SIGNED))
    assert judge(stop, fails(1, proofs=two), matrix).outcome is Outcome.FAILED
    not_found = fails(1, reason=FailureReason.ADDRESS_NOT_FOUND)
    assert lacking(stop, not_found, matrix) == "position"
    here = PositionTaken(proof_id=proof_id(), taken_at=at(10), position=near())
    found = fails(1, reason=FailureReason.ADDRESS_NOT_FOUND, proofs=(here,))
    assert judge(stop, found, matrix).outcome is Outcome.FAILED
    assert judge(stop, fails(1, reason=FailureReason.ENVIRONMENT_WEATHER), matrix).outcome is Outcome.FAILED


def test_a_position_proof_has_a_position() -> None:
    """A position that nobody knows proves nothing."""
    with pytest.raises(BadAct):
        PositionTaken(proof_id=proof_id(), taken_at=at(10))


def test_contactless_delivery_wants_a_photo_and_no_signature() -> None:
    """Without contact nobody signs: the photo is demanded instead, a code stays (C51)."""
    stop = a_stop(an_order(contactless=True, proofs=frozenset({ProofKind.SIGNATURE})))
    assert lacking(stop, hands_over(1)) == "photo"
    assert judged(stop, hands_over(1, proofs=(a_photo(),))).outcome is Outcome.DELIVERED
    coded = a_stop(an_order(contactless=True, code_digest=code_digest(ORDER, "4711")))
    assert lacking(coded, hands_over(1, proofs=(a_photo(),))) == "code"


def test_a_safe_place_needs_leave_and_a_photo() -> None:
    """Parcels are left alone only where the recipient allowed it, and with a photo (C71)."""
    left = CompletionDetail.SAFE_PLACE
    with pytest.raises(SafePlaceNotAllowed):
        judged(a_stop(), hands_over(1, proofs=(a_photo(),), detail=left))
    allowed = a_stop(an_order(safe_place_allowed=True, proofs=frozenset({ProofKind.SIGNATURE})))
    assert lacking(allowed, hands_over(1, detail=left)) == "photo"
    assert judged(allowed, hands_over(1, proofs=(a_photo(),), detail=left)).outcome is Outcome.DELIVERED


def test_who_takes_it_for_the_recipient_is_named() -> None:
    """A neighbour is named, or signs with their name (A13)."""
    given = CompletionDetail.HOUSEHOLD_OR_NEIGHBOR
    assert lacking(a_stop(), hands_over(1, detail=given)) == "name|signature"
    for proof in (a_name(), a_signature(name="Marta Ríos")):
        assert judged(a_stop(), hands_over(1, proofs=(proof,), detail=given)).outcome is Outcome.DELIVERED


def test_a_code_has_to_be_the_right_one() -> None:
    """The recipient's code is compared, blanks and case aside; a wrong one is refused (C51)."""
    stop = a_stop(an_order(code_digest=code_digest(ORDER, "ab12")))
    assert lacking(stop, hands_over(1)) == "code"
    with pytest.raises(CodeWrong):
        judged(stop, hands_over(1, proofs=(entered("AB13"),)))
    assert judged(stop, hands_over(1, proofs=(entered(" AB 12 "),))).outcome is Outcome.DELIVERED
    assert code_digest(ORDER, "ab12") != code_digest(an_id(2, kind=2), "ab12")


def test_what_is_for_adults_is_given_to_adults() -> None:
    """An order for people of age needs a document that says so, and a person to show it."""
    stop = a_stop(an_order(of_age_only=True, safe_place_allowed=True))
    assert lacking(stop, hands_over(1)) == "identity"
    assert lacking(stop, hands_over(1, proofs=(looked_at(None),))) == "identity"
    with pytest.raises(UnderAge):
        judged(stop, hands_over(1, proofs=(looked_at(False),)))
    with pytest.raises(InPersonOnly):
        judged(stop, hands_over(1, proofs=(a_photo(),), detail=CompletionDetail.SAFE_PLACE))
    assert judged(stop, hands_over(1, proofs=(looked_at(True),))).outcome is Outcome.DELIVERED


def test_a_wrong_parcel_is_refused() -> None:
    """A parcel of another order is refused at the door, scanned or handed over, and named (C49)."""
    scan = Scan(proof_id=proof_id(), taken_at=at(10), barcode="ZG2")
    with pytest.raises(WrongParcel) as refusal:
        judged(a_stop(), hands_over(1, proofs=(scan,)))
    assert refusal.value.facts == {"barcode": "ZG2", "ref": "P-1"}
    with pytest.raises(WrongParcel):
        judged(a_stop(), hands_over(1, handed=(Pieces(barcode="ZG2"),)))


def test_a_part_of_an_order() -> None:
    """Fewer pieces are a partial delivery, all of them a whole one, more are refused."""
    stop = a_stop(an_order(parcels=(Pieces(barcode="A", pieces=2), Pieces(barcode="B"))))
    part = (Pieces(barcode="A"), Pieces(barcode="B"))
    assert judged(stop, hands_over(1, handed=part)).outcome is Outcome.PARTIALLY_DELIVERED
    assert judged(stop, hands_over(1, handed=(*part, Pieces(barcode="A")))).outcome is Outcome.DELIVERED
    with pytest.raises(TooManyPieces):
        judged(stop, hands_over(1, handed=(Pieces(barcode="B", pieces=2),)))


def test_an_order_of_another_stop_is_refused() -> None:
    """What belongs to another stop is not done here; the refusal names what is."""
    with pytest.raises(OrderNotAtStop) as refusal:
        judged(a_stop(an_order(1), an_order(2)), hands_over(1, order=3))
    assert refusal.value.facts == {"refs": "P-1, P-2"}


def test_returns_are_fetched_not_brought() -> None:
    """An order that is fetched ends with how it was fetched, and may give more than was listed (C83)."""
    fetched = a_stop(an_order(kind=OrderKind.PICKUP, parcels=()))
    with pytest.raises(WrongDetail):
        judged(fetched, hands_over(1))
    with pytest.raises(WrongDetail):
        judged(a_stop(), hands_over(1, detail=CompletionDetail.FROM_SENDER))
    found = (Pieces(barcode="RET-1"), Pieces(barcode="RET-2", pieces=3))
    act = hands_over(1, detail=CompletionDetail.FROM_SENDER, handed=found)
    assert judged(fetched, act).outcome is Outcome.DELIVERED
    assert stop_state(fetched, [act]).orders[0].handed == found
    assert all(detail.value.startswith("from_") or detail.value == "unattended" for detail in FETCHED)


DUE = Due(amount_minor=15_990, currency="CLP")


@pytest.mark.parametrize(
    "payments",
    [
        (cash(15_990),),
        (cash(15_990, tendered_minor=20_000, change_minor=4_010),),
        (cash(10_000), cash(5_990, number=5, method=PaymentMethod.TERMINAL, reference="0042")),
    ],
)
def test_what_is_due_is_settled(payments: tuple[Any, ...]) -> None:
    """Cash with its change, or another way with its reference, or both together settle what is due (C50)."""
    assert judged(a_stop(an_order(due=DUE)), hands_over(1, proofs=payments)).unpaid_minor == 0


@pytest.mark.parametrize(
    ("payment", "what"),
    [
        (cash(15_000), "15000 < 15990 CLP"),
        (cash(16_000), "16000 > 15990 CLP"),
        (cash(15_990, currency="USD"), "USD ≠ CLP"),
        (cash(15_990, tendered_minor=20_000, change_minor=4_000), "20000 − 4000 ≠ 15990 CLP"),
        (cash(15_990, method=PaymentMethod.QR), "reference"),
        (cash(-1), "amount_minor ≤ 0"),
    ],
)
def test_money_that_does_not_add_up_is_refused(payment: Any, what: str) -> None:
    """Too little, too much, another currency, wrong change and no reference are refused with both figures (C50)."""
    with pytest.raises(PaymentWrong) as refusal:
        judged(a_stop(an_order(due=DUE)), hands_over(1, proofs=(payment,)))
    assert refusal.value.facts == {"what": what}


def test_an_order_that_must_be_paid_is_not_handed_over_unpaid() -> None:
    """Without payment the delivery is refused, or flagged where the shipper allows it to stay open (C50)."""
    assert lacking(a_stop(an_order(due=DUE)), hands_over(1)) == "payment"
    open_due = Due(amount_minor=15_990, currency="CLP", may_stay_open=True)
    assert judged(a_stop(an_order(due=open_due)), hands_over(1)).unpaid_minor == 15_990
    assert judged(a_stop(an_order(due=DUE)), fails(1, reason=FailureReason.RECIPIENT_PAYMENT_FAILED)).outcome


def test_money_for_an_order_that_owes_none_is_refused() -> None:
    """Money that was not due is refused."""
    with pytest.raises(PaymentWrong):
        judged(a_stop(), hands_over(1, proofs=(cash(1_000),)))


def test_a_driver_hands_in_the_cash_alone() -> None:
    """The cash-up counts cash by currency, and nothing that went by card or link (C50)."""
    taken = [cash(100), cash(50), cash(7, currency="USD"), cash(9, method=PaymentMethod.LINK, reference="x")]
    assert cash_in_hand(taken) == {"CLP": 150, "USD": 7}


def test_a_stop_goes_through_its_stages() -> None:
    """A stop lies ahead, is under way from the arrival on, and is done with its last order; then it is fixed."""
    stop = a_stop(an_order(1), an_order(2))
    acts: list[Any] = []
    assert stop_state(stop, acts).stage is StopStage.AHEAD
    acts.append(arrives(1))
    assert stop_state(stop, acts).stage is StopStage.IN_PROGRESS
    acts.append(hands_over(2, minutes=8, order=1))
    state = stop_state(stop, acts)
    assert (state.stage, state.outcome, state.done_at) == (StopStage.IN_PROGRESS, Outcome.OPEN, None)
    acts.append(fails(3, minutes=11, order=2))
    state = stop_state(stop, acts)
    assert (state.stage, state.outcome, state.done_at) == (StopStage.DONE, Outcome.PARTIALLY_DELIVERED, at(11))


def test_a_failure_told_late_does_not_take_parcels_back() -> None:
    """Somebody came after all: the parcels are with the recipient, whichever act was heard first."""
    stop = a_stop()
    acts: list[AnyAct] = [fails(2, minutes=8), hands_over(3, minutes=12)]
    assert stop_state(stop, acts).order(ORDER).at == at(12)
    wrong_way: list[AnyAct] = [hands_over(2, minutes=8), fails(3, minutes=12)]
    assert stop_state(stop, wrong_way).order(ORDER).outcome is Outcome.DELIVERED
    assert stop_state(stop, wrong_way).order(ORDER).at == at(8)


def test_waiting_is_what_the_driver_stood_there_early() -> None:
    """Waiting counts from the arrival until the window opens; the rest at the door is service (C25)."""
    stop = a_stop(window_opens_at=at(10))
    acts: list[Any] = [arrives(1, minutes=4), hands_over(2, minutes=14), leaves(3, minutes=16)]
    state = stop_state(stop, acts)
    assert (waiting_s(stop, state), service_s(stop, state)) == (360, 360)
    early = stop_state(stop, [arrives(1, minutes=4), hands_over(2, minutes=7)])
    assert (waiting_s(stop, early), service_s(stop, early)) == (180, 0)
    without = stop_state(stop, [hands_over(2, minutes=14)])
    assert (waiting_s(stop, without), service_s(stop, without)) == (None, None)


def test_how_far_the_driver_was_from_the_door() -> None:
    """The distance to the address is in metres, and unknown where one of the two is (C53)."""
    assert distance_to_door_m(a_stop(), near(150)) == 150
    assert distance_to_door_m(a_stop(point=None), near(150)) is None
    assert distance_to_door_m(a_stop(), None) is None


def test_parcels_fetched_from_a_colleague() -> None:
    """What is fetched from a vehicle that broke down asks for no proof and no money: the recipient's door does."""
    taken_over = a_stop(an_order(takes_over=True, due=DUE, proofs=frozenset({ProofKind.SIGNATURE})))
    act = hands_over(1, detail=CompletionDetail.FROM_SENDER)
    assert judged(taken_over, act) == Judged(outcome=Outcome.DELIVERED)
    with pytest.raises(WrongDetail):
        judged(taken_over, hands_over(1))


def test_of_two_equal_acts_the_first_counts() -> None:
    """An order that was handed over twice was handed over at the first time."""
    acts: list[AnyAct] = [hands_over(3, minutes=12), hands_over(2, minutes=9)]
    assert stop_state(a_stop(), acts).order(ORDER).at == at(9)
    parts: list[AnyAct] = [fails(3, minutes=12), fails(2, minutes=9, reason=FailureReason.RECIPIENT_REFUSED)]
    assert stop_state(a_stop(), parts).order(ORDER).reason is FailureReason.RECIPIENT_REFUSED
