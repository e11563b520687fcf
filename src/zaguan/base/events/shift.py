"""What happens to shifts."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftFact:
    """What each fact of a shift says: whose it is, on which day, and from when to when."""

    shift_id: UUID
    ref: str
    driver_ref: str
    vehicle_ref: str
    service_on: date
    starts_s: int  # seconds after local midnight
    ends_s: int
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftPlanned(ShiftFact):
    """A shift was put on the day, for the first time or again."""

    type: ClassVar[str] = "shift.planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftChanged(ShiftFact):
    """Driver, vehicle, hours or breaks are others now."""

    type: ClassVar[str] = "shift.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftStarted(ShiftFact):
    """The driver began to work."""

    type: ClassVar[str] = "shift.started"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftEnded(ShiftFact):
    """The driver stopped working."""

    type: ClassVar[str] = "shift.ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftCancelled(ShiftFact):
    """Nobody works it."""

    type: ClassVar[str] = "shift.cancelled"
