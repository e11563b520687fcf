"""What every request passes, in raw ASGI: its id, its language, the headers of safety, the log and the figures."""

import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from traceback import extract_tb
from typing import Any, Final

import structlog
from fastapi import Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zaguan.base.kit.clock import elapsed_s
from zaguan.base.kit.ids import new_id
from zaguan.base.kit.words import Locale, choose_locale
from zaguan.doors.frame.language import accepted_locale
from zaguan.doors.frame.problem import plain_problem, response_of

API_POLICY: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
SAFETY: Final[Mapping[str, str]] = {
    "content-security-policy": API_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._\-]{8,64}")
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 10.0)
_UNROUTED: Final = "unrouted"
MAX_STEPS: Final = 12

log = structlog.get_logger("zaguan.http")


class Figures:
    """The figures of the doors, in the registry that `/metrics` shows."""

    def __init__(self, registry: CollectorRegistry) -> None:
        names = ("method", "route", "status")
        self.requests = Counter("zaguan_http_requests", "Requests answered.", names, registry=registry)
        self.seconds = Histogram(
            "zaguan_http_request_seconds",
            "Seconds from the first byte to the last.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=registry,
        )
        self.under_way = Gauge("zaguan_http_requests_under_way", "Requests not answered yet.", registry=registry)
        self.streams = Gauge("zaguan_http_streams", "Event streams that are open.", registry=registry)


class Threshold:
    """The outermost layer: whatever goes wrong inside, the answer has its headers and the log its line."""

    def __init__(self, app: ASGIApp, *, figures: Figures, default_locale: Locale) -> None:
        self._app, self._figures, self._default_locale = app, figures, default_locale

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        crossing = _Crossing(scope, send, self._default_locale)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=crossing.request_id)
        self._figures.under_way.inc()
        began_s = elapsed_s()
        try:
            if b"\x00" in scope["path"].encode("utf-8", "surrogatepass") or b"%00" in scope.get("query_string", b""):
                await response_of(plain_problem(400), Request(scope))(scope, receive, crossing.send)
            else:
                await self._app(scope, receive, crossing.send)
        except Exception as failure:
            log.error(
                "request failed", method=known_method(scope["method"]), route=route_of(scope), **trace_of(failure)
            )
            if not crossing.started:
                await response_of(plain_problem(500), Request(scope))(scope, receive, crossing.send)
        finally:
            self._figures.under_way.dec()
            self._note(scope, crossing, elapsed_s() - began_s)

    def _note(self, scope: Scope, crossing: "_Crossing", seconds: float) -> None:
        # the route's form, never the path: a path may hold a token or a name
        route, method = route_of(scope), known_method(scope["method"])
        self._figures.requests.labels(method, route, str(crossing.status)).inc()
        self._figures.seconds.labels(method, route).observe(seconds)
        log.info("request", method=method, route=route, status=crossing.status, duration_ms=round(seconds * 1000, 1))


class _Crossing:
    """One request on its way through the threshold."""

    def __init__(self, scope: Scope, send: Send, default_locale: Locale) -> None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        given = headers.get(b"x-request-id", "")
        self.request_id = given if _REQUEST_ID.fullmatch(given) else str(new_id())
        self.locale = accepted_locale(headers.get(b"accept-language", ""), default_locale)
        self.status, self.started, self._send = 0, False, send
        choose_locale(self.locale)
        scope["zaguan.request_id"] = self.request_id

    async def send(self, message: Message) -> None:
        """Add to the answer's headers what every answer has."""
        if message["type"] == "http.response.start":
            self.started, self.status = True, message["status"]
            self._dress(message)
        await self._send(message)

    def _dress(self, message: MutableMapping[str, Any]) -> None:
        present = {name.lower() for name, _ in message.setdefault("headers", [])}
        added = {**SAFETY, "x-request-id": self.request_id, "content-language": self.locale, "vary": "Accept-Language"}
        message["headers"] = [
            *message["headers"],
            *((name.encode(), value.encode()) for name, value in added.items() if name.encode() not in present),
        ]


def route_of(scope: Scope) -> str:
    """Return the form of the address, such as /v1/orders/{order_id}, that a request was answered at."""
    route = scope.get("route")
    return str(getattr(route, "path", _UNROUTED)) if route is not None else _UNROUTED


def trace_of(failure: BaseException) -> dict[str, object]:
    """Return what failed and where, without its message: that may hold what the caller sent."""
    steps = [f"{Path(step.filename).name}:{step.lineno} {step.name}" for step in extract_tb(failure.__traceback__)]
    told: dict[str, object] = {"failure": type(failure).__qualname__, "steps": steps[-MAX_STEPS:]}
    if failure.__cause__ is not None:
        told["cause"] = type(failure.__cause__).__qualname__
    return told


def known_method(method: str) -> str:
    """Return the method, or OTHER for one that somebody made up: each new label is kept for ever."""
    return method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "OTHER"
