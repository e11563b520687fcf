"""Objects in a folder and in a bucket, by the same promises."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tests.adapters.objects.bucket_server import BucketServer, a_bucket_server
from zaguan.adapters.objects.proxy import KeptObjects, key_of
from zaguan.adapters.objects.settings import ObjectsAddress, ObjectsSettings
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.objects import (
    ObjectDamaged,
    ObjectEmpty,
    ObjectMismatch,
    ObjectNotFound,
    Objects,
    ObjectsUnreachable,
    ObjectTooLarge,
    sha256_of_bytes,
)

OURS = OrganisationId(UUID("01890000-0000-7000-8000-000000000001"))
THEIRS = OrganisationId(UUID("01890000-0000-7000-8000-000000000002"))
PHOTO = b"\xff\xd8 a door, a parcel \xff\xd9"
HASH = sha256_of_bytes(PHOTO)


def in_bucket(server: BucketServer, *, retry: timedelta = timedelta(seconds=60)) -> ObjectsSettings:
    options: dict[str, str | bool] = {
        "endpoint": server.endpoint,
        "access_key_id": "key",
        "secret_access_key": "secret",
        "region": "us-east-1",
    }
    return ObjectsSettings(bucket="s3://proofs/zaguan", options=options, retry=retry)


@pytest.fixture(params=["folder", "bucket"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Objects]:
    if request.param == "folder":
        yield KeptObjects(ObjectsSettings(folder=tmp_path / "objects"))
        return
    with a_bucket_server() as server:
        yield KeptObjects(in_bucket(server))


def test_what_was_kept_is_found_again(objects: Objects) -> None:
    """Bytes come back as they were, under their hash, and twice the same is one object (C48)."""
    kept = objects.put(OURS, PHOTO)
    assert (kept.sha256, kept.size_bytes) == (HASH, len(PHOTO))
    assert objects.put(OURS, PHOTO, announced_sha256=HASH) == kept
    assert objects.has(OURS, HASH)
    assert objects.get(OURS, HASH) == PHOTO


def test_organisations_do_not_see_each_other(objects: Objects) -> None:
    """An object of one organisation is not there for another, even for who knows its hash."""
    objects.put(OURS, PHOTO)
    assert not objects.has(THEIRS, HASH)
    with pytest.raises(ObjectNotFound):
        objects.get(THEIRS, HASH)


def test_what_was_erased_is_gone(objects: Objects) -> None:
    """An erased object is not found, and erasing it again is no mistake."""
    objects.put(OURS, PHOTO)
    objects.erase(OURS, HASH)
    objects.erase(OURS, HASH)
    assert not objects.has(OURS, HASH)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, HASH[:-1]])
def test_only_hashes_name_objects(objects: Objects, name: str) -> None:
    """A name that is no hash finds nothing and leads nowhere."""
    with pytest.raises(ObjectNotFound):
        objects.get(OURS, name)
    assert not objects.has(OURS, name)
    objects.erase(OURS, name)


def test_bytes_that_are_not_what_was_announced(objects: Objects) -> None:
    """An upload that was cut on its way is refused, and nothing is kept of it."""
    with pytest.raises(ObjectMismatch):
        objects.put(OURS, PHOTO[:-1], announced_sha256=HASH)
    assert not objects.has(OURS, sha256_of_bytes(PHOTO[:-1]))
    with pytest.raises(ObjectEmpty):
        objects.put(OURS, b"")


def test_a_store_has_a_bound(tmp_path: Path) -> None:
    """An object over the bound is refused, with both numbers."""
    small = KeptObjects(ObjectsSettings(folder=tmp_path, most_bytes=4))
    with pytest.raises(ObjectTooLarge) as refusal:
        small.put(OURS, b"12345")
    assert refusal.value.facts == {"size_bytes": 5, "most_bytes": 4}
    assert list(tmp_path.iterdir()) == []


def test_a_changed_byte_in_the_folder_is_found_and_mended(tmp_path: Path) -> None:
    """A file that was changed on the disk is never given out; bringing it again mends it (C53)."""
    objects = KeptObjects(ObjectsSettings(folder=tmp_path))
    objects.put(OURS, PHOTO)
    file = tmp_path / key_of(OURS, HASH)
    for index in range(len(PHOTO)):
        file.write_bytes(PHOTO[:index] + bytes([PHOTO[index] ^ 1]) + PHOTO[index + 1 :])
        with pytest.raises(ObjectDamaged):
            objects.get(OURS, HASH)
    objects.put(OURS, PHOTO)
    assert objects.get(OURS, HASH) == PHOTO


def test_a_writer_that_died_leaves_nothing_that_is_read(tmp_path: Path) -> None:
    """What a killed writer left beside the object's name is not the object."""
    objects = KeptObjects(ObjectsSettings(folder=tmp_path))
    file = tmp_path / key_of(OURS, HASH)
    file.parent.mkdir(parents=True)
    file.with_name(f"{HASH}#1").write_bytes(PHOTO[:3])
    assert not objects.has(OURS, HASH)
    objects.put(OURS, PHOTO)
    assert objects.get(OURS, HASH) == PHOTO


def test_a_bucket_that_does_not_answer() -> None:
    """A store that fails is a refusal that says so, not a lost photo."""
    with a_bucket_server() as server:
        server.fails = True
        objects = KeptObjects(in_bucket(server, retry=timedelta(milliseconds=1)))
        with pytest.raises(ObjectsUnreachable):
            objects.put(OURS, PHOTO)
        with pytest.raises(ObjectsUnreachable):
            objects.get(OURS, HASH)
        with pytest.raises(ObjectsUnreachable):
            objects.has(OURS, HASH)


@pytest.mark.parametrize(
    ("address", "settings"),
    [
        ("", ObjectsSettings(folder=Path("/data/objects"))),
        ("/srv/proofs", ObjectsSettings(folder=Path("/srv/proofs"))),
        ("file:///srv/proofs", ObjectsSettings(folder=Path("/srv/proofs"))),
        (" s3://bucket/prefix ", ObjectsSettings(bucket="s3://bucket/prefix")),
    ],
)
def test_the_address_of_the_store(address: str, settings: ObjectsSettings) -> None:
    """ZAGUAN_OBJECTS is empty, a folder, or a bucket."""
    assert ObjectsSettings.of(address, data_folder=Path("/data")) == settings


@pytest.mark.parametrize("address", ["s3://", "proofs", "gs://bucket", "https://example.org"])
def test_an_address_that_names_no_store(address: str) -> None:
    """Any other address is refused when the platform starts, and not at the first photo."""
    with pytest.raises(ObjectsAddress):
        ObjectsSettings.of(address, data_folder=Path("/data"))
