"""Files that are whole or not there: written beside, then renamed."""

import glob
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from zaguan.base.kit.clock import SystemClock

CHUNK_BYTES: Final = 1 << 20
PART: Final = ".part"
PART_LIFE_S: Final = 3_600


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; put it in its place when the block ends well, drop it otherwise.

    A process that is killed in the middle leaves the old file as it was; what it had written beside is swept away
    by the next one that writes here, once it is an hour old. The new file keeps the old one's permissions, and a
    link keeps pointing to it.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        yield beside
        if path.exists():
            beside.chmod(stat.S_IMODE(path.stat().st_mode))
        _sync(beside)
        beside.replace(path)
        _sync(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader finds either the old or the new content."""
    with replacing(path) as beside:
        beside.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def _sync(path: Path) -> None:
    """Have the disk hold what was written to a file, or a folder's list of names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(path: Path) -> None:
    """Remove the parts that killed writers of this file left behind."""
    newest_s = SystemClock().now().timestamp() - PART_LIFE_S
    for part in path.parent.glob(f".{glob.escape(path.name)}.*{PART}"):
        # another process may sweep at the same time
        with suppress(FileNotFoundError):
            if part.stat().st_mtime < newest_s:
                part.unlink()
