"""Files are whole or not there, whatever happens to the process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from zaguan.base.kit.files import PART_LIFE_S, replacing, sha256_of, write_whole

WRITER = """
import sys, time
from pathlib import Path
from zaguan.base.kit.files import replacing

with replacing(Path(sys.argv[1])) as beside, beside.open("wb") as file:
    file.write(b"half of the new")
    file.flush()
    print("written", flush=True)
    time.sleep(60)
"""


def _write_and_fail(path: Path) -> None:
    path.write_text("new")
    raise ZeroDivisionError


def test_a_killed_writer_leaves_the_old_file(tmp_path: Path) -> None:
    """A process killed with -9 in the middle of writing leaves the old content, whole."""
    path = tmp_path / "plan.json"
    write_whole(path, "old")
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "written\n"
        writer.send_signal(signal.SIGKILL)
    assert writer.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 2, "the half-written part stands beside, as a killed process cannot clean"


def test_parts_of_killed_writers_are_swept_away(tmp_path: Path) -> None:
    """A later writer removes what a killed one left, but spares parts that may still be written."""
    left, running, other = (tmp_path / name for name in (".a.1.part", ".a.2.part", ".ab.1.part"))
    for part in (left, running, other):
        part.touch()
    for part in (left, other):
        os.utime(part, (0, part.stat().st_mtime - PART_LIFE_S - 1))
    write_whole(tmp_path / "a", "new")
    assert {path.name for path in tmp_path.iterdir()} == {"a", ".a.2.part", ".ab.1.part"}


def test_a_failed_writer_leaves_the_old_file_and_no_part(tmp_path: Path) -> None:
    """An error in the block keeps the old file, cleans up and reaches the caller."""
    path = tmp_path / "plan.json"
    write_whole(path, "old")
    with pytest.raises(ZeroDivisionError), replacing(path) as beside:
        _write_and_fail(beside)
    assert {found.name: found.read_text() for found in tmp_path.iterdir()} == {"plan.json": "old"}


def test_a_block_that_writes_nothing_is_an_error(tmp_path: Path) -> None:
    """A writer that made no file is told so, and the old file stays."""
    path = tmp_path / "plan.json"
    write_whole(path, "old")
    with pytest.raises(FileNotFoundError), replacing(path):
        pass
    assert path.read_text() == "old"


def test_texts_are_utf8_and_folders_are_made(tmp_path: Path) -> None:
    """Text is written as UTF-8 with its line ends untouched, into folders that need not exist yet."""
    path = tmp_path / "a" / "b" / "ñandú.txt"
    write_whole(path, "Ñuñoa\r\n")
    assert path.read_bytes() == "Ñuñoa\r\n".encode()


def test_the_new_file_keeps_the_permissions_of_the_old(tmp_path: Path) -> None:
    """A file that only its owner may read stays so when it is replaced."""
    path = tmp_path / "secret"
    write_whole(path, "old")
    path.chmod(0o600)
    write_whole(path, "new")
    assert (path.stat().st_mode & 0o777, path.read_text()) == (0o600, "new")


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """Writing to a symbolic link replaces the file that it points to."""
    target, link = tmp_path / "v1.json", tmp_path / "latest.json"
    write_whole(target, "old")
    link.symlink_to(target)
    write_whole(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    """The hash of a file is the SHA-256 of its bytes, also over several chunks."""
    path = tmp_path / "big"
    path.write_bytes(b"")
    assert sha256_of(path) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    path.write_bytes(b"a" * 3_000_000)
    once = sha256_of(path)
    path.write_bytes(b"a" * 2_999_999 + b"b")
    assert sha256_of(path) != once
