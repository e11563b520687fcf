"""SQL of acts, of what they came to, of proofs and payments."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.delivery.acts import AnyAct, DoorAct, StopAct, Told
from zaguan.operations.delivery.acts_json import act_from_plain, act_to_plain
from zaguan.operations.delivery.model import ActId, EvidenceNotFound, Outcome, ProofId
from zaguan.operations.delivery.proofs import PaymentTaken, Photo, Proof, Signature
from zaguan.operations.delivery.store.rows import upsert
from zaguan.operations.delivery.tables import (
    ActRow,
    AttemptRow,
    PaymentRow,
    ProofRow,
    StopReportRow,
)
from zaguan.records.orders.reasons import CompletionDetail, Decision, FailureReason


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAct:
    """An act that was taken before: what it said, and how it was answered."""

    told: Told
    fingerprint: str
    answer: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopReport:
    """What the acts of a stop came to."""

    stop_id: UUID
    route_id: UUID
    stage: str
    outcome: Outcome
    arrived_at: datetime | None
    done_at: datetime | None
    left_at: datetime | None
    waiting_s: int | None
    service_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What became of one order at one stop, and what is to be done next."""

    stop_id: UUID
    order_id: UUID
    route_id: UUID
    driver_id: UUID
    number: int
    outcome: Outcome
    told_by: ActId
    happened_at: datetime
    received_at: datetime
    evidence: bytes
    evidence_sha256: str
    detail: CompletionDetail | None = None
    reason: FailureReason | None = None
    sub_code: str = ""
    parcels: tuple[tuple[str, int], ...] = ()  # of the order when it was first told of: a rest goes on elsewhere
    handed: tuple[tuple[str, int], ...] = ()
    unpaid_minor: int = 0
    currency: str = ""
    distance_m: int | None = None
    decision: Decision | None = None
    because: tuple[str, ...] = ()
    not_before_on: date | None = None
    point_ref: str = ""
    charge_minor: int = 0
    disputed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptProof:
    """A proof as it was announced; `stored_at` None: its bytes have not come yet."""

    proof_id: ProofId
    act_id: ActId
    route_id: UUID
    stop_id: UUID
    order_id: UUID
    kind: str
    taken_at: datetime
    distance_m: int | None
    sha256: str
    size_bytes: int
    stored_at: datetime | None


def lock_route(session: Session, organisation_id: OrganisationId, route_id: UUID) -> None:
    """Let the acts of one route come one after the other; held until the end of the transaction."""
    name = f"driver_acts:{organisation_id}:{route_id}"
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))


def find_act(session: Session, organisation_id: OrganisationId, act_id: ActId) -> KeptAct | None:
    """Return an act by its id, or None."""
    row = session.get(ActRow, (organisation_id, act_id))
    return None if row is None else KeptAct(told=_told_of(row), fingerprint=row.fingerprint, answer=row.answer)


def list_acts(session: Session, organisation_id: OrganisationId, route_id: UUID) -> tuple[Told, ...]:
    """Return all acts of a route, in no order that means anything."""
    query = sa.select(ActRow).where(ActRow.organisation_id == organisation_id, ActRow.route_id == route_id)
    return tuple(_told_of(row) for row in session.scalars(query))


def add_act(
    session: Session, organisation_id: OrganisationId, told: Told, *, fingerprint: str, answer: dict[str, Any]
) -> None:
    """Keep an act with its answer."""
    act = told.act
    session.execute(
        sa.insert(ActRow).values(
            organisation_id=organisation_id,
            act_id=act.act_id,
            route_id=act.route_id,
            stop_id=act.stop_id if isinstance(act, StopAct) else None,
            order_id=act.order_id if isinstance(act, DoorAct) else None,
            driver_id=act.driver_id,
            device_id=act.device_id,
            sequence=act.sequence,
            name=act.name,
            happened_at=act.happened_at,
            sent_at=told.sent_at,
            received_at=told.received_at,
            clock_offset_ms=round(told.offset_s * 1000),
            clock_skewed=told.is_skewed,
            fingerprint=fingerprint,
            body=act_to_plain(act),
            answer=answer,
        )
    )


