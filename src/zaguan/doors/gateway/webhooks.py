"""Webhooks: where a program wants to be told, its secrets, its log."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from zaguan.doors.frame.cursors import DEFAULT_LIMIT, MAX_CURSOR, MAX_LIMIT, Page
from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.etags import check_if_match, etag_of
from zaguan.doors.frame.forms import Form
from zaguan.doors.frame.once import Keyed, answer_of
from zaguan.doors.frame.reading import StrictRoute
from zaguan.doors.gateway.auth import needs, once_for, owner_of
from zaguan.doors.gateway.ground import Standing
from zaguan.doors.gateway.order_forms import Short
from zaguan.records.accounts.model import Permission, Principal
from zaguan.records.webhooks import service
from zaguan.records.webhooks.model import (
    MAX_URL,
    Attempt,
    Delivery,
    DeliveryId,
    DeliveryState,
    Endpoint,
    EndpointId,
    OffReason,
)

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], route_class=StrictRoute)

Keeper = Annotated[Principal, needs(Permission.WEBHOOKS_MANAGE)]
EndpointPath = Annotated[EndpointId, Path(description="The endpoint's id.")]
Url = Annotated[str, Field(min_length=1, max_length=MAX_URL, description="https, to a public host.")]
Types = Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=200, description="None: all.")]


class EndpointNew(Form):
    """A new endpoint."""

    url: Url
    types: Annotated[Types, Field(default_factory=list)]
    description: Short = ""


class EndpointChange(Form):
    """What is to be different; fields that are left out stay as they are."""

    url: Url | None = None
    types: Types | None = None
    description: Short | None = None
    enabled: bool | None = None


class EndpointView(BaseModel):
    """Where something is told."""

    id: EndpointId
    url: str
    types: list[str]
    description: str
    enabled: bool
    off_reason: OffReason | None = None
    version: int
    created_at: datetime


class EndpointList(BaseModel):
    """All endpoints of the caller, the oldest first; there are at most fifty."""

    endpoints: list[EndpointView]


class SecretView(BaseModel):
    """What messages are signed with: the newest secret first, the one before until it runs out."""

    secrets: list[str]


class EventTypes(BaseModel):
    """What can be told."""

    types: list[str]


class DeliveryView(BaseModel):
    """The telling of one event."""

    id: DeliveryId
    event_id: UUID
    event_type: str
    state: DeliveryState
    tries: int
    next_try_at: datetime | None = None
    attempts: list[Attempt]
    created_at: datetime
    ended_at: datetime | None = None


class DeliveryList(Page):
    """The log, the newest first."""

    deliveries: list[DeliveryView]


def endpoint_view(endpoint: Endpoint) -> EndpointView:
    """Return an endpoint without its secrets."""
    return EndpointView.model_validate(endpoint, from_attributes=True)


def delivery_view(delivery: Delivery) -> DeliveryView:
    """Return a line of the log."""
    return DeliveryView.model_validate(delivery, from_attributes=True)


@router.get("/types", response_model=EventTypes, responses=problems())
def list_event_types(principal: Keeper, ground: Standing) -> EventTypes:
    """Return the types of events that can be told."""
    assert principal.organisation_id is not None
    return EventTypes(types=sorted(ground.event_types))


@router.get("", response_model=EndpointList, response_model_exclude_none=True, responses=problems())
def list_endpoints(principal: Keeper, ground: Standing) -> EndpointList:
    """Return the caller's endpoints."""
    with ground.database.session(principal.organisation_id) as session:
        found = service.list_endpoints(session, principal.organisation_id, owner=owner_of(principal))
    return EndpointList(endpoints=[endpoint_view(endpoint) for endpoint in found])


@router.post("", status_code=201, response_model=EndpointView, responses=problems(409))
def add_endpoint(body: EndpointNew, principal: Keeper, asked: Keyed, ground: Standing) -> Response:
    """Have events told to an address, signed (Standard Webhooks). `GET …/secret` returns what they are signed with."""

    def act(session: Session) -> Endpoint:
        return service.add_endpoint(
            session,
            principal.organisation_id,
            owner=owner_of(principal),
            url=body.url,
            types=body.types,
            description=body.description,
            known_types=ground.event_types,
            private_allowed=ground.private_targets,
            clock=ground.clock,
        )

    return once_for(ground, principal).do(
        asked,
        lambda session: answer_of(endpoint_view(endpoint := act(session)), 201, ETag=etag_of(endpoint.version)),
    )


@router.get("/{endpoint_id}", response_model=EndpointView, responses=problems(404))
def get_endpoint(endpoint_id: EndpointPath, principal: Keeper, ground: Standing) -> Response:
    """Return an endpoint."""
    with ground.database.session(principal.organisation_id) as session:
        found = service.get_endpoint(session, principal.organisation_id, endpoint_id, owner=owner_of(principal))
    return _told(found)


