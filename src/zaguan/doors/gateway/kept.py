"""What depots, vehicles, drivers and shifts have in common at the door: addresses, receipts, pages, versions."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Header, Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from zaguan.base.kit.kept import MAX_REF, Kept
from zaguan.base.kit.kept import Page as Found
from zaguan.doors.frame.cursors import DEFAULT_LIMIT, MAX_CURSOR, MAX_LIMIT
from zaguan.doors.frame.etags import check_if_match, etag_of, is_unchanged
from zaguan.doors.gateway.ground import Ground
from zaguan.records.accounts.model import Principal
from zaguan.records.requests.model import Answer

ExternalPath = Annotated[
    str, Path(min_length=1, max_length=MAX_REF, description="Your own name for it, unique in the organisation.")
]
OtherRef = Annotated[str, Field(max_length=MAX_REF)]
IfMatch = Annotated[
    str | None, Header(alias="If-Match", description="The ETag of what you read; another version is refused with 412.")
]
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", description="The ETag of what you have.")]
Cursor = Annotated[str | None, Query(max_length=MAX_CURSOR, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Archived = Annotated[bool, Query(description="Those that were put away, instead of those in use.")]
FIRST: Final = DEFAULT_LIMIT
TAGGED: Final[dict[str, Any]] = {"headers": {"ETag": {"schema": {"type": "string"}}}}
UNCHANGED: Final[dict[str, Any]] = {"description": "It is as you have it (If-None-Match)."}


class RecordReceipt(BaseModel):
    """What became of a record: its ids, and its version, which is its ETag."""

    id: UUID
    external_id: str
    version: int
    archived_at: datetime | None = None


class RecordView(RecordReceipt):
    """What every record has besides its own fields."""

    created_at: datetime
    changed_at: datetime


NEW: Final[dict[str, Any]] = {"model": RecordReceipt, "description": "It is new.", **TAGGED}


def receipt_of(kept: Kept[Any]) -> RecordReceipt:
    """Return what became of a record."""
    return RecordReceipt(id=kept.id, external_id=kept.ref, version=kept.version, archived_at=kept.archived_at)


def frame_of(kept: Kept[Any]) -> dict[str, Any]:
    """Return what a view of any record begins with."""
    return {
        "id": kept.id,
        "external_id": kept.ref,
        "version": kept.version,
        "archived_at": kept.archived_at,
        "created_at": kept.created_at,
        "changed_at": kept.changed_at,
    }


def expected_version(if_match: str | None, found: Kept[Any] | None) -> int | None:
    """Return the version that an act must meet; None where any will do. Refused: an If-Match that names another."""
    if if_match is None:
        return None
    # no version is 0: where nothing is, any tag is stale
    standing = 0 if found is None else found.version
    check_if_match(if_match, standing)
    return standing or None


def told_receipt(kept: Kept[Any], *, is_new: bool) -> Response:
    """Return the answer to a PUT."""
    body = receipt_of(kept).model_dump(mode="json", exclude_none=True)
    return JSONResponse(body, 201 if is_new else 200, {"ETag": etag_of(kept.version)})


def receipt_answer(kept: Kept[Any]) -> Answer:
    """Return the answer to an act, to be kept: it holds nothing of a person."""
    body = receipt_of(kept).model_dump_json(exclude_none=True).encode()
    return Answer(status=200, headers=(("ETag", etag_of(kept.version)),), body=body)


def told_view(view: RecordView, if_none_match: str | None) -> Response:
    """Return a record, or that it is as the caller has it."""
    headers = {"ETag": etag_of(view.version)}
    if is_unchanged(if_none_match, view.version):
        return Response(status_code=304, headers=headers)
    return JSONResponse(view.model_dump(mode="json", exclude_none=True), headers=headers)


class Leaf:
    """One page of a list by external id: where it begins, and how its cursor is sealed."""

    def __init__(self, ground: Ground, principal: Principal, *, of: str, cursor: str | None) -> None:
        self._seal = ground.cursors.seal
        self._purpose = f"{of}:{principal.organisation_id}"
        self.after = "" if cursor is None else ground.cursors.open(cursor, purpose=self._purpose)

    def views[View](self, found: Found[Any], view: Callable[[Any], View]) -> list[View]:
        """Return what is shown of what was found."""
        return [view(one) for one in found.entries]

    def next(self, found: Found[Any]) -> str | None:
        """Return the cursor of the next page, None on the last."""
        return None if found.next is None else self._seal(found.next, purpose=self._purpose)
