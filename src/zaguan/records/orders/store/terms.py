"""All SQL of the terms that orders are taken on: shippers, service levels, calendars, sub-codes of reasons."""

from collections.abc import Collection
from dataclasses import fields
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.words import as_locale
from zaguan.records.orders.booking import Shipper
from zaguan.records.orders.decisions import Level
from zaguan.records.orders.model import ShipperId
from zaguan.records.orders.promise import Calendar, ServiceLevel
from zaguan.records.orders.reasons import AttemptPolicy, Decision, FailureReason, SubReason
from zaguan.records.orders.refusals import LevelUnknown, ShipperNotFound, ShipperTaken, shown
from zaguan.records.orders.store.rows import table_of
from zaguan.records.orders.tables import CalendarRow, ServiceLevelRow, ShipperRow, SubReasonRow

SHIPPERS: Final = table_of(ShipperRow)
LEVELS: Final = table_of(ServiceLevelRow)
CALENDARS: Final = table_of(CalendarRow)
SUB_REASONS: Final = table_of(SubReasonRow)
_LEVEL: Final = tuple(each.name for each in fields(ServiceLevel))


def save_shipper(session: Session, organisation_id: OrganisationId, shipper: Shipper) -> None:
    """Write a shipper, new or changed; a ref that another one has is refused."""
    taken = sa.select(SHIPPERS.c.id).where(
        SHIPPERS.c.organisation_id == organisation_id, SHIPPERS.c.ref == shipper.ref, SHIPPERS.c.id != shipper.id
    )
    values = {
        **{name: getattr(shipper, name) for name in _SHIPPER},
        "policy": _policy_values(shipper.policy),
    }
    written = insert(SHIPPERS).values(organisation_id=organisation_id, **values)
    statement = written.on_conflict_do_update(index_elements=["organisation_id", "id"], set_=values)
    try:
        # the savepoint lets the rest of the transaction live where the ref was taken at this very moment
        with session.begin_nested():
            if session.execute(taken).first() is not None:
                raise ShipperTaken(ref=shipper.ref)
            session.execute(statement)
    except sa.exc.IntegrityError as error:
        raise ShipperTaken(ref=shipper.ref) from error


def get_shipper(session: Session, organisation_id: OrganisationId, shipper_id: ShipperId) -> Shipper:
    """Return a shipper."""
    found = shippers_of(session, organisation_id, [shipper_id])
    if not found:
        raise ShipperNotFound(shipper=str(shipper_id))
    return found[shipper_id]


def find_shipper(session: Session, organisation_id: OrganisationId, ref: str) -> Shipper | None:
    """Return the shipper with a ref, or None."""
    query = sa.select(SHIPPERS).where(SHIPPERS.c.organisation_id == organisation_id, SHIPPERS.c.ref == ref)
    row = session.execute(query).one_or_none()
    return None if row is None else _shipper_of(row)


def shippers_of(
    session: Session, organisation_id: OrganisationId, shipper_ids: Collection[ShipperId]
) -> dict[ShipperId, Shipper]:
    """Return those of the shippers that exist."""
    query = sa.select(SHIPPERS).where(
        SHIPPERS.c.organisation_id == organisation_id, SHIPPERS.c.id.in_(list(shipper_ids))
    )
    return {row.id: _shipper_of(row) for row in session.execute(query)}


def list_shippers(session: Session, organisation_id: OrganisationId) -> tuple[Shipper, ...]:
    """Return all shippers, by ref."""
    query = sa.select(SHIPPERS).where(SHIPPERS.c.organisation_id == organisation_id).order_by(SHIPPERS.c.ref)
    return tuple(_shipper_of(row) for row in session.execute(query))


def save_calendar(session: Session, organisation_id: OrganisationId, calendar: Calendar) -> None:
    """Write a calendar, new or changed."""
    values = {
        "time_zone": calendar.time_zone,
        "weekdays": sorted(calendar.weekdays),
        "holidays": [day.isoformat() for day in sorted(calendar.holidays)],
        "extra_days": [day.isoformat() for day in sorted(calendar.extra_days)],
        "opens_s": calendar.opens_s,
        "closes_s": calendar.closes_s,
    }
    _upsert(session, organisation_id, CALENDARS, calendar.code, values)


