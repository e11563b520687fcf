"""The document of the drivers' door: what it promises is what happens, whatever is sent."""

import re
from collections.abc import Iterator
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.doors.driver.round import Phone, a_round
from tests.doors.places import Caller
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import new_id
from zaguan.doors.driver import door
from zaguan.doors.frame.documents import document_of
from zaguan.doors.frame.problem import MEDIA_TYPE

ALWAYS = {"400", "401", "403", "422", "429", "503"}
EXAMPLES = 6
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
OPEN = {"/driver/v1/devices"}  # who binds a phone has no token yet


def document() -> dict[str, Any]:
    """Return the document of this door."""
    app = FastAPI(title="Zaguán", version="1")
    for router in door.ROUTERS:
        app.include_router(router)
    return document_of(app, {})


DOCUMENT = document()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {result.ok().label: result.ok() for result in SCHEMA.get_all_operations()}
EACH = [
    (path, method.upper(), operation)
    for path, address in DOCUMENT["paths"].items()
    for method, operation in address.items()
]


@pytest.fixture(scope="module")
def phone(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Phone:
    """A driver's phone with a route."""
    return a_round(database, tmp_path_factory.mktemp("objects")).phone()


def test_every_operation_documents_its_statuses() -> None:
    """Each operation has a success and the refusals it may meet, each a problem; each is told in a sentence."""
    for path, method, operation in EACH:
        said, name = operation["responses"], f"{method} {path}"
        assert said.keys() >= ALWAYS, name
        assert any(status.startswith("2") for status in said), name
        assert "requestBody" not in operation or said.keys() >= {"408", "413", "415"}, name
        assert all(list(one["content"]) == [MEDIA_TYPE] for status, one in said.items() if status >= "400"), name
        assert operation["description"].endswith("."), name
        assert ("security" in operation) == (path not in OPEN), name


def test_each_operation_refuses_who_has_no_good_token(phone: Phone) -> None:
    """Walking every operation: without a token, with a made-up one and with a revoked one 401."""
    revoked = phone.round.phone()
    phone.round.revoke(revoked)
    callers = {
        "nobody": Caller(phone.round.app),
        "made up": Caller(phone.round.app, Authorization="Bearer zd_made_up"),
        "revoked": revoked.caller,
    }
    for path, method, operation in EACH:
        asked = re.sub(r"\{[^}]+\}", lambda _: str(new_id()), path)
        rest: dict[str, Any] = {"json": {}} if "requestBody" in operation else {}
        for who, caller in callers.items():
            if path not in OPEN:
                assert caller.request(method, asked, **rest).status_code == 401, f"{who}: {method} {path}"


def test_no_session_comes_from_a_dependency() -> None:
    """No dependency of an endpoint holds something open, and each endpoint is plain def."""

    def below(dependant: Dependant) -> Iterator[Dependant]:
        yield dependant
        for one in dependant.dependencies:
            yield from below(one)

    routes = [route for router in door.ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    assert len(routes) == len(EACH)
    for route in routes:
        for dependant in below(route.dependant):
            assert not isgeneratorfunction(dependant.call), f"{route.path}: {dependant.call}"
            assert not isasyncgenfunction(dependant.call), f"{route.path}: {dependant.call}"
        assert not iscoroutinefunction(route.endpoint), f"{route.path} is plain def"


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_no_call_is_a_fault_or_a_surprise(phone: Phone, label: str, mode: GenerationMode) -> None:
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
        answer = phone.caller.request(asked.pop("method"), asked.pop("url"), **asked)
        case.validate_response(Response.from_httpx(answer, verify=False), checks=CHECKS)
        for result in answer.json().get("results", ()) if answer.status_code == 200 else ():
            assert result["verdict"] != "later", result

    call()
