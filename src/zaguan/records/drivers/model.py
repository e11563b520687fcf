"""The driver: shift, breaks, hours of service, skills."""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import ClassVar, Final, NewType
from uuid import UUID

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.words import Locale

DriverId = NewType("DriverId", UUID)
ShiftId = NewType("ShiftId", UUID)
SkillId = NewType("SkillId", UUID)

DAY_S: Final = 86_400
MAX_BREAKS: Final = 8
MAX_OVERTIME_S: Final = DAY_S
MAX_DRIVERS: Final = 5_000
MAX_SHIFTS: Final = 10_000  # of one day


class DriverNotFound(ZaguanError):
    """There is no driver `ref`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "drivers.driver_not_found"


class ShiftNotFound(ZaguanError):
    """There is no shift `ref`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "drivers.shift_not_found"


class SkillNotFound(ZaguanError):
    """There is no skill `ref`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "drivers.skill_not_found"


class ShiftReversed(ZaguanError):
    """A shift of `ref` ends before it starts, or is no time of a day."""

    code: ClassVar = "drivers.shift_reversed"


class BreaksWrong(ZaguanError):
    """The breaks of a shift of `ref` overlap, have no length, or are more than `most`."""

    code: ClassVar = "drivers.breaks_wrong"


class DriverAmountWrong(ZaguanError):
    """`field` of a driver is negative."""

    code: ClassVar = "drivers.driver_amount_wrong"


class ShiftsOverlap(ZaguanError):
    """`who` has another shift, `other`, at the same time."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "drivers.shifts_overlap"


class ShiftUnderWay(ZaguanError):
    """A shift that is `state` cannot be changed in this way any more."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "drivers.shift_under_way"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A pause of a given length that starts inside its window; seconds after local midnight."""

    earliest_s: int
    latest_s: int
    duration_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A driver's working period, in seconds after local midnight; overtime after its end costs extra."""

    starts_s: int
    ends_s: int
    overtime_s: int = 0  # at most this much after the end
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursOfService:
    """The limits of the law on one day. None: no such limit."""

    name: str
    max_driving_s: int | None = None  # at the wheel in a day
    max_duty_s: int | None = None  # from the first act to the last
    max_driving_without_rest_s: int | None = None
    rest_s: int = 0  # a pause at least this long makes fresh


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """Who drives. Costs are in minor units of the fleet's currency."""

    ref: str
    name: str
    vehicle_ref: str
    shift: Shift
    locale: Locale = "es"
    skills: frozenset[str] = frozenset()
    hours: HoursOfService = field(default_factory=lambda: HoursOfService(name="none"))
    zone_refs: tuple[str, ...] = ()  # knows these zones well
    starts_at_depot: bool = True
    ends_at_depot: bool = True
    cost_per_hour_minor: int = 0
    overtime_per_hour_minor: int = 0
    phone: str = ""  # E.164; shown only to those who must call
    calendar_ref: str = ""  # works on its days; empty: on those of the depot


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """What driver and vehicle together can bring, as orders ask for it by its ref: cold, two-person, lift."""

    ref: str
    name: str


class ShiftState(StrEnum):
    """Where a shift stands."""

    PLANNED = "planned"
    STARTED = "started"
    ENDED = "ended"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedShift:
    """A shift on a day: who works, with which vehicle, from when to when."""

    ref: str
    driver_ref: str
    vehicle_ref: str
    on: date
    shift: Shift
    state: ShiftState = ShiftState.PLANNED

    @property
    def takes_part(self) -> bool:
        """Whether routes can be planned for it."""
        return self.state in (ShiftState.PLANNED, ShiftState.STARTED)

    def in_state(self, state: ShiftState) -> "DatedShift":
        """Return the shift in another state."""
        return replace(self, state=state)

    def overlaps(self, other: "DatedShift") -> bool:
        """Tell whether both would work at one moment; overtime counts."""
        first, last = sorted((self, other), key=lambda each: each.on.toordinal() * DAY_S + each.shift.starts_s)
        ends = first.on.toordinal() * DAY_S + first.shift.ends_s + first.shift.overtime_s
        return last.on.toordinal() * DAY_S + last.shift.starts_s < ends


_NEXT: Final = {
    ShiftState.PLANNED: frozenset({ShiftState.STARTED, ShiftState.CANCELLED}),
    ShiftState.STARTED: frozenset({ShiftState.ENDED}),
    ShiftState.ENDED: frozenset[ShiftState](),
    ShiftState.CANCELLED: frozenset({ShiftState.PLANNED}),
}


def checked_shift(ref: str, shift: Shift) -> Shift:
    """Return a shift that can be worked; any other is refused."""
    if not 0 <= shift.starts_s < shift.ends_s <= 2 * DAY_S or not 0 <= shift.overtime_s <= MAX_OVERTIME_S:
        raise ShiftReversed(ref=ref, starts_s=shift.starts_s, ends_s=shift.ends_s)
    sound = all(0 <= each.earliest_s <= each.latest_s and each.duration_s > 0 for each in shift.breaks)
    apart = all(a.latest_s + a.duration_s <= b.latest_s for a, b in pairwise(shift.breaks))
    if not sound or not apart or len(shift.breaks) > MAX_BREAKS:
        raise BreaksWrong(ref=ref, most=MAX_BREAKS)
    return shift


def checked_driver(driver: Driver) -> Driver:
    """Return a driver who can be planned with; any other is refused."""
    checked_shift(driver.ref, driver.shift)
    for name in ("cost_per_hour_minor", "overtime_per_hour_minor"):
        if getattr(driver, name) < 0:
            raise DriverAmountWrong(ref=driver.ref, field=name)
    return driver


def checked_dated(shift: DatedShift) -> DatedShift:
    """Return a shift of a day that can be worked; any other is refused."""
    checked_shift(shift.ref, shift.shift)
    return shift


def apart_from(shift: DatedShift, others: tuple[DatedShift, ...]) -> DatedShift:
    """Return a shift at whose time neither its driver nor its vehicle has another one; else it is refused."""
    for other in others:
        if other.ref == shift.ref or not other.takes_part or not shift.takes_part or not shift.overlaps(other):
            continue
        if other.driver_ref == shift.driver_ref:
            raise ShiftsOverlap(who=shift.driver_ref, ref=shift.ref, other=other.ref)
        if other.vehicle_ref == shift.vehicle_ref:
            raise ShiftsOverlap(who=shift.vehicle_ref, ref=shift.ref, other=other.ref)
    return shift


def next_state(shift: DatedShift, state: ShiftState) -> ShiftState:
    """Return the state that a shift goes to; the same again changes nothing, a way that does not exist is refused."""
    if state is not shift.state and state not in _NEXT[shift.state]:
        raise ShiftUnderWay(ref=shift.ref, state=shift.state.value, asked=state.value)
    return state


def reworked(shift: DatedShift, before: DatedShift | None) -> DatedShift:
    """Return a shift as it is to be kept: in the state that it has. Who works it is fixed once it has started."""
    if before is None:
        return replace(shift, state=ShiftState.PLANNED)
    same = (shift.driver_ref, shift.vehicle_ref, shift.on) == (before.driver_ref, before.vehicle_ref, before.on)
    if before.state in (ShiftState.STARTED, ShiftState.ENDED) and not same:
        raise ShiftUnderWay(ref=shift.ref, state=before.state.value, asked="changed")
    return replace(shift, state=before.state)
