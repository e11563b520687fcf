"""Photos and signatures through the drivers' door."""

from pathlib import Path

import httpx
import pytest

from tests.doors.driver.round import Phone, a_round
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import new_id
from zaguan.base.kit.objects import sha256_of_bytes
from zaguan.operations.delivery.proofs import MAX_PROOF_BYTES

PICTURE = b"\xff\xd8\xff\xe0 the parcel before the door \xff\xd9"


@pytest.fixture
def phone(database: Database, tmp_path: Path) -> Phone:
    """A driver's phone that told of a photo."""
    return a_round(database, tmp_path / "objects").phone()


def announce(phone: Phone, content: bytes = PICTURE, stop: int = 0) -> str:
    """Hand over a stop's order with a photo and return the photo's hash."""
    photo = {
        "kind": "photo",
        "proof_id": str(new_id()),
        "taken_at": phone.round.day.clock.set(8.5).isoformat(),
        "sha256": sha256_of_bytes(content),
        "size_bytes": len(content),
    }
    assert phone.verdicts(phone.hands_over(8.5, stop, proofs=[photo])) == ["accepted"]
    return str(photo["sha256"])


def put(phone: Phone, sha256: str, content: bytes) -> httpx.Response:
    """Send the bytes of a file."""
    return phone.caller.put(
        f"/driver/v1/files/{sha256}", content=content, headers={"Content-Type": "application/octet-stream"}
    )


def test_the_hash_of_what_is_kept_is_confirmed(phone: Phone) -> None:
    """The bytes of an announced photo are kept, and the answer tells their hash, size and proof (C46)."""
    sha256 = announce(phone)
    answer = put(phone, sha256, PICTURE)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["sha256"], told["size_bytes"], len(told["proof_ids"])) == (sha256, len(PICTURE), 1)


def test_the_same_bytes_again_change_nothing(phone: Phone) -> None:
    """A repeat gets the same answer, the time of the first included."""
    sha256 = announce(phone)
    first = put(phone, sha256, PICTURE).json()
    phone.round.day.clock.set(9)
    assert put(phone, sha256, PICTURE).json() == first


def test_bytes_of_another_hash_are_refused(phone: Phone) -> None:
    """What does not hash to what was announced is refused and not kept; the right bytes are taken afterwards."""
    sha256 = announce(phone)
    changed = PICTURE[:-3] + b"!" + PICTURE[-2:]
    assert put(phone, sha256, changed).json()["code"] == "objects.mismatch"
    assert put(phone, sha256, PICTURE).status_code == 200


def test_a_file_that_no_act_announced_is_not_taken(phone: Phone) -> None:
    """Before its act a file is 404: the phone tells the act first."""
    answer = put(phone, sha256_of_bytes(PICTURE), PICTURE)
    assert (answer.status_code, answer.json()["code"]) == (404, "delivery.proof_not_found")


def test_what_is_no_picture_is_not_taken(phone: Phone) -> None:
    """A page of script is refused by its bytes, whatever it calls itself."""
    page = b"<script>alert(1)</script>"
    sha256 = announce(phone, page)
    assert put(phone, sha256, page).status_code == 415


def test_a_file_has_a_bound(phone: Phone) -> None:
    """More than 20 MiB are refused before they are looked at."""
    content = PICTURE + bytes(MAX_PROOF_BYTES)
    assert put(phone, sha256_of_bytes(content), content).status_code == 413
