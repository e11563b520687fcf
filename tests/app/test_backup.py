"""The drill: an installation is written to a file, lost, and put back; a file that is not whole puts back nothing."""

import hashlib
import json
import stat
import tarfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from tests.databases import TestServer, server_folder
from tests.fakes.still_clock import StillClock
from zaguan.app.backup import BackupDamaged, BackupNewer, DatabaseInUse, NothingToBackUp, make_backup, restore_backup
from zaguan.app.migrations.runner import DatabaseNewer, newest_revision
from zaguan.app.storage import ready_database
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.progress import SilentProgress
from zaguan.base.kit.settings import Settings
from zaguan.base.kit.wall import grant_statements, wall_of

OURS, THEIRS = OrganisationId(new_id()), OrganisationId(new_id())
CLOCK = StillClock(datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC))
PHOTO = b"a photo of a parcel at a door"
EVERY_NOTE = sa.text("SELECT text FROM notes ORDER BY text")


class Installation:
    """A data folder with a database of its own on the tests' server."""

    def __init__(self, folder: Path, url: sa.URL) -> None:
        self.settings = Settings.model_validate(
            {"data_dir": folder, "database_url": url.render_as_string(hide_password=False)}
        )
        self.url, self.file = url, folder / "all.zaguan.tar"
        self.objects = folder / "objects"

    def begin(self) -> None:
        """Let it have tables, a note of two organisations each, and a photo."""
        with ready_database(self.settings, CLOCK):
            pass
        self.run(
            "CREATE TABLE notes (organisation_id UUID, text TEXT, PRIMARY KEY (organisation_id, text))",
            *wall_of("notes"),
            *grant_statements(),
            f"INSERT INTO notes VALUES ('{OURS}', 'ours'), ('{THEIRS}', 'theirs')",
        )
        self.photo.parent.mkdir(parents=True)
        self.photo.write_bytes(PHOTO)

    @property
    def photo(self) -> Path:
        """Where the photo lies."""
        name = hashlib.sha256(PHOTO).hexdigest()
        return self.objects / str(OURS) / name[:2] / name

    def notes(self, organisation_id: OrganisationId) -> list[str]:
        """Return the notes that an organisation reads."""
        with Database(self.url) as database, database.session(organisation_id) as session:
            return list(session.scalars(EVERY_NOTE))

    def run(self, *statements: str) -> None:
        """Do something to the database as its owner."""
        # without a pool nothing stays open, whatever a statement does
        with sa.create_engine(self.url, poolclass=NullPool).begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def back_up(self) -> None:
        """Write it all to a file."""
        make_backup(self.file, self.settings, clock=CLOCK, progress=SilentProgress())

    def restore(self, file: Path | None = None) -> Path | None:
        """Put it all back; return the dump of what was there."""
        done = restore_backup(file or self.file, self.settings, clock=CLOCK, progress=SilentProgress())
        assert done.migrated.after == newest_revision()
        return done.replaced


@pytest.fixture
def installation(tmp_path: Path, empty_database: sa.URL) -> Installation:
    """An installation at work."""
    made = Installation(tmp_path, empty_database)
    made.begin()
    return made


def rewritten(file: Path, change: dict[str, bytes | None]) -> Path:
    """Write a backup again with some members changed, or left out."""
    target = file.with_suffix(".changed")
    with tarfile.open(file) as source, tarfile.open(target, "w") as tar:
        for member in source.getmembers():
            content = source.extractfile(member)
            assert content is not None
            text = change.get(member.name, content.read())
            if text is not None:
                member.size = len(text)
                tar.addfile(member, BytesIO(text))
    return target


def manifest_of(file: Path) -> dict[str, object]:
    with tarfile.open(file) as tar:
        text = tar.extractfile("manifest.json")
        assert text is not None
        return dict(json.load(text))


