"""Who PostgreSQL runs as. It refuses to run as root: for root there is a system user of its own."""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from zaguan.adapters.postgres.refusals import FolderClosed, FolderOfAnother, NoAccount

ACCOUNT: Final = "zaguan"
_OPEN_TO_GROUP: Final = stat.S_IXGRP
# prints the first folder that may not be entered
_FIRST_CLOSED: Final = 'for folder in "$@"; do [ -x "$folder" ] || { printf %s "$folder"; exit 1; }; done'
_MAKE_WAYS: Final = (
    ("useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", ACCOUNT),
    ("adduser", "-S", "-D", "-H", "-h", "/nonexistent", "-s", "/sbin/nologin", ACCOUNT),  # busybox
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The user that PostgreSQL's programs run as; `other` when that is not the user that we run as."""

    name: str
    uid: int
    gid: int
    other: bool

    def run_as(self) -> Mapping[str, Any]:
        """Return what subprocess needs to start a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.other else {}

    def give(self, path: Path) -> None:
        """Make a folder or file of ours theirs."""
        if self.other:
            os.chown(path, self.uid, self.gid)

    def enter(self, home: Path) -> None:
        """See to it that this user may enter the data folder. Refused: FolderClosed, FolderOfAnother.

        Only the data folder itself is opened, and only to this user's group: the folders above are not ours to change.
        """
        if not self.other:
            self._refuse_of_another(home)
            return
        closed = self._first_closed(home)
        if closed == home:
            os.chown(home, -1, self.gid)
            home.chmod(stat.S_IMODE(home.stat().st_mode) | _OPEN_TO_GROUP)
            closed = self._first_closed(home)
        if closed is not None:
            raise FolderClosed(account=self.name, folder=closed, home=home)

    def may_enter(self, folder: Path) -> bool:
        """Tell whether this user may enter a folder and all above it."""
        return not self.other or self._first_closed(folder) is None

    def _refuse_of_another(self, folder: Path) -> None:
        owner = folder.stat().st_uid
        if owner != self.uid:
            raise FolderOfAnother(folder=folder, owner=_name_of(owner))

    def _first_closed(self, folder: Path) -> Path | None:
        """Return the topmost folder on the way down to `folder` that this user may not enter."""
        way = [*reversed(folder.parents), folder]
        # asked by a program that runs as this user: access lists and groups count as they do for PostgreSQL
        asked = subprocess.run(
            ["/bin/sh", "-c", _FIRST_CLOSED, "sh", *way],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd="/",
            check=False,
            **self.run_as(),
        )
        return Path(os.fsdecode(asked.stdout)) if asked.returncode else None


def account_of_server() -> Account:
    """Return the user that the server runs as: ourselves, or for root a system user, made if need be.

    Refused: NoAccount.
    """
    uid = os.geteuid()
    if uid != 0:
        return Account(name=_name_of(uid), uid=uid, gid=os.getegid(), other=False)
    entry = _entry() or _make()
    return Account(name=ACCOUNT, uid=entry.pw_uid, gid=entry.pw_gid, other=True)


def _entry() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        return None


def _make() -> pwd.struct_passwd:
    reason = "useradd, adduser: not found"
    for way in _MAKE_WAYS:
        if shutil.which(way[0]) is None:
            continue
        made = subprocess.run(way, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        # another process may have been quicker
        if (entry := _entry()) is not None:
            return entry
        reason = made.stderr.strip() or f"{way[0]}: {made.returncode}"
    raise NoAccount(account=ACCOUNT, reason=reason)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
