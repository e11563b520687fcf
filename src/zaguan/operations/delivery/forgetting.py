"""Forgetting a person: names, notes, addresses, photos and wishes go; what was done, when, and its figures stay."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.objects import Objects
from zaguan.operations.delivery.store import persons as store


def forget_orders(
    session: Session, organisation_id: OrganisationId, order_ids: Collection[UUID], *, objects: Objects
) -> int:
    """Erase what the door knows of the people of some orders; return how many files were erased.

    Outcomes, times, reasons and hashes stay, so that no figure changes. A photo that another order has as well stays
    until that one is forgotten. Files go first: an erasure that is cut off is done again, and leaves none behind.
    """
    files = store.list_files_only_of(session, organisation_id, order_ids)
    for sha256 in files:
        objects.erase(organisation_id, sha256)
    store.forget_texts(session, organisation_id, order_ids)
    return len(files)