@router.patch("/{endpoint_id}", response_model=EndpointView, responses=problems(404, 409, 412))
def change_endpoint(
    endpoint_id: EndpointPath,
    body: EndpointChange,
    principal: Keeper,
    ground: Standing,
    if_match: Annotated[str | None, Header(alias="If-Match", description="The ETag of what you read.")] = None,
) -> Response:
    """Change what is given. Switched on again, an endpoint gets what has waited."""
    with ground.database.session(principal.organisation_id) as session:
        owner = owner_of(principal)
        found = service.get_endpoint(session, principal.organisation_id, endpoint_id, owner=owner, lock=True)
        check_if_match(if_match, found.version)
        changed = service.change_endpoint(
            session,
            principal.organisation_id,
            found,
            url=body.url,
            types=body.types,
            description=body.description,
            enabled=body.enabled,
            known_types=ground.event_types,
            private_allowed=ground.private_targets,
            jobs=ground.jobs,
            clock=ground.clock,
        )
    return _told(changed)


@router.delete("/{endpoint_id}", status_code=204, response_class=Response, responses=problems(404))
def remove_endpoint(endpoint_id: EndpointPath, principal: Keeper, ground: Standing) -> Response:
    """Tell nothing there any more; its log goes with it."""
    with ground.database.session(principal.organisation_id) as session:
        service.remove_endpoint(session, principal.organisation_id, endpoint_id, owner=owner_of(principal))
    return Response(status_code=204)


@router.get("/{endpoint_id}/secret", response_model=SecretView, responses=problems(404))
def get_secret(endpoint_id: EndpointPath, principal: Keeper, ground: Standing) -> SecretView:
    """Return what an endpoint's messages are signed with now."""
    with ground.database.session(principal.organisation_id) as session:
        found = service.get_endpoint(session, principal.organisation_id, endpoint_id, owner=owner_of(principal))
    return SecretView(secrets=list(found.secrets_at(ground.clock.now())))


@router.post("/{endpoint_id}/rotate", response_model=EndpointView, responses=problems(404, 409))
def rotate_secret(endpoint_id: EndpointPath, principal: Keeper, asked: Keyed, ground: Standing) -> Response:
    """Sign with a new secret from now on, and for 24 hours with the old one too."""
    return once_for(ground, principal).do(
        asked,
        lambda session: answer_of(
            endpoint_view(
                service.rotate_secret(
                    session,
                    principal.organisation_id,
                    endpoint_id,
                    owner=owner_of(principal),
                    clock=ground.clock,
                )
            ),
            200,
        ),
    )


@router.get(
    "/{endpoint_id}/deliveries",
    response_model=DeliveryList,
    response_model_exclude_none=True,
    responses=problems(404),
)
def list_deliveries(
    endpoint_id: EndpointPath,
    principal: Keeper,
    ground: Standing,
    cursor: Annotated[str | None, Query(max_length=MAX_CURSOR)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
) -> DeliveryList:
    """Return what was told to an endpoint, and how each try went."""
    purpose = f"deliveries:{principal.organisation_id}:{endpoint_id}"
    before = None if cursor is None else DeliveryId(UUID(ground.cursors.open(cursor, purpose=purpose)))
    with ground.database.session(principal.organisation_id) as session:
        found = service.list_deliveries(
            session, principal.organisation_id, endpoint_id, owner=owner_of(principal), before=before, limit=limit
        )
    following = ground.cursors.seal(str(found[-1].id), purpose=purpose) if len(found) == limit else None
    return DeliveryList(deliveries=[delivery_view(delivery) for delivery in found], next=following)


@router.post(
    "/{endpoint_id}/deliveries/{delivery_id}/replay",
    status_code=202,
    response_model=DeliveryView,
    responses=problems(404, 409),
)
def replay_delivery(
    endpoint_id: EndpointPath,
    delivery_id: Annotated[DeliveryId, Path(description="The delivery's id.")],
    principal: Keeper,
    asked: Keyed,
    ground: Standing,
) -> Response:
    """Send an event once more, under the same `webhook-id`."""
    return once_for(ground, principal).do(
        asked,
        lambda session: answer_of(
            delivery_view(
                service.replay_delivery(
                    session,
                    principal.organisation_id,
                    endpoint_id,
                    delivery_id,
                    owner=owner_of(principal),
                    jobs=ground.jobs,
                    clock=ground.clock,
                )
            ),
            202,
        ),
    )


def _told(endpoint: Endpoint) -> Response:
    body = endpoint_view(endpoint).model_dump(mode="json", exclude_none=True)
    return JSONResponse(body, headers={"ETag": etag_of(endpoint.version)})
