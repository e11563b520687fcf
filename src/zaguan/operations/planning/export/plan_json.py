"""plan.json: the plan as a file that other systems read. Its schema is derived from the plan's own dataclasses.

Changes within a schema version only add: a reader ignores fields that it does not know, and a field that is missing
takes its default.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Final, Union, get_args, get_origin, get_type_hints

import orjson

from zaguan.base.kit.errors import ZaguanError
from zaguan.operations.planning.model import SCHEMA_VERSION, Plan

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_ID: Final = f"urn:zaguan:plan:{SCHEMA_VERSION}"
_SIMPLE: Final[dict[Any, dict[str, Any]]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
}


class PlanUnreadable(ZaguanError):
    """The bytes are no plan: `at` names the place in the file, `reason` what is wrong there."""

    code: ClassVar[str] = "plan_page.unreadable"


class PlanTooNew(ZaguanError):
    """The plan was written by a later Zaguán than this one."""

    code: ClassVar[str] = "plan_page.too_new"


class _Wrong(Exception):
    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


def dump_plan(plan: Plan) -> bytes:
    """Return the plan as UTF-8 JSON; times are RFC 3339 with their offset, days are ISO 8601."""
    return orjson.dumps(plan, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def load_plan(content: bytes) -> Plan:
    """Return the plan of a plan.json.

    Refused: PlanUnreadable where the bytes are no plan, PlanTooNew where a later schema version wrote them.
    """
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as fault:
        raise PlanUnreadable(at="$", reason=str(fault)) from None
    version = value.get("schema_version") if isinstance(value, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise PlanTooNew(found=version, known=SCHEMA_VERSION)
    try:
        plan: Plan = _read(Plan, value, "$")
    except _Wrong as wrong:
        raise PlanUnreadable(at=wrong.path, reason=wrong.reason) from None
    return plan


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of plan.json; descriptions are the comments of the dataclasses."""
    definitions: dict[str, Any] = {}
    root = _schema_of(Plan, definitions)
    return {
        "$schema": DIALECT,
        "$id": SCHEMA_ID,
        "title": "Zaguán plan",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _schema_of(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if kind in _SIMPLE:
        return dict(_SIMPLE[kind])
    if is_dataclass(kind):
        name = kind.__name__  # type: ignore[union-attr]
        if name not in definitions:
            definitions[name] = {}  # a mark against endless descent
            definitions[name] = _object_of(kind, definitions)
        return {"$ref": f"#/$defs/{name}"}
    if inspect.isclass(kind) and issubclass(kind, StrEnum):
        return {"enum": [member.value for member in kind]}
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        return {"type": "array", "items": _schema_of(arguments[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema_of(arguments[1], definitions)}
    assert origin in (Union, UnionType), f"plan.json has no words for {kind}"
    options = [{"type": "null"} if option is NoneType else _schema_of(option, definitions) for option in arguments]
    if all(set(option) == {"type"} for option in options):
        return {"type": [option["type"] for option in options]}
    return {"anyOf": options}


def _object_of(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    hints, notes = get_type_hints(kind), _comments_of(kind)
    properties = {
        field.name: _schema_of(hints[field.name], definitions)
        | ({"description": notes[field.name]} if field.name in notes else {})
        for field in fields(kind)
    }
    return {
        "type": "object",
        "description": inspect.getdoc(kind) or "",
        "properties": properties,
        "required": [field.name for field in fields(kind) if not _has_default(field)],
    }


def _comments_of(kind: type) -> dict[str, str]:
    """Return what the comment at the end of each field's line says, a following line of comment included."""
    lines = textwrap.dedent(inspect.getsource(kind)).splitlines()
    notes = {}
    for node in ast.parse("\n".join(lines)).body[0].body:  # type: ignore[attr-defined]
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            _, mark, note = lines[(node.end_lineno or node.lineno) - 1].partition("  # ")
            if mark:
                notes[node.target.id] = note.strip()
    return notes


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


@cache
def _hints_of(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _read(kind: Any, value: Any, path: str) -> Any:
    """Return a value of JSON as what the type says, or raise _Wrong with the place."""
    if is_dataclass(kind):
        return _read_object(kind, value, path)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        each = _expect(value, list, path)
        return tuple(_read(arguments[0], entry, f"{path}[{index}]") for index, entry in enumerate(each))
    if origin is dict:
        pairs = _expect(value, dict, path)
        return {key: _read(arguments[1], entry, f"{path}.{key}") for key, entry in pairs.items()}
    if origin in (Union, UnionType):
        return _read_one_of(arguments, value, path)
    if kind is float:
        return float(_expect(value, (int, float), path))
    if kind in _PARSERS:
        return _parse(_PARSERS[kind], _expect(value, str, path), path)
    if inspect.isclass(kind) and issubclass(kind, StrEnum):
        return _parse(kind, _expect(value, str, path), path)
    return _expect(value, kind, path)


def _read_object(kind: Any, value: Any, path: str) -> Any:
    given, hints = _expect(value, dict, path), _hints_of(kind)
    facts = {}
    for field in fields(kind):
        if field.name in given:
            facts[field.name] = _read(hints[field.name], given[field.name], f"{path}.{field.name}")
        elif not _has_default(field):
            raise _Wrong(f"{path}.{field.name}", "is missing")
    return _parse(lambda _: kind(**facts), "", path)


def _read_one_of(options: tuple[Any, ...], value: Any, path: str) -> Any:
    if value is None and NoneType in options:
        return None
    for option in options:
        try:
            return _read(option, value, path)
        except _Wrong as wrong:
            last = wrong
    raise last


def _expect(value: Any, kind: Any, path: str) -> Any:
    # a JSON true is an int to Python and never meant as one
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise _Wrong(path, f"unexpected {type(value).__name__}")
    return value


def _parse(make: Callable[[str], Any], text: str, path: str) -> Any:
    try:
        return make(text)
    except ValueError as fault:
        raise _Wrong(path, str(fault)) from None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"a time without offset: {text}")
    return moment


_PARSERS: Final[dict[Any, Callable[[str], Any]]] = {datetime: _moment, date: date.fromisoformat}
