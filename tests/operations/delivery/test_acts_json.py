"""Acts as JSON: read back as they were, refused by the name of the field."""

from typing import Any

import pytest

from tests.operations.delivery.builders import (
    ROUTE,
    a_name,
    a_photo,
    a_signature,
    an_id,
    arrives,
    at,
    cash,
    departs,
    ends,
    fails,
    finishes,
    hands_over,
    leaves,
    near,
    scans,
)
from zaguan.base.kit.facts import canonical_json
from zaguan.operations.delivery.acts import AnyAct, LeftBehind, Pieces
from zaguan.operations.delivery.acts_json import ACTS, PROOFS, act_from_plain, act_to_plain, fingerprint_of
from zaguan.operations.delivery.model import BadAct, ProofId, ProofKind
from zaguan.operations.delivery.proofs import CodeEntered, IdentityCheck, PositionTaken, Proof, Scan
from zaguan.records.orders.reasons import FailureReason


def an(number: int) -> ProofId:
    return ProofId(an_id(number, kind=5))


EVERY_PROOF: tuple[Proof, ...] = (
    a_photo(1),
    a_signature(2),
    a_name(3),
    cash(990, 4, tendered_minor=1_000, change_minor=10),
    Scan(proof_id=an(5), taken_at=at(9), barcode="ZG1"),
    CodeEntered(proof_id=an(6), taken_at=at(9), code=""),
    IdentityCheck(proof_id=an(7), taken_at=at(9), document="RUT", ending="123K", of_age=True),
    PositionTaken(proof_id=an(8), taken_at=at(9), position=near()),
)
LEFT = LeftBehind(order_id=an_id(2, kind=2), barcode="C", pieces=1, reason=FailureReason.SHIPPER_NOT_READY)
EVERY_ACT: tuple[AnyAct, ...] = (
    scans(1, "ZG1"),
    finishes(2, LEFT),
    departs(3),
    arrives(4),
    hands_over(5, proofs=EVERY_PROOF, handed=(Pieces(barcode="ZG1", pieces=2),), note="ñ 🚪"),
    fails(6, proofs=EVERY_PROOF, sub_code="dog"),
    leaves(7),
    ends(8, 100),
)


def test_every_kind_is_here() -> None:
    """Each kind of act and of proof is one of those below."""
    assert {act.name for act in EVERY_ACT} == set(ACTS)
    assert {proof.kind for proof in EVERY_PROOF} == set(PROOFS) == set(ProofKind)


@pytest.mark.parametrize("act", EVERY_ACT, ids=lambda act: act.name)
def test_an_act_is_read_back_as_it_was(act: AnyAct) -> None:
    """Written and read, an act is the same act, with the same fingerprint."""
    again = act_from_plain(act_to_plain(act))
    assert again == act
    assert fingerprint_of(again) == fingerprint_of(act)


def test_a_code_is_not_written() -> None:
    """The code that a recipient told the driver is in no act that is kept, nor in its fingerprint."""
    told = hands_over(1, proofs=(CodeEntered(proof_id=an(6), taken_at=at(9), code="4711"),))
    assert "4711" not in canonical_json(act_to_plain(told))
    other = hands_over(1, proofs=(CodeEntered(proof_id=an(6), taken_at=at(9), code="4712"),))
    assert fingerprint_of(told) == fingerprint_of(other)


def changed(**values: Any) -> dict[str, Any]:
    return {**act_to_plain(hands_over(5, proofs=(a_photo(1),))), **values}


def with_proof(**values: Any) -> dict[str, Any]:
    plain: Any = act_to_plain(hands_over(5, proofs=(a_photo(1),)))
    return {**plain, "proofs": [{**plain["proofs"][0], **values}]}


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("name", changed(name="teleport")),
        ("name", {}),
        ("sequence", changed(sequence="5")),
        ("happened_at", changed(happened_at="yesterday")),
        ("happened_at", changed(happened_at="2026-03-10T12:00:00")),
        ("stop_id", changed(stop_id="1")),
        ("detail", changed(detail="roof")),
        ("handed", changed(handed="all")),
        ("pieces", changed(handed=[{"barcode": "A", "pieces": 0}])),
        ("position.point", changed(position={"point": {"lon": 500, "lat": 0}, "accuracy_m": 5})),
        ("position.point", changed(position={"point": {"lon": float("nan"), "lat": 0}, "accuracy_m": 5})),
        ("position.accuracy_m", changed(position={"point": {"lon": 0, "lat": 0}, "accuracy_m": float("nan")})),
        ("proofs", changed(proofs="photo")),
        ("proofs.kind", with_proof(kind="promise")),
        ("proofs.sha256", with_proof(sha256="../etc/passwd")),
        ("proofs.size_bytes", with_proof(size_bytes=0)),
        ("proofs.taken_at", with_proof(taken_at=7)),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_field(field: str, data: dict[str, Any]) -> None:
    """A refusal names the field, and the whole act is left aside."""
    with pytest.raises(BadAct) as refusal:
        act_from_plain(data)
    assert refusal.value.facts["field"] == field


def test_text_that_is_no_text_is_refused() -> None:
    """A lone surrogate in a note is refused before anything is kept."""
    with pytest.raises(BadAct):
        fingerprint_of(fails(1, note="\ud800"))
    assert fingerprint_of(fails(1, note="x")) != fingerprint_of(fails(1, note="y"))
    assert departs(1).route_id == ROUTE