def save_stop_report(session: Session, organisation_id: OrganisationId, report: StopReport) -> None:
    """Keep what the acts of a stop came to, in the place of what was kept before."""
    upsert(session, StopReportRow, ("stop_id",), {"organisation_id": organisation_id, **asdict(report)})


def list_stop_reports(session: Session, organisation_id: OrganisationId, route_id: UUID) -> tuple[StopReport, ...]:
    """Return the reports of a route's stops."""
    query = sa.select(StopReportRow).where(
        StopReportRow.organisation_id == organisation_id, StopReportRow.route_id == route_id
    )
    names = StopReport.__dataclass_fields__
    return tuple(StopReport(**{name: getattr(row, name) for name in names}) for row in session.scalars(query))


def save_attempt(session: Session, organisation_id: OrganisationId, attempt: Attempt) -> None:
    """Keep an attempt, in the place of the same one as it was known before."""
    values = {"organisation_id": organisation_id, **asdict(attempt)}
    for name in ("parcels", "handed"):
        values[name] = [list(pair) for pair in getattr(attempt, name)]
    values["because"] = list(attempt.because)
    upsert(session, AttemptRow, ("stop_id", "order_id"), values)


def find_attempt(session: Session, organisation_id: OrganisationId, stop_id: UUID, order_id: UUID) -> Attempt | None:
    """Return what became of an order at a stop, or None."""
    row = session.get(AttemptRow, (organisation_id, stop_id, order_id))
    return None if row is None else _attempt_of(row)


def get_attempt(session: Session, organisation_id: OrganisationId, stop_id: UUID, order_id: UUID) -> Attempt:
    """Return what became of an order at a stop. Refused: EvidenceNotFound."""
    attempt = find_attempt(session, organisation_id, stop_id, order_id)
    if attempt is None:
        raise EvidenceNotFound
    return attempt


def list_attempts(session: Session, organisation_id: OrganisationId, order_id: UUID) -> tuple[Attempt, ...]:
    """Return the attempts of an order, first one first."""
    query = (
        sa.select(AttemptRow)
        .where(AttemptRow.organisation_id == organisation_id, AttemptRow.order_id == order_id)
        .order_by(AttemptRow.number, AttemptRow.happened_at, AttemptRow.stop_id)
    )
    return tuple(_attempt_of(row) for row in session.scalars(query))


def list_attempts_of_orders(
    session: Session, organisation_id: OrganisationId, order_ids: Collection[UUID]
) -> tuple[Attempt, ...]:
    """Return all attempts of some orders."""
    query = sa.select(AttemptRow).where(
        AttemptRow.organisation_id == organisation_id, AttemptRow.order_id.in_(order_ids)
    )
    return tuple(_attempt_of(row) for row in session.scalars(query))


def add_proofs(
    session: Session,
    organisation_id: OrganisationId,
    act: DoorAct,
    proofs: Sequence[tuple[Proof, int | None]],
) -> Collection[ProofId]:
    """Keep the proofs of an act, each with its distance to the address; return the ids that were there before."""
    rows = [_proof_values(organisation_id, act, proof, distance) for proof, distance in proofs]
    if not rows:
        return ()
    done = session.execute(insert(ProofRow).values(rows).on_conflict_do_nothing().returning(ProofRow.proof_id))
    return {proof.proof_id for proof, _ in proofs} - set(done.scalars())


