"""Entity tags: a version that a caller can hold on to, and the refusal of an act on a version that is gone."""

import re
from typing import Final

from zaguan.doors.frame.refusals import BadIfMatch, StaleVersion

_TAG: Final = re.compile(r'"v(\d{1,18})"')
MAX_TAGS: Final = 10


def etag_of(version: int) -> str:
    """Return the strong entity tag of a version.

    >>> etag_of(3)
    '"v3"'
    """
    return f'"v{version}"'


def check_if_match(header: str | None, version: int) -> None:
    """Refuse an act whose If-Match does not name the version that stands; no header asks for nothing."""
    if header is None or header.strip() == "*":
        return
    tags = [_TAG.fullmatch(tag.strip()) for tag in header.split(",", MAX_TAGS)]
    if None in tags or len(tags) > MAX_TAGS:
        raise BadIfMatch
    named = [int(tag[1]) for tag in tags if tag is not None]
    if version not in named:
        raise StaleVersion(yours=named[0], current=version)


def is_unchanged(header: str | None, version: int) -> bool:
    """Tell whether If-None-Match names the version that stands, so that 304 says it all."""
    return header is not None and any(
        tag.strip().removeprefix("W/") in ("*", etag_of(version)) for tag in header.split(",", MAX_TAGS)[:MAX_TAGS]
    )
