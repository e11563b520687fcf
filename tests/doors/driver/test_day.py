"""A driver's phone through its door: bound, told its day, and heard."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.doors.driver.round import Round, a_round
from tests.doors.places import Caller
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import new_id
from zaguan.records.orders.states import OrderState


@pytest.fixture
def round_(database: Database, tmp_path: Path) -> Round:
    """A published day of two drivers."""
    return a_round(database, tmp_path / "objects")


def test_a_link_binds_one_phone_once(round_: Round) -> None:
    """A link gives one phone a token; used again, or never made, it answers 410 alike."""
    token = round_.link()
    nobody = Caller(round_.app, Accept_Language="en")
    bound = nobody.post("/driver/v1/devices", json={"token": token})
    assert bound.status_code == 201
    again = nobody.post("/driver/v1/devices", json={"token": token})
    made_up = nobody.post("/driver/v1/devices", json={"token": "no such link"})
    assert [again.status_code, made_up.status_code] == [410, 410]
    assert again.json()["detail"] == made_up.json()["detail"]


def test_who_tries_many_links_has_to_wait(round_: Round) -> None:
    """After 60 wrong links from one address even a right one is not looked at."""
    nobody = Caller(round_.app)
    token = round_.link()
    answers = [nobody.post("/driver/v1/devices", json={"token": f"wrong {n}"}).status_code for n in range(61)]
    assert answers[:60] == [410] * 60
    assert nobody.post("/driver/v1/devices", json={"token": token}).status_code == 429


def test_a_revoked_phone_is_out_at_once(round_: Round) -> None:
    """The next call of a revoked phone is 401, whatever it asks."""
    phone = round_.phone()
    assert phone.caller.get("/driver/v1/me").status_code == 200
    round_.revoke(phone)
    assert phone.caller.get("/driver/v1/me").status_code == 401
    assert phone.caller.get("/driver/v1/sheet").status_code == 401


def test_the_phone_knows_for_whom_it_speaks(round_: Round) -> None:
    """Me: the driver, the phone, the organisation's zone and the platform's clock."""
    phone = round_.phone()
    me = phone.caller.get("/driver/v1/me").json()
    assert (me["driver_ref"], me["time_zone"], me["currency"]) == ("ana", "America/Santiago", "CLP")
    assert me["device_id"] == str(phone.device_id)


def test_the_sheet_has_the_whole_day(round_: Round) -> None:
    """The sheet of a day has each stop of the driver's route with its parcels and outcome, and nobody else's (C45)."""
    phone = round_.phone()
    phone.tells(phone.act("scan_parcel", 7.5, barcode="B1"), phone.hands_over(8.5, 0))
    (route,) = phone.caller.get("/driver/v1/sheet").json()["routes"]
    assert route["id"] == str(phone.route.id)
    assert [stop["id"] for stop in route["stops"]] == [str(stop.id) for stop in phone.route.stops]
    assert [stop["address"] for stop in route["stops"]] == [stop.sheet.address for stop in phone.route.stops]
    assert [stop["orders"][0]["outcome"] for stop in route["stops"]] == ["delivered", "open", "open"]
    assert {line["barcode"] for line in route["manifest"]} == {
        piece["barcode"] for stop in route["stops"] for order in stop["orders"] for piece in order["parcels"]
    }


def test_an_unchanged_sheet_is_not_sent_again(round_: Round) -> None:
    """With the ETag of what the phone has the answer is 304, until something is told."""
    phone = round_.phone()
    round_.day.clock.set(7)
    tag = phone.caller.get("/driver/v1/sheet").headers["ETag"]
    same = phone.caller.get("/driver/v1/sheet", headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    phone.tells(phone.act("depart", 8))
    assert phone.caller.get("/driver/v1/sheet", headers={"If-None-Match": tag}).status_code == 200


def test_a_day_without_a_route_is_empty(round_: Round) -> None:
    """Another day has no routes, and is no refusal."""
    phone = round_.phone()
    assert phone.caller.get("/driver/v1/sheet?on=2027-01-04").json()["routes"] == []


def test_a_bad_act_spoils_none_of_the_others(round_: Round) -> None:
    """In one batch: what is right is accepted, what cannot be read or is not theirs is refused by name (C52)."""
    phone = round_.phone()
    strange = phone.at_stop("arrive", 8.2, 0) | {"stop_id": str(new_id())}
    results = phone.tells(
        phone.act("depart", 8),
        {"name": "depart"},
        "no act",
        phone.act("dance", 8),
        strange,
        phone.hands_over(8.5, 0),
    )
    assert [result["verdict"] for result in results] == ["accepted", *["refused"] * 4, "accepted"]
    assert [result["problem"]["code"] for result in results[1:5]] == [
        *["door.invalid_fields"] * 3,
        "delivery.stop_not_on_route",
    ]
    assert {error["pointer"] for error in results[1]["problem"]["errors"]} == {
        "#/act_id",
        "#/route_id",
        "#/sequence",
        "#/happened_at",
    }
    assert results[3]["problem"]["errors"][0]["pointer"] == "#/name"
    assert results[5]["answer"]["outcome"] == "delivered"
    assert round_.day.order(phone.route.stops[0].order_ids[0]).state is OrderState.DELIVERED


def test_a_wrong_field_of_a_proof_is_named(round_: Round) -> None:
    """The pointer leads to the field of the proof in the act."""
    phone = round_.phone()
    photo = {
        "kind": "photo",
        "proof_id": str(new_id()),
        "taken_at": "2026-03-10T12:00:00Z",
        "sha256": "x",
        "size_bytes": 9,
    }
    (result,) = phone.tells(phone.hands_over(8.5, 0, proofs=[photo]))
    assert [error["pointer"] for error in result["problem"]["errors"]] == ["#/proofs/0/sha256"]


def test_the_same_act_again_is_a_repeat(round_: Round) -> None:
    """A batch without an answer is sent again: one effect, the same answers; changed under its id it is refused."""
    phone = round_.phone()
    act = phone.hands_over(8.5, 0)
    (first,) = phone.tells(act)
    (second,) = phone.tells(act)
    assert (first["verdict"], second["verdict"]) == ("accepted", "repeated")
    assert first["answer"] == second["answer"]
    (third,) = phone.tells({**act, "note": "at the gate"})
    assert (third["verdict"], third["problem"]["code"]) == ("refused", "delivery.act_reused")


def test_no_act_reaches_another_drivers_route(round_: Round) -> None:
    """An act on another driver's route, or on their stop under one's own route, is refused and leaves no trace."""
    ana, beto = round_.phone(), round_.phone("beto")
    on_theirs = ana.hands_over(8.5, 0) | {"route_id": str(beto.route.id), "stop_id": str(beto.route.stops[0].id)}
    under_own = ana.hands_over(8.5, 0) | {"stop_id": str(beto.route.stops[0].id)}
    results = ana.tells(on_theirs, under_own)
    assert [result["problem"]["code"] for result in results] == [
        "delivery.not_your_route",
        "delivery.stop_not_on_route",
    ]
    assert round_.day.order(beto.route.stops[0].order_ids[0]).state is OrderState.DISPATCHED


def test_the_phone_cannot_speak_for_another_driver(round_: Round) -> None:
    """An act that names a driver or a device is refused: the token alone says who it is."""
    phone = round_.phone()
    (result,) = phone.tells(phone.act("depart", 8, driver_id=str(new_id())))
    assert result["problem"]["errors"][0]["pointer"] == "#/driver_id"


def test_a_clock_that_is_off_is_told(round_: Round) -> None:
    """The answer has the offset of the phone's clock, flagged beyond five minutes, in the act's answer as well."""
    phone = round_.phone()
    act = phone.act("depart", 8)
    sent_at = (round_.day.clock.now() - timedelta(minutes=10)).isoformat()
    answer = phone.caller.post("/driver/v1/acts", json={"sent_at": sent_at, "acts": [act]}).json()
    assert (answer["clock_offset_s"], answer["clock_skewed"]) == (600, True)
    assert answer["results"][0]["answer"]["clock_skewed"]


def test_a_failed_attempt_hears_what_comes_next(round_: Round) -> None:
    """After a failure the driver hears the decision and why, in words."""
    phone = round_.phone()
    order_id = str(phone.route.stops[1].order_ids[0])
    (result,) = phone.tells(phone.at_stop("fail", 9, 1, order_id=order_id, reason="recipient.absent"))
    assert result["answer"]["outcome"] == "failed"
    assert result["answer"]["decision"]
    assert result["answer"]["because"]
    assert all(" " in words for words in result["answer"]["because"])
