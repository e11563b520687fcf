"""What must not stand in a log: who somebody is, where they live, how they are reached, and what opens a door.

Logs are read by more people than the database, are kept elsewhere, and are in no erasure. Ids of ours tell enough.
"""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

WITHHELD: Final = "[withheld]"
# values under these names are withheld, whatever they are; compared with the last word of a name: `recipient_phone`
_WORDS: Final = (
    "address authorization body cookie email mail name names note notes password payload phone pin point recipient"
    " secret signature street text token url"
)
_PERSONAL: Final = frozenset(_WORDS.split())
_OURS: Final = frozenset({"logger_name", "event_name", "job_name", "task_name", "host_name"})
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE: Final = re.compile(r"(?<![\w.+-])\+\d[\d ().-]{6,16}\d(?![\w-])")
# PostgreSQL repeats the row that it refused, SQLAlchemy the values that were given
_DETAIL: Final = re.compile(r"(DETAIL:|CONTEXT:|\[parameters:).*")
_SECRET_IN_URL: Final = re.compile(r"(?<=://)[^\s/@:]+:[^\s/@]+(?=@)")
_DEEPEST: Final = 6


def withhold(_logger: object, _method: str, happening: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out of a log line what tells who somebody is; a processor of structlog, the last before it is written."""
    for name, value in happening.items():
        happening[name] = _clean(name, value, depth=0)
    return happening


def clean_text(text: str) -> str:
    """Return a text without e-mail addresses, phone numbers, passwords of addresses, and rows of the database."""
    for pattern in (_DETAIL, _SECRET_IN_URL, _EMAIL, _PHONE):
        text = pattern.sub(lambda found: f"{found[1]} {WITHHELD}" if found.lastindex else WITHHELD, text)
    return text


def _clean(name: str, value: Any, *, depth: int) -> Any:
    if name not in _OURS and name.lower().rsplit("_", 1)[-1] in _PERSONAL:
        return WITHHELD
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, BaseException):
        return clean_text(f"{type(value).__name__}: {value}")
    if depth == _DEEPEST:
        return WITHHELD
    if isinstance(value, Mapping):
        return {key: _clean(str(key), part, depth=depth + 1) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", part, depth=depth + 1) for part in value]
    return value
