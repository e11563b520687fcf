"""All SQL of orders and their parcels."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.records.orders.booking import BookedOrder, folded, is_text
from zaguan.records.orders.model import OrderId, ParcelId, ShipperId
from zaguan.records.orders.parcels import PARCEL_CLOSED, TrackedParcel
from zaguan.records.orders.refusals import OrderNotFound
from zaguan.records.orders.search import MAX_PAGE, PAGE, OrderPage, OrderSearch, cursor_of, id_of
from zaguan.records.orders.states import CLOSED, OrderState
from zaguan.records.orders.store.rows import (
    Values,
    batched,
    order_of,
    order_values,
    parcel_of,
    parcel_values,
    table_of,
    write_rows,
)
from zaguan.records.orders.tables import OrderRow, ParcelRow

MAX_ORDERS_OF_A_DAY: Final = 100_000
ORDERS: Final = table_of(OrderRow)
PARCELS: Final = table_of(ParcelRow)
Key = tuple[ShipperId, str]  # an external id is unique among its shipper's
_PARCEL_NAMES: Final = tuple(column.name for column in PARCELS.columns if not column.primary_key)
_REPLACING: Final = (
    "ON CONFLICT (organisation_id, id) DO UPDATE SET "
    f"{', '.join(f'{name} = excluded.{name}' for name in _PARCEL_NAMES)}"
)


def get_order(
    session: Session, organisation_id: OrganisationId, order_id: OrderId, *, for_update: bool = False
) -> BookedOrder:
    """Return an order, kept from all others until the transaction ends where it is `for_update`."""
    found = _load(session, organisation_id, [ORDERS.c.id == order_id], for_update=for_update)
    if not found:
        raise OrderNotFound(order=str(order_id))
    return found[0]


def find_order(
    session: Session, organisation_id: OrganisationId, shipper_id: ShipperId, external_id: str
) -> BookedOrder | None:
    """Return the order of a shipper's number, or None."""
    if not is_text(external_id):
        return None  # the database would not even look for it
    wanted = [ORDERS.c.shipper_id == shipper_id, ORDERS.c.external_id == external_id]
    return next(iter(_load(session, organisation_id, wanted)), None)


def get_orders(
    session: Session, organisation_id: OrganisationId, order_ids: Collection[OrderId], *, for_update: bool = False
) -> dict[OrderId, BookedOrder]:
    """Return those of the orders that exist."""
    wanted = [ORDERS.c.id == sa.any_(sa.bindparam("ids", list(order_ids), type_=sa.ARRAY(sa.Uuid())))]
    return {order.id: order for order in _load(session, organisation_id, wanted, for_update=for_update)}


def lock_orders(
    session: Session, organisation_id: OrganisationId, order_ids: Collection[OrderId]
) -> dict[OrderId, BookedOrder]:
    """Return those of the orders that exist, kept from all others until the transaction ends."""
    return get_orders(session, organisation_id, order_ids, for_update=True)


def lock_by_keys(session: Session, organisation_id: OrganisationId, keys: Collection[Key]) -> dict[Key, BookedOrder]:
    """Return those of the orders that exist by shipper and number, kept from all others until the transaction ends."""
    if not keys:
        return {}
    statement = sa.text(
        "SELECT id FROM orders JOIN unnest(CAST(:shippers AS uuid[]), CAST(:numbers AS text[])) AS wanted (s, n) "
        "ON shipper_id = s AND external_id = n WHERE organisation_id = :organisation_id"
    )
    arguments = {
        "shippers": [shipper for shipper, _ in keys],
        "numbers": [number for _, number in keys],
        "organisation_id": organisation_id,
    }
    ids = session.execute(statement, arguments).scalars().all()
    return {
        (order.shipper_id, order.external_id): order for order in lock_orders(session, organisation_id, ids).values()
    }


def insert_orders(
    session: Session, organisation_id: OrganisationId, orders: Iterable[BookedOrder]
) -> frozenset[OrderId]:
    """Insert new orders with their parcels; return the ids of those that went in.

    One whose number came to its shipper at the same time from elsewhere does not go in: read it and change it.
    """
    # in one order, so that two batches with the same numbers wait for each other instead of crossing
    rest = sorted(orders, key=lambda order: (order.shipper_id, order.external_id))
    rows = [order_values(organisation_id, order) for order in rest]
    ending = "ON CONFLICT (organisation_id, shipper_id, external_id) DO NOTHING"
    inserted = frozenset(write_rows(session, ORDERS, rows, ending, returning="RETURNING id"))
    parcels = [
        parcel_values(organisation_id, parcel) for order in rest if order.id in inserted for parcel in order.parcels
    ]
    write_rows(session, PARCELS, parcels, _REPLACING)
    return inserted


