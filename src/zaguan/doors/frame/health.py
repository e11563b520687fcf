"""Whether the process lives, whether it can work, and its figures."""

import hmac
from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Header
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import BaseModel

from zaguan.base.kit.errors import ZaguanError
from zaguan.doors.frame.refusals import Unauthenticated


class Health(BaseModel):
    """Whether it can work, and which part cannot."""

    state: Literal["ready", "not_ready"]
    parts: dict[str, str]


def health_router(
    checks: Mapping[str, Callable[[], None]], registry: CollectorRegistry, *, metrics_token: str = ""
) -> APIRouter:
    """Return `/healthz`, `/readyz` and `/metrics`; a check refuses with a ZaguanError where its part does not work."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", response_class=PlainTextResponse, summary="The process lives", include_in_schema=False)
    def alive() -> str:
        return "ok\n"

    @router.get("/readyz", summary="The process can work", include_in_schema=False)
    def ready() -> Response:
        parts = {name: _state_of(check) for name, check in checks.items()}
        works = all(state == "ok" for state in parts.values())
        health = Health(state="ready" if works else "not_ready", parts=parts)
        return JSONResponse(health.model_dump(), status_code=200 if works else 503)

    @router.get("/metrics", summary="Figures for Prometheus", include_in_schema=False)
    def metrics(authorization: Annotated[str, Header()] = "") -> Response:
        given = authorization.encode("utf-8", "replace")
        if metrics_token and not hmac.compare_digest(given, f"Bearer {metrics_token}".encode()):
            raise Unauthenticated
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _state_of(check: Callable[[], None]) -> str:
    try:
        check()
    except ZaguanError as refusal:
        return refusal.code
    return "ok"
