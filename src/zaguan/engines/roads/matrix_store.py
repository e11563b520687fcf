"""Matrices kept on disk, so that a place is computed once: a new one costs a row and a column.

Each file is one whole matrix between some points and is never changed: it is written beside and renamed. So any
number of processes may read and write at once, without a lock, and a kill at any moment leaves nothing half written.
A request is answered from the files that share points with it; what is still unknown is left to the caller, who
keeps the completed matrix. A file whose points are all in a newer one is dropped.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.base.kit.files import replacing
from zaguan.engines.roads.network import Profile

UNKNOWN: Final = -1
CAPACITY_BYTES: Final = 2 << 30
MOST_FILES: Final = 128  # of one key
MOST_SOURCES: Final = 4  # files that one request is put together from
ENDING: Final = ".matrix"

_MAGIC: Final = b"ZAGUAN-MATRIX-1\n"
_HEADER_BYTES: Final = 32  # the magic, the number of points, and room

Points = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixKey:
    """What travel times depend on besides the points: the region, how one moves, and the speeds (their digest)."""

    region_hash: str
    profile: Profile
    metric: str

    def folder(self) -> str:
        """Return the name of the key's folder."""
        text = "\0".join((self.region_hash, self.profile.value, self.metric))
        return f"{self.profile.value}-{hashlib.sha256(text.encode()).hexdigest()[:24]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Travel between n distinct points.

    Attributes
    ----------
    points : int32 array of shape (n, 2)
        Longitude and latitude in millionths of a degree, sorted.
    snaps_m : float32 array of shape (n,)
        How far each point is from the road that it was put on; NaN where unknown.
    durations_s, distances_m : int32 arrays of shape (n, n)
        From row to column; UNKNOWN where not computed yet.
    """

    points: Points
    snaps_m: NDArray[np.float32]
    durations_s: NDArray[np.int32]
    distances_m: NDArray[np.int32]

    @classmethod
    def unknown(cls, points: Points) -> "Block":
        """Return a block that knows nothing."""
        n = len(points)
        return cls(
            points=points,
            snaps_m=np.full(n, np.nan, np.float32),
            durations_s=np.full((n, n), UNKNOWN, np.int32),
            distances_m=np.full((n, n), UNKNOWN, np.int32),
        )

    def is_whole(self) -> bool:
        """Tell whether nothing is unknown."""
        return not (bool((self.durations_s == UNKNOWN).any()) or bool(np.isnan(self.snaps_m).any()))


def _packed(points: Points) -> NDArray[np.int64]:
    """Return one sortable number for each point."""
    return (points[:, 0].astype(np.int64) << 32) + points[:, 1]


class MatrixStore:
    """Blocks by key, in a folder of at most `capacity_bytes`; what was not used for longest goes first."""

    def __init__(self, folder: Path, *, capacity_bytes: int = CAPACITY_BYTES) -> None:
        self.folder = folder
        self.capacity_bytes = capacity_bytes

    def recall(self, key: MatrixKey, points: Points) -> Block:
        """Return what is known between the points, which are distinct and sorted."""
        wanted = _packed(points)
        assert bool((np.diff(wanted) > 0).all()), "points are distinct and sorted"
        result = Block.unknown(points)
        known = []
        for path, file in self._files(key):
            shared = int(np.isin(wanted, _packed(file.points), assume_unique=True).sum())
            known.append((shared, path, file))
        known.sort(key=lambda entry: -entry[0])
        for shared, path, file in known[:MOST_SOURCES]:
            if shared == 0 or result.is_whole():
                break
            if _take(result, file):
                _touch(path)
        return result

    def keep(self, key: MatrixKey, block: Block) -> None:
        """Write a whole block; nothing is written if a file knows it already, or if it is beyond the capacity."""
        assert block.is_whole(), "only whole matrices are kept"
        if _bytes_of(len(block.points)) > self.capacity_bytes:
            return
        wanted = _packed(block.points)
        obsolete = []
        for path, file in self._files(key):
            theirs = _packed(file.points)
            if len(theirs) >= len(wanted) and bool(np.isin(wanted, theirs, assume_unique=True).all()):
                return
            if bool(np.isin(theirs, wanted, assume_unique=True).all()):
                obsolete.append(path)
        folder = self.folder / key.folder()
        path = folder / f"{hashlib.sha256(block.points.tobytes()).hexdigest()[:32]}{ENDING}"
        with replacing(path) as beside:
            _write(block, beside)
        for old in obsolete:
            old.unlink(missing_ok=True)
        self._evict(path)

    def size_bytes(self) -> int:
        """Return the bytes of all files."""
        return sum(size for _, size, _ in _by_age(self.folder.glob(f"*/*{ENDING}")))

    def _files(self, key: MatrixKey) -> Iterator[tuple[Path, Block]]:
        for path in sorted((self.folder / key.folder()).glob(f"*{ENDING}")):
            # another process may have dropped it meanwhile
            with suppress(FileNotFoundError):
                if (block := _read(path)) is None:
                    path.unlink(missing_ok=True)
                else:
                    yield path, block

    def _evict(self, newest: Path) -> None:
        """Drop the files that were not used for longest until the bounds are kept; `newest` stays."""
        ours = _by_age(newest.parent.glob(f"*{ENDING}"))
        for _, _, path in ours[: max(0, len(ours) - MOST_FILES)]:
            if path != newest:
                path.unlink(missing_ok=True)
        everything = _by_age(self.folder.glob(f"*/*{ENDING}"))
        total = sum(size for _, size, _ in everything)
        for _, size, path in everything:
            if total <= self.capacity_bytes:
                break
            if path != newest:
                path.unlink(missing_ok=True)
                total -= size


def _take(result: Block, file: Block) -> bool:
    """Fill what `result` does not know from a file; tell whether that was anything."""
    _, ours, theirs = np.intersect1d(
        _packed(result.points), _packed(file.points), assume_unique=True, return_indices=True
    )
    cells, their_cells = np.ix_(ours, ours), np.ix_(theirs, theirs)
    unknown = result.durations_s[cells] == UNKNOWN
    if not bool(unknown.any()):
        return False
    # a snap is kept with the matrix that it was computed with
    result.snaps_m[ours] = np.where(np.isnan(result.snaps_m[ours]), file.snaps_m[theirs], result.snaps_m[ours])
    for known, new in ((result.durations_s, file.durations_s), (result.distances_m, file.distances_m)):
        known[cells] = np.where(unknown, new[their_cells], known[cells])
    return True


def _bytes_of(n: int) -> int:
    return _HEADER_BYTES + 12 * n + 8 * n * n


def _write(block: Block, path: Path) -> None:
    with path.open("wb") as file:
        file.write(_MAGIC + len(block.points).to_bytes(8, "little") + bytes(8))
        for array, kind in (
            (block.points, "<i4"),
            (block.snaps_m, "<f4"),
            (block.durations_s, "<i4"),
            (block.distances_m, "<i4"),
        ):
            file.write(np.ascontiguousarray(array, dtype=kind).data)


def _read(path: Path) -> Block | None:
    """Return the block of a file, mapped into memory; None for a file that is none of ours."""
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
        size = os.fstat(file.fileno()).st_size
        n = int.from_bytes(header[16:24], "little")
        if header[:16] != _MAGIC or size != _bytes_of(n):
            return None
        whole = np.memmap(file, dtype="<i4", mode="r", offset=_HEADER_BYTES, shape=(3 * n + 2 * n * n,))
    square = n * n
    return Block(
        points=whole[: 2 * n].reshape(n, 2),
        snaps_m=whole[2 * n : 3 * n].view("<f4"),
        durations_s=whole[3 * n : 3 * n + square].reshape(n, n),
        distances_m=whole[3 * n + square :].reshape(n, n),
    )


def _touch(path: Path) -> None:
    # a cache that may only be read still serves
    with suppress(OSError):
        os.utime(path)


def _by_age(paths: Iterator[Path]) -> list[tuple[float, int, Path]]:
    """Return (last use, bytes, path) of files, the one that was not used for longest first."""
    found = []
    for path in paths:
        with suppress(FileNotFoundError):
            status = path.stat()
            found.append((status.st_mtime, status.st_size, path))
    return sorted(found)
