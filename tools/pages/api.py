"""docs/reference/api.md: the API for programs, from the OpenAPI document that it serves."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI

from zaguan.base.kit.words import choose_locale
from zaguan.doors.frame.documents import document_of, operation_name
from zaguan.doors.gateway import door

PAGE = "docs/reference/api.md"
HEAD = """# The API

The same as `/openapi.json` of a running server (OpenAPI 3.1), which generators of code read.

- **Key**: `Authorization: Bearer zk_…`, made with `zaguan key create`. Each operation wants one grant of the key. A
  shipper's key sees its own orders and events and nothing else.
- **Refusals**: `application/problem+json` (RFC 9457) in the language of `Accept-Language` (es, en, pt): a stable
  `code`, what is wrong, what to do next, and `errors` with a JSON Pointer for each field. What was sent is never
  repeated.
- **Acts once**: each `POST` wants an `Idempotency-Key`. A repeat within 7 days gets the same answer
  (`Idempotency-Replayed: true`) and has no effect; while the first is under way it is refused (409), with another body
  too (422). `PUT` may be repeated as it is.
- **Versions**: what can be changed has an `ETag`; `If-Match` with one that has been replaced is refused (412).
- **Lists**: `limit` up to 1,000, and `next` as the `cursor` of the next page. Exports are NDJSON, one object a line; a
  transfer that breaks off is incomplete, never short.
- **Units**: metres, seconds, grams, millilitres, minor units of a currency with its ISO 4217 code, RFC 3339 moments,
  points with `lon` and `lat`. Windows are local times of the service day.
- **Limits**: 6,000 calls a minute for a key; 1 MiB for a body, 16 MiB for `bulk`; 429 says when to come again.
- **Events**: a list to read on after a cursor, a stream (server-sent events, resumed by `Last-Event-ID`), and webhooks
  tell the same events in the same words, numbered without gaps per order.

Every operation may also answer 400, 401, 403, 422, 429 and 503; one with a body 408, 413 and 415.
"""
COMMON = {"400", "401", "403", "408", "413", "415", "422", "429", "503"}


def page() -> str:
    """Return the page."""
    choose_locale("en")
    document = api_document()
    return HEAD + "".join(_operations(document)) + "".join(_schemas(document))


def api_document() -> dict[str, Any]:
    """Return the OpenAPI document of all doors for programs."""
    app = FastAPI(title="Zaguán", version="1", generate_unique_id_function=operation_name)
    for router in door.ROUTERS:
        app.include_router(router)
    return document_of(app, door.STREAMS)


def _operations(document: Mapping[str, Any]) -> Iterator[str]:
    for tag in door.TAGS:
        yield f"\n## {tag['name'].capitalize()}\n\n{tag['description']}\n"
        for path, address in document["paths"].items():
            for method, operation in address.items():
                if operation["tags"] == [tag["name"]]:
                    yield from _operation(f"{method.upper()} {path}", operation)


def _operation(title: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n### `{title}`\n\n{operation['description']}\n\n"
    yield f"Grant: `{operation['security'][0]['apiKey'][0]}`."
    if "requestBody" in operation:
        yield f" Body: {_shape(_first_schema(operation['requestBody']))}."
    answers = [
        f"{status} {_shape(_first_schema(said)) if said.get('content') else '(no body)'}"
        for status, said in operation["responses"].items()
        if status < "400"
    ]
    yield f" Answers: {', '.join(answers)}."
    refusals = [status for status in operation["responses"] if status >= "400" and status not in COMMON]
    yield f" Also: {', '.join(refusals)}.\n" if refusals else "\n"
    told = [one for one in operation.get("parameters", ()) if one["in"] in ("query", "header")]
    if told:
        yield "\n| parameter | in | form | |\n|---|---|---|---|\n"
        for one in told:
            meaning = one.get("description", one["schema"].get("description", "")).replace("|", "\\|")
            yield f"| `{one['name']}` | {one['in']} | {_shape(one['schema'])} | {meaning} |\n"


def _first_schema(said: Mapping[str, Any]) -> Mapping[str, Any]:
    ((kind, media),) = said["content"].items()
    schema: Mapping[str, Any] = media["schema"]
    return schema if kind == "application/json" else {"type": f"`{kind}`"}


def _schemas(document: Mapping[str, Any]) -> Iterator[str]:
    yield "\n## Forms and views\n"
    for name, schema in sorted(document["components"]["schemas"].items()):
        if "enum" in schema:
            values = ", ".join(f"`{value}`" for value in schema["enum"])
            yield f"\n### `{name}`\n\n{_one_line(schema.get('description', ''))}\n\n{values}\n"
            continue
        yield f"\n### `{name}`\n\n{_one_line(schema.get('description', ''))}\n\n"
        yield "| field | form | |\n|---|---|---|\n"
        needed = schema.get("required", ())
        for field, form in schema.get("properties", {}).items():
            star = "" if field in needed else " (optional)"
            yield f"| `{field}`{star} | {_shape(form)} | {_one_line(form.get('description', ''))} |\n"


def _shape(schema: Mapping[str, Any]) -> str:
    """Return a schema in a few words."""
    if "$ref" in schema:
        return f"[`{(name := schema['$ref'].rpartition('/')[2])}`](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_shape(one) for one in schema["anyOf"])
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {_shape(schema.get('items', {}))}"
    bounds = "".join(
        f" {sign} {schema[name]}"
        for name, sign in (("minimum", "≥"), ("maximum", "≤"), ("maxLength", "≤"), ("maxItems", "≤"))
        if name in schema
    )
    return (
        f"{schema.get('format', kind)}{bounds}"
        if "enum" not in schema
        else " or ".join(f"`{value}`" for value in schema["enum"])
    )


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
