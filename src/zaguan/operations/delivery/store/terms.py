"""SQL of what shippers and recipients want at the door."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.base.kit.facts import from_plain, to_plain
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.delivery.policy import DoorTerms
from zaguan.operations.delivery.store.rows import upsert
from zaguan.operations.delivery.tables import DoorTermsRow, DoorWishRow
from zaguan.operations.delivery.wishes import DoorWishes


def save_terms(session: Session, organisation_id: OrganisationId, shipper_id: UUID, terms: DoorTerms) -> None:
    """Keep a shipper's terms, in the place of those before."""
    values = {
        "organisation_id": organisation_id,
        "shipper_id": shipper_id,
        "matrix": cast(dict[str, Any], to_plain(terms))["matrix"],
        "point_ref": terms.point_ref,
        "unpaid_may_stay_open": terms.unpaid_may_stay_open,
    }
    upsert(session, DoorTermsRow, ("shipper_id",), values)


def terms_of(session: Session, organisation_id: OrganisationId, shipper_ids: Collection[UUID]) -> dict[UUID, DoorTerms]:
    """Return the terms of some shippers; those who said nothing are left out."""
    query = sa.select(DoorTermsRow).where(
        DoorTermsRow.organisation_id == organisation_id, DoorTermsRow.shipper_id.in_(shipper_ids)
    )
    return {
        row.shipper_id: from_plain(
            DoorTerms,
            {
                "matrix": row.matrix,
                "point_ref": row.point_ref,
                "unpaid_may_stay_open": row.unpaid_may_stay_open,
            },
        )
        for row in session.scalars(query)
    }


def save_wishes(session: Session, organisation_id: OrganisationId, wishes: DoorWishes, *, at: datetime) -> None:
    """Keep a recipient's wishes, in the place of those before."""
    values = {"organisation_id": organisation_id, **asdict(wishes), "changed_at": at}
    upsert(session, DoorWishRow, ("order_id",), values)


def wishes_of(session: Session, organisation_id: OrganisationId, order_ids: Collection[UUID]) -> dict[UUID, DoorWishes]:
    """Return the wishes about some orders; those about which nothing was said are left out."""
    query = sa.select(DoorWishRow).where(
        DoorWishRow.organisation_id == organisation_id, DoorWishRow.order_id.in_(order_ids)
    )
    names = DoorWishes.__dataclass_fields__
    return {row.order_id: DoorWishes(**{name: getattr(row, name) for name in names}) for row in session.scalars(query)}
