"""`GET /v1/events/stream`: the events as they come, resumed by their ids."""

from collections.abc import Sequence
from typing import Final

import orjson
from fastapi import Request
from fastapi.security import HTTPAuthorizationCredentials
from fastapi.security.utils import get_authorization_scheme_param

from zaguan.base.kit.journal import read
from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.listeners import Listeners
from zaguan.doors.frame.stream import Frame, StreamEndpoint
from zaguan.doors.frame.threshold import Figures
from zaguan.doors.gateway.auth import address_of, owner_of, recognise
from zaguan.doors.gateway.events import purpose_of
from zaguan.doors.gateway.ground import Ground, ground_of
from zaguan.records.accounts.model import Permission, Principal
from zaguan.records.webhooks.sending import event_body, may_hear

PATH: Final = "/v1/events/stream"
DESCRIPTION: Final = {
    "get": {
        "tags": ["events"],
        "operationId": "stream_events",
        "summary": "Stream Events",
        "description": (
            "Server-sent events: `event` is the type, `data` the event as `GET /v1/events` tells it, `id` its cursor. "
            "`Last-Event-ID` (or `after`) goes on where a stream was cut off; without it, the stream begins now."
        ),
        "security": [{"apiKey": [Permission.EVENTS_READ.value]}],
        "parameters": [
            {"name": "after", "in": "query", "schema": {"type": "string", "maxLength": 512}},
            {"name": "Last-Event-ID", "in": "header", "schema": {"type": "string", "maxLength": 512}},
        ],
        "responses": {
            "200": {"description": "The stream.", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
            **{str(status): said for status, said in problems().items()},
        },
    }
}


def subject_of(organisation_id: object) -> str:
    """Return what is published when something new is in an organisation's journal."""
    return f"events.{organisation_id}"


class EventFeed:
    """The events that one key may hear of."""

    def __init__(self, ground: Ground, principal: Principal, credentials: HTTPAuthorizationCredentials) -> None:
        self._ground, self._principal, self._credentials = ground, principal, credentials
        self._purpose = purpose_of(principal)

    @property
    def subjects(self) -> Sequence[str]:
        """What wakes the stream."""
        return (subject_of(self._principal.organisation_id),)

    def read(self, after: str, limit: int) -> tuple[list[Frame], str]:
        """Return the next frames after an id, and the id to go on after."""
        position = int(self._ground.cursors.open(after, purpose=self._purpose))
        organisation_id = self._principal.organisation_id
        with self._ground.database.session(organisation_id) as session:
            reading = read(session, organisation_id, after=position, types=self._ground.event_types, limit=limit)
        frames = [
            Frame(event=entry.type, data=orjson.dumps(event_body(entry)), id=self._seal(entry.position))
            for entry in reading.entries
            if may_hear(owner_of(self._principal), entry)
        ]
        return frames, self._seal(reading.cursor)

    def beginning(self) -> str:
        """Return the id of the newest event."""
        organisation_id = self._principal.organisation_id
        with self._ground.database.session(organisation_id) as session:
            # no type is called so: the answer is how far the journal is settled
            return self._seal(read(session, organisation_id, types=("",), limit=1).cursor)

    def check(self) -> None:
        """Refuse a key that was revoked, or lost its grant, since the stream began."""
        self._ground.identify(self._credentials.credentials, self._principal.address or "").require(
            Permission.EVENTS_READ
        )

    def _seal(self, position: int) -> str:
        return self._ground.cursors.seal(str(position), purpose=self._purpose)


def open_feed(request: Request) -> EventFeed:
    """Return what the caller may hear. Refused: whatever `GET /v1/events` refuses."""
    ground = ground_of(request)
    scheme, secret = get_authorization_scheme_param(request.headers.get("authorization"))
    credentials = HTTPAuthorizationCredentials(scheme=scheme, credentials=secret) if secret else None
    principal = recognise(ground, credentials, address_of(request))
    principal.require(Permission.EVENTS_READ)
    assert credentials is not None, "without any, nobody is recognised"
    return EventFeed(ground, principal, credentials)


def event_stream(listeners: Listeners, figures: Figures) -> StreamEndpoint:
    """Return the endpoint."""
    return StreamEndpoint(PATH, open_feed, listeners=listeners, figures=figures)
