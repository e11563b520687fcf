"""plan.json: what is written is read back, and its schema says the truth."""

from datetime import datetime
from typing import Any

import orjson
import pytest

from tests.builders import a_plan
from tests.house.source import ROOT
from tools.docs import NOTE
from tools.pages import plan_json as reference
from tools.pages import plan_types
from zaguan.operations.planning.export.plan_json import (
    PlanTooNew,
    PlanUnreadable,
    dump_plan,
    load_plan,
    plan_schema,
)
from zaguan.operations.planning.model import SCHEMA_VERSION

JSON_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "number": (int, float),
}
KEYWORDS = {"$ref", "$schema", "$id", "$defs", "title", "description", "type", "anyOf", "enum", "format"}
KEYWORDS |= {"properties", "required", "items", "additionalProperties"}


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], path: str = "$") -> list[str]:
    """Return where a value breaks a schema; a keyword that this checker does not know is a fault too."""
    found = [f"{path}: unknown keyword {word}" for word in set(schema) - KEYWORDS]
    if "$ref" in schema:
        found += faults(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, path)
    if "anyOf" in schema and all(faults(value, option, root, path) for option in schema["anyOf"]):
        found.append(f"{path}: none of the options")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path}: not one of {schema['enum']}")
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        is_right = any(isinstance(value, JSON_TYPES[kind]) for kind in kinds)  # type: ignore[arg-type]
        if not is_right or (isinstance(value, bool) and "boolean" not in kinds):
            found.append(f"{path}: not {kinds}")
    if isinstance(value, str) and schema.get("format") == "date-time" and datetime.fromisoformat(value).tzinfo is None:
        found.append(f"{path}: no offset")
    if isinstance(value, dict):
        found += [f"{path}.{name}: missing" for name in schema.get("required", []) if name not in value]
        for name, entry in value.items():
            below = schema.get("properties", {}).get(name, schema.get("additionalProperties", {}))
            found += faults(entry, below, root, f"{path}.{name}")
    if isinstance(value, list):
        for index, entry in enumerate(value):
            found += faults(entry, schema.get("items", {}), root, f"{path}[{index}]")
    return found


def a_file(**changes: Any) -> Any:
    """Return the JSON value of a small plan, changed at its top."""
    return {**orjson.loads(dump_plan(a_plan(routes=2, stops=3))), **changes}


def test_a_plan_is_read_back_as_it_was_written() -> None:
    """Reading what was written gives the same plan."""
    plan = a_plan(routes=4, stops=9)
    assert load_plan(dump_plan(plan)) == plan


def test_a_plan_without_routes_is_read_back() -> None:
    """A plan that serves nobody is a plan."""
    plan = a_plan(routes=0)
    assert load_plan(dump_plan(plan)) == plan


def test_what_is_written_keeps_the_schema() -> None:
    """The schema holds for a plan with windows and without, points and none."""
    schema = plan_schema()
    assert faults(a_file(), schema, schema) == []


def test_the_schema_knows_a_wrong_file() -> None:
    """A text for a number, a missing field and an unknown grade break the schema."""
    schema, value = plan_schema(), a_file(seed="seven")
    del value["routes"][0]["ref"]
    value["routes"][1]["stops"][0]["grade"] = "sure"
    assert {fault.split(":")[0] for fault in faults(value, schema, schema)} == {
        "$.seed",
        "$.routes[0].ref",
        "$.routes[1].stops[0].grade",
    }


def test_the_schema_carries_the_comments_of_the_fields() -> None:
    """What a field means stands in the schema, with the words of the dataclass."""
    route = plan_schema()["$defs"]["Route"]["properties"]
    assert route["emission_g"]["description"] == "CO2 equivalent"
    assert plan_schema()["$id"].endswith(f":{SCHEMA_VERSION}")


def test_fields_of_a_later_program_are_ignored() -> None:
    """A field that is not known is no fault, at the top and below."""
    value = a_file(weather="rain")
    value["routes"][0]["mood"] = 3
    assert load_plan(orjson.dumps(value)).routes[0].ref == "R01"


def test_a_field_of_a_later_program_takes_its_default() -> None:
    """A file of an earlier program, which lacks a field that has a default, is read."""
    value = a_file()
    del value["routes"][0]["straight_legs"]
    assert load_plan(orjson.dumps(value)).routes[0].straight_legs == ()


@pytest.mark.parametrize(
    ("content", "at"),
    [
        (b"", "$"),
        (b"[]", "$"),
        (b'{"schema_version": 1}', "$.service_on"),
        (orjson.dumps(a_file(seed=True)), "$.seed"),
        (orjson.dumps(a_file(made_at="2026-03-09T18:30:00")), "$.made_at"),
        (orjson.dumps(a_file(service_on="yesterday")), "$.service_on"),
        (orjson.dumps(a_file(routes=[{}])), "$.routes[0].ref"),
        (orjson.dumps(a_file(notices=[{"code": "x", "facts": {"a": 1.5}}])), "$.notices[0].facts.a"),
    ],
)
def test_what_is_no_plan_is_refused_with_the_place(content: bytes, at: str) -> None:
    """A file that is torn or wrong is refused, and the place of the first fault is named."""
    with pytest.raises(PlanUnreadable) as refusal:
        load_plan(content)
    assert refusal.value.facts["at"] == at


def test_a_point_off_the_globe_is_refused() -> None:
    """A latitude of 95 is no place."""
    value = a_file()
    value["routes"][0]["depot_point"]["lat"] = 95.0
    with pytest.raises(PlanUnreadable, match=r"depot_point"):
        load_plan(orjson.dumps(value))


def test_a_plan_of_a_later_version_is_refused() -> None:
    """A schema version that this program does not know is refused as such, not as a broken file."""
    with pytest.raises(PlanTooNew):
        load_plan(orjson.dumps(a_file(schema_version=SCHEMA_VERSION + 1)))


@pytest.mark.parametrize("page", [reference, plan_types], ids=["reference", "types"])
def test_the_pages_made_from_the_schema_are_current(page: Any) -> None:
    """The committed reference page and the page's types are those that `make docs` writes."""
    text = page.page()
    assert (ROOT / page.PAGE).read_text("utf-8") == (NOTE + text if page.PAGE.endswith(".md") else text)
