"""The evidence record: who did what at which door and when, in bytes that show any change.

The record is canonical JSON with whole numbers only, so that anybody can make the same bytes in any language, and
check it without us: `sha256` is the hash of the canonical `evidence` beside it. That hash is announced in the chained
journal, so that a record which was changed and sealed again is found as well.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, cast
from uuid import UUID

from zaguan.base.kit.facts import Plain, canonical_json, to_plain
from zaguan.base.kit.objects import sha256_of_bytes
from zaguan.operations.delivery.acts import Fail, HandOver, Told
from zaguan.operations.delivery.door import DoorStop, StopState, distance_to_door_m, service_s, waiting_s
from zaguan.operations.delivery.proofs import (
    CodeEntered,
    Fix,
    IdentityCheck,
    PaymentTaken,
    Photo,
    Proof,
    ReceivedBy,
    Scan,
    Signature,
)

FORM: Final = "zaguan.evidence/1"
_E7: Final = 10_000_000  # degrees as whole numbers, about a centimetre


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAt:
    """Where a phone was, in whole numbers: degrees × 10⁷, metres."""

    lon_e7: int
    lat_e7: int
    accuracy_m: int
    distance_m: int | None  # to the address


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRecord:
    """One proof: of a file its hash, of everything else what it said."""

    proof_id: UUID
    kind: str
    taken_at: datetime
    seen_at: SeenAt | None
    sha256: str = ""
    size_bytes: int = 0
    says: Mapping[str, str | int | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that settles a dispute about one order at one stop. Times are UTC; `happened_at` is the phone's clock."""

    form: str
    organisation_id: UUID
    order_id: UUID
    order_ref: str
    stop_id: UUID
    route_id: UUID
    driver_id: UUID
    device_id: UUID
    act_id: UUID
    sequence: int
    attempt: int
    outcome: str
    detail: str
    reason: str
    sub_code: str
    note: str
    address: str
    address_lon_e7: int | None
    address_lat_e7: int | None
    arrived_at: datetime | None
    happened_at: datetime
    sent_at: datetime
    received_at: datetime
    clock_offset_ms: int
    clock_skewed: bool
    waiting_s: int | None
    service_s: int | None
    seen_at: SeenAt | None
    handed: tuple[tuple[str, int], ...]
    proofs: tuple[ProofRecord, ...]


