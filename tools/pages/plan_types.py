"""web/apps/plan/src/generated/plan.ts: the types of plan.json for the page, from the same schema."""

from typing import Any

from zaguan.operations.planning.export.plan_json import plan_schema

PAGE = "web/apps/plan/src/generated/plan.ts"
HEAD = "// Written by `make docs` from the schema of plan.json: change the plan's dataclasses, not this file.\n"


def page() -> str:
    """Return the types."""
    definitions: dict[str, Any] = plan_schema()["$defs"]
    return HEAD + "".join(_interface(name, definition) for name, definition in definitions.items())


def _interface(name: str, definition: dict[str, Any]) -> str:
    lines = [f"\nexport interface {name} {{"]
    for field, schema in definition["properties"].items():
        if note := schema.get("description"):
            lines.append(f"  /** {note.replace('*/', '* /')} */")
        # what this program writes always has every field, those with a default included
        lines.append(f"  {field}: {_type_of(schema)};")
    return "\n".join([*lines, "}"]) + "\n"


def _type_of(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " | ".join(_type_of(option) for option in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(f'"{value}"' for value in schema["enum"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " | ".join(_simple(kind, schema) for kind in kinds)


def _simple(kind: str, schema: dict[str, Any]) -> str:
    if kind == "array":
        inner = _type_of(schema["items"])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if kind == "object":
        return f"Record<string, {_type_of(schema['additionalProperties'])}>"
    return {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}[kind]
