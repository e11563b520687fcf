"""The embedded PostgreSQL: one server per data folder, shared by all our processes that use the folder.

It listens on a socket in the data folder, never on a port. The first process starts it, the others find it, the last
one that leaves stops it. Who uses it is told by the kernel: each process holds a shared lock, which a killed one loses
by itself. A server that outlived all of us is found at the next start, and stopped by the last one that leaves then.
"""

import fcntl
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import IO, Final

import psycopg
import sqlalchemy as sa
from psycopg import sql

from zaguan.adapters.postgres.account import Account, account_of_server
from zaguan.adapters.postgres.programs import VERSION, Programs, last_lines, programs_for
from zaguan.adapters.postgres.refusals import ServerNotReady, VersionStrange
from zaguan.adapters.postgres.settings import PostgresSettings
from zaguan.adapters.postgres.sockets import PORT, SOCKET, socket_folder
from zaguan.base.kit.clock import elapsed_s
from zaguan.base.kit.closing import Closing
from zaguan.base.kit.files import write_whole

CLUSTER_FOLDER: Final = "postgres"
OWNER: Final = "zaguan"  # the role that makes the tables, and the name of the database
_PRIVATE: Final = 0o700
_CONFIGURATION: Final = "zaguan.conf"
_PID_FILE: Final = "postmaster.pid"
_START_LOG: Final = "start.log"
_POLL_S: Final = 0.05
_GONE_S: Final = 1.0  # a program that was launched shows itself by then, or has ended
_STILL_IN_USE: Final = "is still in use"
_ORPHANS_S: Final = 60.0


