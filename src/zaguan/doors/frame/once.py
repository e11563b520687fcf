"""Idempotency-Key at the door (draft-ietf-httpapi-idempotency-key-header-07)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.responses import Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.doors.frame.reading import FINGERPRINT
from zaguan.records.requests.model import KEY_LENGTH, Answer
from zaguan.records.requests.service import answer_once

REPLAYED = "Idempotency-Replayed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKey:
    """What an act is known by when it is asked for again."""

    key: str
    fingerprint: str


def request_key(
    request: Request,
    idempotency_key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=KEY_LENGTH,
            pattern=r"^[\x21-\x7e]+$",
            description="Made by the caller, one per act. A repeat within 7 days gets the same answer, and no effect.",
        ),
    ],
) -> RequestKey:
    """Read the key; the door answers 400 where it is missing."""
    return RequestKey(key=idempotency_key, fingerprint=request.scope[FINGERPRINT])


Keyed = Annotated[RequestKey, Depends(request_key)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """Does acts of one owner in one transaction together with their answers."""

    database: Database
    clock: Clock
    organisation_id: OrganisationId
    owner: str

    def do(self, asked: RequestKey, act: Callable[[Session], Answer]) -> Response:
        """Do the act, or repeat its answer."""
        with self.database.session(self.organisation_id) as session:
            answer, replayed = answer_once(
                session,
                self.organisation_id,
                lambda: act(session),
                owner=self.owner,
                key=asked.key,
                fingerprint=asked.fingerprint,
                clock=self.clock,
            )
        # committed: from here on the answer is true
        headers = dict(answer.headers)
        if replayed:
            headers[REPLAYED] = "true"
        return Response(answer.body, answer.status, headers, media_type="application/json" if answer.body else None)


def answer_of(body: BaseModel, status: int, **headers: str) -> Answer:
    """Return an answer to be kept; header names are written with underscores. It must hold no personal data."""
    told = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status=status, headers=told, body=body.model_dump_json(exclude_none=True).encode())
