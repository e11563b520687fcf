"""All SQL of the webhooks."""

from dataclasses import fields
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from zaguan.base.kit.facts import from_plain, to_plain
from zaguan.base.kit.ids import OrganisationId
from zaguan.records.webhooks.model import (
    Attempt,
    Delivery,
    DeliveryId,
    DeliveryNotFound,
    DeliveryState,
    Endpoint,
    EndpointId,
    EndpointNotFound,
    SigningSecret,
)
from zaguan.records.webhooks.tables import DeliveryRow, EndpointRow


def save_endpoint(session: Session, organisation_id: OrganisationId, endpoint: Endpoint) -> None:
    """Store an endpoint as it stands."""
    facts = {field.name: getattr(endpoint, field.name) for field in fields(Endpoint)}
    facts["types"] = list(endpoint.types)
    facts["secrets"] = to_plain(endpoint.secrets)
    session.merge(EndpointRow(organisation_id=organisation_id, **facts))
    session.flush()


def get_endpoint(
    session: Session, organisation_id: OrganisationId, endpoint_id: EndpointId, *, lock: bool = False
) -> Endpoint:
    """Return an endpoint. Refused: EndpointNotFound."""
    endpoint = find_endpoint(session, organisation_id, endpoint_id, lock=lock)
    if endpoint is None:
        raise EndpointNotFound
    return endpoint


def find_endpoint(
    session: Session, organisation_id: OrganisationId, endpoint_id: EndpointId, *, lock: bool = False
) -> Endpoint | None:
    """Return an endpoint, or None where it was removed."""
    key = (organisation_id, endpoint_id)
    row = session.get(EndpointRow, key, with_for_update=lock, populate_existing=True)
    return None if row is None else _endpoint(row)


def list_endpoints(
    session: Session, organisation_id: OrganisationId, *, owner: str | None = None, only_enabled: bool = False
) -> list[Endpoint]:
    """Return the endpoints of an owner, or all, the oldest first."""
    query = sa.select(EndpointRow).where(EndpointRow.organisation_id == organisation_id)
    if owner is not None:
        query = query.where(EndpointRow.owner == owner)
    if only_enabled:
        query = query.where(EndpointRow.enabled)
    return [_endpoint(row) for row in session.scalars(query.order_by(EndpointRow.id))]


def delete_endpoint(session: Session, organisation_id: OrganisationId, endpoint_id: EndpointId) -> None:
    """Remove an endpoint and what was told to it."""
    session.execute(
        sa.delete(EndpointRow).where(EndpointRow.organisation_id == organisation_id, EndpointRow.id == endpoint_id)
    )


def add_delivery(session: Session, organisation_id: OrganisationId, delivery: Delivery) -> bool:
    """Note a delivery, once per endpoint and event; tell whether it is new."""
    added = session.scalar(
        insert(DeliveryRow)
        .values(organisation_id=organisation_id, **_columns(delivery))
        .on_conflict_do_nothing(index_elements=["organisation_id", "endpoint_id", "event_id"])
        .returning(DeliveryRow.id)
    )
    return added is not None


def save_delivery(session: Session, organisation_id: OrganisationId, delivery: Delivery) -> None:
    """Store a delivery as it stands."""
    session.execute(
        sa.update(DeliveryRow)
        .where(DeliveryRow.organisation_id == organisation_id, DeliveryRow.id == delivery.id)
        .values(**_columns(delivery))
    )


def get_delivery(
    session: Session,
    organisation_id: OrganisationId,
    endpoint_id: EndpointId,
    delivery_id: DeliveryId,
    *,
    lock: bool = False,
) -> Delivery:
    """Return a delivery of an endpoint. Refused: DeliveryNotFound."""
    row = session.get(DeliveryRow, (organisation_id, delivery_id), with_for_update=lock, populate_existing=True)
    if row is None or row.endpoint_id != endpoint_id:
        raise DeliveryNotFound
    return _delivery(row)


def list_deliveries(
    session: Session,
    organisation_id: OrganisationId,
    endpoint_id: EndpointId,
    *,
    before: DeliveryId | None = None,
    limit: int = 100,
) -> list[Delivery]:
    """Return the deliveries of an endpoint, the newest first."""
    query = sa.select(DeliveryRow).where(
        DeliveryRow.organisation_id == organisation_id, DeliveryRow.endpoint_id == endpoint_id
    )
    if before is not None:
        query = query.where(DeliveryRow.id < before)
    return [_delivery(row) for row in session.scalars(query.order_by(DeliveryRow.id.desc()).limit(limit))]


def find_due(
    session: Session, organisation_id: OrganisationId, endpoint_id: EndpointId, *, now: datetime
) -> Delivery | None:
    """Return the delivery that is next to be tried now: the earliest event first."""
    row = session.scalar(
        sa.select(DeliveryRow)
        .where(
            DeliveryRow.organisation_id == organisation_id,
            DeliveryRow.endpoint_id == endpoint_id,
            DeliveryRow.next_try_at <= now,
        )
        .order_by(DeliveryRow.position)
        .limit(1)
    )
    return None if row is None else _delivery(row)


def find_next_try(session: Session, organisation_id: OrganisationId, endpoint_id: EndpointId) -> datetime | None:
    """Return when the next try of an endpoint is due, or None where nothing waits."""
    return session.scalar(
        sa.select(sa.func.min(DeliveryRow.next_try_at)).where(
            DeliveryRow.organisation_id == organisation_id, DeliveryRow.endpoint_id == endpoint_id
        )
    )


def was_taken_since(
    session: Session, organisation_id: OrganisationId, endpoint_id: EndpointId, since: datetime
) -> bool:
    """Tell whether an endpoint has taken anything since a moment."""
    query = sa.select(DeliveryRow.id).where(
        DeliveryRow.organisation_id == organisation_id,
        DeliveryRow.endpoint_id == endpoint_id,
        DeliveryRow.state == DeliveryState.DELIVERED,
        DeliveryRow.ended_at >= since,
    )
    return session.scalar(query.limit(1)) is not None


def delete_deliveries(session: Session, *, before: datetime) -> int:
    """Remove what ended before a moment, of all organisations that the session sees; return how many."""
    done = session.execute(sa.delete(DeliveryRow).where(DeliveryRow.ended_at < before))
    return cast("sa.CursorResult[object]", done).rowcount


def _endpoint(row: EndpointRow) -> Endpoint:
    facts = {field.name: getattr(row, field.name) for field in fields(Endpoint)}
    facts["types"] = tuple(row.types)
    facts["secrets"] = tuple(from_plain(SigningSecret, secret) for secret in row.secrets)
    return Endpoint(**facts)


def _columns(delivery: Delivery) -> dict[str, Any]:
    facts = {field.name: getattr(delivery, field.name) for field in fields(Delivery)}
    return {**facts, "attempts": to_plain(delivery.attempts)}


def _delivery(row: DeliveryRow) -> Delivery:
    facts = {field.name: getattr(row, field.name) for field in fields(Delivery)}
    return Delivery(**{**facts, "attempts": tuple(from_plain(Attempt, attempt) for attempt in row.attempts)})
