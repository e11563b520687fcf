"""Whatever is made from the document, right or wrong: no 5xx, no undocumented status, no undocumented form."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.doors.places import Caller
from tests.doors.shop import Shop, a_shop, an_order, send
from zaguan.base.kit.database import Database
from zaguan.doors.gateway.event_stream import PATH

EXAMPLES = 6
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def document() -> dict[str, Any]:
    """Return the document, without the stream, which would not end."""
    from fastapi import FastAPI

    from zaguan.doors.frame.documents import document_of
    from zaguan.doors.gateway import door

    app = FastAPI(title="Zaguán", version="1")
    for router in door.ROUTERS:
        app.include_router(router)
    found = document_of(app, door.STREAMS)
    del found["paths"][PATH]
    return found


SCHEMA = schemathesis.openapi.from_dict(document())
OPERATIONS = {result.ok().label: result.ok() for result in SCHEMA.get_all_operations()}


@pytest.fixture(scope="module")
def caller(database: Database) -> Caller:
    """A program that may do everything, in an organisation that has an order and an endpoint."""
    shop: Shop = a_shop(database)
    caller = shop.caller()
    send(caller, "/v1/orders", an_order())
    send(caller, "/v1/webhooks", {"url": "https://shop.example/hooks"})
    return caller


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_no_call_is_a_fault_or_a_surprise(caller: Caller, label: str, mode: GenerationMode) -> None:
    """Calls made from the document, and calls that break it, get documented answers."""
    operation = OPERATIONS[label]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: schemathesis.Case) -> None:
        asked = case.as_transport_kwargs(base_url="http://zaguan.test")
        asked.pop("cookies", None)
        if isinstance(asked.get("data"), bytes):
            asked["content"] = asked.pop("data")
        answer = caller.request(asked.pop("method"), asked.pop("url"), **asked)
        case.validate_response(Response.from_httpx(answer, verify=False), checks=CHECKS)

    call()
