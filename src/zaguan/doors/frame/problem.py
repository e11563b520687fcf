"""A refusal as RFC 9457 has it: application/problem+json, in the caller's language, never with the caller's input."""

from collections.abc import Mapping, Sequence
from typing import Final

import orjson
from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.words import has_words, say
from zaguan.doors.frame.refusals import DoorRefusal

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:zaguan:problem:"
RETRY_AFTER_S: Final = 60  # where a room does not say when it may be tried again

STATUS: Final = {
    Kind.INVALID: 422,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.FORBIDDEN: 403,
    Kind.GONE: 410,
    Kind.UNAVAILABLE: 503,
    Kind.UNKNOWN_CALLER: 401,
    Kind.TOO_MANY: 429,
}
"""The one place where a kind of refusal becomes a status."""


class FieldError(BaseModel):
    """What is wrong with one field."""

    model_config = ConfigDict(extra="forbid")

    pointer: str | None = Field(
        default=None, description="JSON Pointer into the body, as a URI fragment: `#/place/point`."
    )
    parameter: str | None = Field(default=None, description="Name of the query, path or header parameter.")
    code: str = Field(description="Stable code of what is wrong.")
    detail: str = Field(description="What is wrong, in the caller's language.")


class Problem(BaseModel):
    """RFC 9457 problem details. `code` is stable; `title`, `detail` and `hint` are in the caller's language."""

    type: str = Field(
        description="Stable URI of the kind of problem.", examples=["urn:zaguan:problem:orders.not_found"]
    )
    title: str = Field(description="The status in words.")
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="What is wrong.")
    code: str = Field(description="Stable code: `room.name`.")
    hint: str | None = Field(default=None, description="What to do next.")
    instance: str | None = Field(default=None, description="URN of this request, as in the header X-Request-Id.")
    errors: list[FieldError] | None = Field(default=None, description="What is wrong, field by field.")


def status_of(refusal: ZaguanError) -> int:
    """Return the HTTP status of a refusal."""
    return refusal.status if isinstance(refusal, DoorRefusal) else STATUS[refusal.kind]


def problem_of(refusal: ZaguanError, errors: Sequence[FieldError] = ()) -> Problem:
    """Return a refusal as problem details, without the request it belongs to."""
    status = status_of(refusal)
    return Problem(
        type=TYPE_PREFIX + refusal.code,
        title=title_of(status),
        status=status,
        detail=_safe(refusal.message()),
        code=refusal.code,
        hint=refusal.hint(),
        errors=list(errors) or None,
    )


def title_of(status: int) -> str:
    """Return a status in words of the caller's language."""
    key = f"door.title_{status}"
    return say(key) if has_words(key) else say("door.title_other", status=status)


def response_of(problem: Problem, request: Request | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer that carries a problem."""
    request_id = None if request is None else request.scope.get("zaguan.request_id")
    told = problem.model_copy(update={"instance": f"urn:zaguan:request:{request_id}" if request_id else None})
    return Response(
        orjson.dumps(told.model_dump(mode="json", exclude_none=True)),
        status_code=told.status,
        media_type=MEDIA_TYPE,
        headers=dict(headers or {}),
    )


def refuse(request: Request, refusal: Exception) -> Response:
    """Answer a refusal of a room or of the door."""
    assert isinstance(refusal, ZaguanError)
    return response_of(problem_of(refusal), request, _headers(refusal))


def refuse_plainly(request: Request, failure: Exception) -> Response:
    """Answer what the framework itself refuses: an unknown address, a method that is not served there."""
    assert isinstance(failure, HTTPException)
    return response_of(plain_problem(failure.status_code), request, failure.headers)


def plain_problem(status: int) -> Problem:
    """Return the problem that has only a status to tell."""
    key = f"door.status_{status}"
    detail = say(key) if has_words(key) else title_of(status)
    hint = say(f"{key}.hint") if has_words(f"{key}.hint") else None
    code = key if has_words(key) else "door.status_other"
    return Problem(type=TYPE_PREFIX + code, title=title_of(status), status=status, detail=detail, code=code, hint=hint)


def _headers(refusal: ZaguanError) -> dict[str, str]:
    """Return what the protocol wants told beside the body."""
    if isinstance(refusal, DoorRefusal) and (told := refusal.headers()):
        return told
    if refusal.kind is Kind.UNKNOWN_CALLER:
        return {"WWW-Authenticate": 'Bearer realm="zaguan"'}
    if refusal.kind is Kind.TOO_MANY:
        return {"Retry-After": str(refusal.facts.get("retry_after_s", RETRY_AFTER_S))}
    return {}


def _safe(text: str) -> str:
    """Return a text that every JSON writer takes: a fact may hold half a character."""
    return text.encode("utf-8", "replace").decode("utf-8")
