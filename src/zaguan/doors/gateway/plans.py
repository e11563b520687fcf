"""Plans: asked for, looked at with what they leave out, published."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import Field
from sqlalchemy.orm import Session

from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.etags import check_if_match, etag_of, is_unchanged
from zaguan.doors.frame.forms import Day, Form
from zaguan.doors.frame.once import Keyed, answer_of
from zaguan.doors.frame.reading import StrictRoute
from zaguan.doors.gateway.auth import needs, once_for, owner_of
from zaguan.doors.gateway.ground import Standing
from zaguan.doors.gateway.kept import FIRST, TAGGED, UNCHANGED, Cursor, IfMatch, IfNoneMatch, Leaf, Limit
from zaguan.doors.gateway.operations import OperationView, operation_view
from zaguan.doors.gateway.order_forms import Amount, Short, Tags
from zaguan.doors.gateway.plan_views import (
    PlanHead,
    PlanList,
    PlanView,
    PublicationView,
    revision_of,
)
from zaguan.operations.planning import making
from zaguan.operations.planning.asking import DEFAULT_SEARCH_S, MAX_SEARCH_S, PlanAsked, RegionMissing, ask_for_plan
from zaguan.operations.planning.publishing import publish_plan
from zaguan.operations.planning.versions import MAX_VERSIONS, PlanId
from zaguan.records.accounts.model import Permission, Principal
from zaguan.records.requests.model import Answer

router = APIRouter(prefix="/v1/plans", tags=["plans"], route_class=StrictRoute)

Reader = Annotated[Principal, needs(Permission.PLANS_READ)]
Writer = Annotated[Principal, needs(Permission.PLANS_WRITE)]
Publisher = Annotated[Principal, needs(Permission.PLANS_PUBLISH)]
PlanPath = Annotated[PlanId, Path(description="The plan's id, as the operation's result names it.")]
Number = Annotated[int, Field(ge=1, le=MAX_VERSIONS)]


class PlanNew(Form):
    """What is to be planned."""

    service_on: Day
    depot_refs: Annotated[Tags, Field(description="None: all depots.")] = ()
    name: Short = ""
    is_what_if: Annotated[bool, Field(description="A plan of its own, to look at.")] = False
    search_s: Annotated[int, Field(ge=1, le=MAX_SEARCH_S, description="How long to search.")] = DEFAULT_SEARCH_S
    move_cost_minor: Annotated[
        Amount, Field(description="Price of an order that changes its driver, where routes stand already.")
    ] = 0
    order_cost_minor: Annotated[
        Amount, Field(description="Price of an order that changes its turn, where routes stand already.")
    ] = 0


class PublishForm(Form):
    """What is to be driven."""

    version: Annotated[Number | None, Field(description="Left out: the latest.")] = None
    assign: Annotated[bool, Field(description="False: new routes stay open, for drivers to take.")] = True


@router.post("", status_code=202, response_model=OperationView, responses=problems(409))
def ask_for_a_plan(body: PlanNew, principal: Writer, asked: Keyed, ground: Standing) -> Response:
    """Plan a day, or plan on from the routes that stand: long work, whose result is `plan_id` and `version`.

    `GET /v1/operations/{id}` tells how far it is and, by code, what it was refused for; it can be cancelled there.
    Nothing is driven by a plan before it is published. Refused where no region is set.
    """
    if not ground.has_region:
        raise RegionMissing

    def act(session: Session) -> Answer:
        operation = ask_for_plan(
            session,
            principal.organisation_id,
            PlanAsked(**body.model_dump(), actor=principal.actor),
            owner=owner_of(principal),
            jobs=ground.jobs,
            clock=ground.clock,
        )
        return answer_of(operation_view(operation), 202, Location=f"/v1/operations/{operation.id}")

    return once_for(ground, principal).do(asked, act)


@router.get("", response_model=PlanList, response_model_exclude_none=True, responses=problems())
def list_plans(
    principal: Reader, ground: Standing, service_on: Day | None = None, cursor: Cursor = None, limit: Limit = FIRST
) -> PlanList:
    """Return the plans, oldest first."""
    leaf = Leaf(ground, principal, of=f"plans:{service_on}", cursor=cursor)
    with ground.database.session(principal.organisation_id) as session:
        found = making.list_plans(
            session, principal.organisation_id, service_on=service_on, after=leaf.after, limit=limit
        )
    return PlanList(plans=leaf.views(found, PlanHead.of), next=leaf.next(found))


@router.get("/{plan_id}", response_model=PlanView, responses={**problems(404), 200: TAGGED, 304: UNCHANGED})
def get_plan(
    plan_id: PlanPath,
    principal: Reader,
    ground: Standing,
    version: Annotated[Number | None, Query(description="Left out: the latest.")] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """Return a plan with one of its versions: routes, figures, and the orders left out, each with its reason."""
    with ground.database.session(principal.organisation_id) as session:
        plan = making.get_plan(session, principal.organisation_id, plan_id)
        headers = {"ETag": etag_of(revision_of(plan)), "Vary": "Accept-Language"}
        if is_unchanged(if_none_match, revision_of(plan)):
            return Response(status_code=304, headers=headers)
        found = making.get_version(session, principal.organisation_id, plan_id, version or plan.latest_version)
    return JSONResponse(PlanView.with_version(plan, found).model_dump(mode="json", exclude_none=True), headers=headers)


@router.post("/{plan_id}/publish", response_model=PublicationView, responses={**problems(404, 409, 412), 200: TAGGED})
def publish_a_plan(
    plan_id: PlanPath,
    body: PublishForm,
    principal: Publisher,
    asked: Keyed,
    ground: Standing,
    if_match: IfMatch = None,
) -> Response:
    """Make a version what is driven: its orders are planned, its routes in force; what the road has done stays.

    A version made from another one than is published now is refused, and both are named. Told twice it is done once.
    """

    def act(session: Session) -> Answer:
        plan = making.get_plan(session, principal.organisation_id, plan_id)
        check_if_match(if_match, revision_of(plan))
        publication = publish_plan(
            session,
            principal.organisation_id,
            plan_id,
            body.version or plan.latest_version,
            clock=ground.clock,
            actor=principal.actor,
            assign=body.assign,
        )
        return answer_of(PublicationView.of(publication), 200, ETag=etag_of(revision_of(publication.plan)))

    return once_for(ground, principal).do(asked, act)
