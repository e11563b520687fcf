"""The store of objects on obstore: a local folder and an S3-compatible bucket by the same calls."""

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from zaguan.adapters.objects.settings import ObjectsSettings
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.objects import (
    SHA256,
    ObjectDamaged,
    ObjectNotFound,
    ObjectsUnreachable,
    ObjectTooLarge,
    StoredObject,
    checked,
    sha256_of_bytes,
)

if TYPE_CHECKING:
    from obstore.store import S3Config  # a type only: it is not there when the program runs

SHOWN_CHARS: Final = 200  # of what a store says when it fails


class KeptObjects:
    """Objects by organisation and SHA-256, as `base/kit/objects.py` promises."""

    def __init__(self, settings: ObjectsSettings) -> None:
        self._settings = settings
        self._store = _opened(settings)

    def put(self, organisation_id: OrganisationId, content: bytes, *, announced_sha256: str = "") -> StoredObject:
        """Keep the bytes; when this returns they are on disk."""
        kept = checked(content, announced_sha256=announced_sha256, most_bytes=self._settings.most_bytes)
        key = key_of(organisation_id, kept.sha256)
        # written over and not only once: a damaged object is mended by whoever brings it again
        try:
            obstore.put(self._store, key, content, mode="overwrite", use_multipart=False)
        except (BaseError, OSError) as error:
            raise ObjectsUnreachable(detail=str(error)[:SHOWN_CHARS]) from error
        if self._settings.folder is not None:
            _sync(self._settings.folder, key)
        return kept

    def get(self, organisation_id: OrganisationId, sha256: str) -> bytes:
        """Return the bytes, their hash checked."""
        if not SHA256.fullmatch(sha256):
            raise ObjectNotFound(sha256=sha256)
        try:
            answer = obstore.get(self._store, key_of(organisation_id, sha256))
            if answer.meta["size"] > self._settings.most_bytes:
                raise ObjectTooLarge(size_bytes=answer.meta["size"], most_bytes=self._settings.most_bytes)
            content = bytes(answer.bytes())
        except FileNotFoundError as error:
            raise ObjectNotFound(sha256=sha256) from error
        except (BaseError, OSError) as error:
            raise ObjectsUnreachable(detail=str(error)[:SHOWN_CHARS]) from error
        if (found := sha256_of_bytes(content)) != sha256:
            raise ObjectDamaged(sha256=sha256, found=found)
        return content

    def has(self, organisation_id: OrganisationId, sha256: str) -> bool:
        """Tell whether there is such an object, without reading it."""
        if not SHA256.fullmatch(sha256):
            return False
        try:
            obstore.head(self._store, key_of(organisation_id, sha256))
        except FileNotFoundError:
            return False
        except (BaseError, OSError) as error:
            raise ObjectsUnreachable(detail=str(error)[:SHOWN_CHARS]) from error
        return True

    def erase(self, organisation_id: OrganisationId, sha256: str) -> None:
        """Remove the object; one that is not there is as good as removed."""
        if not SHA256.fullmatch(sha256):
            return
        try:
            with suppress(FileNotFoundError):
                obstore.delete(self._store, key_of(organisation_id, sha256))
        except (BaseError, OSError) as error:
            raise ObjectsUnreachable(detail=str(error)[:SHOWN_CHARS]) from error


def key_of(organisation_id: OrganisationId, sha256: str) -> str:
    """Return where an object lies. Nothing that a person typed is part of it."""
    assert SHA256.fullmatch(sha256), "only hashes name objects"
    return f"{organisation_id}/{sha256[:2]}/{sha256}"


def _opened(settings: ObjectsSettings) -> ObjectStore:
    if settings.folder is not None:
        return LocalStore(settings.folder, mkdir=True, automatic_cleanup=True)
    plain = str(settings.options.get("endpoint", "")).startswith("http://")
    return S3Store.from_url(
        settings.bucket,
        config=cast("S3Config", settings.options),
        client_options={"timeout": settings.answer, "allow_http": plain},
        retry_config={"retry_timeout": settings.retry},
    )


def _sync(folder: Path, key: str) -> None:
    """Have the disk hold the file and the names of its folders: the store itself only renames."""
    path = folder / key
    for part in (path, *list(path.parents)[: key.count("/") + 1]):
        handle = os.open(part, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