def test_what_was_lost_is_put_back(installation: Installation) -> None:
    """After a backup, whatever is changed, removed or added is as it was once the backup is restored, wall and all.

    What was there before the restore lies in a dump in the data folder.
    """
    installation.back_up()
    installation.run("UPDATE notes SET text = 'spoilt'", "CREATE TABLE added (id INT)")
    installation.photo.unlink()
    stray = installation.photo.with_name("f" * 64)
    stray.write_bytes(b"of no order")
    replaced = installation.restore()
    assert (installation.notes(OURS), installation.notes(THEIRS)) == (["ours"], ["theirs"])
    assert installation.photo.read_bytes() == PHOTO
    assert not stray.exists()
    assert replaced is not None
    assert replaced.stat().st_size > 0
    with pytest.raises(sa.exc.ProgrammingError, match="added"):
        installation.run("SELECT FROM added")


def test_a_backup_moves_to_another_installation(installation: Installation, database_server: TestServer) -> None:
    """A backup is restored into an empty database elsewhere."""
    installation.back_up()
    with database_server.empty() as url, server_folder() as folder:
        other = Installation(folder, url)
        assert other.restore(installation.file) is None
        assert other.notes(THEIRS) == ["theirs"]
        assert other.photo.read_bytes() == PHOTO


def test_a_backup_is_for_its_owner_only(installation: Installation) -> None:
    """The file of a backup, which holds people's addresses, is readable by its owner alone, and so are dumps."""
    installation.back_up()
    replaced = installation.restore()
    assert replaced is not None
    assert {stat.S_IMODE(path.stat().st_mode) for path in (installation.file, replaced)} == {0o600}


@pytest.mark.parametrize("name", ["manifest.json", "database.dump"])
def test_a_backup_that_was_cut_off_or_changed_is_refused(installation: Installation, name: str) -> None:
    """A backup without a part, with another one, or cut in the middle is refused, and the database stays."""
    installation.back_up()
    cut = installation.file.with_suffix(".cut")
    cut.write_bytes(installation.file.read_bytes()[: installation.file.stat().st_size // 2])
    for spoilt in (rewritten(installation.file, {name: None}), rewritten(installation.file, {name: b"{}"}), cut):
        with pytest.raises(BackupDamaged):
            installation.restore(spoilt)
        assert installation.notes(OURS) == ["ours"]


def test_a_changed_photo_is_refused(installation: Installation) -> None:
    """A photo whose bytes are not those that its name promises is refused."""
    installation.back_up()
    name = f"objects/{installation.photo.relative_to(installation.objects).as_posix()}"
    installation.photo.unlink()
    with pytest.raises(BackupDamaged):
        installation.restore(rewritten(installation.file, {name: b"another photo"}))
    assert not installation.photo.exists()


def test_a_backup_of_a_newer_version_is_refused(installation: Installation) -> None:
    """A backup with a newer form, or with tables of a newer version, is refused."""
    installation.back_up()
    manifest = manifest_of(installation.file)
    for change, refusal in (({"format": 2}, BackupNewer), ({"revision": "9999"}, DatabaseNewer)):
        text = json.dumps({**manifest, **change}).encode()
        with pytest.raises(refusal):
            installation.restore(rewritten(installation.file, {"manifest.json": text}))


def test_a_database_at_work_is_not_replaced(installation: Installation) -> None:
    """While a process of ours uses the database it is not replaced."""
    installation.back_up()
    with Database(installation.url) as database, database.session(OURS) as session:
        session.execute(EVERY_NOTE)
        with pytest.raises(DatabaseInUse) as refusal:
            installation.restore()
    assert refusal.value.facts == {"connections": 1}


def test_an_empty_installation_has_no_backup(tmp_path: Path, empty_database: sa.URL) -> None:
    """Where there is nothing to back up no file is written, so that a wrong setting is seen."""
    empty = Installation(tmp_path, empty_database)
    with pytest.raises(NothingToBackUp):
        empty.back_up()
    assert not empty.file.exists()
    nowhere = Settings.model_validate({"data_dir": tmp_path / "misspelt"})
    with pytest.raises(NothingToBackUp):
        make_backup(empty.file, nowhere, clock=CLOCK, progress=SilentProgress())
    assert not nowhere.data_dir.exists()


def test_what_is_no_tar_is_refused(tmp_path: Path, empty_database: sa.URL) -> None:
    """A file of another kind is refused as no backup."""
    other = Installation(tmp_path, empty_database)
    other.file.write_text("a list of orders\n" * 1000)
    with pytest.raises(BackupDamaged):
        other.restore()
