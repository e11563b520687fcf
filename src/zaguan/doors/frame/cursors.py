"""Cursors of lists: opaque and signed, good for the list, the owner and the filters they were made for."""

import base64
import binascii
import hashlib
import hmac
from typing import Final

from pydantic import BaseModel, Field

from zaguan.doors.frame.refusals import BadCursor

MAX_LIMIT: Final = 1000
DEFAULT_LIMIT: Final = 100
MAX_CURSOR: Final = 512
_MARK_BYTES: Final = 16


class Page(BaseModel):
    """The end of every list."""

    next: str | None = Field(default=None, description="Cursor of the next page; absent on the last.")


class Cursors:
    """Seals and opens cursors with a key of the installation."""

    def __init__(self, key: bytes) -> None:
        assert len(key) >= 32, "a short key can be guessed"
        self._key = key

    def seal(self, position: str, *, purpose: str) -> str:
        """Return the cursor of a position; `purpose` says whose list, with which filters."""
        said = position.encode()
        return base64.urlsafe_b64encode(self._mark(said, purpose) + said).rstrip(b"=").decode()

    def open(self, cursor: str, *, purpose: str) -> str:
        """Return the position of a cursor; one that was not made for this purpose raises BadCursor."""
        try:
            sealed = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
            mark, said = sealed[:_MARK_BYTES], sealed[_MARK_BYTES:]
            if not hmac.compare_digest(mark, self._mark(said, purpose)):
                raise BadCursor
            return said.decode()
        except (UnicodeError, binascii.Error):
            raise BadCursor from None

    def _mark(self, said: bytes, purpose: str) -> bytes:
        return hmac.new(self._key, purpose.encode() + b"\0" + said, hashlib.sha256).digest()[:_MARK_BYTES]
