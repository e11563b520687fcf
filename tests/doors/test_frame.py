"""The frame: whatever knocks, the answer is a good one."""

import asyncio
import logging
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import structlog
from prometheus_client import CollectorRegistry

from tests.doors.places import a_caller, an_application, place_routes
from zaguan.base.kit.errors import Kind
from zaguan.doors.frame.language import accepted_locale
from zaguan.doors.frame.problem import MEDIA_TYPE, STATUS
from zaguan.doors.frame.reading import StrictRoute
from zaguan.doors.frame.refusals import Unauthenticated

JSON = {"Content-Type": "application/json"}
SECRET = "Juana-Pérez-99999999"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"name": "a", "floors": NaN}', 400, "door.not_json"),
        (b'{"name": "a", "floors": 1e400}', 400, "door.not_json"),
        (b'{"name": "a", "floors": -Infinity}', 400, "door.not_json"),
        (b'{"name": "\\ud800"}', 400, "door.not_json"),
        (b'{"name": "\xed\xa0\x80"}', 400, "door.not_json"),
        (b'{"name": "a\\u0000"}', 400, "door.forbidden_character"),
        (b"[" * 100_000, 400, "door.not_json"),
        (b'{"name":' * 2_000, 400, "door.not_json"),
        (b"[" * 900 + b"]" * 900, 400, "door.too_deep"),
        (b"[" * 200 + b"]" * 200, 422, "door.invalid_fields"),
        (b"", 422, "door.invalid_fields"),
        (b"null", 422, "door.invalid_fields"),
        (b'"text"', 422, "door.invalid_fields"),
        (b'{"name": "a", "floors": 123456789012345678901234567890}', 422, "door.invalid_fields"),
        (b'{"name": "a", "point": {"lon": 1e308, "lat": 0}}', 422, "door.invalid_fields"),
        (b'{"name": "a", "seen_at": "2026-01-01T10:00:00"}', 422, "door.invalid_fields"),
        (b'{"name": "a", "seen_at": "yesterday"}', 422, "door.invalid_fields"),
        (b"x" * (1 << 21), 413, "door.body_too_large"),
    ],
)
def test_bad_bodies_are_refused_and_never_a_fault(body: bytes, status: int, code: str) -> None:
    """A body that no room should see is refused with its code, in problem+json."""
    answer = a_caller().post("/places", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json()["hint"]


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", "application/xml", ""])
def test_a_body_of_another_type_is_refused(content_type: str) -> None:
    """What is not JSON by its own word is not read as JSON."""
    answer = a_caller().post("/places", content=b'{"name": "a"}', headers={"Content-Type": content_type})
    assert answer.status_code == 415


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    """A caller who sends half a body and falls silent is told so when the time is over."""

    class HastyRoute(StrictRoute):
        max_body_seconds = 0.0

    async def half() -> AsyncIterator[bytes]:
        yield b'{"name"'
        await asyncio.Event().wait()

    app = an_application([place_routes(HastyRoute)])
    answer = a_caller(app).post("/places", content=half(), headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (408, "door.body_too_slow")
    assert answer.headers["connection"] == "close"


def test_a_refusal_names_the_fields_and_never_the_input() -> None:
    """Each wrong field has its JSON Pointer; neither values nor invented names come back."""
    body = {"name": SECRET * 9, "floors": SECRET, "point": {"lon": 200, "lat": "x"}, f"/{SECRET}": 1}
    answer = a_caller().post("/places", json=body)
    errors = answer.json()["errors"]
    assert {(error["pointer"], error["code"]) for error in errors} == {
        ("#/name", "field.too_long"),
        ("#/floors", "field.not_whole"),
        ("#/point/lon", "field.too_large"),
        ("#/point/lat", "field.not_number"),
        ("#", "field.unknown"),
    }
    assert SECRET not in answer.text


def test_a_wrong_parameter_is_named() -> None:
    """A parameter of the address is told by its name."""
    answer = a_caller().get("/places/nobody?limit=5000")
    assert {error["parameter"] for error in answer.json()["errors"]} == {"place_id", "limit"}


@pytest.mark.parametrize(
    ("header", "locale", "title"),
    [
        ("pt-BR,pt;q=0.9", "pt", "Não existe"),
        ("de, es;q=0.5, en;q=0.4", "es", "No existe"),
        ("en", "en", "Not found"),
        ("zz", "es", "No existe"),
        ("", "es", "No existe"),
    ],
)
def test_refusals_speak_the_callers_language(header: str, locale: str, title: str) -> None:
    """Accept-Language decides; a language that we do not speak gets the installation's."""
    caller = a_caller(an_application(default_locale="es"))
    answer = caller.get(f"/places/{uuid4()}", headers={"Accept-Language": header})
    assert (answer.status_code, answer.headers["content-language"], answer.json()["title"]) == (404, locale, title)


@pytest.mark.parametrize("header", ["en;q=nan", "en;q=1e9", "en;q=-1", ";;;,,,", "en;q=", "*;q=0.1," * 5_000])
def test_a_crooked_language_header_is_the_default(header: str) -> None:
    """A weight that is none weighs nothing."""
    assert accepted_locale(header, "pt") == "pt"


def test_a_fault_of_ours_tells_nothing() -> None:
    """A fault inside is a 500 without a word on what it was."""
    answer = a_caller().delete(f"/places/{SECRET}")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert SECRET not in answer.text
    assert answer.json()["instance"] == f"urn:zaguan:request:{answer.headers['x-request-id']}"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("PUT", "/places", 405)])
