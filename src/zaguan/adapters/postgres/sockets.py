"""Where the server's socket lies: in its own folder, or, when that path is too long for a socket, in a short one."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path
from typing import Final

from zaguan.adapters.postgres.account import Account
from zaguan.adapters.postgres.refusals import SocketFolderTaken

PORT: Final = 5432  # part of the socket's name; nothing listens on it
SOCKET: Final = f".s.PGSQL.{PORT}"
_LONGEST: Final = 107  # bytes of a socket's path on Linux, its ending zero not counted
_PRIVATE: Final = 0o700


def socket_folder(cluster: Path, account: Account) -> Path:
    """Return the folder of the socket, the same for every process that uses the cluster.

    Refused: SocketFolderTaken.
    """
    if _fits(cluster):
        return cluster
    # not XDG_RUNTIME_DIR: a service and a shell of the same user may have different ones, and must meet
    mark = hashlib.sha256(os.fsencode(cluster.resolve())).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"zaguan-{account.uid}-{mark}"
    if not _fits(folder):
        folder = Path("/tmp") / folder.name
    _make(folder, account)
    return folder


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / SOCKET)) <= _LONGEST


def _make(folder: Path, account: Account) -> None:
    """Make a folder where everybody may make some, and trust only one that is the account's alone."""
    try:
        folder.mkdir(_PRIVATE)
        account.give(folder)
    except FileExistsError:
        pass
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != account.uid or stat.S_IMODE(status.st_mode) != _PRIVATE:
        raise SocketFolderTaken(folder=folder)
