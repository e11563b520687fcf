"""Use cases of shifts: put on a day, changed, started, ended, cancelled."""

from datetime import date, timedelta
from typing import Final

from sqlalchemy.orm import Session

from zaguan.base.events.shift import ShiftCancelled, ShiftChanged, ShiftEnded, ShiftFact, ShiftPlanned, ShiftStarted
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.kept import MAX_PAGE, Change, Kept, Page
from zaguan.records.drivers import store
from zaguan.records.drivers.model import DatedShift, ShiftState, apart_from, checked_dated, next_state, reworked

_DAY: Final = timedelta(days=1)
_FACTS: Final[dict[ShiftState, type[ShiftFact]]] = {
    ShiftState.PLANNED: ShiftPlanned,
    ShiftState.STARTED: ShiftStarted,
    ShiftState.ENDED: ShiftEnded,
    ShiftState.CANCELLED: ShiftCancelled,
}


def save_shift(
    session: Session,
    organisation_id: OrganisationId,
    shift: DatedShift,
    *,
    clock: Clock,
    actor: str,
    expected_version: int | None = None,
) -> Kept[DatedShift]:
    """Keep a shift under its external id. Its state stays what it was: that is changed by `change_shift_state`.

    Refused: an unknown driver, hours that cannot be worked, a driver or vehicle with another shift at the time, and
    another driver, vehicle or day for a shift that has started.
    """
    store.DRIVERS.get(session, organisation_id, shift.driver_ref)
    store.hold_shifts(session, organisation_id)
    before = store.SHIFTS.find(session, organisation_id, shift.ref)
    kept = checked_dated(reworked(shift, None if before is None else before.value))
    others = store.shifts_between(session, organisation_id, first=kept.on - _DAY, last=kept.on + _DAY)
    apart_from(kept, tuple(other.value for other in others))
    saved = store.SHIFTS.save(
        session, organisation_id, kept.ref, kept, now=clock.now(), expected_version=expected_version
    )
    if saved.change is not Change.NONE:
        fact = ShiftChanged if saved.change is Change.CHANGED else ShiftPlanned
        _announce(session, organisation_id, saved.kept, fact, clock, actor)
    return saved.kept


def change_shift_state(
    session: Session, organisation_id: OrganisationId, ref: str, state: ShiftState, *, clock: Clock, actor: str
) -> Kept[DatedShift]:
    """Start, end or cancel a shift, or plan a cancelled one again. The same state again changes nothing."""
    store.hold_shifts(session, organisation_id)
    before = store.SHIFTS.get(session, organisation_id, ref).value
    after = before.in_state(next_state(before, state))
    others = store.shifts_between(session, organisation_id, first=after.on - _DAY, last=after.on + _DAY)
    apart_from(after, tuple(other.value for other in others))
    saved = store.SHIFTS.save(session, organisation_id, ref, after, now=clock.now())
    if saved.change is not Change.NONE:
        _announce(session, organisation_id, saved.kept, _FACTS[state], clock, actor)
    return saved.kept


def get_shift(session: Session, organisation_id: OrganisationId, ref: str) -> Kept[DatedShift]:
    """Return a shift by its external id."""
    return store.SHIFTS.get(session, organisation_id, ref)


def list_shifts(
    session: Session, organisation_id: OrganisationId, *, after: str = "", limit: int = MAX_PAGE
) -> Page[Kept[DatedShift]]:
    """Return a page of shifts by external id, from the one behind `after` on."""
    return store.SHIFTS.page(session, organisation_id, after=after, limit=limit)


def shifts_on(session: Session, organisation_id: OrganisationId, day: date) -> tuple[Kept[DatedShift], ...]:
    """Return all shifts of a day, by external id."""
    return store.shifts_between(session, organisation_id, first=day, last=day)


def _announce(
    session: Session,
    organisation_id: OrganisationId,
    kept: Kept[DatedShift],
    fact: type[ShiftFact],
    clock: Clock,
    actor: str,
) -> None:
    shift = kept.value
    told = fact(
        shift_id=kept.id,
        ref=kept.ref,
        driver_ref=shift.driver_ref,
        vehicle_ref=shift.vehicle_ref,
        service_on=shift.on,
        starts_s=shift.shift.starts_s,
        ends_s=shift.shift.ends_s,
        version=kept.version,
    )
    journal.append(
        session,
        organisation_id,
        Stream("shift", kept.id),
        [told],  # type: ignore[list-item]
        occurred_at=clock.now(),
        actor=actor,
    )
