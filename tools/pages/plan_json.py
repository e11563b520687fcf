"""docs/reference/plan-json.md: every field of plan.json, from its schema."""

from typing import Any

from zaguan.operations.planning.export.plan_json import plan_schema

PAGE = "docs/reference/plan-json.md"
HEAD = """# plan.json

The plan of a service day as `zaguan plan` writes it: UTF-8 JSON, schema version {version}. Within a version fields
are only added: ignore those that you do not know. Lengths are metres, times of the day RFC 3339 with their offset,
spans seconds, weights grams, volumes millilitres, money minor units of the plan's `currency`, points degrees of
WGS 84. A leg's geometry is an encoded polyline of precision 5.

A `code`, `reason` or `because` is a key of the words in `src/zaguan/base/kit/words`; its `facts` fill the text.
The JSON Schema (draft 2020-12) is what `zaguan.operations.planning.export.plan_json.plan_schema()` returns.
"""


def page() -> str:
    """Return the page."""
    schema = plan_schema()
    definitions: dict[str, Any] = schema["$defs"]
    version = schema["$id"].rsplit(":", 1)[-1]
    order = ["Plan", *sorted(name for name in definitions if name != "Plan")]
    return HEAD.format(version=version) + "".join(_section(name, definitions[name]) for name in order)


def kind_of(schema: dict[str, Any]) -> str:
    """Return a type in words: `list of [Stop](#stop)`, `text or nothing`."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(kind_of(option) for option in schema["anyOf"])
    if "enum" in schema:
        return "one of " + ", ".join(f"`{value}`" for value in schema["enum"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " or ".join(_simple(kind, schema) for kind in kinds)


def _simple(kind: str, schema: dict[str, Any]) -> str:
    if kind == "array":
        return f"list of {kind_of(schema['items'])}"
    if kind == "object":
        return f"object, each value {kind_of(schema['additionalProperties'])}"
    named = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    return {"date-time": "moment", "date": "day"}.get(schema.get("format", ""), {"null": "nothing", **named}[kind])


def _section(name: str, definition: dict[str, Any]) -> str:
    rows = [
        f"| `{field}` | {kind_of(schema)} | {'yes' if field in definition['required'] else ''} "
        f"| {schema.get('description', '').replace('|', chr(92) + '|')} |"
        for field, schema in definition["properties"].items()
    ]
    head = f"\n## {name}\n\n{definition['description']}\n\n| field | type | always | meaning |\n|---|---|---|---|\n"
    return head + "\n".join(rows) + "\n"
