"""All SQL of the room: shelves of drivers and skills, and the shifts of days."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.kept import Kept
from zaguan.base.kit.shelf import Shelf
from zaguan.records.drivers.model import (
    MAX_SHIFTS,
    DatedShift,
    Driver,
    DriverNotFound,
    ShiftNotFound,
    Skill,
    SkillNotFound,
)
from zaguan.records.drivers.tables import DriverRow, ShiftRow, SkillRow


def _columns(shift: DatedShift) -> Mapping[str, object]:
    return {
        "service_on": shift.on,
        "driver_ref": shift.driver_ref,
        "vehicle_ref": shift.vehicle_ref,
        "state": shift.state,
    }


DRIVERS: Final = Shelf(DriverRow, Driver, missing=DriverNotFound)
SKILLS: Final = Shelf(SkillRow, Skill, missing=SkillNotFound)
SHIFTS: Final = Shelf(ShiftRow, DatedShift, missing=ShiftNotFound, columns=_columns)


def driver_by_id(session: Session, organisation_id: OrganisationId, driver_id: UUID) -> Kept[Driver]:
    """Return a driver in use by its id. Refused: DriverNotFound."""
    found = DRIVERS.every(session, organisation_id, most=1, where=[DriverRow.id == driver_id])
    if not found:
        raise DriverNotFound(ref=str(driver_id))
    return found[0]


def hold_shifts(session: Session, organisation_id: OrganisationId) -> None:
    """Let no other transaction change shifts of the organisation until this one ends."""
    name = f"shifts:{organisation_id}"
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))


def shifts_between(
    session: Session, organisation_id: OrganisationId, *, first: date, last: date
) -> tuple[Kept[DatedShift], ...]:
    """Return the shifts of some days, those put away left out, by external id."""
    most = MAX_SHIFTS * ((last - first) // timedelta(days=1) + 1)
    return SHIFTS.every(session, organisation_id, most=most, where=[ShiftRow.service_on.between(first, last)])