def update_orders(
    session: Session, organisation_id: OrganisationId, changes: Sequence[tuple[BookedOrder, BookedOrder]]
) -> None:
    """Write orders that were loaded for update: pairs of what was there and what is there now."""
    assert all(old.id == new.id and old.version < new.version for old, new in changes), "changed, and a version on"
    rows = [order_values(organisation_id, new) for _, new in changes]
    names = [column.name for column in ORDERS.columns if not column.primary_key]
    statement = sa.text(
        f"UPDATE orders SET {', '.join(f'"{name}" = fresh."{name}"' for name in names)} "
        "FROM jsonb_populate_recordset(NULL::orders, CAST(:rows AS jsonb)) AS fresh "
        "WHERE orders.organisation_id = fresh.organisation_id AND orders.id = fresh.id"
    )
    for batch in batched(rows):
        session.execute(statement, {"rows": orjson.dumps(batch).decode()})
    _update_parcels(session, organisation_id, changes)


def list_orders(
    session: Session,
    organisation_id: OrganisationId,
    search: OrderSearch,
    *,
    cursor: str | None = None,
    limit: int = PAGE,
) -> OrderPage:
    """Return a page of orders, newest first."""
    assert 1 <= limit <= MAX_PAGE
    wanted = _wanted(search)
    if cursor is not None:
        wanted.append(ORDERS.c.id < id_of(cursor))
    found = _load(session, organisation_id, wanted, newest_first=True, limit=limit + 1)
    return OrderPage(
        orders=tuple(found[:limit]), next_cursor=cursor_of(found[limit - 1].id) if len(found) > limit else None
    )


def list_orders_of_day(
    session: Session, organisation_id: OrganisationId, day: date, states: Collection[OrderState]
) -> tuple[BookedOrder, ...]:
    """Return all orders of a service day in some states, oldest first, and those without a day."""
    on = sa.or_(ORDERS.c.service_on == day, ORDERS.c.service_on.is_(None))
    wanted = [on, ORDERS.c.state.in_(sorted(states))]
    return tuple(_load(session, organisation_id, wanted, limit=MAX_ORDERS_OF_A_DAY))


def count_by_state(session: Session, organisation_id: OrganisationId, search: OrderSearch) -> dict[OrderState, int]:
    """Count orders by state; states without any are left out."""
    query = (
        sa.select(ORDERS.c.state, sa.func.count())
        .where(ORDERS.c.organisation_id == organisation_id, *_wanted(search))
        .group_by(ORDERS.c.state)
    )
    return {OrderState(state): count for state, count in session.execute(query).all()}


def find_likely_doubles(
    session: Session, organisation_id: OrganisationId, fingerprints: Collection[str]
) -> dict[str, OrderId]:
    """Return, by fingerprint, the oldest open order that has it."""
    query = (
        sa.select(ORDERS.c.fingerprint, sa.func.min(sa.cast(ORDERS.c.id, sa.Text)))
        .where(
            ORDERS.c.organisation_id == organisation_id,
            ORDERS.c.fingerprint == sa.any_(sa.bindparam("prints", list(fingerprints), type_=sa.ARRAY(sa.Text()))),
            ORDERS.c.fingerprint != "",
            ORDERS.c.state.not_in(sorted(CLOSED)),
        )
        .group_by(ORDERS.c.fingerprint)
    )
    return {fingerprint: OrderId(UUID(text)) for fingerprint, text in session.execute(query).all()}


def order_ids_of_barcode(session: Session, organisation_id: OrganisationId, barcode: str) -> tuple[OrderId, ...]:
    """Return the orders that have an open parcel with this barcode, oldest first."""
    if not is_text(barcode):
        return ()
    query = (
        sa.select(PARCELS.c.order_id)
        .where(
            PARCELS.c.organisation_id == organisation_id,
            PARCELS.c.barcode == barcode,
            PARCELS.c.state.not_in(sorted(PARCEL_CLOSED)),
        )
        .distinct()
        .order_by(PARCELS.c.order_id)
    )
    return tuple(session.execute(query).scalars())


