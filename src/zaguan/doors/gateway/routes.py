"""Routes that are driven, with their stops."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response

from zaguan.base.kit.kept import page_of
from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.etags import etag_of, is_unchanged
from zaguan.doors.frame.forms import Day
from zaguan.doors.frame.reading import StrictRoute
from zaguan.doors.gateway.auth import needs
from zaguan.doors.gateway.ground import Standing
from zaguan.doors.gateway.kept import FIRST, TAGGED, UNCHANGED, Cursor, IfNoneMatch, Leaf, Limit, OtherRef
from zaguan.doors.gateway.plan_views import RouteHead, RouteList, RouteView
from zaguan.operations.planning import routes as service
from zaguan.operations.planning.live import RouteId, RouteState
from zaguan.operations.planning.versions import PlanId
from zaguan.records.accounts.model import Permission, Principal

router = APIRouter(prefix="/v1/routes", tags=["routes"], route_class=StrictRoute)

Reader = Annotated[Principal, needs(Permission.PLANS_READ)]
RoutePath = Annotated[RouteId, Path(description="The route's id, as publishing returned it.")]


@router.get("", response_model=RouteList, response_model_exclude_none=True, responses=problems())
def list_routes(
    principal: Reader,
    ground: Standing,
    service_on: Annotated[Day, Query(description="The day that they are driven on.")],
    plan_id: PlanId | None = None,
    driver_ref: OtherRef | None = None,
    state: RouteState | None = None,
    cursor: Cursor = None,
    limit: Limit = FIRST,
) -> RouteList:
    """Return the routes of a day, by their refs."""
    leaf = Leaf(ground, principal, of=f"routes:{service_on}:{plan_id}:{driver_ref!r}:{state}", cursor=cursor)
    with ground.database.session(principal.organisation_id) as session:
        of_day = service.list_routes(
            session,
            principal.organisation_id,
            service_on=service_on,
            plan_id=plan_id,
            driver_ref=driver_ref,
            states=() if state is None else (state,),
        )
    # two plans of a day may both have an R01
    placed = sorted(((f"{route.ref}\n{route.id}", route) for route in of_day), key=lambda pair: pair[0])
    found = page_of([pair for pair in placed if pair[0] > leaf.after][: limit + 1], limit=limit)
    return RouteList(routes=leaf.views(found, RouteHead.of), next=leaf.next(found))


@router.get("/{route_id}", response_model=RouteView, responses={**problems(404), 200: TAGGED, 304: UNCHANGED})
def get_route(route_id: RoutePath, principal: Reader, ground: Standing, if_none_match: IfNoneMatch = None) -> Response:
    """Return a route with its stops: as planned, and as they came."""
    with ground.database.session(principal.organisation_id) as session:
        route = service.get_route(session, principal.organisation_id, route_id)
    headers = {"ETag": etag_of(route.version)}
    if is_unchanged(if_none_match, route.version):
        return Response(status_code=304, headers=headers)
    return JSONResponse(RouteView.of(route).model_dump(mode="json", exclude_none=True), headers=headers)
