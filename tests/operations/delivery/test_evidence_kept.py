"""Photos that follow their acts, records that are kept, and what recipients want at the door."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.operations.delivery.builders import PICTURE, SIGNED, a_photo, a_signature, arrives, at, fails, hands_over
from tests.operations.delivery.drawn_road import Day, a_day
from zaguan.adapters.objects.proxy import KeptObjects, key_of
from zaguan.adapters.objects.settings import ObjectsSettings
from zaguan.base.kit.database import Database
from zaguan.base.kit.objects import ObjectDamaged, ObjectMismatch, sha256_of_bytes
from zaguan.operations.delivery import service
from zaguan.operations.delivery.evidence import Finding, Wrong
from zaguan.operations.delivery.forgetting import forget_orders
from zaguan.operations.delivery.model import (
    BadTerms,
    CodeWrong,
    EvidenceForgotten,
    EvidenceNotFound,
    ProofMissing,
    ProofNotFound,
    SafePlaceNotAllowed,
)
from zaguan.operations.delivery.proofs import CodeEntered, code_digest
from zaguan.operations.delivery.wishes import DoorWishes
from zaguan.records.orders.reasons import CompletionDetail

PHOTO = sha256_of_bytes(PICTURE)


@pytest.fixture
def day(database: Database) -> Day:
    """A day with the usual demands."""
    day = a_day(database)
    day.has_shipper()
    return day


@pytest.fixture
def objects(tmp_path: Path) -> KeptObjects:
    return KeptObjects(ObjectsSettings(folder=tmp_path))


def sends(day: Day, objects: KeptObjects, content: bytes, sha256: str = "") -> tuple[Any, ...]:
    with day.session() as session:
        return service.store_file(
            session,
            day.organisation_id,
            sha256 or sha256_of_bytes(content),
            content,
            objects=objects,
            clock=day.clock,
        )


def findings(day: Day, ref: str, objects: KeptObjects | None = None) -> tuple[Finding, ...]:
    with day.session() as session:
        return service.verify_evidence(
            session, day.organisation_id, day.stops[0].stop_id, day.orders[ref], objects=objects
        )


def wants(day: Day, ref: str, **wishes: Any) -> None:
    with day.session() as session:
        wanted = DoorWishes(order_id=day.orders[ref], **wishes)
        service.set_wishes(session, day.organisation_id, wanted, clock=day.clock)
        assert service.get_wishes(session, day.organisation_id, day.orders[ref]) == wanted


def test_a_photo_follows_its_act(day: Day, objects: KeptObjects) -> None:
    """The act names the photo by its hash at once; the bytes come when they can, once, and are told once (C48, C52)."""
    day.has_stop("1")
    day.tells(hands_over(1, proofs=(a_photo(),), order_id=day.orders["1"]))
    assert findings(day, "1", objects) == (Finding(wrong=Wrong.OBJECT_MISSING, sha256=PHOTO),)
    (proof,) = sends(day, objects, PICTURE)
    assert (proof.stored_at, proof.distance_m) == (day.clock.now(), 12)
    sends(day, objects, PICTURE)
    assert day.facts("1").count("proof.stored") == 1
    assert findings(day, "1", objects) == ()


def test_a_file_that_nobody_announced_is_refused(day: Day, objects: KeptObjects) -> None:
    """Bytes without an act, and bytes that are not what the act announced, are refused."""
    day.has_stop("1")
    with pytest.raises(ProofNotFound):
        sends(day, objects, PICTURE)
    day.tells(hands_over(1, proofs=(a_photo(),), order_id=day.orders["1"]))
    with pytest.raises(ObjectMismatch):
        sends(day, objects, PICTURE[:-1], PHOTO)
    with pytest.raises(ObjectMismatch):
        sends(day, objects, PICTURE[::-1], PHOTO)
    assert not objects.has(day.organisation_id, PHOTO)


def test_a_changed_record_or_photo_is_found(day: Day, objects: KeptObjects, tmp_path: Path) -> None:
    """Whoever changes a byte of the record in the database, or of the photo on the disk, is found out (C53)."""
    day.has_stop("1")
    day.tells(arrives(1))
    day.tells(hands_over(2, proofs=(a_photo(),), order_id=day.orders["1"]))
    sends(day, objects, PICTURE)
    assert findings(day, "1", objects) == ()
    file = tmp_path / key_of(day.organisation_id, PHOTO)
    file.write_bytes(PICTURE[::-1])
    with pytest.raises(ObjectDamaged):
        findings(day, "1", objects)
    with day.session() as session:
        session.execute(
            sa.text(
                "UPDATE attempts SET evidence = convert_to(replace(convert_from(evidence, 'UTF8'), "
                "'delivered', 'delivered '), 'UTF8')"
            )
        )
    assert {found.wrong for found in findings(day, "1")} == {Wrong.CHANGED}


def test_every_attempt_has_its_record(day: Day) -> None:
    """A failed attempt is proved as a good one is; what was not tried yet has no record (C46, C53)."""
    day.has_stop("1", "2")
    with pytest.raises(ProofMissing):
        day.tells(fails(1, order_id=day.orders["1"]))
    day.tells(fails(1, proofs=(a_photo(),), note="Perro suelto", order_id=day.orders["1"]))
    assert findings(day, "1") == ()
    with day.session() as session:
        document = service.get_evidence(session, day.organisation_id, day.stops[0].stop_id, day.orders["1"]).document
        assert b"Perro suelto" in document
        (attempt,) = service.list_attempts(session, day.organisation_id, day.orders["1"])
        assert attempt.outcome == "failed"
        with pytest.raises(EvidenceNotFound):
            service.get_evidence(session, day.organisation_id, day.stops[0].stop_id, day.orders["2"])


def test_what_the_recipient_wishes_reaches_the_door(day: Day) -> None:
    """Leave to use a safe place counts from the moment it is given, with the words that were agreed to (C70, C71)."""
    day.has_stop("1")
    left = hands_over(1, proofs=(a_photo(),), detail=CompletionDetail.SAFE_PLACE, order_id=day.orders["1"])
    with pytest.raises(SafePlaceNotAllowed):
        day.tells(left)
    wants(day, "1", safe_place="Detrás del portón", safe_place_agreed="A mi riesgo", agreed_at=at(0))
    assert day.tells(left).outcome == "delivered"


def test_a_code_is_never_kept(day: Day) -> None:
    """A delivery against a code is refused without it; the code itself stands nowhere (C51)."""
    day.has_stop("1")
    order_id = day.orders["1"]
    wants(day, "1", code_digest=code_digest(order_id, "0815"))

    def against(code: str) -> Any:
        entered = CodeEntered(proof_id=a_photo(9).proof_id, taken_at=at(10), code=code)
        return hands_over(1, proofs=(entered,), order_id=order_id)

    with pytest.raises(CodeWrong):
        day.tells(against("0816"))
    assert day.tells(against("0815")).outcome == "delivered"
    with day.session() as session:
        kept = session.execute(sa.text("SELECT body::text, answer::text FROM driver_acts")).all()
        records = session.execute(sa.text("SELECT convert_from(evidence, 'UTF8') FROM attempts")).all()
    assert "0815" not in str([tuple(row) for row in kept]) + str([tuple(row) for row in records])


def test_leave_needs_the_words_that_were_agreed_to(day: Day) -> None:
    """A safe place without the agreed words allows nothing, and a moment without words is refused (C71)."""
    day.has_stop("1")
    wants(day, "1", safe_place="Detrás del portón")
    with day.session() as session:
        assert not service.get_wishes(session, day.organisation_id, day.orders["1"]).safe_place_allowed
    with pytest.raises(BadTerms):
        DoorWishes(order_id=day.orders["1"], agreed_at=at(0))


def test_organisations_do_not_see_each_other(day: Day, objects: KeptObjects) -> None:
    """The photo of one organisation cannot be claimed by another that knows its hash."""
    day.has_stop("1")
    day.tells(hands_over(1, proofs=(a_photo(),), order_id=day.orders["1"]))
    other = a_day(day.database)
    with pytest.raises(ProofNotFound):
        sends(other, objects, PICTURE)
    assert sends(day, objects, PICTURE)
    assert SIGNED != PICTURE


def test_a_person_is_forgotten(day: Day, objects: KeptObjects) -> None:
    """Names, notes, photos, positions and wishes are gone from every table and file; outcomes and times stay."""
    day.has_stop("1", "2")
    secret = a_signature(2, name="Ana Souza")
    day.tells(hands_over(1, proofs=(a_photo(), secret), note="Timbre 3B", order_id=day.orders["1"]))
    day.tells(hands_over(2, proofs=(a_photo(5),), order_id=day.orders["2"]))
    wants(day, "1", safe_place="Detrás del portón", instructions="Timbre 3B")
    sends(day, objects, PICTURE)
    sends(day, objects, SIGNED)
    with day.session() as session:
        before = service.list_attempts(session, day.organisation_id, day.orders["1"])
        assert forget_orders(session, day.organisation_id, [day.orders["1"]], objects=objects) == 1
    assert objects.has(day.organisation_id, PHOTO), "the other order has the same photo"
    assert not objects.has(day.organisation_id, sha256_of_bytes(SIGNED))
    with day.session() as session:
        (after,) = service.list_attempts(session, day.organisation_id, day.orders["1"])
        assert replace(before[0], evidence=b"") == after
        with pytest.raises(EvidenceForgotten):
            service.get_evidence(session, day.organisation_id, day.stops[0].stop_id, day.orders["1"])
        kept = session.execute(sa.text("SELECT body::text FROM driver_acts")).all()
        assert not any(word in str(kept) for word in ("Ana Souza", "Timbre"))
        assert session.execute(sa.text("SELECT count(*) FROM door_wishes")).scalar_one() == 0
        assert forget_orders(session, day.organisation_id, [day.orders["1"], day.orders["2"]], objects=objects) == 2
    # what was told before is still understood
    day.tells(arrives(9))
    assert day.fact("stop.amended")["outcome"] == "delivered"
