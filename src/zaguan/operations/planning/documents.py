"""Plans, routes and stops as plain JSON and back, their moments in the local time of the day."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from zaguan.base.kit.facts import from_plain, to_plain


def document_of(value: object) -> dict[str, Any]:
    """Return a dataclass as plain JSON."""
    plain = to_plain(value)
    assert isinstance(plain, dict), "a document is a dataclass"
    return plain


def read_document[Value](wanted: type[Value], document: Mapping[str, Any], time_zone: str) -> Value:
    """Return what a document was made of; moments, which JSON keeps in UTC, are in the zone again."""
    read = from_plain(wanted, dict(document))
    localised = _localised(read, ZoneInfo(time_zone))
    assert isinstance(localised, wanted)
    return localised


def _localised(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone)
    if isinstance(value, tuple):
        return tuple(_localised(part, zone) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        changes: dict[str, Any] = {}
        for field in fields(value):
            before = getattr(value, field.name)
            after = _localised(before, zone)
            if after is not before:
                changes[field.name] = after
        return replace(value, **changes) if changes else value
    return value
