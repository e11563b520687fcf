"""What happened: the journal as programs may read it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from zaguan.base.kit.chain import Entry, Stream
from zaguan.base.kit.journal import read, read_stream
from zaguan.doors.frame.cursors import DEFAULT_LIMIT, MAX_CURSOR, MAX_LIMIT
from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.forms import Form
from zaguan.doors.frame.reading import StrictRoute
from zaguan.doors.gateway.auth import needs, owner_of
from zaguan.doors.gateway.ground import Standing
from zaguan.doors.gateway.orders import OrderPath, visible
from zaguan.records.accounts.model import Permission, Principal
from zaguan.records.orders.service import get_order
from zaguan.records.webhooks.model import checked_types
from zaguan.records.webhooks.sending import event_body, may_hear

router = APIRouter(prefix="/v1", tags=["events"], route_class=StrictRoute)

Reader = Annotated[Principal, needs(Permission.EVENTS_READ)]


class StreamView(BaseModel):
    """The thing that it happened to."""

    kind: str
    id: UUID


class EventView(BaseModel):
    """One event, as a webhook tells it."""

    id: UUID
    type: str
    timestamp: datetime = Field(description="When it happened, by the one who did it.")
    stream: StreamView
    sequence: int = Field(description="Counts without gaps within the stream, from 1.")
    data: dict[str, Any] = Field(description="The fact; its fields are in the reference of events.")


class EventList(BaseModel):
    """Events in the order in which they were recorded."""

    events: list[EventView]
    next: str = Field(description="What to read `after`: also at the end, to go on later.")
    more: bool = Field(description="Whether there is more to read now.")


class OrderEvents(BaseModel):
    """The events of one order, the oldest first."""

    events: list[EventView]


class EventQuery(Form):
    """Where to go on, and what to hear of."""

    after: Annotated[str | None, Field(max_length=MAX_CURSOR, description="`next` of the answer before.")] = None
    type: Annotated[tuple[Annotated[str, Field(max_length=80)], ...], Field(max_length=50)] = ()
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT


@router.get("/events", response_model=EventList, responses=problems())
def list_events(query: Annotated[EventQuery, Query()], principal: Reader, ground: Standing) -> EventList:
    """Return what happened after a cursor: without gaps, in order, each event once. Webhooks tell the same."""
    purpose = purpose_of(principal)
    position = 0 if query.after is None else int(ground.cursors.open(query.after, purpose=purpose))
    types = checked_types(query.type, ground.event_types) or tuple(ground.event_types)
    with ground.database.session(principal.organisation_id) as session:
        reading = read(session, principal.organisation_id, after=position, types=types, limit=query.limit)
    return EventList(
        events=[event_view(entry) for entry in reading.entries if may_hear(owner_of(principal), entry)],
        next=ground.cursors.seal(str(reading.cursor), purpose=purpose),
        more=len(reading.entries) == query.limit,
    )


@router.get("/orders/{order_id}/events", response_model=OrderEvents, responses=problems(404))
def list_order_events(
    order_id: OrderPath,
    principal: Reader,
    ground: Standing,
    after: Annotated[int, Query(ge=0, le=2**31, description="The last `sequence` that you have.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
) -> OrderEvents:
    """Return what happened to one order."""
    with ground.database.session(principal.organisation_id) as session:
        visible(get_order(session, principal.organisation_id, order_id), principal)
        stream = Stream("order", order_id)
        entries = read_stream(session, principal.organisation_id, stream, after=after, limit=limit)
    return OrderEvents(events=[event_view(entry) for entry in entries])


def event_view(entry: Entry) -> EventView:
    """Return an event as programs see it."""
    return EventView.model_validate(event_body(entry))


def purpose_of(principal: Principal) -> str:
    """Return what a cursor of events is good for."""
    return f"events:{principal.organisation_id}:{owner_of(principal)}"