def test_what_the_framework_refuses_is_a_problem_too(method: str, path: str, status: int) -> None:
    """An unknown address and an unserved method are problem+json."""
    answer = a_caller().request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE)


@pytest.mark.parametrize("path", ["/places/%00", "/places/a?caller=%00", "/places/%ff%fe", "/places/%ed%a0%80"])
def test_crooked_addresses_are_no_fault(path: str) -> None:
    """NUL, bytes that are no UTF-8, and half characters in the address are refused."""
    assert a_caller().get(path).status_code in (400, 422)


def test_every_answer_is_safe() -> None:
    """Refusals and answers alike carry the headers of safety and the request's id."""
    caller = a_caller()
    for answer in (caller.get("/nothing"), caller.post("/places", json={"name": "a"}), caller.get("/healthz")):
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe-inline" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-request-id"]


def test_a_callers_request_id_is_kept_if_it_is_plain() -> None:
    """A plain request id of the caller comes back; a crooked one is replaced."""
    caller = a_caller()
    assert caller.get("/healthz", headers={"X-Request-Id": "trace-12345"}).headers["x-request-id"] == "trace-12345"
    assert caller.get("/healthz", headers={"X-Request-Id": "<b>12345678"}).headers["x-request-id"] != "<b>12345678"


def test_too_many_calls_say_when_to_come_again() -> None:
    """429 carries Retry-After."""
    answer = a_caller().get("/places")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


def test_the_log_holds_no_personal_data() -> None:
    """A request is logged by the form of its route: no path, no query, no address of the caller."""
    with structlog.testing.capture_logs() as lines:
        a_caller().get(f"/places/{uuid4()}?limit=1&name={SECRET}")
    (line,) = [line for line in lines if line["event"] == "request"]
    assert line["route"] == "/places/{place_id}"
    assert line["status"] == 404
    assert SECRET not in repr(lines)
    assert logging.getLevelNamesMapping()[line["log_level"].upper()] == logging.INFO


def test_the_process_says_whether_it_can_work() -> None:
    """/readyz names the part that does not work, /healthz only that the process lives."""

    def refuse() -> None:
        raise Unauthenticated

    caller = a_caller(an_application(checks={"database": refuse, "disk": lambda: None}))
    answer = caller.get("/readyz")
    assert (answer.status_code, answer.json()["parts"]) == (503, {"database": "door.unauthenticated", "disk": "ok"})
    assert caller.get("/healthz").text == "ok\n"
    assert a_caller().get("/readyz").status_code == 200


def test_figures_are_shown_by_route() -> None:
    """/metrics counts requests by the form of their route, and wants its token where one is set."""
    registry = CollectorRegistry()
    from zaguan.doors.frame.threshold import Figures

    app = an_application(registry=registry, figures=Figures(registry), metrics_token="s3cret")
    caller = a_caller(app)
    caller.get(f"/places/{uuid4()}")
    caller.request("BREW", "/nothing")
    assert caller.get("/metrics").status_code == 401
    text = caller.get("/metrics", headers={"Authorization": "Bearer s3cret"}).text
    assert 'zaguan_http_requests_total{method="GET",route="/places/{place_id}",status="404"} 1.0' in text
    assert 'method="OTHER",route="unrouted"' in text


def test_each_kind_of_refusal_has_its_status() -> None:
    """No kind of refusal is without a status, and none is a fault of ours but what is not available."""
    assert set(STATUS) == set(Kind)
    assert {status for kind, status in STATUS.items() if status >= 500} == {503}


def test_the_document_is_openapi_3_1_with_problems() -> None:
    """/openapi.json describes the operations and the error model."""
    document = a_caller().get("/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    said = document["paths"]["/places"]["post"]["responses"]
    assert {"201", "400", "401", "403", "408", "413", "415", "422", "429", "503"} <= set(said)
    assert said["422"]["content"][MEDIA_TYPE]["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert "HTTPValidationError" not in document["components"]["schemas"]
