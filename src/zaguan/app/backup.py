"""All of an installation in one file, and back: its database, and the objects that lie in a folder.

The file is a tar: `database.dump`, `objects/…`, and as its last member `manifest.json`, so that a file that was cut off
is known by lacking it. The database is dumped first: objects are kept under the hash of what they are and never change,
so whatever the dump names is there when they are read.
"""

import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, ClassVar, Final

import orjson
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from zaguan.adapters.objects.settings import ObjectsSettings
from zaguan.adapters.postgres.dump import dump_to, restore_from
from zaguan.app.migrations.runner import (
    Migrated,
    migrate,
    protect_again,
    refuse_unknown_revision,
    revision_of,
    server_version_of,
)
from zaguan.app.storage import Backups, is_begun, reached_database
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.files import replacing, sha256_of
from zaguan.base.kit.objects import SHA256
from zaguan.base.kit.progress import Progress
from zaguan.base.kit.settings import Settings
from zaguan.base.kit.words import say

FORMAT: Final = 1
DUMP: Final = "database.dump"
MANIFEST: Final = "manifest.json"
OBJECTS: Final = "objects"
_MAX_MANIFEST_BYTES: Final = 1 << 20
_PRIVATE: Final = 0o600
_OTHERS: Final = sa.text("""
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
""")


class BackupDamaged(ZaguanError):
    """The file at `path` is no backup, was cut off, or is not as it was written."""

    code: ClassVar = "backup.damaged"


class BackupNewer(ZaguanError):
    """The file at `path` has the form `found`; the newest that we can read is `known`."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "backup.newer"


class NothingToBackUp(ZaguanError):
    """The database at `place` is empty, or not there."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "backup.nothing"


