"""Matrices on disk: complete or not there, and never more than the bound."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from zaguan.engines.roads.matrix_store import UNKNOWN, Block, MatrixKey, MatrixStore
from zaguan.engines.roads.network import Profile

KEY = MatrixKey(region_hash="r", profile=Profile.VAN, metric="night")
ROOT = Path(__file__).parents[3]


def points_of(numbers: range | list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    return np.array([[-51_000_000 + number, -30_000_000] for number in numbers], np.int32)


def block_of(numbers: range | list[int]) -> Block:
    """Return a whole block in which the cell from a to b holds 1000 a + b."""
    at = np.array(list(numbers), np.int32)
    cells = (at[:, None] * 1_000 + at[None, :]).astype(np.int32)
    return Block(points=points_of(numbers), snaps_m=at.astype(np.float32), durations_s=cells, distances_m=cells + 7)


def files_in(store: MatrixStore) -> list[Path]:
    return sorted(store.folder.glob("*/*"))


def assert_same(block: Block, other: Block) -> None:
    assert block.points.tolist() == other.points.tolist()
    assert block.snaps_m.tolist() == other.snaps_m.tolist()
    assert block.durations_s.tolist() == other.durations_s.tolist()
    assert block.distances_m.tolist() == other.distances_m.tolist()


def test_what_was_kept_is_recalled(tmp_path: Path) -> None:
    """A block comes back as it was, in another process's store too."""
    MatrixStore(tmp_path).keep(KEY, block_of(range(5)))
    assert_same(MatrixStore(tmp_path).recall(KEY, points_of(range(5))), block_of(range(5)))


def test_a_part_of_a_block_is_recalled(tmp_path: Path) -> None:
    """Fewer points than were kept are found in the larger block, and keeping them writes nothing."""
    store = MatrixStore(tmp_path)
    store.keep(KEY, block_of(range(9)))
    part = store.recall(KEY, points_of([1, 4, 8]))
    assert_same(part, block_of([1, 4, 8]))
    store.keep(KEY, part)
    assert len(files_in(store)) == 1


def test_a_new_place_leaves_its_row_and_column_unknown(tmp_path: Path) -> None:
    """Of known points and a new one, only the new one's cells are unknown."""
    store = MatrixStore(tmp_path)
    store.keep(KEY, block_of([0, 1, 3]))
    block = store.recall(KEY, points_of([0, 1, 2, 3]))
    unknown = block.durations_s == UNKNOWN
    assert unknown[2].all()
    assert unknown[:, 2].all()
    assert unknown.sum() == 7
    assert np.isnan(block.snaps_m).tolist() == [False, False, True, False]


def test_a_grown_block_takes_the_place_of_the_smaller(tmp_path: Path) -> None:
    """Adding places one by one leaves one file."""
    store = MatrixStore(tmp_path)
    for count in range(2, 8):
        store.keep(KEY, block_of(range(count)))
    assert len(files_in(store)) == 1
    assert store.recall(KEY, points_of(range(7))).is_whole()


def test_days_are_put_together(tmp_path: Path) -> None:
    """What two blocks know is used together; pairs across them are unknown."""
    store = MatrixStore(tmp_path)
    store.keep(KEY, block_of([0, 1, 2, 3]))
    store.keep(KEY, block_of([3, 4, 5]))
    block = store.recall(KEY, points_of(range(6)))
    unknown = block.durations_s == UNKNOWN
    assert not unknown[:4, :4].any()
    assert not unknown[3:, 3:].any()
    assert unknown[:3, 4:].all()
    assert not np.isnan(block.snaps_m).any()


def test_keys_are_apart(tmp_path: Path) -> None:
    """Another region, profile or metric knows nothing of it."""
    store = MatrixStore(tmp_path)
    store.keep(KEY, block_of(range(3)))
    for other in (
        MatrixKey(region_hash="s", profile=Profile.VAN, metric="night"),
        MatrixKey(region_hash="r", profile=Profile.FOOT, metric="night"),
        MatrixKey(region_hash="r", profile=Profile.VAN, metric="morning"),
    ):
        assert (store.recall(other, points_of(range(3))).durations_s == UNKNOWN).all()


