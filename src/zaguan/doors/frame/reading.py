"""How a body is read: within its limits of size and time, as strict JSON, before anything else looks at it."""

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from typing import Any, Final

import orjson
from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from zaguan.doors.frame.refusals import (
    BodyTooLarge,
    BodyTooSlow,
    ForbiddenCharacter,
    NotJson,
    TooDeep,
    WrongContentType,
)

MAX_BODY_BYTES: Final = 1 << 20
MAX_BODY_SECONDS: Final = 30.0
FINGERPRINT: Final = "zaguan.fingerprint"


class StrictRequest(Request):
    """A request whose JSON has been read already."""

    document: Any = None

    async def json(self) -> Any:
        """Return what the body said."""
        return self.document


class StrictRoute(APIRoute):
    """A route that reads its body by our rules: limits, strict JSON, and a fingerprint to know a repeat by."""

    max_body_bytes: int = MAX_BODY_BYTES
    max_body_seconds: float = MAX_BODY_SECONDS

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the framework's handler behind our reading of the body."""
        handle = super().get_route_handler()
        takes_body = self.body_field is not None

        async def read_first(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            body = await _read(strict, self.max_body_bytes, self.max_body_seconds)
            if takes_body and body:
                _check_type(request.headers.get("content-type", ""))
                strict.document = parse_json(body)
            request.scope[FINGERPRINT] = _fingerprint(request, strict.document, body)
            return await handle(strict)

        return read_first


class LargeRoute(StrictRoute):
    """A route that takes many orders at once."""

    max_body_bytes = 16 << 20


def parse_json(body: bytes) -> Any:
    """Read JSON strictly: UTF-8, no NaN, no infinity however written, no lone surrogate, no U+0000, bounded depth."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        # the parser's own words may quote the input
        raise NotJson(line=fault.lineno, column=fault.colno) from None
    if b"\\u0000" in body and holds_nul(document):
        raise ForbiddenCharacter(character="U+0000")
    return document


def holds_nul(document: Any) -> bool:
    """Tell whether any text in a document holds U+0000, which PostgreSQL keeps in no text."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if "\x00" in value:
                return True
        elif isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value
    return False


async def _read(request: StrictRequest, most: int, seconds: float) -> bytes:
    """Return the whole body and keep it in the request, as the framework does; refuse what is too large or slow."""
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced[:20]) > most:
        raise BodyTooLarge(most=most)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise BodyTooLarge(most=most)
                chunks.append(chunk)
    except TimeoutError:
        raise BodyTooSlow(seconds=round(seconds)) from None
    except ClientDisconnect:
        # nobody is left to hear the answer
        raise BodyTooSlow(seconds=round(seconds)) from None
    request._body = b"".join(chunks)
    return request._body


def _check_type(content_type: str) -> None:
    kind = content_type.partition(";")[0].strip().lower()
    main, _, sub = kind.partition("/")
    if main != "application" or not (sub == "json" or sub.endswith("+json")):
        raise WrongContentType(wanted="application/json")


def _fingerprint(request: Request, document: Any, body: bytes) -> str:
    """Return what makes two requests the same: method, address and body, whatever the order of its fields."""
    try:
        said = orjson.dumps(document, option=orjson.OPT_SORT_KEYS) if document is not None else body
    except TypeError:
        # the reader takes 1024 levels, the writer 254
        raise TooDeep(most=254) from None
    address = f"{request.method} {request.url.path}?{request.url.query}\n".encode("utf-8", "replace")
    return hashlib.sha256(address + said).hexdigest()
