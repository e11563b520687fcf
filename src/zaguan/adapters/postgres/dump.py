"""A whole database in a file, and back: PostgreSQL's own `pg_dump`, `pg_restore` and `psql`."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from zaguan.adapters.postgres.programs import VERSION, last_lines, wheel_folder
from zaguan.adapters.postgres.refusals import ProgramFailed, ProgramMissing

# rows behind the wall are read by whoever says to be the system; a superuser passes anyway
_AS_SYSTEM: Final = "-c zaguan.scope=system"
# all that the database holds goes, with the restore, in one transaction
_EMPTY: Final = "DROP SCHEMA IF EXISTS queue CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
_SHOWN: Final = re.compile(r"(\d+)")


def dump_to(path: Path, url: sa.URL, *, server_version: int) -> None:
    """Write all of a database to a file, as it is at one moment. Refused: ProgramMissing, ProgramFailed."""
    _run(
        "pg_dump",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        "--enable-row-security",
        f"--file={path}",
        f"--dbname={_plain(url)}",
        url=url,
        server_version=server_version,
    )


def restore_from(path: Path, url: sa.URL, *, server_version: int) -> None:
    """Replace all of a database by what a file holds; if anything fails, the database stays as it was.

    Refused: ProgramMissing, ProgramFailed.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".restore-") as folder:
        empty, script = Path(folder) / "empty.sql", Path(folder) / "script.sql"
        empty.write_text(_EMPTY, "utf-8")
        _run(
            "pg_restore",
            "--no-owner",
            "--no-privileges",
            "--no-comments",
            f"--file={script}",
            str(path),
            url=url,
            server_version=server_version,
        )
        _run(
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            f"--dbname={_plain(url)}",
            f"--file={empty}",
            f"--file={script}",
            url=url,
            server_version=server_version,
        )


def _run(program: str, *arguments: str, url: sa.URL, server_version: int) -> None:
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C.UTF-8",
        "PGOPTIONS": _AS_SYSTEM,
        # not among the arguments, which every user of the machine can read
        **({"PGPASSWORD": str(url.password)} if url.password is not None else {}),
    }
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [_program(program, server_version), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            check=False,
        )
        output.seek(0)
        if done.returncode != 0:
            raise ProgramFailed(program=program, status=done.returncode, lines=last_lines(output.read()))


def _program(name: str, server_version: int) -> Path:
    """Return a program that is not older than the server: the wheel's, else the machine's."""
    own = wheel_folder() / "bin" / name
    if server_version <= VERSION:
        if not own.is_file():
            raise ProgramMissing(program=name, folder=own.parent)
        return own
    found = shutil.which(name)
    if found is None or _version_of(Path(found)) < server_version:
        raise ProgramMissing(program=f"{name} {server_version}", folder="PATH")
    return Path(found)


def _version_of(program: Path) -> int:
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = _SHOWN.search(shown)
    return int(found.group(1)) if found else 0


def _plain(url: sa.URL) -> str:
    """Return an address as PostgreSQL's programs read it, without the password."""
    return url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
