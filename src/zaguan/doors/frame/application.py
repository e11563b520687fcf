"""The web application: everything comes as an argument, nothing is looked up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from prometheus_client import CollectorRegistry
from starlette.exceptions import HTTPException
from starlette.routing import Route

from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.words import Locale
from zaguan.doors.frame.documents import document_of, operation_name
from zaguan.doors.frame.health import health_router
from zaguan.doors.frame.problem import refuse, refuse_plainly
from zaguan.doors.frame.threshold import Figures, Threshold
from zaguan.doors.frame.validation import refuse_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the application is made of besides its doors."""

    title: str
    version: str
    description: str
    registry: CollectorRegistry
    figures: Figures
    default_locale: Locale = "en"
    checks: Mapping[str, Callable[[], None]] = field(default_factory=dict)
    metrics_token: str = ""
    tags: Sequence[Mapping[str, Any]] = ()
    streams: Mapping[str, Any] = field(default_factory=dict)  # what the document tells of them


def make_application(
    frame: Frame, routers: Sequence[APIRouter], *, streams: Sequence[Route] = (), state: Mapping[str, object]
) -> FastAPI:
    """Return the application with its doors; `state` is what their dependencies find on `app.state`."""
    app = FastAPI(
        title=frame.title,
        version=frame.version,
        description=frame.description,
        openapi_tags=[dict(tag) for tag in frame.tags],
        generate_unique_id_function=operation_name,
        # the pages of the framework load scripts from a foreign host
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
    )
    for name, value in state.items():
        setattr(app.state, name, value)
    app.add_exception_handler(ZaguanError, refuse)
    app.add_exception_handler(RequestValidationError, refuse_fields)
    app.add_exception_handler(HTTPException, refuse_plainly)
    app.include_router(health_router(frame.checks, frame.registry, metrics_token=frame.metrics_token))
    for router in routers:
        app.include_router(router)
    app.router.routes.extend(streams)
    written: list[bytes] = []

    def openapi() -> Response:
        if not written:
            written.append(orjson.dumps(document_of(app, frame.streams)))
        return Response(written[0], media_type="application/json", headers={"Cache-Control": "max-age=300"})

    app.add_api_route("/openapi.json", openapi, include_in_schema=False)
    app.add_middleware(Threshold, figures=frame.figures, default_locale=frame.default_locale)
    return app
