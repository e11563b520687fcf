"""Lists without an end: NDJSON, one object a line, read page by page so that no list stands in memory."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from fastapi.responses import StreamingResponse
from pydantic import BaseModel

NDJSON: Final = "application/x-ndjson"


def export[T](read_page: Callable[[T | None], tuple[Sequence[BaseModel], T | None]], *, name: str) -> StreamingResponse:
    """Answer with all pages; `read_page` takes a position and returns its lines and the next position.

    The first page is read before the answer begins, so that a refusal still has its status. A failure further on
    breaks the transfer off: the caller's library reports an incomplete body, never a short list that looks whole.
    """
    first = read_page(None)
    headers = {"Content-Disposition": f'attachment; filename="{name}.ndjson"'}
    return StreamingResponse(_lines(read_page, first), media_type=NDJSON, headers=headers)


def _lines[T](
    read_page: Callable[[T | None], tuple[Sequence[BaseModel], T | None]], page: tuple[Sequence[BaseModel], T | None]
) -> Iterator[bytes]:
    lines, position = page
    while True:
        yield b"".join(line.model_dump_json(exclude_none=True).encode() + b"\n" for line in lines)
        if position is None:
            return
        lines, position = read_page(position)
