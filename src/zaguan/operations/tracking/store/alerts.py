"""All SQL of alerts."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.tracking.alerts import Alert, AlertKind, Why
from zaguan.operations.tracking.tables import AlertRow


def recent_alerts(
    session: Session, organisation_id: OrganisationId, route_id: UUID, *, cleared_since: datetime
) -> tuple[Alert, ...]:
    """Return the alerts of a route that are open, or were cleared since a moment."""
    query = sa.select(AlertRow).where(
        AlertRow.organisation_id == organisation_id,
        AlertRow.route_id == route_id,
        sa.or_(AlertRow.cleared_at.is_(None), AlertRow.cleared_at >= cleared_since),
    )
    rows = session.execute(query.execution_options(populate_existing=True)).scalars()
    return tuple(_alert_of(row) for row in rows)


def list_alerts(
    session: Session,
    organisation_id: OrganisationId,
    *,
    open_only: bool = True,
    after: UUID | None = None,
    limit: int = 200,
) -> tuple[Alert, ...]:
    """Return alerts by pages, the newest first; `after` is the id of the last one seen."""
    query = sa.select(AlertRow).where(AlertRow.organisation_id == organisation_id)
    if open_only:
        query = query.where(AlertRow.cleared_at.is_(None))
    if after is not None:
        query = query.where(AlertRow.alert_id < after)
    # ids grow with the moment they were made
    rows = session.execute(query.order_by(AlertRow.alert_id.desc()).limit(limit)).scalars()
    return tuple(_alert_of(row) for row in rows)


def add_alerts(session: Session, organisation_id: OrganisationId, vehicle_id: UUID, alerts: Sequence[Alert]) -> None:
    """Write alerts that are raised."""
    rows: list[dict[str, Any]] = [
        {
            "organisation_id": organisation_id,
            "alert_id": alert.alert_id,
            "route_id": alert.route_id,
            "vehicle_id": vehicle_id,
            "kind": alert.kind.value,
            "stop_id": alert.stop_id,
            "raised_at": alert.raised_at,
            "late_s": alert.late_s,
            "reasons": [{"code": why.code, "amount": why.amount} for why in alert.reasons],
        }
        for alert in alerts
    ]
    if rows:
        session.execute(sa.insert(AlertRow), rows)


def clear_alerts(
    session: Session, organisation_id: OrganisationId, alert_ids: Collection[UUID], *, at: datetime
) -> None:
    """Note that alerts are over."""
    if alert_ids:
        session.execute(
            sa.update(AlertRow)
            .where(AlertRow.organisation_id == organisation_id, AlertRow.alert_id.in_(sorted(alert_ids)))
            .values(cleared_at=at)
        )


def forget(session: Session, organisation_id: OrganisationId, *, before: datetime) -> int:
    """Delete alerts that were cleared before a moment; return how many."""
    result: Any = session.execute(
        sa.delete(AlertRow).where(AlertRow.organisation_id == organisation_id, AlertRow.cleared_at < before)
    )
    return int(result.rowcount)


def _alert_of(row: AlertRow) -> Alert:
    return Alert(
        alert_id=row.alert_id,
        route_id=row.route_id,
        kind=AlertKind(row.kind),
        stop_id=row.stop_id,
        raised_at=row.raised_at,
        late_s=row.late_s,
        reasons=tuple(Why(code=str(why["code"]), amount=int(why["amount"])) for why in row.reasons),
        cleared_at=row.cleared_at,
    )