class Wrong(StrEnum):
    """What a check of a sealed record can find."""

    UNREADABLE = "unreadable"
    NOT_CANONICAL = "not_canonical"
    CHANGED = "changed"  # the record does not hash to the seal
    NOT_ANNOUNCED = "not_announced"  # the seal is not the one in the journal
    OBJECT_MISSING = "object_missing"
    OBJECT_CHANGED = "object_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not as it was; `sha256` names the file, where it is about one."""

    wrong: Wrong
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A record in its final bytes, and the hash that is announced."""

    document: bytes
    sha256: str


def evidence_of(organisation_id: UUID, stop: DoorStop, state: StopState, told: Told, *, driver_id: UUID) -> Evidence:
    """Put together the record of the order that an act closed."""
    act = told.act
    assert isinstance(act, HandOver | Fail), "only what happens to an order is evidence of it"
    order, done = stop.order(act.order_id), state.order(act.order_id)
    return Evidence(
        form=FORM,
        organisation_id=organisation_id,
        order_id=order.order_id,
        order_ref=order.ref,
        stop_id=stop.stop_id,
        route_id=stop.route_id,
        driver_id=driver_id,
        device_id=act.device_id,
        act_id=act.act_id,
        sequence=act.sequence,
        attempt=order.attempt,
        outcome=done.outcome.value,
        detail=done.detail.value if done.detail else "",
        reason=done.reason.value if done.reason else "",
        sub_code=done.sub_code,
        note=done.note,
        address=stop.address,
        address_lon_e7=_e7(stop.point.lon) if stop.point else None,
        address_lat_e7=_e7(stop.point.lat) if stop.point else None,
        arrived_at=state.arrived_at,
        happened_at=act.happened_at,
        sent_at=told.sent_at,
        received_at=told.received_at,
        clock_offset_ms=round(told.offset_s * 1000),
        clock_skewed=told.is_skewed,
        waiting_s=waiting_s(stop, state),
        service_s=service_s(stop, state),
        seen_at=_seen_at(stop, act.position),
        handed=tuple((piece.barcode, piece.pieces) for piece in done.handed),
        proofs=tuple(_record(stop, proof) for proof in act.proofs),
    )


def seal(evidence: Evidence) -> Sealed:
    """Write a record in its final bytes."""
    body = to_plain(evidence)
    digest = hashlib.sha256(canonical_json(body).encode()).hexdigest()
    return Sealed(document=canonical_json({"evidence": body, "sha256": digest}).encode(), sha256=digest)


def verify(
    document: bytes,
    *,
    announced_sha256: str | None = None,
    find_object: Callable[[str], bytes | None] | None = None,
) -> tuple[Finding, ...]:
    """Return everything about a sealed record that is not as it was; nothing: unchanged, to the byte.

    `announced_sha256` is the seal that the journal holds. `find_object` returns a file by its hash, or None; without
    it the files are not looked at.
    """
    try:
        read = json.loads(document)
        body, digest = read["evidence"], read["sha256"]
        canonical = canonical_json(read).encode()
        proofs = [(str(proof["sha256"]), int(proof["size_bytes"])) for proof in body["proofs"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return (Finding(wrong=Wrong.UNREADABLE),)
    found = []
    if canonical != document or set(read) != {"evidence", "sha256"}:
        found.append(Finding(wrong=Wrong.NOT_CANONICAL))
    if hashlib.sha256(canonical_json(cast(Plain, body)).encode()).hexdigest() != digest:
        found.append(Finding(wrong=Wrong.CHANGED))
    if announced_sha256 is not None and announced_sha256 != digest:
        found.append(Finding(wrong=Wrong.NOT_ANNOUNCED))
    for sha256, size_bytes in dict.fromkeys(proofs):
        if not sha256 or find_object is None:
            continue
        content = find_object(sha256)
        if content is None:
            found.append(Finding(wrong=Wrong.OBJECT_MISSING, sha256=sha256))
        elif sha256_of_bytes(content) != sha256 or len(content) != size_bytes:
            found.append(Finding(wrong=Wrong.OBJECT_CHANGED, sha256=sha256))
    return tuple(found)


def _record(stop: DoorStop, proof: Proof) -> ProofRecord:
    says: dict[str, str | int | bool | None] = {}
    match proof:
        case Signature():
            says = {"name": proof.name}
        case Photo():
            says = {"live": proof.live}
        case Scan():
            says = {"barcode": proof.barcode}
        case CodeEntered():
            says = {"right": True}  # a wrong one is refused before there is anything to record
        case IdentityCheck():
            says = {"document": proof.document, "ending": proof.ending, "of_age": proof.of_age}
        case ReceivedBy():
            says = {"name": proof.name, "relation": proof.relation.value}
        case PaymentTaken():
            says = {
                "method": proof.method.value,
                "amount_minor": proof.amount_minor,
                "currency": proof.currency,
                "tendered_minor": proof.tendered_minor,
                "change_minor": proof.change_minor,
                "reference": proof.reference,
            }
        case _:
            pass
    file = proof if isinstance(proof, Signature | Photo) else None
    return ProofRecord(
        proof_id=proof.proof_id,
        kind=proof.kind.value,
        taken_at=proof.taken_at,
        seen_at=_seen_at(stop, proof.position),
        sha256=file.sha256 if file else "",
        size_bytes=file.size_bytes if file else 0,
        says=says,
    )


def _seen_at(stop: DoorStop, fix: Fix | None) -> SeenAt | None:
    if fix is None:
        return None
    return SeenAt(
        lon_e7=_e7(fix.point.lon),
        lat_e7=_e7(fix.point.lat),
        accuracy_m=round(fix.accuracy_m),
        distance_m=distance_to_door_m(stop, fix),
    )


def _e7(degrees: float) -> int:
    return round(degrees * _E7)
