"""SQL of what the door knows of persons, for forgetting it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.delivery.tables import ActRow, AttemptRow, DoorWishRow, ProofRow

FORGOTTEN: Final = "–"  # where a name stood
NOWHERE: Final = {"lon": 0.0, "lat": 0.0}


def organisations_with_records(session: Session, *, before: datetime) -> list[OrganisationId]:
    """Return the organisations with a record of before a moment; in a session that crosses organisations."""
    query = sa.select(AttemptRow.organisation_id).where(
        AttemptRow.received_at < before, sa.func.octet_length(AttemptRow.evidence) > 0
    )
    return sorted(session.scalars(query.distinct()))


def list_orders_with_old_records(
    session: Session, organisation_id: OrganisationId, *, before: datetime, limit: int
) -> tuple[UUID, ...]:
    """Return orders that have records still, all of them of before a moment."""
    query = (
        sa.select(AttemptRow.order_id)
        .where(AttemptRow.organisation_id == organisation_id)
        .group_by(AttemptRow.order_id)
        .having(
            sa.func.max(AttemptRow.received_at) < before,
            sa.func.max(sa.func.octet_length(AttemptRow.evidence)) > 0,
        )
        .order_by(AttemptRow.order_id)
        .limit(limit)
    )
    return tuple(session.scalars(query))


def list_files_only_of(
    session: Session, organisation_id: OrganisationId, order_ids: Collection[UUID]
) -> tuple[str, ...]:
    """Return the hashes of the files that belong to these orders and to no other."""
    others = sa.select(ProofRow.sha256).where(
        ProofRow.organisation_id == organisation_id, ProofRow.order_id.not_in(order_ids)
    )
    query = sa.select(ProofRow.sha256).where(
        ProofRow.organisation_id == organisation_id,
        ProofRow.order_id.in_(order_ids),
        ProofRow.sha256 != "",
        ProofRow.sha256.not_in(others),
    )
    return tuple(sorted(set(session.scalars(query))))


def forget_texts(session: Session, organisation_id: OrganisationId, order_ids: Collection[UUID]) -> None:
    """Blank names, notes, document ends and points in the acts and proofs of orders; drop records and wishes."""
    acts = sa.select(ActRow).where(ActRow.organisation_id == organisation_id, ActRow.order_id.in_(order_ids))
    for row in session.scalars(acts.with_for_update()):
        row.body = {
            **row.body,
            "note": "",
            "position": None,
            "proofs": [_forgotten(proof) for proof in row.body["proofs"]],
        }
    session.flush()
    for table, values in (
        (AttemptRow, {"evidence": b""}),
        (ProofRow, {"lon": None, "lat": None}),
    ):
        session.execute(
            sa.update(table)
            .where(table.organisation_id == organisation_id, table.order_id.in_(order_ids))
            .values(**values)
        )
    session.execute(
        sa.delete(DoorWishRow).where(
            DoorWishRow.organisation_id == organisation_id, DoorWishRow.order_id.in_(order_ids)
        )
    )


def _forgotten(proof: dict[str, Any]) -> dict[str, Any]:
    """Return a proof as it is kept without a person: still readable as a proof of its kind."""
    kept = {**proof, "position": None}
    for name in ("name", "ending", "document"):
        if name in kept:
            kept[name] = FORGOTTEN
    # a position is all that such a proof says
    return {**proof, "position": {**proof["position"], "point": NOWHERE}} if proof["kind"] == "position" else kept
