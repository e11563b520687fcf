"""What all processes of an installation have in common."""

import secrets
from typing import Final

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.records.installation import store

KEY_BYTES: Final = 32


def signing_key(session: Session, *, clock: Clock) -> bytes:
    """Return the key that the processes sign cursors with, drawn at the first call. Wants a system session."""
    return store.keep_first_key(session, secrets.token_bytes(KEY_BYTES), made_at=clock.now())
