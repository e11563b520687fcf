"""Depots: where routes begin and end."""

from typing import Annotated, Self

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from zaguan.base.kit.kept import Kept
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
from zaguan.doors.gateway.order_forms import LocalTime, PlaceForm, Short, clock_of, seconds_of
from zaguan.records.accounts.model import Permission, Principal
from zaguan.records.network import service
from zaguan.records.network.model import DAY_S, Depot

router = APIRouter(prefix="/v1/depots", tags=["depots"], route_class=StrictRoute)

Reader = Annotated[Principal, needs(Permission.NETWORK_READ)]
Writer = Annotated[Principal, needs(Permission.NETWORK_WRITE)]


class DepotForm(Form):
    """A depot, whole: what is left out goes back to what is written here. Its place needs a point."""

    name: Short
    place: PlaceForm
    opens: LocalTime = "00:00"
    closes: LocalTime = "24:00"
    loading_s: Annotated[int, Field(ge=0, le=DAY_S, description="Before a route may leave.")] = 0
    calendar_ref: Annotated[OtherRef, Field(description="Routes leave on the days of this work calendar only.")] = ""

    def depot(self, ref: str) -> Depot:
        """Return it as the house has it."""
        return Depot(
            ref=ref,
            name=self.name,
            place=self.place.place(),
            opens_s=seconds_of(self.opens),
            closes_s=seconds_of(self.closes),
            loading_s=self.loading_s,
            calendar_ref=self.calendar_ref,
        )


class PointView(BaseModel):
    """WGS 84."""

    lon: float
    lat: float


class DepotPlaceView(BaseModel):
    """Where it is."""

    address: str
    commune: str
    city: str
    postcode: str
    access_notes: str
    point: PointView


class DepotView(RecordView):
    """A depot as it stands."""

    name: str
    place: DepotPlaceView
    opens: str
    closes: str
    loading_s: int
    calendar_ref: str

    @classmethod
    def of(cls, kept: Kept[Depot]) -> Self:
        """Return a depot as programs see it."""
        depot = kept.value
        place, point = depot.place, depot.place.point
        assert point is not None, "no depot is kept without a point"
        return cls(
            **frame_of(kept),
            name=depot.name,
            place=DepotPlaceView(
                address=place.address,
                commune=place.commune,
                city=place.city,
                postcode=place.postcode,
                access_notes=place.access_notes,
                point=PointView(lon=point.lon, lat=point.lat),
            ),
            opens=clock_of(depot.opens_s),
            closes=clock_of(depot.closes_s),
            loading_s=depot.loading_s,
            calendar_ref=depot.calendar_ref,
        )


class DepotList(Page):
    """A page of depots, by external id."""

    depots: list[DepotView]


@router.put(
    "/{external_id}", response_model=RecordReceipt, responses={**problems(404, 409, 412), 200: TAGGED, 201: NEW}
)
def put_depot(
    external_id: ExternalPath, body: DepotForm, principal: Writer, ground: Standing, if_match: IfMatch = None
) -> Response:
    """Keep a depot under your own name for it, new or changed. It may be repeated; one put away comes back."""
    with ground.database.session(principal.organisation_id) as session:
        found = service.find_depot(session, principal.organisation_id, external_id)
        expected = expected_version(if_match, found)
        if body.calendar_ref:
            service.get_work_calendar(session, principal.organisation_id, body.calendar_ref)
        kept = service.save_depot(
            session,
            principal.organisation_id,
            body.depot(external_id),
            clock=ground.clock,
            actor=principal.actor,
            expected_version=expected,
        )
    return told_receipt(kept, is_new=found is None)


@router.get("", response_model=DepotList, response_model_exclude_none=True, responses=problems())
def list_depots(
    principal: Reader, ground: Standing, cursor: Cursor = None, limit: Limit = FIRST, archived: Archived = False
) -> DepotList:
    """Return the depots, by external id."""
    leaf = Leaf(ground, principal, of=f"depots:{archived}", cursor=cursor)
    with ground.database.session(principal.organisation_id) as session:
        found = service.list_depots(
            session, principal.organisation_id, after=leaf.after, limit=limit, archived=archived
        )
    return DepotList(depots=leaf.views(found, DepotView.of), next=leaf.next(found))


@router.get("/{external_id}", response_model=DepotView, responses={**problems(404), 200: TAGGED, 304: UNCHANGED})
def get_depot(
    external_id: ExternalPath, principal: Reader, ground: Standing, if_none_match: IfNoneMatch = None
) -> Response:
    """Return a depot, in use or put away."""
    with ground.database.session(principal.organisation_id) as session:
        kept = service.get_depot(session, principal.organisation_id, external_id)
    return told_view(DepotView.of(kept), if_none_match)


@router.post("/{external_id}/archive", response_model=RecordReceipt, responses={**problems(404, 409, 412), 200: TAGGED})
def archive_depot(
    external_id: ExternalPath, principal: Writer, asked: Keyed, ground: Standing, if_match: IfMatch = None
) -> Response:
    """Put a depot away: no plan uses it any more. `PUT` takes it back."""
    return once_for(ground, principal).do(
        asked,
        lambda session: receipt_answer(
            service.archive_depot(
                session,
                principal.organisation_id,
                external_id,
                clock=ground.clock,
                actor=principal.actor,
                expected_version=expected_version(
                    if_match, service.get_depot(session, principal.organisation_id, external_id)
                ),
            )
        ),
    )
