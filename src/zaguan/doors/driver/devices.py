"""A driver's phone: bound by a link that works once; who it speaks for."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from zaguan.doors.driver.auth import Caller, bind
from zaguan.doors.driver.ground import Standing
from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.forms import Form
from zaguan.doors.frame.reading import StrictRoute
from zaguan.records.accounts.service import get_organisation
from zaguan.records.drivers.service import get_driver_by_id

router = APIRouter(prefix="/driver/v1", tags=["driver"], route_class=StrictRoute)


class BindForm(Form):
    """The token of a link, and what the phone is to be called."""

    token: Annotated[str, Field(min_length=1, max_length=200, description="What stands behind `#bind=` in the link.")]
    name: Annotated[str, Field(max_length=100, description="What the phone is called, for who may revoke it.")] = ""


class BoundView(BaseModel):
    """A phone that was bound. Its token is told this once."""

    device_id: UUID
    driver_id: UUID
    token: str = Field(description="Shown this once: send it as `Authorization: Bearer …`.")
    bound_at: datetime


class MeView(BaseModel):
    """For whom the phone speaks, and the time by the platform's clock."""

    driver_id: UUID
    driver_ref: str
    name: str
    locale: str
    device_id: UUID
    organisation: str
    time_zone: str
    currency: str
    now: datetime


@router.post("/devices", status_code=201, response_model=BoundView, responses=problems(410))
def bind_a_device(body: BindForm, request: Request, ground: Standing) -> BoundView:
    """Bind the phone that follows a link. A link works once; unknown, used, revoked and over answer alike (410)."""
    bound = bind(ground, request, body.token, body.name)
    device = bound.device
    assert device.bound_at is not None, "it was bound just now"
    return BoundView(
        device_id=device.id, driver_id=device.driver_id, token=bound.token.reveal(), bound_at=device.bound_at
    )


@router.get("/me", response_model=MeView, responses=problems(404))
def get_me(phone: Caller, ground: Standing) -> MeView:
    """Return for whom the phone speaks."""
    with ground.database.session(phone.organisation_id) as session:
        driver = get_driver_by_id(session, phone.organisation_id, phone.driver_id)
        organisation = get_organisation(session, phone.organisation_id)
    return MeView(
        driver_id=driver.id,
        driver_ref=driver.ref,
        name=driver.value.name,
        locale=driver.value.locale,
        device_id=phone.device_id,
        organisation=organisation.name,
        time_zone=organisation.time_zone,
        currency=organisation.currency,
        now=ground.clock.now(),
    )
