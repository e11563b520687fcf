"""PostgreSQL's programs are run where they are, or from a copy where their user cannot reach them."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import server_folder
from zaguan.adapters.postgres.account import account_of_server
from zaguan.adapters.postgres.programs import VERSION, Programs, programs_for, wheel_folder
from zaguan.adapters.postgres.refusals import ProgramFailed, ProgramMissing


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder that the server's user may enter."""
    with server_folder() as folder:
        account_of_server().enter(folder)
        yield folder


def test_a_program_that_is_not_there_is_named(home: Path) -> None:
    """A program that the folder lacks is refused by its name and the folder's."""
    programs = Programs(folder=home, account=account_of_server())
    with pytest.raises(ProgramMissing, match="initdb"):
        programs.run("initdb", cwd=home)


def test_a_program_that_fails_tells_its_last_words(home: Path) -> None:
    """A program that ends badly is refused with its status and the last lines that it wrote."""
    programs = programs_for(account_of_server(), home)
    with pytest.raises(ProgramFailed, match="no-such-option") as refusal:
        programs.run("pg_ctl", "--no-such-option", cwd=home)
    assert refusal.value.facts["status"] == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user for the server")
def test_programs_in_a_closed_folder_are_copied_once(home: Path) -> None:
    """As root, programs in a folder that the server's user may not enter run from a copy; the folder keeps its mode."""
    closed = home / "closed"
    closed.mkdir(0o700)
    wheel = wheel_folder()
    package, libraries = wheel.parent, wheel.parent.with_name(f"{wheel.parent.name}.libs")
    folder = closed / package.name / wheel.name
    shutil.copytree(wheel, folder, symlinks=True)
    shutil.copytree(libraries, closed / libraries.name, symlinks=True)
    programs = programs_for(account_of_server(), home, folder=folder)
    assert programs.folder.is_relative_to(home / "programs")
    for program in ("postgres", "initdb", "pg_dump"):  # the last two are linked to libraries of the wheel
        status, lines = programs.status_of(program, "--version", cwd=home)
        assert status == 0, lines
        assert lines.split()[-1].split(".")[0] == str(VERSION)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    made = programs.folder.stat().st_mtime_ns
    assert programs_for(account_of_server(), home, folder=folder).folder.stat().st_mtime_ns == made
