"""The OpenAPI document: one name for everything, and the error model on every operation."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from zaguan.doors.frame.problem import MEDIA_TYPE, Problem

_STATUSES: Final[Mapping[int, str]] = {
    400: "The request cannot be read, or lacks what it needs.",
    401: "No credential, or one that is unknown, expired or revoked.",
    403: "The credential may not do this.",
    404: "There is no such thing, or not for this caller.",
    408: "The body did not arrive in time.",
    409: "It contradicts what stands, or the first request with this key is still under way.",
    410: "It was there, and is gone.",
    412: "If-Match names a version that has been replaced.",
    413: "The body is too large.",
    415: "The body is not of the type that is wanted.",
    422: "A field does not fit, or the key was used for another request.",
    429: "Too many calls; Retry-After says when to come again.",
    503: "Something that is needed does not answer; try again.",
}
ALWAYS: Final = (400, 401, 403, 422, 429, 503)
WITH_BODY: Final = (408, 413, 415)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the responses that an operation may refuse with, besides those that every operation may."""
    return {
        status: {
            "description": _STATUSES[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in sorted({*ALWAYS, *statuses})
    }


def operation_name(route: APIRoute) -> str:
    """Return the operationId: the name of the function, which the house keeps unique."""
    return route.name


def document_of(app: FastAPI, streams: Mapping[str, Any]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document; `streams` are the addresses that the framework does not know."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    document["paths"].update(streams)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    template = "#/components/schemas/{model}"
    problem = Problem.model_json_schema(ref_template=template)
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    # the framework's own form of a refused field, which is never sent
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    for address in document["paths"].values():
        for operation in address.values():
            if "requestBody" in operation:
                operation["responses"] |= {str(code): said for code, said in problems(*WITH_BODY).items()}
    return document