def order_id_of_parcel(session: Session, organisation_id: OrganisationId, parcel_id: ParcelId) -> OrderId | None:
    """Return the order that a parcel belongs to, or None."""
    query = sa.select(PARCELS.c.order_id).where(PARCELS.c.organisation_id == organisation_id, PARCELS.c.id == parcel_id)
    return session.execute(query).scalar_one_or_none()


def _wanted(search: OrderSearch) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of a search."""
    columns = ORDERS.c
    wanted: list[sa.ColumnElement[bool]] = []
    if search.text.strip():
        # folded words have letters and digits only: nothing that LIKE would take for a joker
        words = [word for word in map(folded, search.text.split()) if word]
        wanted += [columns.search_text.like(f"%{word}%") for word in words] or [sa.false()]
    if search.states:
        wanted.append(columns.state.in_(sorted(search.states)))
    if search.from_day is not None:
        wanted.append(columns.service_on >= search.from_day)
    if search.to_day is not None:
        wanted.append(columns.service_on <= search.to_day)
    if search.zone_refs:
        wanted.append(columns.zone_ref.in_(sorted(filter(is_text, search.zone_refs))))
    if search.shipper_id is not None:
        wanted.append(columns.shipper_id == search.shipper_id)
    if search.route_id is not None:
        wanted.append(columns.route_id == search.route_id)
    if search.kind is not None:
        wanted.append(columns.kind == search.kind)
    return wanted


def _load(
    session: Session,
    organisation_id: OrganisationId,
    wanted: Sequence[sa.ColumnElement[bool]],
    *,
    for_update: bool = False,
    newest_first: bool = False,
    limit: int | None = None,
) -> list[BookedOrder]:
    """Load orders and their parcels. Locks are taken in the order of the ids, so that none cross."""
    order_by = ORDERS.c.id.desc() if newest_first else ORDERS.c.id
    query = sa.select(ORDERS).where(ORDERS.c.organisation_id == organisation_id, *wanted).order_by(order_by)
    query = query.limit(limit) if limit is not None else query
    rows = session.execute(query.with_for_update() if for_update else query).all()
    parcels = _parcels_of(session, organisation_id, [row.id for row in rows])
    return [order_of(row, tuple(parcels.get(row.id, ()))) for row in rows]


def _parcels_of(
    session: Session, organisation_id: OrganisationId, order_ids: Sequence[OrderId]
) -> Mapping[OrderId, list[TrackedParcel]]:
    found: dict[OrderId, list[TrackedParcel]] = {}
    if not order_ids:
        return found
    query = (
        sa.select(PARCELS)
        .where(
            PARCELS.c.organisation_id == organisation_id,
            PARCELS.c.order_id == sa.any_(sa.bindparam("orders", list(order_ids), type_=sa.ARRAY(sa.Uuid()))),
        )
        .order_by(PARCELS.c.order_id, PARCELS.c.number)
    )
    for row in session.execute(query):
        found.setdefault(row.order_id, []).append(parcel_of(row))
    return found


def _update_parcels(
    session: Session, organisation_id: OrganisationId, changes: Sequence[tuple[BookedOrder, BookedOrder]]
) -> None:
    """Write the parcels that are new or other than before, and take away those that are gone."""
    fresh: list[Values] = []
    gone: set[ParcelId] = set()
    for old, new in changes:
        before = {parcel.id: parcel for parcel in old.parcels}
        fresh += [parcel_values(organisation_id, parcel) for parcel in new.parcels if before.get(parcel.id) != parcel]
        gone |= before.keys() - {parcel.id for parcel in new.parcels}
    # a parcel that went on in another order was written there first: its row is that order's now
    names = [column.name for column in PARCELS.columns if not column.primary_key]
    ending = (
        f"ON CONFLICT (organisation_id, id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in names)}"
    )
    write_rows(session, PARCELS, fresh, ending)
    if gone:
        owners = [old.id for old, _ in changes]
        session.execute(
            sa.delete(PARCELS).where(
                PARCELS.c.organisation_id == organisation_id,
                PARCELS.c.order_id == sa.any_(sa.bindparam("owners", owners, type_=sa.ARRAY(sa.Uuid()))),
                PARCELS.c.id == sa.any_(sa.bindparam("gone", list(gone), type_=sa.ARRAY(sa.Uuid()))),
            )
        )