class DatabaseInUse(ZaguanError):
    """`connections` of other processes use the database that is to be replaced."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "backup.in_use"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is in a backup. `objects` is None where they lie in a bucket, which has backups of its own."""

    format: int
    product: str
    made_at: str
    revision: str
    dump_sha256: str
    objects: int | None
    objects_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put back; `replaced` is the dump of what was there before, None for an empty database."""

    manifest: Manifest
    replaced: Path | None
    migrated: Migrated


def make_backup(path: Path, settings: Settings, *, clock: Clock, progress: Progress) -> Manifest:
    """Write all of an installation to a file, whole or not there, readable by its owner only.

    Refused: NothingToBackUp, and what `reached_database` and `dump_to` refuse.
    """
    if not is_begun(settings):
        raise NothingToBackUp(place=settings.data_dir)
    with reached_database(settings) as url, replacing(path) as beside:
        revision = revision_of(url)
        if revision is None:
            raise NothingToBackUp(place=url.render_as_string(hide_password=True))
        beside.touch(_PRIVATE)
        with tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=".backup-") as folder:
            dump = Path(folder) / DUMP
            with progress.step(say("backup.step.database")):
                dump_to(dump, url, server_version=server_version_of(url))
            with tarfile.open(beside, "w", format=tarfile.PAX_FORMAT) as tar:
                tar.add(dump, DUMP)
                count, size = _add_objects(tar, _objects_folder(settings), progress)
                manifest = Manifest(
                    format=FORMAT,
                    product=version("zaguan"),
                    made_at=clock.now().isoformat(timespec="seconds"),
                    revision=revision,
                    dump_sha256=sha256_of(dump),
                    objects=count,
                    objects_bytes=size,
                )
                _add_text(tar, MANIFEST, orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2))
        return manifest


def read_manifest(path: Path) -> Manifest:
    """Return what is in a backup. Refused: BackupDamaged, BackupNewer."""
    try:
        with tarfile.open(path, "r:") as tar:
            return _manifest(tar, path)
    except (tarfile.TarError, EOFError):
        raise BackupDamaged(path=path) from None


def restore_backup(path: Path, settings: Settings, *, clock: Clock, progress: Progress) -> Restored:
    """Replace the database by what a backup holds, and put its objects back; the tables become the newest.

    What was there is dumped into the data folder first. A restore that is killed leaves the database as it was or as it
    shall be, and may be run again. Refused: BackupDamaged, BackupNewer, DatabaseNewer, DatabaseInUse, and what
    `reached_database`, `dump_to` and `restore_from` refuse.
    """
    manifest = read_manifest(path)
    refuse_unknown_revision(manifest.revision)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with reached_database(settings) as url, tempfile.TemporaryDirectory(dir=settings.data_dir) as folder:
        _refuse_others(url)
        dump = Path(folder) / DUMP
        try:
            with tarfile.open(path, "r:") as tar:
                with dump.open("xb") as file:
                    _copy(tar, tar.getmember(DUMP), file)
                if sha256_of(dump) != manifest.dump_sha256:
                    raise BackupDamaged(path=path)
                replaced = None
                if revision_of(url) is not None:
                    with progress.step(say("backup.step.replaced")):
                        replaced = Backups(settings, url, clock).make("before-restore")
                # objects that are too many do no harm, ones that lack do: first they come, last the others go
                names = _put_objects(tar, path, _objects_folder(settings), manifest, progress)
        except (tarfile.TarError, EOFError, KeyError):
            raise BackupDamaged(path=path) from None
        with progress.step(say("backup.step.restore")):
            restore_from(dump, url, server_version=server_version_of(url))
            protect_again(url)
        # the file itself is the backup of what is changed now
        migrated = migrate(url, before_change=lambda _before, _after: None)
        if manifest.objects is not None:
            _remove_other_objects(_objects_folder(settings), names)
        return Restored(manifest=manifest, replaced=replaced, migrated=migrated)


def _objects_folder(settings: Settings) -> Path | None:
    return ObjectsSettings.of(settings.objects or "", data_folder=settings.data_dir).folder


def _objects_of(folder: Path) -> Iterator[Path]:
    """Yield every object of a folder: what is still being written has another name."""
    yield from (path for path in sorted(folder.rglob("*")) if SHA256.fullmatch(path.name) and path.is_file())


def _add_objects(tar: tarfile.TarFile, folder: Path | None, progress: Progress) -> tuple[int | None, int]:
    if folder is None:
        return None, 0
    count = size = 0
    paths = list(_objects_of(folder))
    with progress.step(say("backup.step.objects"), total=len(paths)) as step:
        for path in paths:
            # one that was erased meanwhile is not wanted
            with suppress(FileNotFoundError):
                tar.add(path, f"{OBJECTS}/{path.relative_to(folder).as_posix()}")
                count, size = count + 1, size + path.stat().st_size
            step.advance()
    return count, size


def _add_text(tar: tarfile.TarFile, name: str, text: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(text), _PRIVATE
    tar.addfile(member, BytesIO(text))


def _manifest(tar: tarfile.TarFile, path: Path) -> Manifest:
    members = tar.getmembers()
    if not members or members[-1].name != MANIFEST or members[-1].size > _MAX_MANIFEST_BYTES:
        raise BackupDamaged(path=path)
    file = tar.extractfile(members[-1])
    try:
        written = orjson.loads(file.read() if file is not None else b"")
        if isinstance(written, dict) and isinstance(found := written.get("format"), int) and found > FORMAT:
            raise BackupNewer(path=path, found=found, known=FORMAT)
        return Manifest(**written)
    except (orjson.JSONDecodeError, TypeError):
        raise BackupDamaged(path=path) from None


def _put_objects(
    tar: tarfile.TarFile, path: Path, folder: Path | None, manifest: Manifest, progress: Progress
) -> set[str]:
    """Write the objects that are not there yet; return the names of all. An object that was changed is refused."""
    members = [member for member in tar.getmembers() if member.name.startswith(f"{OBJECTS}/")]
    if len(members) != (manifest.objects or 0):
        raise BackupDamaged(path=path)
    if folder is None:
        return set()
    with progress.step(say("backup.step.objects"), total=len(members)) as step:
        for member in members:
            name = PurePosixPath(member.name).relative_to(OBJECTS)
            if not member.isfile() or ".." in name.parts or not SHA256.fullmatch(name.name):
                raise BackupDamaged(path=path)
            target = folder / name
            if not target.exists():
                with replacing(target) as beside:
                    with beside.open("xb") as file:
                        _copy(tar, member, file)
                    if sha256_of(beside) != name.name:
                        raise BackupDamaged(path=path)
            step.advance()
    return {str(PurePosixPath(member.name).relative_to(OBJECTS)) for member in members}


def _copy(tar: tarfile.TarFile, member: tarfile.TarInfo, target: IO[bytes]) -> None:
    source = tar.extractfile(member)
    if source is None:
        raise KeyError(member.name)
    shutil.copyfileobj(source, target)


def _remove_other_objects(folder: Path | None, names: set[str]) -> None:
    if folder is None:
        return
    for path in _objects_of(folder):
        if path.relative_to(folder).as_posix() not in names:
            path.unlink(missing_ok=True)


def _refuse_others(url: sa.URL) -> None:
    with sa.create_engine(url, poolclass=NullPool).connect() as connection:
        found = connection.scalar(_OTHERS)
    if found:
        raise DatabaseInUse(connections=found)
