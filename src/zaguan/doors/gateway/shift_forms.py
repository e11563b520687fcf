"""A working period as programs write it and see it: local times of a day, and its pauses."""

from typing import Annotated, Self

from pydantic import BaseModel, Field

from zaguan.doors.frame.forms import Form
from zaguan.doors.gateway.order_forms import LocalTime, clock_of, seconds_of
from zaguan.records.drivers.model import DAY_S, MAX_BREAKS, MAX_OVERTIME_S, Break, Shift


class BreakForm(Form):
    """A pause that starts between two local times."""

    earliest: LocalTime
    latest: LocalTime
    duration_s: Annotated[int, Field(ge=1, le=DAY_S)]


class HoursForm(Form):
    """From when to when somebody works; `ends` may lie beyond midnight (25:30)."""

    starts: LocalTime
    ends: LocalTime
    overtime_s: Annotated[int, Field(ge=0, le=MAX_OVERTIME_S, description="At most, after the end.")] = 0
    breaks: Annotated[tuple[BreakForm, ...], Field(max_length=MAX_BREAKS)] = ()

    def shift(self) -> Shift:
        """Return it in seconds."""
        return Shift(
            starts_s=seconds_of(self.starts),
            ends_s=seconds_of(self.ends),
            overtime_s=self.overtime_s,
            breaks=tuple(
                Break(earliest_s=seconds_of(one.earliest), latest_s=seconds_of(one.latest), duration_s=one.duration_s)
                for one in self.breaks
            ),
        )


class BreakView(BaseModel):
    """A pause."""

    earliest: str
    latest: str
    duration_s: int


class HoursView(BaseModel):
    """From when to when somebody works."""

    starts: str
    ends: str
    overtime_s: int
    breaks: list[BreakView]

    @classmethod
    def of(cls, shift: Shift) -> Self:
        """Return a working period as programs see it."""
        return cls(
            starts=clock_of(shift.starts_s),
            ends=clock_of(shift.ends_s),
            overtime_s=shift.overtime_s,
            breaks=[
                BreakView(earliest=clock_of(one.earliest_s), latest=clock_of(one.latest_s), duration_s=one.duration_s)
                for one in shift.breaks
            ],
        )
