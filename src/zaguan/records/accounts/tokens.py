"""Secrets that we make: drawn from the system's generator, shown once, kept as hashes only."""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

SECRET_BYTES: Final = 32
LINK_BYTES: Final = 20  # 160 bits in 27 signs: a link still fits a text message
LONGEST: Final = 200
RECOVERY_BYTES: Final = 10
_KEY: Final = re.compile(r"zk_([a-z2-7]{12})_[A-Za-z0-9_-]{43}")


class Purpose(StrEnum):
    """What a token opens; part of what is hashed, so that one kind never passes for another."""

    SESSION = "session"
    KEY = "key"
    DEVICE = "device"
    DEVICE_LINK = "device_link"
    TRACKING = "tracking"
    RECOVERY = "recovery"


_PREFIX: Final = {Purpose.SESSION: "zs_", Purpose.DEVICE: "zd_"}
_BYTES: Final = {Purpose.TRACKING: LINK_BYTES, Purpose.DEVICE_LINK: LINK_BYTES, Purpose.RECOVERY: RECOVERY_BYTES}


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that no log, repr or error shows; `reveal` is called where it is handed to its owner."""

    _text: str = field(repr=False)

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __str__(self) -> str:
        return "•••"

    def __format__(self, how: str) -> str:
        return format("•••", how)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a secret is not written down")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token at its birth: the secret for its owner, the digest for the table."""

    secret: Secret
    digest: bytes

    @classmethod
    def draw(cls, purpose: Purpose) -> Self:
        """Draw a token."""
        if purpose is Purpose.RECOVERY:
            drawn = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
            text = "-".join(drawn[start : start + 4] for start in range(0, len(drawn), 4))
        else:
            text = _PREFIX.get(purpose, "") + secrets.token_urlsafe(_BYTES.get(purpose, SECRET_BYTES))
        return cls(secret=Secret(text), digest=digest_of(purpose, text))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """An API key at its birth: a prefix that may be shown, and the whole for its owner."""

    prefix: str
    secret: Secret
    digest: bytes

    @classmethod
    def draw(cls) -> Self:
        """Draw an API key."""
        prefix = base64.b32encode(secrets.token_bytes(8)).decode().lower()[:12]
        text = f"zk_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
        return cls(prefix=prefix, secret=Secret(text), digest=digest_of(Purpose.KEY, text))


def digest_of(purpose: Purpose, text: str) -> bytes:
    """Return the SHA-256 under which a token is kept; whatever was sent has one.

    Plain and fast on purpose: what is hashed has 128 bits or more, so there is nothing to guess.
    """
    plain = text.strip().lower() if purpose is Purpose.RECOVERY else text
    return hashlib.sha256(f"{purpose.value}:{plain[: LONGEST + 1]}".encode("utf-8", "surrogatepass")).digest()


def key_prefix_of(text: str) -> str | None:
    """Return the prefix of something that looks like an API key."""
    found = _KEY.fullmatch(text[: LONGEST + 1])
    return None if found is None else found[1]


def same(one: bytes, other: bytes) -> bool:
    """Compare two digests in a time that does not tell where they differ."""
    return hmac.compare_digest(one, other)
