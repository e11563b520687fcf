"""Where the vehicle is and was, in batches; a phone speaks for the vehicles of its own driver only."""

from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from zaguan.doors.driver.auth import Caller, Phone
from zaguan.doors.driver.ground import Standing
from zaguan.doors.driver.refusals import NotYourVehicle
from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.forms import Form, Moment
from zaguan.doors.frame.reading import StrictRoute
from zaguan.operations.planning.routes import list_routes
from zaguan.operations.tracking.fixes import MAX_FIXES, Batch, SentFix
from zaguan.operations.tracking.model import Receipt, TooManyWaiting
from zaguan.records.accounts.service import get_organisation
from zaguan.records.drivers.service import get_driver_by_id
from zaguan.records.fleet.service import find_vehicle

router = APIRouter(prefix="/driver/v1", tags=["driver"], route_class=StrictRoute)

MAX_WAIT_S: Final = 20.0  # until a batch is stored with those of others
Finite = Annotated[float, Field(allow_inf_nan=False)]


class FixForm(Form):
    """One fix as the receiver gave it; one that cannot be is set aside by itself, and counted in the answer."""

    at: Annotated[Moment, Field(description="By the phone's clock.")]
    lon: Finite
    lat: Finite
    accuracy_m: Finite | None = None
    speed_mps: Finite | None = None
    heading_deg: Finite | None = None
    fix_id: Annotated[UUID | None, Field(description="The phone's own.")] = None


class PositionsForm(Form):
    """Fixes of one vehicle, under an id made by the phone: the same batch again gets the same answer."""

    batch_id: UUID
    vehicle_id: Annotated[UUID, Field(description="As the sheet names it.")]
    sent_at: Annotated[Moment, Field(description="The phone's clock, now.")]
    fixes: Annotated[list[FixForm], Field(min_length=1, max_length=MAX_FIXES)]


class ReceiptView(BaseModel):
    """What became of a batch: `accepted + repeated + quarantined = sent`."""

    batch_id: UUID
    received_at: datetime
    sent: int
    accepted: int
    repeated: int = Field(description="Stored before, unchanged.")
    quarantined: dict[str, int] = Field(description="Set aside, by reason.")
    clock_offset_s: float | None = Field(
        default=None, description="How far the phone's clock is behind the platform's."
    )
    clock_skewed: bool


@router.post("/positions", response_model=ReceiptView, response_model_exclude_none=True, responses=problems(404, 409))
def report_positions(body: PositionsForm, phone: Caller, ground: Standing) -> ReceiptView:
    """Take a batch of fixes. When this is answered they are stored; without an answer the batch is sent again."""
    with ground.database.session(phone.organisation_id) as session:
        now = ground.clock.now()
        if body.vehicle_id not in vehicles_of(session, phone, now):
            raise NotYourVehicle
    # the transaction above is over: a caller that waits holds no connection
    waiting = ground.gatherer.submit(phone.organisation_id, batch_of(body, phone))
    receipt = _stored(waiting)
    return ReceiptView(
        batch_id=receipt.batch_id,
        received_at=now,
        sent=receipt.sent,
        accepted=receipt.accepted,
        repeated=receipt.repeated,
        quarantined={str(reason): count for reason, count in receipt.quarantined.items()},
        clock_offset_s=None if receipt.offset_s is None else -receipt.offset_s,
        clock_skewed=receipt.clock_is_off,
    )


def vehicles_of(session: Session, phone: Phone, now: datetime) -> set[UUID]:
    """Return the vehicles that a driver speaks for: their usual one, those of their routes of today and yesterday."""
    organisation_id = phone.organisation_id
    driver = get_driver_by_id(session, organisation_id, phone.driver_id)
    today = now.astimezone(ZoneInfo(get_organisation(session, organisation_id).time_zone)).date()
    usual = find_vehicle(session, organisation_id, driver.value.vehicle_ref)
    routes = [
        route
        for day in (today - timedelta(days=1), today)
        for route in list_routes(session, organisation_id, service_on=day, driver_ref=driver.ref)
        if route.driver_id == phone.driver_id
    ]
    driven = {route.vehicle_id for route in routes if route.vehicle_id is not None}
    return driven if usual is None else driven | {usual.id}


def batch_of(body: PositionsForm, phone: Phone) -> Batch:
    """Return a batch as tracking takes it, in the name of the phone that sent it."""
    return Batch(
        batch_id=body.batch_id,
        device_id=phone.device_id,
        vehicle_id=body.vehicle_id,
        sent_at=body.sent_at,
        fixes=tuple(SentFix(**fix.model_dump()) for fix in body.fixes),
    )


def _stored(waiting: Future[Receipt]) -> Receipt:
    try:
        return waiting.result(MAX_WAIT_S)
    except TimeoutError:
        # it may be stored all the same: the same batch again hears so
        raise TooManyWaiting(waiting=1) from None
