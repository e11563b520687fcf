"""Use cases of the terms that orders are taken on: shippers, service levels, an organisation's own reasons."""

from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.wall_time import find_zone
from zaguan.records.orders.booking import MAX_SHORT_CHARS, Shipper, is_text
from zaguan.records.orders.decisions import Level
from zaguan.records.orders.model import ShipperId
from zaguan.records.orders.reasons import SubReason
from zaguan.records.orders.refusals import BadOrder
from zaguan.records.orders.store import terms as store

OWN: Final = "own"  # the ref of an organisation that sends its own goods


def save_shipper(session: Session, organisation_id: OrganisationId, shipper: Shipper) -> Shipper:
    """Make or change a shipper. Refused: a ref that another one has, a service level that is not there, bad texts."""
    for name in ("ref", "name", "email", "phone"):
        text: str = getattr(shipper, name)
        if name in {"ref", "name"} and not text.strip():
            raise BadOrder(field=f"shipper.{name}", why="empty")
        if not is_text(text):
            raise BadOrder(field=f"shipper.{name}", why="not_text")
        if len(text) > MAX_SHORT_CHARS:
            raise BadOrder(field=f"shipper.{name}", why="too_long")
    if find_zone(shipper.time_zone) is None:
        raise BadOrder(field="shipper.time_zone", why="time_zone")
    if shipper.service_level:
        store.get_level(session, organisation_id, shipper.service_level)
    store.save_shipper(session, organisation_id, shipper)
    return shipper


def own_shipper(
    session: Session, organisation_id: OrganisationId, *, name: str, time_zone: str = "America/Santiago"
) -> Shipper:
    """Return the organisation as a shipper of its own goods, made at the first call."""
    found = store.find_shipper(session, organisation_id, OWN)
    return found or save_shipper(
        session, organisation_id, Shipper(id=ShipperId(new_id()), ref=OWN, name=name, time_zone=time_zone)
    )


def get_shipper(session: Session, organisation_id: OrganisationId, shipper_id: ShipperId) -> Shipper:
    """Return a shipper. One that is not there is refused."""
    return store.get_shipper(session, organisation_id, shipper_id)


def find_shipper(session: Session, organisation_id: OrganisationId, ref: str) -> Shipper | None:
    """Return the shipper with a ref, or None."""
    return store.find_shipper(session, organisation_id, ref)


def list_shippers(session: Session, organisation_id: OrganisationId) -> tuple[Shipper, ...]:
    """Return all shippers, by ref."""
    return store.list_shippers(session, organisation_id)


def retire_shipper(session: Session, organisation_id: OrganisationId, shipper_id: ShipperId) -> Shipper:
    """Take no more orders of a shipper; those that are there go on."""
    shipper = replace(store.get_shipper(session, organisation_id, shipper_id), active=False)
    store.save_shipper(session, organisation_id, shipper)
    return shipper


def save_level(session: Session, organisation_id: OrganisationId, level: Level) -> Level:
    """Make or change a service level, and the calendar that it counts its days by."""
    store.save_level(session, organisation_id, level)
    return level


def list_levels(session: Session, organisation_id: OrganisationId) -> tuple[Level, ...]:
    """Return all service levels, by code."""
    return tuple(store.levels_of(session, organisation_id).values())


def get_level(session: Session, organisation_id: OrganisationId, code: str) -> Level:
    """Return a service level. One that is not there is refused."""
    return store.get_level(session, organisation_id, code)


def save_sub_reason(session: Session, organisation_id: OrganisationId, sub_reason: SubReason) -> SubReason:
    """Make or change a code of the organisation's own; one that is no longer active stays readable."""
    store.save_sub_reason(session, organisation_id, sub_reason)
    return sub_reason


def list_sub_reasons(session: Session, organisation_id: OrganisationId) -> tuple[SubReason, ...]:
    """Return all codes of the organisation's own, by reason and code."""
    return store.list_sub_reasons(session, organisation_id)
