"""Folders are whole or not there, whatever happens to the process."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from zaguan.base.kit.folders import exchange, replacing_folder

WRITER = """
import sys, time
from pathlib import Path
from zaguan.base.kit.folders import replacing_folder

with replacing_folder(Path(sys.argv[1])) as beside:
    (beside / "stops.csv").write_text("half of the new")
    print("written", flush=True)
    time.sleep(60)
"""


def texts_in(folder: Path) -> dict[str, str]:
    """Return the texts of a folder's files by their names."""
    return {path.name: path.read_text() for path in folder.iterdir()}


def old_folder(tmp_path: Path) -> Path:
    """Return a folder that holds an old plan."""
    folder = tmp_path / "plan"
    with replacing_folder(folder) as beside:
        (beside / "stops.csv").write_text("old")
        (beside / "sheet.pdf").write_text("old")
    return folder


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """What the old folder held and the new one does not is gone, and nothing is left beside."""
    folder = old_folder(tmp_path)
    with replacing_folder(folder) as beside:
        (beside / "stops.csv").write_text("new")
        assert texts_in(folder) == {"stops.csv": "old", "sheet.pdf": "old"}
    assert texts_in(folder) == {"stops.csv": "new"}
    assert list(tmp_path.iterdir()) == [folder]


def test_a_killed_writer_leaves_the_old_folder(tmp_path: Path) -> None:
    """A process killed with -9 in the middle of writing leaves the old folder, whole."""
    folder = old_folder(tmp_path)
    with subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "written\n"
        writer.send_signal(signal.SIGKILL)
    assert texts_in(folder) == {"stops.csv": "old", "sheet.pdf": "old"}


def _fill_and_fail(folder: Path) -> None:
    (folder / "stops.csv").write_text("new")
    raise ZeroDivisionError


def test_a_failed_writer_leaves_the_old_folder_and_no_part(tmp_path: Path) -> None:
    """An error in the block keeps the old folder, cleans up and reaches the caller."""
    folder = old_folder(tmp_path)
    with pytest.raises(ZeroDivisionError), replacing_folder(folder) as beside:
        _fill_and_fail(beside)
    assert texts_in(folder) == {"stops.csv": "old", "sheet.pdf": "old"}
    assert list(tmp_path.iterdir()) == [folder]


def test_a_file_in_the_place_is_spared(tmp_path: Path) -> None:
    """Where a file stands, no folder takes its place, and the file stays."""
    (tmp_path / "plan").write_text("mine")
    with pytest.raises(NotADirectoryError), replacing_folder(tmp_path / "plan"):
        pass
    assert texts_in(tmp_path) == {"plan": "mine"}


def test_two_folders_change_names(tmp_path: Path) -> None:
    """After an exchange each name leads to what the other had."""
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        (folder / "name").write_text(folder.name)
    exchange(one, other)
    assert (texts_in(one), texts_in(other)) == ({"name": "other"}, {"name": "one"})
