"""Forgetting a person: names, notes, addresses, photos and wishes go; what was done, when, and its figures stay."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.objects import Objects
from zaguan.operations.delivery.store import persons as store

ORDERS_AT_ONCE: Final = 200  # in one transaction


def organisations_to_look_at(session: Session, *, kept_days: int, clock: Clock) -> list[OrganisationId]:
    """Return whose doors have something that is kept too long; in a session that crosses organisations."""
    return store.organisations_with_records(session, before=clock.now() - timedelta(days=kept_days))


def forget_old_orders(
    session: Session, organisation_id: OrganisationId, *, kept_days: int, objects: Objects, clock: Clock
) -> int:
    """Forget the persons of orders whose last attempt we heard of so many days ago; return of how many orders.

    Of a bounded number: called again until it returns 0.
    """
    assert kept_days >= 1
    before = clock.now() - timedelta(days=kept_days)
    old = store.list_orders_with_old_records(session, organisation_id, before=before, limit=ORDERS_AT_ONCE)
    if old:
        forget_orders(session, organisation_id, old, objects=objects)
    return len(old)


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
