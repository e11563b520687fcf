"""News as the database carries it: many in one NOTIFY, whose text has to stay below 8,000 bytes."""

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Final

from zaguan.adapters.bus.hub import News

MAX_PAYLOAD: Final = 7_800
_FRAME: Final = 80  # origin, number and brackets
MAX_NEWS: Final = MAX_PAYLOAD - _FRAME


class NewsTooLong(ValueError):
    """One piece of news is longer than a NOTIFY: live news names what changed, and does not carry it."""


def line_of(news: News) -> str:
    """Write one piece of news. Text stays text; other bytes are written in base64. Too long: NewsTooLong."""
    try:
        text = news.message.decode("utf-8")
        line = json.dumps([news.subject, text], ensure_ascii=False, separators=(",", ":"))
    except UnicodeDecodeError:
        line = json.dumps([news.subject, base64.b64encode(news.message).decode("ascii"), 1], separators=(",", ":"))
    if len(line.encode("utf-8")) > MAX_NEWS:
        raise NewsTooLong(f"{news.subject}: news of {len(news.message)} bytes is longer than {MAX_NEWS}")
    return line


def payloads_of(lines: Iterable[str], *, origin: str, number: int) -> Iterator[str]:
    """Pack lines into as few payloads as they need, numbered on from a number: equal ones would be sent once."""
    packed: list[str] = []
    size = 0
    for line in lines:
        length = len(line.encode("utf-8")) + 1
        if packed and size + length > MAX_NEWS:
            yield _payload(packed, origin, number)
            packed, size, number = [], 0, number + 1
        packed.append(line)
        size += length
    if packed:
        yield _payload(packed, origin, number)


def news_of(payload: str) -> tuple[str, list[News]]:
    """Read a payload: who sent it, and what it tells. What is none: ValueError."""
    try:
        origin, _, lines = json.loads(payload)
        return origin, [_news(line) for line in lines]
    except (TypeError, LookupError, AttributeError) as failure:
        raise ValueError("no payload of the bus") from failure


def _payload(lines: list[str], origin: str, number: int) -> str:
    payload = f'["{origin}",{number},[{",".join(lines)}]]'
    assert len(payload.encode("utf-8")) <= MAX_PAYLOAD
    return payload


def _news(line: list[str]) -> News:
    raw = line[1]
    return News(line[0], base64.b64decode(raw) if len(line) > 2 else raw.encode("utf-8"))
