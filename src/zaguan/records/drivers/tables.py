"""Tables of the room: drivers, skills, shifts of days."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr

from zaguan.base.kit.shelf import KeptColumns
from zaguan.base.kit.tables import ORGANISATION, Base, reference
from zaguan.records.drivers.model import ShiftState


class DriverRow(KeptColumns, Base):
    """Who drives."""

    __tablename__ = "drivers"


class SkillRow(KeptColumns, Base):
    """What can be asked for."""

    __tablename__ = "skills"


class ShiftRow(KeptColumns, Base):
    """A shift of a day."""

    __tablename__ = "shifts"

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy hands in the class
        return (
            sa.UniqueConstraint(ORGANISATION, "ref"),
            reference("driver_ref", "drivers", key="ref"),
            sa.Index("shifts_day_idx", ORGANISATION, "service_on"),
        )

    service_on: Mapped[date]
    driver_ref: Mapped[str]
    vehicle_ref: Mapped[str]
    state: Mapped[ShiftState]
