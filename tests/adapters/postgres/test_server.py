"""The embedded server is shared by the processes of a data folder, outlives a killed one, and ends with the last."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg
import pytest

from tests.databases import QUICK, server_folder
from zaguan.adapters.postgres.refusals import FolderClosed, ServerNotReady, SocketFolderTaken, VersionStrange
from zaguan.adapters.postgres.server import EmbeddedServer
from zaguan.adapters.postgres.settings import PostgresSettings

# holds the server of the folder until its input ends; says which server that is
HOLDER = """
import sys
from pathlib import Path
from zaguan.adapters.postgres.server import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1])) as server:
    print(server.pid(), flush=True)
    sys.stdin.read()
"""
DURABLE = PostgresSettings(shared_buffers_mb=32)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A data folder with an empty database, to be copied: making one takes long."""
    with server_folder() as folder:
        EmbeddedServer(folder, settings=QUICK).close()
        yield folder


@pytest.fixture
def home(made: Path) -> Iterator[Path]:
    """A data folder with an empty database, whose server is stopped at the end, whatever a test left behind."""
    with server_folder() as folder:
        subprocess.run(["cp", "-a", made / "postgres", folder], check=True)
        yield folder
        if server_runs(folder):
            EmbeddedServer(folder, settings=DURABLE).close()


@contextmanager
def another_process(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a process that holds the server of a folder."""
    command = [sys.executable, "-c", HOLDER, str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def line_of(output: IO[str] | None) -> str:
    assert output is not None
    return output.readline().strip()


def query(server: EmbeddedServer, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.url.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def server_runs(home: Path) -> bool:
    """Tell whether a server is left in a data folder."""
    file = home / "postgres" / "postmaster.pid"
    return file.exists() and runs(int(file.read_text("ascii").split("\n")[0]))


def runs(pid: int | None) -> bool:
    # one that has ended, but that nobody has asked about yet, has no words left
    words = Path(f"/proc/{pid}/cmdline")
    return pid is not None and words.exists() and words.read_bytes() != b""


def test_a_server_starts_on_a_socket_and_ends_with_the_last(home: Path) -> None:
    """An empty folder gets a server that listens on a socket, on no port, and is gone when it is closed."""
    with EmbeddedServer(home, settings=DURABLE) as server:
        pid = server.pid()
        assert runs(pid)
        assert query(server, "SHOW listen_addresses") == [("",)]
        assert query(server, "SHOW fsync") == [("on",)]
        query(server, "CREATE TABLE kept (text TEXT)")
    assert server.pid() is None
    assert not runs(pid)
    with EmbeddedServer(home, settings=DURABLE) as server:
        assert query(server, "SELECT count(*) FROM kept") == [(0,)]


def test_two_processes_share_a_server(home: Path) -> None:
    """A second process finds the server of the first, and may outstay it."""
    with EmbeddedServer(home, settings=DURABLE) as server, another_process(home) as other:
        pid = server.pid()
        assert line_of(other.stdout) == str(pid)
        server.close()
        assert runs(pid)
        other.communicate("")
        assert not runs(pid)


def test_a_server_outlives_a_killed_process_and_is_adopted(home: Path) -> None:
    """After kill -9 of the only process the next one finds the same server with all that was stored, and ends it."""
    with another_process(home) as other:
        pid = int(line_of(other.stdout))
        other.send_signal(signal.SIGKILL)
        other.wait()
    assert runs(pid)
    with EmbeddedServer(home, settings=DURABLE) as server:
        assert server.pid() == pid
    assert not runs(pid)


def test_what_was_stored_survives_a_killed_server(home: Path) -> None:
    """After kill -9 of the server itself the next start repeats what was written ahead."""
    with EmbeddedServer(home, settings=DURABLE) as server:
        query(server, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
        pid = server.pid()
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with EmbeddedServer(home, settings=DURABLE) as again:
            assert again.pid() != pid
            assert query(again, "SELECT count(*) FROM kept") == [(1000,)]


def test_a_number_that_another_program_was_given_is_not_taken_for_a_server(home: Path) -> None:
    """A file that names a living process that is no server of this folder, as after a restart, is swept away."""
    (home / "postgres" / "postmaster.pid").write_text(f"{os.getppid()}\n{home / 'postgres'}\n")
    with EmbeddedServer(home, settings=DURABLE) as server:
        assert server.pid() != os.getppid()
        assert query(server, "SELECT 1") == [(1,)]


def test_a_path_too_long_for_a_socket_gets_a_short_one(home: Path) -> None:
    """In a deep folder the socket lies elsewhere, in a folder that is the server's alone."""
    deep = home.joinpath(*["a-folder-with-a-long-name"] * 5)
    deep.mkdir(parents=True)
    home.chmod(0o711)
    (home / "postgres").rename(deep / "postgres")
    with EmbeddedServer(deep, settings=QUICK) as server:
        assert query(server, "SELECT 1") == [(1,)]
        folder = Path(str(server.url.query["host"]))
        assert len(str(folder)) < 80
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not any(folder.iterdir())
    folder.chmod(0o755)
    with pytest.raises(SocketFolderTaken):
        EmbeddedServer(deep, settings=QUICK)
    folder.rmdir()


def test_data_of_another_version_are_refused(home: Path) -> None:
    """Data that another version of PostgreSQL wrote are refused with both versions, and left as they are."""
    (home / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(VersionStrange) as refusal:
        EmbeddedServer(home, settings=QUICK)
    assert refusal.value.facts["found"] == "16"


def test_a_server_that_does_not_start_says_why(home: Path) -> None:
    """A setting that PostgreSQL does not know is refused with the line of its log that names it."""
    with pytest.raises(ServerNotReady, match="no_such_setting"):
        EmbeddedServer(home, settings=PostgresSettings(more={"no_such_setting": "1"}))


def test_a_killed_first_start_leaves_nothing_half_made(home: Path) -> None:
    """What a killed first start had begun is swept away by the next."""
    shutil.rmtree(home / "postgres")
    part = home / ".postgres.part"
    part.mkdir()
    (part / "PG_VERSION").write_text("18\n")
    with EmbeddedServer(home, settings=QUICK) as server:
        assert query(server, "SELECT 1") == [(1,)]
    assert not part.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user for the server")
def test_root_opens_no_folder_above_the_data(home: Path) -> None:
    """As root the server has a user of its own; only the data folder is opened to it, and to its group alone.

    A folder above that it may not enter is refused by name, and keeps its mode.
    """
    home.chmod(0o711)
    closed = home / "closed"
    closed.mkdir(0o700)
    with pytest.raises(FolderClosed) as refusal:
        EmbeddedServer(closed / "data", settings=QUICK)
    assert refusal.value.facts["folder"] == closed
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    data = home / "data"
    data.mkdir(0o700)
    (home / "postgres").rename(data / "postgres")
    with EmbeddedServer(data, settings=QUICK) as server:
        assert query(server, "SELECT 1") == [(1,)]
        assert stat.S_IMODE(data.stat().st_mode) == 0o710
        assert (data / "postgres").stat().st_uid != 0
    (data / "postgres").rename(home / "postgres")
