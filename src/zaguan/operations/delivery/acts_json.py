"""Acts as JSON: how they are kept, and what makes two of them the same."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, cast

from zaguan.base.kit.facts import FactUnreadable, Plain, canonical_json, from_plain, to_plain
from zaguan.operations.delivery.acts import (
    AnyAct,
    Arrive,
    Depart,
    DoorAct,
    EndRoute,
    Fail,
    FinishLoading,
    HandOver,
    Leave,
    ScanParcel,
)
from zaguan.operations.delivery.model import BadAct, ProofKind
from zaguan.operations.delivery.proofs import (
    CodeEntered,
    IdentityCheck,
    PaymentTaken,
    Photo,
    PositionTaken,
    Proof,
    ReceivedBy,
    Scan,
    Signature,
)

ACTS: Final[Mapping[str, type[AnyAct]]] = {
    kind.name: kind for kind in (ScanParcel, FinishLoading, Depart, EndRoute, Arrive, Leave, HandOver, Fail)
}
PROOFS: Final[Mapping[ProofKind, type[Proof]]] = {
    kind.kind: kind
    for kind in (Signature, Photo, Scan, CodeEntered, IdentityCheck, ReceivedBy, PaymentTaken, PositionTaken)
}


def act_to_plain(act: AnyAct) -> dict[str, Plain]:
    """Return an act as it is kept: named, its proofs by kind, and without the code that a recipient told."""
    bare = replace(act, proofs=()) if isinstance(act, DoorAct) else act
    plain = cast(dict[str, Plain], to_plain(bare))
    plain["name"] = act.name
    if isinstance(act, DoorAct):
        plain["proofs"] = [_proof_to_plain(proof) for proof in act.proofs]
    return plain


def act_from_plain(data: Mapping[str, Plain]) -> AnyAct:
    """Read an act. What cannot be read is refused by the name of its field."""
    kind = ACTS.get(str(data.get("name")))
    if kind is None:
        raise BadAct(field="name", what=", ".join(ACTS))
    try:
        act = from_plain(kind, {key: value for key, value in data.items() if key != "proofs"})
    except FactUnreadable as unreadable:
        raise BadAct(field=_field_of(unreadable), what=_wanted(unreadable)) from unreadable
    if not isinstance(act, DoorAct):
        return act
    proofs = data.get("proofs", [])
    if not isinstance(proofs, list):
        raise BadAct(field="proofs", what="[…]")
    return cast(AnyAct, replace(act, proofs=tuple(_proof_from_plain(proof) for proof in proofs)))


def fingerprint_of(act: AnyAct) -> str:
    """Return a hash of what an act says: the same act told again has the same."""
    try:
        return hashlib.sha256(canonical_json(act_to_plain(act)).encode()).hexdigest()
    except ValueError as error:
        raise BadAct(field="note", what="UTF-8") from error


def _proof_to_plain(proof: Proof) -> Plain:
    kept = replace(proof, code="") if isinstance(proof, CodeEntered) else proof
    return {"kind": proof.kind.value, **cast(dict[str, Plain], to_plain(kept))}


def _proof_from_plain(data: Plain) -> Proof:
    named = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(data, dict) or named not in list(PROOFS):
        raise BadAct(field="proofs.kind", what=", ".join(PROOFS))
    try:
        return from_plain(PROOFS[ProofKind(str(named))], data)
    except FactUnreadable as unreadable:
        raise BadAct(field=f"proofs.{_field_of(unreadable)}", what=_wanted(unreadable)) from unreadable


def _field_of(unreadable: FactUnreadable) -> str:
    """Return the path to the field, without the class at its beginning: `Photo.position.lon: ...`."""
    return str(unreadable).partition(":")[0].partition(".")[2] or "act"


def _wanted(unreadable: FactUnreadable) -> str:
    return str(unreadable).partition(":")[2].strip()[:120]
