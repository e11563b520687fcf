"""The OpenAPI document: what it promises is what happens."""

import re
from collections.abc import Iterator
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from tests.doors.places import Caller
from tests.doors.shop import Shop, a_shop
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import new_id
from zaguan.doors.frame.problem import MEDIA_TYPE
from zaguan.doors.gateway import door
from zaguan.records.accounts.model import GRANTABLE, Permission

ALWAYS = {"400", "401", "403", "422", "429", "503"}


@pytest.fixture(scope="module")
def shop(database: Database) -> Shop:
    """An organisation with its gateway."""
    return a_shop(database)


@pytest.fixture(scope="module")
def document(shop: Shop) -> dict[str, Any]:
    """The document as it is served."""
    found: dict[str, Any] = shop.caller().get("/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return path, method and operation of all that is documented."""
    return [
        (path, method.upper(), operation)
        for path, address in document["paths"].items()
        for method, operation in address.items()
    ]


def asked(path: str) -> str:
    """Return a path with ids in the place of its parameters."""
    return re.sub(r"\{[^}]+\}", lambda _: str(new_id()), path)


def test_every_operation_documents_its_statuses(document: dict[str, Any]) -> None:
    """Each operation has a success, the refusals that any may meet, and those of its kind: bodies, keys, ids."""
    for path, method, operation in operations(document):
        said = set(operation["responses"])
        name = f"{method} {path}"
        assert said >= ALWAYS, name
        assert any(status.startswith("2") for status in said), name
        if "requestBody" in operation:
            assert said >= {"408", "413", "415"}, name
        if "{" in path:
            assert "404" in said, name
        if method == "POST":
            headers = [one["name"] for one in operation["parameters"] if one["in"] == "header" and one["required"]]
            assert headers == ["Idempotency-Key"], name
            assert "409" in said, name


def test_every_refusal_is_a_problem(document: dict[str, Any]) -> None:
    """Every 4xx and 5xx is described as problem+json, every success by a model or a media type."""
    for path, method, operation in operations(document):
        for status, said in operation["responses"].items():
            if status >= "400":
                assert list(said["content"]) == [MEDIA_TYPE], f"{method} {path} {status}"
            elif status not in ("204", "304"):
                (media,) = said["content"].values()
                assert media["schema"], f"{method} {path} {status}"


def test_every_operation_wants_a_key_and_a_grant(document: dict[str, Any]) -> None:
    """Each operation names the security scheme and a permission that a key can hold."""
    known = {permission.value for permission in GRANTABLE}
    assert document["components"]["securitySchemes"]["apiKey"]["type"] == "http"
    for path, method, operation in operations(document):
        (scheme,) = operation["security"]
        (grant,) = scheme["apiKey"]
        assert grant in known, f"{method} {path}"


def test_names_are_unique_and_told(document: dict[str, Any]) -> None:
    """Each operation has an id of its own and a description in whole sentences."""
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert sorted(set(ids)) == sorted(ids)
    assert all(operation["description"].endswith(".") for _, _, operation in operations(document))
    assert all(operation["tags"] for _, _, operation in operations(document))


def test_each_operation_refuses_who_has_no_key_or_no_grant(shop: Shop, document: dict[str, Any]) -> None:
    """Walking every operation of the document: without a key 401, with a key of another grant 403."""
    nobody = Caller(shop.app)
    keys = {permission: shop.caller(only=frozenset({permission})) for permission in GRANTABLE}
    for path, method, operation in operations(document):
        wanted = Permission(operation["security"][0]["apiKey"][0])
        other = next(permission for permission in sorted(GRANTABLE) if permission is not wanted)
        rest = {"json": {}} if "requestBody" in operation else {}
        headers = {"Idempotency-Key": str(new_id())}
        assert nobody.request(method, asked(path), headers=headers, **rest).status_code == 401, f"{method} {path}"
        answer = keys[other].request(method, asked(path), headers=headers, **rest)
        assert answer.status_code == 403, f"{method} {path}: {answer.status_code}"


def test_each_thing_of_another_organisation_is_not_there(shop: Shop, document: dict[str, Any]) -> None:
    """Walking every operation with an id: what is not the caller's is 404 or a fault of the body, never found."""
    caller = shop.caller()
    for path, method, operation in operations(document):
        if "{" not in path or method == "PUT":
            continue
        headers = {"Idempotency-Key": str(new_id())}
        body = {"json": {}} if "requestBody" in operation else {}
        assert caller.request(method, asked(path), headers=headers, **body).status_code == 404, f"{method} {path}"


def test_no_session_comes_from_a_dependency() -> None:
    """No dependency of an endpoint holds something open (200 callers at once would wait for each other's sessions)."""

    def below(dependant: Dependant) -> Iterator[Dependant]:
        yield dependant
        for one in dependant.dependencies:
            yield from below(one)

    routes = [route for router in door.ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    assert len(routes) > 20
    for route in routes:
        for dependant in below(route.dependant):
            assert not isgeneratorfunction(dependant.call), f"{route.path}: {dependant.call}"
            assert not isasyncgenfunction(dependant.call), f"{route.path}: {dependant.call}"
        assert not iscoroutinefunction(route.endpoint), f"{route.path} is plain def"
