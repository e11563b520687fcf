"""A driver's day: their routes, with every stop, parcel and demand."""

import hashlib
from datetime import timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header
from fastapi.responses import Response
from sqlalchemy.orm import Session

from zaguan.doors.driver.auth import Caller, Phone
from zaguan.doors.driver.ground import Ground, Standing
from zaguan.doors.driver.sheet_views import RouteView, SheetView, route_view
from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.etags import etag_of, is_unchanged
from zaguan.doors.frame.forms import Day
from zaguan.doors.frame.reading import StrictRoute
from zaguan.operations.delivery.service import driver_sheet, route_progress, wishes_on_sheet
from zaguan.operations.planning.live import LiveRoute, RouteState
from zaguan.operations.planning.routes import list_routes
from zaguan.records.accounts.service import get_organisation
from zaguan.records.drivers.service import get_driver_by_id

router = APIRouter(prefix="/driver/v1", tags=["driver"], route_class=StrictRoute)

DRIVEN: Final = frozenset({RouteState.ASSIGNED, RouteState.STARTED, RouteState.ENDED})
_TAG_BYTES: Final = 7  # of the hash, which an entity tag can hold as a number


@router.get(
    "/sheet",
    response_model=SheetView,
    responses={
        **problems(404),
        200: {"headers": {"ETag": {"schema": {"type": "string"}}}},
        304: {"description": "It is as you have it (If-None-Match)."},
    },
)
def get_sheet(
    phone: Caller,
    ground: Standing,
    on: Day | None = None,
    if_none_match: Annotated[
        str | None, Header(alias="If-None-Match", description="The ETag of what you have.")
    ] = None,
) -> Response:
    """Return the driver's routes of a day, today's unless `on` says otherwise, and one that runs since yesterday.

    Its ETag is that of all it says: 304 means that the phone has everything.
    """
    with ground.database.session(phone.organisation_id) as session:
        driver = get_driver_by_id(session, phone.organisation_id, phone.driver_id)
        zone = get_organisation(session, phone.organisation_id).time_zone
        today = ground.clock.now().astimezone(ZoneInfo(zone)).date()
        day = on or today
        routes = list_routes(session, phone.organisation_id, service_on=day, driver_ref=driver.ref, states=DRIVEN)
        if day == today:
            routes += list_routes(
                session,
                phone.organisation_id,
                service_on=day - timedelta(days=1),
                driver_ref=driver.ref,
                states=[RouteState.STARTED],
            )
        views = [_view(session, phone, ground, live) for live in routes if live.driver_id == phone.driver_id]
    sheet = SheetView(driver_id=phone.driver_id, service_on=day, time_zone=zone, routes=views)
    body = sheet.model_dump_json(exclude_none=True).encode()
    version = int.from_bytes(hashlib.sha256(body).digest()[:_TAG_BYTES])
    headers = {"ETag": etag_of(version), "Cache-Control": "no-cache"}
    if is_unchanged(if_none_match, version):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")


def _view(session: Session, phone: Phone, ground: Ground, live: LiveRoute) -> RouteView:
    sheet = driver_sheet(session, phone.organisation_id, live.id, phone.driver_id, road=ground.road)
    load, told = route_progress(session, phone.organisation_id, sheet)
    return route_view(live, sheet, load, told, wishes_on_sheet(session, phone.organisation_id, sheet))
