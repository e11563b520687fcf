"""Positions through the drivers' door."""

from pathlib import Path
from typing import Any

import pytest

from tests.doors.driver.round import Round, a_round
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import new_id


@pytest.fixture
def round_(database: Database, tmp_path: Path) -> Round:
    """A published day of two drivers."""
    return a_round(database, tmp_path / "objects")


def a_batch(round_: Round, driver: str = "ana", fixes: int = 3, **rest: Any) -> dict[str, Any]:
    """Return fixes of a driver's vehicle, ten seconds apart."""
    at = [round_.day.clock.set(8 + number / 360) for number in range(fixes)]
    return {
        "batch_id": str(new_id()),
        "vehicle_id": str(round_.route(driver).vehicle_id),
        "sent_at": at[-1].isoformat(),
        "fixes": [
            {"at": when.isoformat(), "lon": -71.25 + number / 10_000, "lat": -29.9, "accuracy_m": 8}
            for number, when in enumerate(at)
        ],
        **rest,
    }


def test_a_batch_is_answered_with_its_counts(round_: Round) -> None:
    """Each fix is counted: one that cannot be, and those of a route not followed yet, are set aside by reason."""
    phone = round_.phone()
    batch = a_batch(round_)
    batch["fixes"].append({**batch["fixes"][0], "lat": 200})
    answer = phone.caller.post("/driver/v1/positions", json=batch)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["quarantined"] == {"invalid": 1, "outside_shift": 3}
    assert (told["sent"], told["accepted"], sum(told["quarantined"].values())) == (4, 0, 4)
    assert (told["clock_offset_s"], told["clock_skewed"]) == (0, False)


def test_the_same_batch_again_gets_the_same_answer(round_: Round) -> None:
    """A repeat has no second effect; other fixes under its id are refused."""
    phone = round_.phone()
    batch = a_batch(round_)
    first = phone.caller.post("/driver/v1/positions", json=batch).json()
    again = phone.caller.post("/driver/v1/positions", json=batch).json()
    assert {**again, "received_at": ""} == {**first, "received_at": ""}
    other = {**batch, "fixes": batch["fixes"][:1]}
    assert phone.caller.post("/driver/v1/positions", json=other).status_code == 409


def test_a_phone_speaks_for_its_own_vehicle_only(round_: Round) -> None:
    """Positions of another driver's vehicle, or of none, are refused by name."""
    phone = round_.phone()
    for batch in (a_batch(round_, "beto"), a_batch(round_, vehicle_id=str(new_id()))):
        answer = phone.caller.post("/driver/v1/positions", json=batch)
        assert (answer.status_code, answer.json()["code"]) == (403, "door.not_your_vehicle")