def add_payments(
    session: Session, organisation_id: OrganisationId, act: DoorAct, payments: Sequence[PaymentTaken]
) -> None:
    """Keep the payments of an act."""
    for payment in payments:
        session.execute(
            sa.insert(PaymentRow).values(
                organisation_id=organisation_id,
                proof_id=payment.proof_id,
                act_id=act.act_id,
                route_id=act.route_id,
                stop_id=act.stop_id,
                order_id=act.order_id,
                driver_id=act.driver_id,
                method=payment.method,
                amount_minor=payment.amount_minor,
                currency=payment.currency,
                tendered_minor=payment.tendered_minor,
                change_minor=payment.change_minor,
                reference=payment.reference,
                taken_at=payment.taken_at,
            )
        )


def cash_of_route(session: Session, organisation_id: OrganisationId, route_id: UUID) -> dict[str, int]:
    """Return the cash that was taken on a route, by currency."""
    query = (
        sa.select(PaymentRow.currency, sa.func.sum(PaymentRow.amount_minor))
        .where(
            PaymentRow.organisation_id == organisation_id,
            PaymentRow.route_id == route_id,
            PaymentRow.method == "cash",
        )
        .group_by(PaymentRow.currency)
        .order_by(PaymentRow.currency)
    )
    return {currency: int(amount) for currency, amount in session.execute(query)}


def find_proofs_of_file(session: Session, organisation_id: OrganisationId, sha256: str) -> tuple[KeptProof, ...]:
    """Return the proofs that announced a file; the rows stay locked until the end of the transaction."""
    query = sa.select(ProofRow).where(ProofRow.organisation_id == organisation_id, ProofRow.sha256 == sha256)
    return tuple(_proof_of(row) for row in session.scalars(query.order_by(ProofRow.proof_id).with_for_update()))


def list_proofs(session: Session, organisation_id: OrganisationId, order_id: UUID) -> tuple[KeptProof, ...]:
    """Return the proofs of an order, in the order in which they were taken."""
    query = sa.select(ProofRow).where(ProofRow.organisation_id == organisation_id, ProofRow.order_id == order_id)
    return tuple(_proof_of(row) for row in session.scalars(query.order_by(ProofRow.taken_at, ProofRow.proof_id)))


def mark_stored(session: Session, organisation_id: OrganisationId, sha256: str, *, at: datetime) -> None:
    """Note that the bytes of a file are here."""
    session.execute(
        sa.update(ProofRow)
        .where(ProofRow.organisation_id == organisation_id, ProofRow.sha256 == sha256, ProofRow.stored_at.is_(None))
        .values(stored_at=at)
    )


def _told_of(row: ActRow) -> Told:
    act: AnyAct = act_from_plain(row.body)
    return Told(act=act, sent_at=row.sent_at, received_at=row.received_at)


def _attempt_of(row: AttemptRow) -> Attempt:
    values = {name: getattr(row, name) for name in Attempt.__dataclass_fields__}
    for name in ("parcels", "handed"):
        values[name] = tuple((barcode, pieces) for barcode, pieces in getattr(row, name))
    values["because"] = tuple(row.because)
    return Attempt(**values)


def _proof_of(row: ProofRow) -> KeptProof:
    return KeptProof(**{name: getattr(row, name) for name in KeptProof.__dataclass_fields__})


def _proof_values(
    organisation_id: OrganisationId, act: DoorAct, proof: Proof, distance_m: int | None
) -> dict[str, Any]:
    fix = proof.position
    file = proof if isinstance(proof, Signature | Photo) else None
    return {
        "organisation_id": organisation_id,
        "proof_id": proof.proof_id,
        "act_id": act.act_id,
        "route_id": act.route_id,
        "stop_id": act.stop_id,
        "order_id": act.order_id,
        "kind": proof.kind,
        "taken_at": proof.taken_at,
        "lon": fix.point.lon if fix else None,
        "lat": fix.point.lat if fix else None,
        "accuracy_m": fix.accuracy_m if fix else None,
        "distance_m": distance_m,
        "sha256": file.sha256 if file else "",
        "size_bytes": file.size_bytes if file else 0,
        "stored_at": None,
    }
