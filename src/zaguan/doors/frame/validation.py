"""What pydantic found wrong, told field by field in three languages and without the input.

The handler that comes with the framework repeats the input: it shows personal data, and fails on NaN.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response

from zaguan.base.kit.words import say
from zaguan.doors.frame.problem import TYPE_PREFIX, FieldError, Problem, refuse, response_of, title_of
from zaguan.doors.frame.refusals import KeyMissing

MAX_ERRORS: Final = 100
KEY_HEADER: Final = "idempotency-key"
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_ESCAPES: Final = str.maketrans({"~": "~0", "/": "~1"})

# what pydantic calls it -> what we say
_WORDS: Final[Mapping[str, str]] = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "string_type": "not_text",
    "string_unicode": "not_text",
    "string_too_short": "too_short",
    "string_too_long": "too_long",
    "string_pattern_mismatch": "wrong_form",
    "int_type": "not_whole",
    "int_parsing": "not_whole",
    "int_parsing_size": "not_whole",
    "int_from_float": "not_whole",
    "float_type": "not_number",
    "float_parsing": "not_number",
    "finite_number": "not_number",
    "bool_type": "not_boolean",
    "bool_parsing": "not_boolean",
    "list_type": "not_list",
    "tuple_type": "not_list",
    "set_type": "not_list",
    "dict_type": "not_object",
    "model_type": "not_object",
    "model_attributes_type": "not_object",
    "too_short": "too_few",
    "too_long": "too_many",
    "greater_than": "too_small",
    "greater_than_equal": "too_small",
    "less_than": "too_large",
    "less_than_equal": "too_large",
    "enum": "not_one_of",
    "literal_error": "not_one_of",
    "uuid_parsing": "not_an_id",
    "uuid_type": "not_an_id",
    "uuid_version": "not_an_id",
    "timezone_aware": "without_zone",
    "json_invalid": "not_object",
}
_PREFIXES: Final = (
    ("datetime_", "not_a_moment"),
    ("date_", "not_a_day"),
    ("time_", "not_a_time"),
    ("url_", "not_a_url"),
)


def refuse_fields(request: Request, failure: Exception) -> Response:
    """Answer a body or parameters that do not fit, naming each field."""
    assert isinstance(failure, RequestValidationError)
    found = failure.errors()
    if any(error["type"] == "missing" and _is_key(error["loc"]) for error in found):
        return refuse(request, KeyMissing())
    return response_of(problem_of_fields(found), request)


def problem_of_fields(found: Sequence[Mapping[str, Any]]) -> Problem:
    """Return the problem of fields that do not fit, from what pydantic found."""
    return Problem(
        type=TYPE_PREFIX + "door.invalid_fields",
        title=title_of(422),
        status=422,
        detail=say("door.invalid_fields", count=len(found)),
        code="door.invalid_fields",
        hint=say("door.invalid_fields.hint"),
        errors=[field_error(error) for error in found[:MAX_ERRORS]],
    )


def field_error(error: Mapping[str, Any]) -> FieldError:
    """Return one of pydantic's errors in our words."""
    pointer, parameter = place_of(error["loc"])
    name = _name_of(error["type"])
    return FieldError(
        pointer=pointer, parameter=parameter, code=f"field.{name}", detail=say(f"door.field_{name}", **_bounds(error))
    )


def place_of(loc: Sequence[str | int]) -> tuple[str | None, str | None]:
    """Return JSON Pointer or parameter name of pydantic's `loc`. Names that the caller made up are left out."""
    where, *path = loc or ("body",)
    if where != "body":
        return None, str(path[0]) if path and _PLAIN.fullmatch(str(path[0])) else str(where)
    steps: list[str] = []
    for step in path:
        if not _PLAIN.fullmatch(str(step)):
            break
        steps.append(str(step).translate(_ESCAPES))
    return "#" + "".join(f"/{step}" for step in steps), None


def _name_of(kind: str) -> str:
    if kind in _WORDS:
        return _WORDS[kind]
    return next((name for prefix, name in _PREFIXES if kind.startswith(prefix)), "invalid")


def _bounds(error: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the schema allows: never what was sent."""
    facts: Mapping[str, Any] = error.get("ctx") or {}
    least = facts.get("min_length", facts.get("ge", facts.get("gt", "")))
    most = facts.get("max_length", facts.get("le", facts.get("lt", "")))
    return {"least": least, "most": most, "known": facts.get("expected", "")}


def _is_key(loc: Sequence[str | int]) -> bool:
    return len(loc) == 2 and loc[0] == "header" and str(loc[1]).lower() == KEY_HEADER
