"""Shifts of days: who works when, with which vehicle."""

from datetime import date
from typing import Annotated, Self

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field
from sqlalchemy.orm import Session

from zaguan.base.kit.kept import Kept
from zaguan.doors.frame.cursors import Page
from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.forms import Day, Form
from zaguan.doors.frame.once import Keyed
from zaguan.doors.frame.reading import StrictRoute
from zaguan.doors.gateway.auth import needs, once_for
from zaguan.doors.gateway.ground import Standing
from zaguan.doors.gateway.kept import (
    FIRST,
    NEW,
    TAGGED,
    UNCHANGED,
    Cursor,
    ExternalPath,
    IfMatch,
    IfNoneMatch,
    Leaf,
    Limit,
    OtherRef,
    RecordReceipt,
    RecordView,
    expected_version,
    frame_of,
    receipt_answer,
    told_receipt,
    told_view,
)
from zaguan.doors.gateway.shift_forms import HoursForm, HoursView
from zaguan.records.accounts.model import Permission, Principal
from zaguan.records.drivers import shifts as service
from zaguan.records.drivers.model import DatedShift, ShiftNotFound, ShiftState
from zaguan.records.fleet.service import get_vehicle
from zaguan.records.requests.model import Answer

router = APIRouter(prefix="/v1/shifts", tags=["shifts"], route_class=StrictRoute)

Reader = Annotated[Principal, needs(Permission.DRIVERS_READ)]
Writer = Annotated[Principal, needs(Permission.DRIVERS_WRITE)]


class ShiftForm(Form):
    """A shift of a day. Who works it is fixed once it has started."""

    driver_ref: OtherRef
    vehicle_ref: OtherRef
    service_on: Day
    shift: Annotated[HoursForm, Field(description="Local times of that day.")]

    def dated(self, ref: str) -> DatedShift:
        """Return it as the house has it."""
        return DatedShift(
            ref=ref,
            driver_ref=self.driver_ref,
            vehicle_ref=self.vehicle_ref,
            on=self.service_on,
            shift=self.shift.shift(),
        )


class ShiftView(RecordView):
    """A shift as it stands."""

    driver_ref: str
    vehicle_ref: str
    service_on: date
    shift: HoursView
    state: ShiftState

    @classmethod
    def of(cls, kept: Kept[DatedShift]) -> Self:
        """Return a shift as programs see it."""
        dated = kept.value
        return cls(
            **frame_of(kept),
            driver_ref=dated.driver_ref,
            vehicle_ref=dated.vehicle_ref,
            service_on=dated.on,
            shift=HoursView.of(dated.shift),
            state=dated.state,
        )


class ShiftList(Page):
    """A page of shifts, by external id."""

    shifts: list[ShiftView]


@router.put(
    "/{external_id}", response_model=RecordReceipt, responses={**problems(404, 409, 412), 200: TAGGED, 201: NEW}
)
def put_shift(
    external_id: ExternalPath, body: ShiftForm, principal: Writer, ground: Standing, if_match: IfMatch = None
) -> Response:
    """Keep a shift under your own name for it, new or changed. Its state stays: a new one is planned.

    A driver or vehicle that has another shift at the time is refused.
    """
    with ground.database.session(principal.organisation_id) as session:
        found = _found(session, principal, external_id)
        expected = expected_version(if_match, found)
        get_vehicle(session, principal.organisation_id, body.vehicle_ref)
        kept = service.save_shift(
            session,
            principal.organisation_id,
            body.dated(external_id),
            clock=ground.clock,
            actor=principal.actor,
            expected_version=expected,
        )
    return told_receipt(kept, is_new=found is None)


@router.get("", response_model=ShiftList, response_model_exclude_none=True, responses=problems())
def list_shifts(principal: Reader, ground: Standing, cursor: Cursor = None, limit: Limit = FIRST) -> ShiftList:
    """Return the shifts of all days, by external id."""
    leaf = Leaf(ground, principal, of="shifts", cursor=cursor)
    with ground.database.session(principal.organisation_id) as session:
        found = service.list_shifts(session, principal.organisation_id, after=leaf.after, limit=limit)
    return ShiftList(shifts=leaf.views(found, ShiftView.of), next=leaf.next(found))


@router.get("/{external_id}", response_model=ShiftView, responses={**problems(404), 200: TAGGED, 304: UNCHANGED})
def get_shift(
    external_id: ExternalPath, principal: Reader, ground: Standing, if_none_match: IfNoneMatch = None
) -> Response:
    """Return a shift."""
    with ground.database.session(principal.organisation_id) as session:
        kept = service.get_shift(session, principal.organisation_id, external_id)
    return told_view(ShiftView.of(kept), if_none_match)


@router.post("/{external_id}/cancel", response_model=RecordReceipt, responses={**problems(404, 409, 412), 200: TAGGED})
def cancel_shift(
    external_id: ExternalPath, principal: Writer, asked: Keyed, ground: Standing, if_match: IfMatch = None
) -> Response:
    """Cancel a shift that has not started: no plan counts on it any more."""
    return _in_state(external_id, ShiftState.CANCELLED, principal, asked, ground, if_match)


@router.post("/{external_id}/restore", response_model=RecordReceipt, responses={**problems(404, 409, 412), 200: TAGGED})
def restore_shift(
    external_id: ExternalPath, principal: Writer, asked: Keyed, ground: Standing, if_match: IfMatch = None
) -> Response:
    """Plan a cancelled shift again. Refused where its driver or vehicle has another one by now."""
    return _in_state(external_id, ShiftState.PLANNED, principal, asked, ground, if_match)


def _in_state(
    external_id: str, state: ShiftState, principal: Principal, asked: Keyed, ground: Standing, if_match: str | None
) -> Response:
    def act(session: Session) -> Answer:
        found = service.get_shift(session, principal.organisation_id, external_id)
        expected_version(if_match, found)
        kept = service.change_shift_state(
            session, principal.organisation_id, external_id, state, clock=ground.clock, actor=principal.actor
        )
        return receipt_answer(kept)

    return once_for(ground, principal).do(asked, act)


def _found(session: Session, principal: Principal, external_id: str) -> Kept[DatedShift] | None:
    try:
        return service.get_shift(session, principal.organisation_id, external_id)
    except ShiftNotFound:
        return None
