"""Photos, papers and exports: bytes kept under the SHA-256 of what they are, each organisation apart.

The port that `adapters/objects` fills. An object is whole or not there, and is never given out changed.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.ids import OrganisationId

MAX_OBJECT_BYTES: Final = 64 << 20  # an export or a paper; doors allow less for what they take in
SHA256: Final = re.compile(r"[0-9a-f]{64}")


class ObjectNotFound(ZaguanError):
    """No object of the organisation has the hash `sha256`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "objects.not_found"


class ObjectDamaged(ZaguanError):
    """What is kept under `sha256` has another hash, `found`, by now."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "objects.damaged"


class ObjectTooLarge(ZaguanError):
    """The object has `size_bytes`, more than `most_bytes`."""

    code: ClassVar = "objects.too_large"


class ObjectEmpty(ZaguanError):
    """The object has no byte."""

    code: ClassVar = "objects.empty"


class ObjectMismatch(ZaguanError):
    """The bytes that came hash to `found`, not to `sha256` as announced."""

    code: ClassVar = "objects.mismatch"


class ObjectsUnreachable(ZaguanError):
    """The store of objects does not answer; `detail` is what it said."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "objects.unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """What was kept: its hash is its name."""

    sha256: str
    size_bytes: int


class Objects(Protocol):
    """Where objects are kept. The organisation is the first word of every question."""

    def put(self, organisation_id: OrganisationId, content: bytes, *, announced_sha256: str = "") -> StoredObject:
        """Keep the bytes; when this returns they are on disk. The same bytes twice are one object.

        Refused: nothing at all, more than the store's bound, and bytes that are not what was announced.
        """
        ...

    def get(self, organisation_id: OrganisationId, sha256: str) -> bytes:
        """Return the bytes, their hash checked. Raises ObjectNotFound and ObjectDamaged."""
        ...

    def has(self, organisation_id: OrganisationId, sha256: str) -> bool:
        """Tell whether there is such an object, without reading it."""
        ...

    def erase(self, organisation_id: OrganisationId, sha256: str) -> None:
        """Remove the object; one that is not there is as good as removed."""
        ...


def sha256_of_bytes(content: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def checked(content: bytes, *, announced_sha256: str = "", most_bytes: int = MAX_OBJECT_BYTES) -> StoredObject:
    """Return what the bytes are to be kept as, or refuse them."""
    if not content:
        raise ObjectEmpty
    if len(content) > most_bytes:
        raise ObjectTooLarge(size_bytes=len(content), most_bytes=most_bytes)
    found = sha256_of_bytes(content)
    if announced_sha256 and announced_sha256 != found:
        raise ObjectMismatch(sha256=announced_sha256, found=found)
    return StoredObject(sha256=found, size_bytes=len(content))