def test_the_bound_is_kept_by_dropping_what_was_not_used(tmp_path: Path) -> None:
    """Beyond the capacity the blocks that were not used for longest go; the newest stays."""
    one = 32 + 12 * 10 + 8 * 100
    store = MatrixStore(tmp_path, capacity_bytes=3 * one)
    days = [range(10 * day, 10 * day + 10) for day in range(4)]
    for age, day in enumerate(days[:3]):
        store.keep(KEY, block_of(day))
        (path,) = (file for file in files_in(store) if file.stat().st_mtime > 1_000_000)
        os.utime(path, (age, age))
    assert store.recall(KEY, points_of(days[0])).is_whole()  # used now
    store.keep(KEY, block_of(days[3]))
    assert store.size_bytes() <= 3 * one
    assert [store.recall(KEY, points_of(day)).is_whole() for day in days] == [True, False, True, True]


def test_a_block_beyond_the_capacity_is_not_kept(tmp_path: Path) -> None:
    """A block larger than the whole store is not written."""
    store = MatrixStore(tmp_path, capacity_bytes=500)
    store.keep(KEY, block_of(range(20)))
    assert files_in(store) == []


@pytest.mark.parametrize("damage", [b"", b"short", b"ZAGUAN-MATRIX-1\n" + bytes(10)])
def test_a_damaged_file_is_dropped(tmp_path: Path, damage: bytes) -> None:
    """A file that is not whole is no matrix: it is removed and computed again."""
    store = MatrixStore(tmp_path)
    store.keep(KEY, block_of(range(4)))
    (path,) = files_in(store)
    path.write_bytes(damage)
    assert (store.recall(KEY, points_of(range(4))).durations_s == UNKNOWN).all()
    assert files_in(store) == []


def test_a_store_that_may_only_be_read_still_serves(tmp_path: Path) -> None:
    """Where the time of the last use cannot be noted the blocks are recalled all the same."""
    store = MatrixStore(tmp_path)
    store.keep(KEY, block_of(range(4)))
    (path,) = files_in(store)
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        assert store.recall(KEY, points_of(range(4))).is_whole()
    finally:
        path.parent.chmod(0o755)


WRITER = """
import sys
from pathlib import Path
from zaguan.engines.roads.matrix_store import MatrixStore
from tests.engines.roads.test_matrix_store import KEY, block_of, points_of
store = MatrixStore(Path(sys.argv[1]), capacity_bytes=400_000)
start = int(sys.argv[2])
print("ready", flush=True)
for round_ in range(int(sys.argv[3])):
    day = range(start + round_ % 7, start + round_ % 7 + 60 + round_ % 5)
    known = store.recall(KEY, points_of(day))
    right = block_of(day).durations_s
    assert ((known.durations_s == right) | (known.durations_s == -1)).all(), "a cell is wrong"
    store.keep(KEY, block_of(day))
"""


def writer(folder: Path, *, start: int, rounds: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), str(start), str(rounds)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    """Two processes that read, write and evict in the same store neither fail nor see a wrong cell."""
    writers = [writer(tmp_path, start=start, rounds=60) for start in (0, 3)]
    for process in writers:
        _, told = process.communicate()
        assert process.returncode == 0, told


def test_a_killed_writer_leaves_only_whole_files(tmp_path: Path) -> None:
    """After kill -9 in the middle of writing every matrix that is there is whole and right."""
    process = writer(tmp_path, start=0, rounds=100_000)
    assert process.stdout is not None
    process.stdout.readline()
    store = MatrixStore(tmp_path)
    while not files_in(store):
        assert process.poll() is None
        threading.Event().wait(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    day = range(60)
    known = store.recall(KEY, points_of(day)).durations_s
    assert ((known == block_of(day).durations_s) | (known == UNKNOWN)).all()
    store.keep(KEY, block_of(day))
    assert store.recall(KEY, points_of(day)).is_whole()
