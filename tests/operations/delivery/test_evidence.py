"""The record that ends a dispute."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.operations.delivery.builders import (
    DRIVER,
    PICTURE,
    SIGNED,
    a_name,
    a_photo,
    a_signature,
    a_stop,
    an_id,
    an_order,
    arrives,
    cash,
    hands_over,
    near,
    told,
)
from zaguan.base.kit.objects import sha256_of_bytes
from zaguan.operations.delivery.door import stop_state
from zaguan.operations.delivery.evidence import Evidence, Finding, Wrong, evidence_of, seal, verify
from zaguan.operations.delivery.payments import Due
from zaguan.operations.delivery.proofs import CodeEntered, code_digest

ORGANISATION = an_id(1, kind=9)
FILES = {sha256_of_bytes(content): content for content in (PICTURE, SIGNED)}


def a_record() -> Evidence:
    """Return the record of a delivery with every kind of proof that has something to say."""
    order = an_order(code_digest=code_digest(an_id(1, kind=2), "4711"), due=Due(amount_minor=990, currency="CLP"))
    stop = a_stop(order)
    code = CodeEntered(proof_id=a_name(7).proof_id, taken_at=arrives(1).happened_at, code="4711")
    proofs = (a_photo(), a_signature(), a_name(), cash(990, tendered_minor=1_000, change_minor=10), code)
    act = hands_over(2, position=near(40), proofs=proofs, note="Timbre malo ñ 🚪")
    state = stop_state(stop, [arrives(1), act])
    return evidence_of(ORGANISATION, stop, state, told(act, after_s=3_600, offset_s=400), driver_id=DRIVER)


SEALED = seal(a_record())


def wrongs(document: bytes, **rest: Callable[[str], bytes | None]) -> set[Wrong]:
    return {found.wrong for found in verify(document, announced_sha256=SEALED.sha256, **rest)}


def test_an_unchanged_record_is_found_unchanged() -> None:
    """Record, seal and files as they were: nothing is found (C53)."""
    assert verify(SEALED.document, announced_sha256=SEALED.sha256, find_object=FILES.get) == ()


def test_a_record_says_who_what_where_and_when() -> None:
    """It names driver, order, outcome, address, distance, both clocks and their offset, and every proof (C53)."""
    record = json.loads(SEALED.document)["evidence"]
    assert record["driver_id"] == str(DRIVER)
    assert (record["order_ref"], record["outcome"], record["address"]) == ("P-1", "delivered", "Los Olivos 1420")
    assert record["seen_at"]["distance_m"] == 40
    assert (record["happened_at"], record["received_at"]) == ("2026-03-10T12:10:00Z", "2026-03-10T13:16:40Z")
    assert (record["clock_offset_ms"], record["clock_skewed"]) == (400_000, True)
    assert [proof["kind"] for proof in record["proofs"]] == ["photo", "signature", "name", "payment", "code"]
    assert record["proofs"][0]["sha256"] == sha256_of_bytes(PICTURE)
    assert record["handed"] == [["ZG1", 1]]


def test_a_code_is_not_in_the_record() -> None:
    """The record says that the code was right, and never the code."""
    assert b"4711" not in SEALED.document


def test_the_same_record_has_the_same_bytes() -> None:
    """Sealing is a function of the record: the same record, the same bytes."""
    assert seal(a_record()) == SEALED


def test_every_single_byte_counts() -> None:
    """Whichever byte of the document is changed, it is found."""
    for index, byte in enumerate(SEALED.document):
        document = SEALED.document[:index] + bytes([byte ^ 1]) + SEALED.document[index + 1 :]
        assert verify(document), index


@given(st.data())
def test_any_change_of_a_record_is_found(data: st.DataObject) -> None:
    """Bytes cut out, put in or replaced anywhere are found."""
    document = SEALED.document
    begin = data.draw(st.integers(0, len(document)))
    end = data.draw(st.integers(begin, min(len(document), begin + 40)))
    changed = document[:begin] + data.draw(st.binary(max_size=40)) + document[end:]
    if changed != document:
        assert verify(changed)


def test_a_record_that_was_sealed_again_is_found() -> None:
    """A record that was changed and sealed anew is not the one that the journal announced."""
    body = json.loads(SEALED.document)["evidence"]
    order = an_order()
    stop = a_stop(order)
    other = seal(
        evidence_of(ORGANISATION, stop, stop_state(stop, [hands_over(2)]), told(hands_over(2)), driver_id=DRIVER)
    )
    assert body["order_ref"] == json.loads(other.document)["evidence"]["order_ref"]
    assert verify(other.document) == ()
    assert wrongs(other.document) == {Wrong.NOT_ANNOUNCED}


def test_the_same_meaning_in_other_bytes_is_found() -> None:
    """Blanks, another order of keys or one more key are changes, too."""
    read = json.loads(SEALED.document)
    assert wrongs(json.dumps(read, indent=1).encode()) == {Wrong.NOT_CANONICAL}
    more = json.dumps(read | {"zz": 1}, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    assert wrongs(more.encode()) == {Wrong.NOT_CANONICAL}


@pytest.mark.parametrize("document", [b"", b"{}", b"[]", b"\xff", b'{"evidence":1,"sha256":""}', b"[" * 100_000])
def test_what_is_no_record_is_unreadable(document: bytes) -> None:
    """Something else than a record is said to be unreadable, and breaks nothing."""
    assert verify(document) == (Finding(wrong=Wrong.UNREADABLE),)


def test_a_changed_or_missing_file_is_found() -> None:
    """A photo that is gone, or has one other byte, is found by its hash (C48, C53)."""
    photo = sha256_of_bytes(PICTURE)
    assert verify(SEALED.document, find_object=lambda _: None) == tuple(
        Finding(wrong=Wrong.OBJECT_MISSING, sha256=sha256) for sha256 in (photo, sha256_of_bytes(SIGNED))
    )
    for index in range(len(PICTURE)):
        bad = PICTURE[:index] + bytes([PICTURE[index] ^ 1]) + PICTURE[index + 1 :]
        found = verify(SEALED.document, find_object={**FILES, photo: bad}.get)
        assert found == (Finding(wrong=Wrong.OBJECT_CHANGED, sha256=photo),)
