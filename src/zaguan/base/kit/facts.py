"""Facts as plain JSON: what happened, written the same way every time, and read back as what it was.

A fact is a frozen dataclass whose class names its type (`type: ClassVar[str] = "order.received"`). Its fields are
plain: text, numbers, moments, days, UUIDs, choices, other dataclasses of such, and tuples of them.
"""

import json
import math
import types
from collections.abc import Iterator, Mapping
from dataclasses import Field, fields, is_dataclass
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import cache
from typing import (
    Any,
    ClassVar,
    Final,
    Literal,
    NewType,
    Protocol,
    TypeAliasType,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)
from uuid import UUID

type Plain = str | int | float | bool | list[Plain] | dict[str, Plain] | None

_AS_THEY_ARE: Final = (str, int, float, bool)
_BY_TEXT: Final = (UUID, datetime, date, time)


class Fact(Protocol):
    """What happened: a frozen dataclass, its `type` in the past tense (`noun.past`)."""

    type: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


class FactUnreadable(ValueError):
    """A stored fact does not fit the class that it should become, or a value is none that a fact may hold."""


def canonical_json(value: Plain) -> str:
    """Write a value so that equal values have equal bytes: keys sorted, no blanks, no escapes but those JSON asks for.

    No NaN, no infinity, no lone surrogate, no NUL: ValueError.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    text.encode("utf-8")
    if "\\u0000" in text and any("\0" in part for part in _texts(value)):
        raise ValueError("a text with a NUL cannot be kept")
    return text


def to_plain(value: object) -> Plain:
    """Turn a fact, or what it is made of, into plain JSON values. A value that is not plain: FactUnreadable."""
    match value:
        case Enum():
            return to_plain(value.value)
        case None | bool() | str() | int():
            return value
        case float():
            if not math.isfinite(value):
                raise FactUnreadable("a fact holds finite numbers only")
            return value
        case datetime():
            return _moment(value)
        case UUID():
            return str(value)
        case date() | time():
            return value.isoformat()
        case tuple() | list():
            return [to_plain(part) for part in value]
        case frozenset():
            return sorted((to_plain(part) for part in value), key=str)
        case Mapping():
            return {_key(key): to_plain(part) for key, part in value.items()}
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            raise FactUnreadable(f"a fact cannot hold a {type(value).__name__}")


def from_plain[T](wanted: type[T], value: Plain) -> T:
    """Make an instance of a fact's class, or another frozen dataclass, from plain JSON values.

    Fields that the class does not know are passed over, and those that are missing take their default: so a class may
    gain and lose optional fields while old facts stay readable. Otherwise FactUnreadable, with the path to the field.
    """
    made = _read(wanted, value, wanted.__name__)
    assert isinstance(made, wanted)
    return made


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise FactUnreadable("a moment must know its time zone")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _key(key: object) -> str:
    if isinstance(key, str):
        return str(key.value) if isinstance(key, Enum) else key
    raise FactUnreadable("the keys of a mapping are text")


def _texts(value: Plain) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for part in value:
                yield from _texts(part)
        case dict():
            for key, part in value.items():
                yield key
                yield from _texts(part)


@cache
def _hints(wanted: type) -> Mapping[str, Any]:
    return get_type_hints(wanted)


def _read(wanted: Any, value: Plain, path: str) -> object:
    """Read a value as what an annotation asks for."""
    match wanted:
        case NewType():
            return _read(wanted.__supertype__, value, path)
        case TypeAliasType():
            return _read(wanted.__value__, value, path)
        case None | types.NoneType:
            return _must(value is None, None, path, "nothing")
    origin = get_origin(wanted)
    if origin is not None:
        return _read_generic(wanted, origin, value, path)
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if wanted in _AS_THEY_ARE:
        return _must(type(value) is wanted, value, path, wanted.__name__)
    if wanted in _BY_TEXT or (isinstance(wanted, type) and issubclass(wanted, Enum)):
        return _read_text(wanted, value, path)
    if isinstance(wanted, type) and is_dataclass(wanted):
        return _read_dataclass(wanted, value, path)
    raise FactUnreadable(f"{path}: a fact cannot hold a {wanted}")


def _read_generic(wanted: Any, origin: Any, value: Plain, path: str) -> object:
    inner = get_args(wanted)
    if origin in (Union, types.UnionType):
        choices = [choice for choice in inner if choice is not types.NoneType]
        if value is None and len(choices) < len(inner):
            return None
        return _read_first(choices, value, path)
    if origin is Literal:
        return _must(value in inner, value, path, f"one of {inner}")
    if origin in (tuple, frozenset):
        if not isinstance(value, list):
            raise FactUnreadable(f"{path}: a list is wanted")
        if origin is tuple and inner[-1:] != (...,):
            _must(len(value) == len(inner), value, path, f"a list of {len(inner)}")
            return tuple(
                _read(part, one, f"{path}[{at}]") for at, (part, one) in enumerate(zip(inner, value, strict=True))
            )
        return origin(_read(inner[0], one, f"{path}[{at}]") for at, one in enumerate(value))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, dict):
            raise FactUnreadable(f"{path}: a mapping is wanted")
        return {_read(inner[0], key, path): _read(inner[1], one, f"{path}.{key}") for key, one in value.items()}
    raise FactUnreadable(f"{path}: a fact cannot hold a {wanted}")


def _read_first(choices: list[Any], value: Plain, path: str) -> object:
    """Read a value as the first of several annotations that it fits."""
    failures: list[str] = []
    for choice in choices:
        try:
            return _read(choice, value, path)
        except FactUnreadable as failure:
            failures.append(str(failure))
    raise FactUnreadable("; ".join(failures))


def _read_text(wanted: Any, value: Plain, path: str) -> object:
    try:
        if issubclass(wanted, Enum):
            return wanted(value)
        if not isinstance(value, str):
            raise TypeError
        return wanted(value) if wanted is UUID else wanted.fromisoformat(value)
    except (ValueError, TypeError):
        raise FactUnreadable(f"{path}: {wanted.__name__} is wanted") from None


def _read_dataclass(wanted: Any, value: Plain, path: str) -> object:
    if not isinstance(value, dict):
        raise FactUnreadable(f"{path}: a mapping is wanted")
    hints = _hints(wanted)
    given = {
        field.name: _read(hints[field.name], value[field.name], f"{path}.{field.name}")
        for field in fields(wanted)
        if field.init and field.name in value
    }
    try:
        return wanted(**given)
    except (TypeError, ValueError) as failure:
        raise FactUnreadable(f"{path}: {failure}") from None


def _must(holds: bool, value: object, path: str, wanted: str) -> object:
    if not holds:
        raise FactUnreadable(f"{path}: {wanted} is wanted")
    return value