class EmbeddedServer(Closing):
    """A hold on the server of a data folder: it runs at least until this is closed."""

    def __init__(self, home: Path, *, settings: PostgresSettings | None = None) -> None:
        """Find the server of `home`, or start it; a folder without data is given an empty database first.

        Refused: FolderClosed, FolderOfAnother, NoAccount, ProgramMissing, ProgramFailed, ServerNotReady,
        SocketFolderTaken, VersionStrange.
        """
        self.home = home.absolute()
        self.cluster = self.home / CLUSTER_FOLDER
        self._settings = settings or PostgresSettings()
        self._account = _open_home(self.home)
        self._programs = programs_for(self._account, self.home)
        self._sockets = socket_folder(self.cluster, self._account)
        self._users: IO[bytes] | None = None
        with self._alone():
            self._make_cluster()
            self._start()
            # taken before others may stop what was just started
            self._users = _open_lock(self.home / f"{CLUSTER_FOLDER}.users")
            fcntl.flock(self._users, fcntl.LOCK_SH)

    @property
    def url(self) -> sa.URL:
        """The address of the database."""
        return self.url_of(OWNER)

    def url_of(self, name: str) -> sa.URL:
        """Return the address of a database of this server by its name."""
        return sa.URL.create(
            "postgresql+psycopg", username=OWNER, database=name, query={"host": str(self._sockets), "port": str(PORT)}
        )

    @property
    def programs(self) -> Programs:
        """PostgreSQL's programs, of the version that the server has."""
        return self._programs

    def pid(self) -> int | None:
        """Return the process id of the running server, or None."""
        return _pid_of(self.cluster)

    def close(self) -> None:
        """Let go of the server. The last one that does stops it."""
        if self._users is None:
            return
        with self._alone():
            # a lock of another kind on the same file: only to be had when nobody else holds it
            try:
                with suppress(BlockingIOError):
                    fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self._stop()
            finally:
                self._users.close()
                self._users = None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time decide about starting and stopping."""
        with _open_lock(self.home / f"{CLUSTER_FOLDER}.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_cluster(self) -> None:
        if self.cluster.exists():
            found = (self.cluster / "PG_VERSION").read_text("ascii").strip()
            if found != str(VERSION):
                raise VersionStrange(folder=self.cluster, found=found, wanted=VERSION)
            return
        # made beside and renamed: a process that is killed meanwhile leaves no half a cluster
        beside = self.home / f".{CLUSTER_FOLDER}.part"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(_PRIVATE)
        self._account.give(beside)
        self._programs.run(
            "initdb",
            f"--pgdata={beside}",
            f"--username={OWNER}",
            # the socket lies in a folder that only the server's account and root can enter
            "--auth=trust",
            "--encoding=UTF8",
            # sorted the same on every machine: an upgrade of the system's library spoils no index
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            cwd=beside,
        )
        with (beside / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(f"\ninclude = '{_CONFIGURATION}'  # written anew at every start\n")
        beside.rename(self.cluster)

    def _start(self) -> None:
        """Have a server that answers: the one that runs, or a new one."""
        if _pid_of(self.cluster) is None:
            self._sweep_after_crash()
            write_whole(self.cluster / _CONFIGURATION, self._configuration())
            self._account.give(self.cluster / _CONFIGURATION)
            self._launch()
        self._await_answer()
        self._make_database()

    def _sweep_after_crash(self) -> None:
        """Let a new server take over from one that was killed.

        The number that it left may belong to another program by now, for which the new one would give way. It gives
        way to no number of the process that starts it, so ours is written in its place. The file itself must stay: by
        it the new server sees whether children of the old one still work on the data.
        """
        (self._sockets / f"{SOCKET}.lock").unlink(missing_ok=True)
        left = self.cluster / _PID_FILE
        if left.exists():
            lines = left.read_text("utf-8").split("\n")
            write_whole(left, "\n".join([str(os.getpid()), *lines[1:]]))
            self._account.give(left)

    def _launch(self) -> None:
        self._programs.run(
            "pg_ctl",
            "start",
            f"--pgdata={self.cluster}",
            f"--log={self.cluster / _START_LOG}",
            "--no-wait",
            "--silent",
            cwd=self.cluster,
        )

    def _await_answer(self) -> None:
        """Wait until the server takes connections: after a crash it first repeats what it had written ahead."""
        began_s = elapsed_s()
        gone_s = began_s  # when it was last seen, or launched
        pause = threading.Event()
        while True:
            try:
                self._connect().close()
            except psycopg.OperationalError:
                if _pid_of(self.cluster) is not None:
                    gone_s = elapsed_s()
                elif elapsed_s() - gone_s > _GONE_S:
                    # children of a killed server leave within moments
                    if _STILL_IN_USE not in self._last_lines() or elapsed_s() - began_s > _ORPHANS_S:
                        raise self._not_ready() from None
                    self._launch()
                    gone_s = elapsed_s()
                if elapsed_s() - began_s > self._settings.start_s:
                    raise self._not_ready() from None
                pause.wait(_POLL_S)
            else:
                return

    def _make_database(self) -> None:
        with self._connect() as connection:
            row = connection.execute("SELECT FROM pg_database WHERE datname = %s", [OWNER]).fetchone()
            if row is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(OWNER)))

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self._sockets), port=PORT, user=OWNER, dbname="postgres", connect_timeout=10, autocommit=True
        )

    def _stop(self) -> None:
        if _pid_of(self.cluster) is None:
            return
        self._programs.run(
            "pg_ctl",
            "stop",
            f"--pgdata={self.cluster}",
            "--mode=fast",
            "--wait",
            f"--timeout={self._settings.stop_s}",
            "--silent",
            cwd=self.cluster,
        )

    def _configuration(self) -> str:
        settings = {
            "listen_addresses": "",
            "port": PORT,
            "unix_socket_directories": self._sockets,
            "unix_socket_permissions": "0700",
            "max_connections": self._settings.connections,
            "shared_buffers": f"{self._settings.shared_buffers_mb}MB",
            "max_wal_size": "2GB",
            "wal_compression": "on",
            # work for a process that was killed is given up
            "client_connection_check_interval": "5s",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # a week of logs; no statement and no detail in them, which would tell of persons
            "logging_collector": "on",
            "log_directory": "log",
            "log_filename": "postgres-%a.log",
            "log_truncate_on_rotation": "on",
            "log_rotation_age": "1d",
            "log_rotation_size": "0",
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            **self._settings.more,
        }
        lines = [f"{name} = '{_quoted(str(value))}'" for name, value in settings.items()]
        return "\n".join(
            ["# Written by Zaguán at every start: lines of your own belong at the end of postgresql.conf", *lines, ""]
        )

    def _not_ready(self) -> ServerNotReady:
        return ServerNotReady(folder=self.cluster, lines=self._last_lines())

    def _last_lines(self) -> str:
        """Return the end of the newest log."""
        logs = [self.cluster / _START_LOG, *(self.cluster / "log").glob("*.log")]
        written = [path for path in logs if path.is_file()]
        newest = max(written, key=lambda path: path.stat().st_mtime, default=None)
        return last_lines(newest.read_bytes()) if newest is not None else "-"


def _open_home(home: Path) -> Account:
    """Have the data folder, private to us, and open to the server's account."""
    account = account_of_server()
    home.mkdir(_PRIVATE, parents=True, exist_ok=True)
    account.enter(home)
    return account


def _open_lock(path: Path) -> IO[bytes]:
    """Open a file that serves as a lock; it stays empty."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")


def _pid_of(cluster: Path) -> int | None:
    """Return the process id of the server that works in a cluster's folder, or None where none does."""
    try:
        pid = int((cluster / _PID_FILE).read_text("ascii").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # a program that was given the number later has not this folder as its data folder; where it works is not asked,
    # since root in a container may not see that of another user
    folders = [Path(os.fsdecode(word)) for flag, word in pairwise(words) if flag == b"-D"]
    return pid if any(folder.resolve() == cluster.resolve() for folder in folders) else None


def _quoted(value: str) -> str:
    return value.replace("'", "''").replace("\\", "\\\\")