def save_level(session: Session, organisation_id: OrganisationId, level: Level) -> None:
    """Write a service level, new or changed, and the calendar that it counts by."""
    save_calendar(session, organisation_id, level.calendar)
    values = {name: getattr(level.level, name) for name in _LEVEL if name != "code"}
    _upsert(session, organisation_id, LEVELS, level.level.code, values | {"calendar_code": level.calendar.code})


def levels_of(session: Session, organisation_id: OrganisationId) -> dict[str, Level]:
    """Return all service levels by code."""
    calendars = {
        row.code: _calendar_of(row)
        for row in session.execute(sa.select(CALENDARS).where(CALENDARS.c.organisation_id == organisation_id))
    }
    query = sa.select(LEVELS).where(LEVELS.c.organisation_id == organisation_id).order_by(LEVELS.c.code)
    return {
        row.code: Level(
            level=ServiceLevel(**{name: getattr(row, name) for name in _LEVEL}), calendar=calendars[row.calendar_code]
        )
        for row in session.execute(query)
    }


def get_level(session: Session, organisation_id: OrganisationId, code: str) -> Level:
    """Return a service level."""
    level = levels_of(session, organisation_id).get(code)
    if level is None:
        raise LevelUnknown(level=shown(code))
    return level


def save_sub_reason(session: Session, organisation_id: OrganisationId, sub_reason: SubReason) -> None:
    """Write a code of the organisation's own, new or changed."""
    values = {
        "under": sub_reason.under,
        "words": dict(sub_reason.words),
        "photo_required": sub_reason.photo_required,
        "active": sub_reason.active,
    }
    _upsert(session, organisation_id, SUB_REASONS, sub_reason.code, values)


def find_sub_reason(session: Session, organisation_id: OrganisationId, code: str) -> SubReason | None:
    """Return a code of the organisation's own, or None."""
    query = sa.select(SUB_REASONS).where(SUB_REASONS.c.organisation_id == organisation_id, SUB_REASONS.c.code == code)
    row = session.execute(query).one_or_none()
    return None if row is None else _sub_reason_of(row)


def list_sub_reasons(session: Session, organisation_id: OrganisationId) -> tuple[SubReason, ...]:
    """Return all codes of the organisation's own, by reason and code."""
    query = (
        sa.select(SUB_REASONS)
        .where(SUB_REASONS.c.organisation_id == organisation_id)
        .order_by(SUB_REASONS.c.under, SUB_REASONS.c.code)
    )
    return tuple(_sub_reason_of(row) for row in session.execute(query))


def _upsert(
    session: Session, organisation_id: OrganisationId, table: sa.Table, code: str, values: dict[str, Any]
) -> None:
    statement = insert(table).values(organisation_id=organisation_id, code=code, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["organisation_id", "code"], set_=values))


_SHIPPER: Final = ("id", "ref", "name", "email", "phone", "locale", "time_zone", "service_level", "active")


def _shipper_of(row: Any) -> Shipper:
    values = {name: getattr(row, name) for name in _SHIPPER}
    return Shipper(**values | {"locale": as_locale(row.locale) or "es"}, policy=_policy_of(row.policy))


def _policy_values(policy: AttemptPolicy) -> dict[str, Any]:
    decisions = {reason.value: decision.value for reason, decision in policy.decisions.items()}
    return {**{name: getattr(policy, name) for name in _POLICY}, "decisions": decisions}


def _policy_of(values: dict[str, Any]) -> AttemptPolicy:
    decisions = {FailureReason(reason): Decision(kind) for reason, kind in values["decisions"].items()}
    return AttemptPolicy(**{name: values[name] for name in _POLICY}, decisions=decisions)


_POLICY: Final = ("max_attempts", "days_between", "charge_minor", "currency")


def _calendar_of(row: Any) -> Calendar:
    return Calendar(
        code=row.code,
        time_zone=row.time_zone,
        weekdays=frozenset(row.weekdays),
        holidays=frozenset(map(date.fromisoformat, row.holidays)),
        extra_days=frozenset(map(date.fromisoformat, row.extra_days)),
        opens_s=row.opens_s,
        closes_s=row.closes_s,
    )


def _sub_reason_of(row: Any) -> SubReason:
    return SubReason(
        code=row.code, under=row.under, words=row.words, photo_required=row.photo_required, active=row.active
    )
