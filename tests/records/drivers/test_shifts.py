"""Drivers and their shifts on the real database: who works when, with which vehicle."""

from datetime import UTC, date, datetime

import pytest

from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.records.drivers import service, shifts
from zaguan.records.drivers.model import (
    Break,
    BreaksWrong,
    DatedShift,
    Driver,
    DriverNotFound,
    Shift,
    ShiftReversed,
    ShiftsOverlap,
    ShiftState,
    ShiftUnderWay,
)

HOUR = 3600
DAY = date(2026, 3, 10)
LUNCH = Break(earliest_s=12 * HOUR, latest_s=15 * HOUR, duration_s=HOUR // 2)


class FixedClock:
    """A clock that stands."""

    def now(self) -> datetime:
        """Return a noon."""
        return datetime(2026, 3, 9, 12, tzinfo=UTC)


CLOCK = FixedClock()


def a_driver(ref: str, **rest: object) -> Driver:
    """Return a driver who works from eight to six."""
    facts: dict[str, object] = {
        "ref": ref,
        "name": ref,
        "vehicle_ref": "van",
        "shift": Shift(starts_s=8 * HOUR, ends_s=18 * HOUR, breaks=(LUNCH,)),
    }
    return Driver(**{**facts, **rest})  # type: ignore[arg-type]


def a_shift(ref: str, driver_ref: str, hours: tuple[int, int], *, vehicle: str = "van", on: date = DAY) -> DatedShift:
    """Return a shift of a day."""
    shift = Shift(starts_s=hours[0] * HOUR, ends_s=hours[1] * HOUR)
    return DatedShift(ref=ref, driver_ref=driver_ref, vehicle_ref=vehicle, on=on, shift=shift)


@pytest.fixture
def crew(database: Database, organisation_id: OrganisationId) -> tuple[Database, OrganisationId]:
    """Two drivers."""
    with database.session(organisation_id) as session:
        for ref in ("ana", "bruno"):
            service.save_driver(session, organisation_id, a_driver(ref), clock=CLOCK, actor="user:1")
    return database, organisation_id


def test_a_shift_begins_and_ends(crew: tuple[Database, OrganisationId]) -> None:
    """A shift is planned, starts and ends, and tells each step once."""
    database, organisation_id = crew
    with database.session(organisation_id) as session:
        kept = shifts.save_shift(session, organisation_id, a_shift("s", "ana", (8, 16)), clock=CLOCK, actor="user:1")
        for state in (ShiftState.STARTED, ShiftState.STARTED, ShiftState.ENDED):
            shifts.change_shift_state(session, organisation_id, "s", state, clock=CLOCK, actor="driver:ana")
    with database.session(organisation_id) as session:
        told = journal.read_stream(session, organisation_id, Stream("shift", kept.id))
        with pytest.raises(ShiftUnderWay):
            shifts.change_shift_state(
                session, organisation_id, "s", ShiftState.STARTED, clock=CLOCK, actor="driver:ana"
            )
    assert [entry.type for entry in told] == ["shift.planned", "shift.started", "shift.ended"]


def test_nobody_works_twice_at_a_time(crew: tuple[Database, OrganisationId]) -> None:
    """A driver, and a vehicle, has one shift at a time, the night before included; behind each other is fine."""
    database, organisation_id = crew
    with database.session(organisation_id) as session:
        for shift in (
            a_shift("day", "ana", (8, 16)),
            a_shift("evening", "ana", (16, 22)),
            a_shift("night", "bruno", (22, 30), vehicle="truck"),
        ):
            shifts.save_shift(session, organisation_id, shift, clock=CLOCK, actor="user:1")
        tomorrow = date(2026, 3, 11)
        for wrong in (
            a_shift("again", "ana", (15, 17), vehicle="truck"),
            a_shift("same van", "bruno", (9, 10)),
            a_shift("too early", "bruno", (5, 9), on=tomorrow),
        ):
            with pytest.raises(ShiftsOverlap):
                shifts.save_shift(session, organisation_id, wrong, clock=CLOCK, actor="user:1")
        found = shifts.shifts_on(session, organisation_id, DAY)
    assert [kept.ref for kept in found] == ["day", "evening", "night"]


def test_a_cancelled_shift_leaves_its_time_free(crew: tuple[Database, OrganisationId]) -> None:
    """Another one may take the time of a cancelled shift, which can then not come back."""
    database, organisation_id = crew
    with database.session(organisation_id) as session:
        shifts.save_shift(session, organisation_id, a_shift("s", "ana", (8, 16)), clock=CLOCK, actor="user:1")
        shifts.change_shift_state(session, organisation_id, "s", ShiftState.CANCELLED, clock=CLOCK, actor="user:1")
        shifts.save_shift(session, organisation_id, a_shift("t", "bruno", (8, 16)), clock=CLOCK, actor="user:1")
        with pytest.raises(ShiftsOverlap):
            shifts.change_shift_state(session, organisation_id, "s", ShiftState.PLANNED, clock=CLOCK, actor="user:1")


def test_a_started_shift_keeps_who_works_it(crew: tuple[Database, OrganisationId]) -> None:
    """Hours of a shift that has started may be changed, its driver may not."""
    database, organisation_id = crew
    with database.session(organisation_id) as session:
        shifts.save_shift(session, organisation_id, a_shift("s", "ana", (8, 16)), clock=CLOCK, actor="user:1")
        shifts.change_shift_state(session, organisation_id, "s", ShiftState.STARTED, clock=CLOCK, actor="user:1")
        longer = shifts.save_shift(session, organisation_id, a_shift("s", "ana", (8, 18)), clock=CLOCK, actor="user:1")
        assert longer.value.state is ShiftState.STARTED
        with pytest.raises(ShiftUnderWay):
            shifts.save_shift(session, organisation_id, a_shift("s", "bruno", (8, 18)), clock=CLOCK, actor="user:1")


def test_shifts_that_cannot_be_worked_are_refused(crew: tuple[Database, OrganisationId]) -> None:
    """Reversed hours, overlapping breaks and unknown drivers are refused by name."""
    database, organisation_id = crew
    doubled = Shift(starts_s=8 * HOUR, ends_s=18 * HOUR, breaks=(LUNCH, LUNCH))
    with database.session(organisation_id) as session:
        with pytest.raises(ShiftReversed):
            shifts.save_shift(session, organisation_id, a_shift("s", "ana", (9, 9)), clock=CLOCK, actor="user:1")
        with pytest.raises(DriverNotFound):
            shifts.save_shift(session, organisation_id, a_shift("s", "nobody", (8, 9)), clock=CLOCK, actor="user:1")
        with pytest.raises(BreaksWrong):
            service.save_driver(session, organisation_id, a_driver("c", shift=doubled), clock=CLOCK, actor="user:1")
