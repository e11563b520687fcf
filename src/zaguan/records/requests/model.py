"""The answer that an act got, kept so that a repeat of the act gets the same and changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from zaguan.base.kit.errors import Kind, ZaguanError

KEPT_FOR: Final = timedelta(days=7)
KEY_LENGTH: Final = 255


class KeyReused(ZaguanError):
    """The key came before, with another body or for another address."""

    kind: ClassVar = Kind.INVALID
    code: ClassVar = "requests.key_reused"


class InProgress(ZaguanError):
    """The first request with this key is not answered yet."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "requests.in_progress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered: without personal data, since it outlives the erasure of a person."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def __post_init__(self) -> None:
        assert 200 <= self.status < 300, "a refused act left nothing behind: it may simply be tried again"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer and the request that it belongs to."""

    owner: str  # within the organisation: keys of two shippers never meet
    key: str
    fingerprint: str
    answer: Answer
    answered_at: datetime

    def same_request(self, fingerprint: str) -> bool:
        """Tell whether a repeat asks for what was asked for then."""
        return self.fingerprint == fingerprint
