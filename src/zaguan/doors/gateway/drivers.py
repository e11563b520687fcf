"""Drivers: who drives, from when to when, with what skills and at what cost."""

from typing import Annotated, Self

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from zaguan.base.kit.kept import Kept
from zaguan.base.kit.words import Locale
from zaguan.doors.frame.cursors import Page
from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.forms import Form
from zaguan.doors.frame.once import Keyed
from zaguan.doors.frame.reading import StrictRoute
from zaguan.doors.gateway.auth import needs, once_for
from zaguan.doors.gateway.ground import Standing
from zaguan.doors.gateway.kept import (
    FIRST,
    NEW,
    TAGGED,
    UNCHANGED,
    Archived,
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
from zaguan.doors.gateway.order_forms import Amount, Short, Tags
from zaguan.doors.gateway.shift_forms import HoursForm, HoursView
from zaguan.records.accounts.model import Permission, Principal
from zaguan.records.drivers import service
from zaguan.records.drivers.model import DAY_S, Driver, HoursOfService

router = APIRouter(prefix="/v1/drivers", tags=["drivers"], route_class=StrictRoute)

Reader = Annotated[Principal, needs(Permission.DRIVERS_READ)]
Writer = Annotated[Principal, needs(Permission.DRIVERS_WRITE)]
Limited = Annotated[int | None, Field(ge=0, le=2 * DAY_S)]


class HoursOfServiceForm(Form):
    """The limits of the law on one day; left out: no such limit."""

    name: Short = "none"
    max_driving_s: Limited = None
    max_duty_s: Limited = None
    max_driving_without_rest_s: Limited = None
    rest_s: Annotated[int, Field(ge=0, le=DAY_S, description="A pause at least this long makes fresh.")] = 0


class DriverForm(Form):
    """A driver, whole: what is left out goes back to what is written here."""

    name: Short
    vehicle_ref: Annotated[OtherRef, Field(description="The vehicle that this driver takes as a rule.")]
    shift: Annotated[HoursForm, Field(description="Worked as a rule; the shifts of days count for plans.")]
    locale: Locale = "es"
    skills: Tags = ()
    hours: HoursOfServiceForm = HoursOfServiceForm()
    zone_refs: Annotated[Tags, Field(description="Zones that this driver knows well.")] = ()
    starts_at_depot: bool = True
    ends_at_depot: bool = True
    cost_per_hour_minor: Amount = 0
    overtime_per_hour_minor: Amount = 0
    phone: Annotated[Short, Field(description="E.164; told to keys with `contacts:read` only.")] = ""
    calendar_ref: Annotated[OtherRef, Field(description="Works on the days of this calendar only.")] = ""

    def driver(self, ref: str) -> Driver:
        """Return it as the house has it."""
        return Driver(
            ref=ref,
            name=self.name,
            vehicle_ref=self.vehicle_ref,
            shift=self.shift.shift(),
            locale=self.locale,
            skills=frozenset(self.skills),
            hours=HoursOfService(**self.hours.model_dump()),
            zone_refs=self.zone_refs,
            starts_at_depot=self.starts_at_depot,
            ends_at_depot=self.ends_at_depot,
            cost_per_hour_minor=self.cost_per_hour_minor,
            overtime_per_hour_minor=self.overtime_per_hour_minor,
            phone=self.phone,
            calendar_ref=self.calendar_ref,
        )


class HoursOfServiceView(BaseModel):
    """The limits of the law on one day."""

    name: str
    max_driving_s: int | None = None
    max_duty_s: int | None = None
    max_driving_without_rest_s: int | None = None
    rest_s: int


class DriverView(RecordView):
    """A driver as it stands."""

    name: str
    vehicle_ref: str
    shift: HoursView
    locale: Locale
    skills: list[str]
    hours: HoursOfServiceView
    zone_refs: list[str]
    starts_at_depot: bool
    ends_at_depot: bool
    cost_per_hour_minor: int
    overtime_per_hour_minor: int
    phone: str | None = Field(default=None, description="Absent for keys without `contacts:read`.")
    calendar_ref: str

    @classmethod
    def of(cls, kept: Kept[Driver], principal: Principal) -> Self:
        """Return a driver as a program may see it."""
        driver = kept.value
        return cls(
            **frame_of(kept),
            name=driver.name,
            vehicle_ref=driver.vehicle_ref,
            shift=HoursView.of(driver.shift),
            locale=driver.locale,
            skills=sorted(driver.skills),
            hours=HoursOfServiceView.model_validate(driver.hours, from_attributes=True),
            zone_refs=list(driver.zone_refs),
            starts_at_depot=driver.starts_at_depot,
            ends_at_depot=driver.ends_at_depot,
            cost_per_hour_minor=driver.cost_per_hour_minor,
            overtime_per_hour_minor=driver.overtime_per_hour_minor,
            phone=driver.phone if principal.may(Permission.CONTACTS_READ) else None,
            calendar_ref=driver.calendar_ref,
        )


class DriverList(Page):
    """A page of drivers, by external id."""

    drivers: list[DriverView]


@router.put(
    "/{external_id}", response_model=RecordReceipt, responses={**problems(404, 409, 412), 200: TAGGED, 201: NEW}
)
def put_driver(
    external_id: ExternalPath, body: DriverForm, principal: Writer, ground: Standing, if_match: IfMatch = None
) -> Response:
    """Keep a driver under your own name for it, new or changed. It may be repeated; one put away comes back."""
    with ground.database.session(principal.organisation_id) as session:
        found = service.find_driver(session, principal.organisation_id, external_id)
        expected = expected_version(if_match, found)
        kept = service.save_driver(
            session,
            principal.organisation_id,
            body.driver(external_id),
            clock=ground.clock,
            actor=principal.actor,
            expected_version=expected,
        )
    return told_receipt(kept, is_new=found is None)


@router.get("", response_model=DriverList, response_model_exclude_none=True, responses=problems())
def list_drivers(
    principal: Reader, ground: Standing, cursor: Cursor = None, limit: Limit = FIRST, archived: Archived = False
) -> DriverList:
    """Return the drivers, by external id."""
    leaf = Leaf(ground, principal, of=f"drivers:{archived}", cursor=cursor)
    with ground.database.session(principal.organisation_id) as session:
        found = service.list_drivers(
            session, principal.organisation_id, after=leaf.after, limit=limit, archived=archived
        )
    return DriverList(drivers=leaf.views(found, lambda kept: DriverView.of(kept, principal)), next=leaf.next(found))


@router.get("/{external_id}", response_model=DriverView, responses={**problems(404), 200: TAGGED, 304: UNCHANGED})
def get_driver(
    external_id: ExternalPath, principal: Reader, ground: Standing, if_none_match: IfNoneMatch = None
) -> Response:
    """Return a driver, in use or put away."""
    with ground.database.session(principal.organisation_id) as session:
        kept = service.get_driver(session, principal.organisation_id, external_id)
    return told_view(DriverView.of(kept, principal), if_none_match)


@router.post("/{external_id}/archive", response_model=RecordReceipt, responses={**problems(404, 409, 412), 200: TAGGED})
def archive_driver(
    external_id: ExternalPath, principal: Writer, asked: Keyed, ground: Standing, if_match: IfMatch = None
) -> Response:
    """Put a driver away: no plan counts on them any more. `PUT` takes them back."""
    return once_for(ground, principal).do(
        asked,
        lambda session: receipt_answer(
            service.archive_driver(
                session,
                principal.organisation_id,
                external_id,
                clock=ground.clock,
                actor=principal.actor,
                expected_version=expected_version(
                    if_match, service.get_driver(session, principal.organisation_id, external_id)
                ),
            )
        ),
    )
