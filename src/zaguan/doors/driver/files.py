"""The bytes of photos and signatures, when there is a signal for them."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, Field

from zaguan.base.kit.objects import SHA256
from zaguan.doors.driver.auth import Caller
from zaguan.doors.driver.ground import Standing
from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.reading import StrictRoute
from zaguan.doors.frame.refusals import WrongContentType
from zaguan.operations.delivery.proofs import MAX_PROOF_BYTES
from zaguan.operations.delivery.service import store_file

MAX_FILE_SECONDS: Final = 120.0  # a photo over a poor signal
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The bytes of a JPEG, PNG or WebP picture, at most 20 MiB.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class FileRoute(StrictRoute):
    """A route that takes the bytes of one picture."""

    max_body_bytes = MAX_PROOF_BYTES
    max_body_seconds = MAX_FILE_SECONDS


router = APIRouter(prefix="/driver/v1", tags=["driver"], route_class=FileRoute)


class FileView(BaseModel):
    """A file that is kept: when this is told, its bytes are on disk and hash to `sha256`."""

    sha256: str
    size_bytes: int
    stored_at: datetime
    proof_ids: list[UUID] = Field(description="The proofs that it belongs to.")


async def content_of(request: Request) -> bytes:
    """Return the bytes, which the route has read within its limits."""
    return await request.body()


@router.put("/files/{sha256}", response_model=FileView, responses=problems(404, 408, 413, 415), openapi_extra=_BODY)
def put_file(
    sha256: Annotated[str, Path(pattern=f"^{SHA256.pattern}$", description="As the act announced it.")],
    content: Annotated[bytes, Depends(content_of)],
    phone: Caller,
    ground: Standing,
) -> FileView:
    """Keep the bytes of a photo or signature that an act announced before. The same bytes again change nothing."""
    if not is_picture(content):
        raise WrongContentType(wanted="image/jpeg, image/png, image/webp")
    with ground.database.session(phone.organisation_id) as session:
        proofs = store_file(session, phone.organisation_id, sha256, content, objects=ground.objects, clock=ground.clock)
    stored = [proof.stored_at for proof in proofs if proof.stored_at is not None]
    assert stored, "what was kept has its time"
    return FileView(
        sha256=sha256,
        size_bytes=len(content),
        stored_at=min(stored),
        proof_ids=[proof.proof_id for proof in proofs],
    )


def is_picture(content: bytes) -> bool:
    """Tell whether bytes begin as a JPEG, PNG or WebP picture does; what a header says of them is not asked."""
    return content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    )
