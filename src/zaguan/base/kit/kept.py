"""Records that people keep and change: a value with its id, its version and its life; pages of such records."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from zaguan.base.kit.errors import Kind, ZaguanError

MAX_PAGE: Final = 1_000
MAX_REF: Final = 200


class VersionStale(ZaguanError):
    """`ref` was changed by somebody else: its version is `current`, not `asked`."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "kit.version_stale"


class RefWrong(ZaguanError):
    """An external id is empty, longer than `most`, or has blanks at its ends."""

    code: ClassVar = "kit.ref_wrong"


class Change(StrEnum):
    """What saving did to a record."""

    CREATED = "created"
    CHANGED = "changed"
    RESTORED = "restored"  # from the archive, under the same id
    NONE = "none"  # it was so already


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept[Value]:
    """A record as it is kept. `ref` is its external id: the owner's own name for it, unique in the organisation."""

    id: UUID
    ref: str
    value: Value
    version: int  # 1, 2, ... with each change
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved[Value]:
    """A record after it was saved, and what that changed."""

    kept: Kept[Value]
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Page[Entry]:
    """A part of a list; `next` is the position that the next page begins behind, None on the last."""

    entries: tuple[Entry, ...]
    next: str | None


def checked_ref(ref: str) -> str:
    """Return an external id that may be kept; any other is refused."""
    if not 0 < len(ref) <= MAX_REF or ref != ref.strip():
        raise RefWrong(most=MAX_REF)
    return ref


def page_of[Entry](found: list[tuple[str, Entry]], *, limit: int) -> Page[Entry]:
    """Return the first `limit` of what was found; one more than that was asked for, to know whether more follow."""
    assert len(found) <= limit + 1, "one more than the page tells whether there is another"
    shown = found[:limit]
    return Page(entries=tuple(entry for _, entry in shown), next=shown[-1][0] if len(found) > limit else None)
