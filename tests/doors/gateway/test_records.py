"""The gateway: depots, vehicles, drivers and shifts, by programs with keys."""

from typing import Any

import pytest

from tests.doors.places import Caller
from tests.doors.shop import Shop, a_shop, send
from zaguan.base.kit.database import Database
from zaguan.records.accounts.model import GRANTABLE, Permission

DEPOT: dict[str, Any] = {
    "name": "Bodega Norte",
    "place": {"address": "Balmaceda 100", "commune": "La Serena", "point": {"lon": -71.25, "lat": -29.9}},
    "opens": "07:00",
    "closes": "22:00",
}
VEHICLE: dict[str, Any] = {"kind": "van", "depot_ref": "north", "features": ["lift", "cold"], "plate": "ABCD12"}
DRIVER: dict[str, Any] = {
    "name": "Eva Rojas",
    "vehicle_ref": "van-1",
    "shift": {
        "starts": "08:00",
        "ends": "17:30",
        "breaks": [{"earliest": "12:00", "latest": "14:00", "duration_s": 1800}],
    },
    "skills": ["cold"],
    "phone": "+56955550111",
}
SHIFT: dict[str, Any] = {
    "driver_ref": "eva",
    "vehicle_ref": "van-1",
    "service_on": "2026-05-05",
    "shift": {"starts": "08:00", "ends": "17:00"},
}
RECORDS = {"depots": ("north", DEPOT), "vehicles": ("van-1", VEHICLE), "drivers": ("eva", DRIVER)}


@pytest.fixture
def shop(database: Database) -> Shop:
    """An organisation with its gateway."""
    return a_shop(database)


def a_fleet(caller: Caller) -> None:
    """Bring in a depot, a vehicle, its driver and a shift."""
    for noun, (ref, body) in {**RECORDS, "shifts": ("tue", SHIFT)}.items():
        answer = caller.put(f"/v1/{noun}/{ref}", json=body)
        assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("noun", list(RECORDS))
def test_a_record_is_kept_under_the_callers_own_name(shop: Shop, noun: str) -> None:
    """A record is made, read as it was written, left as it is by a repeat, and counted on by a change."""
    caller, (ref, body) = shop.caller(), RECORDS[noun]
    a_fleet(caller)
    path = f"/v1/{noun}/{ref}"
    read = caller.get(path)
    found = read.json()
    assert (read.headers["etag"], found["external_id"], found["version"]) == ('"v1"', ref, 1)
    told = {name: found[name] for name in body if name not in ("place", "features", "shift")}
    assert told == {name: value for name, value in body.items() if name in told}
    assert caller.get(path, headers={"If-None-Match": '"v1"'}).status_code == 304
    again = caller.put(path, json=body)
    changed = caller.put(path, json={**body, "name" if "name" in body else "plate": "another"})
    assert (again.status_code, again.json()["version"], changed.json()["version"]) == (200, 1, 2)
    assert changed.json()["id"] == found["id"]


@pytest.mark.parametrize("noun", list(RECORDS))
def test_a_stale_version_is_refused_with_both_named(shop: Shop, noun: str) -> None:
    """If-Match keeps two programs from overwriting each other; where nothing is yet, it makes nothing."""
    caller, (ref, body) = shop.caller(), RECORDS[noun]
    a_fleet(caller)
    path, change = f"/v1/{noun}/{ref}", {**body, "name" if "name" in body else "plate": "another"}
    assert caller.put(path, json=change, headers={"If-Match": '"v1"'}).status_code == 200
    stale = caller.put(path, json=body, headers={"If-Match": '"v1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "door.stale_version")
    assert "1" in stale.json()["detail"]
    assert "2" in stale.json()["detail"]
    assert caller.put(f"{path}-2", json=body, headers={"If-Match": '"v1"'}).status_code == 412
    assert caller.get(f"{path}-2").status_code == 404


@pytest.mark.parametrize("noun", list(RECORDS))
def test_an_archived_record_is_put_away_and_comes_back(shop: Shop, noun: str) -> None:
    """What is archived leaves the list and keeps its id; saving it takes it back. Told twice it is done once."""
    caller, (ref, body) = shop.caller(), RECORDS[noun]
    a_fleet(caller)
    path = f"/v1/{noun}/{ref}"
    archived = send(caller, f"{path}/archive", None, "key-1")
    assert (archived.status_code, archived.json()["version"]) == (200, 2)
    assert archived.json()["archived_at"] == "2026-05-04T12:00:00Z"
    again = send(caller, f"{path}/archive", None, "key-1")
    assert (again.content, again.headers["idempotency-replayed"]) == (archived.content, "true")
    assert caller.get(f"/v1/{noun}").json()[noun] == []
    assert [one["external_id"] for one in caller.get(f"/v1/{noun}?archived=true").json()[noun]] == [ref]
    back = caller.put(path, json=body)
    assert (back.status_code, back.json()["id"]) == (200, archived.json()["id"])
    assert len(caller.get(f"/v1/{noun}").json()[noun]) == 1


def test_a_list_is_paged_without_gaps(shop: Shop) -> None:
    """Pages follow each other by external id; a cursor is good for its own list only."""
    caller = shop.caller()
    for number in range(5):
        assert caller.put(f"/v1/depots/d{number}", json=DEPOT).status_code == 201
    seen, path = [], "/v1/depots?limit=2"
    while True:
        page = caller.get(path).json()
        seen += [depot["external_id"] for depot in page["depots"]]
        if "next" not in page:
            break
        path = f"/v1/depots?limit=2&cursor={page['next']}"
        other = caller.get(f"/v1/vehicles?cursor={page['next']}")
        assert (other.status_code, other.json()["code"]) == (422, "door.bad_cursor")
    assert seen == ["d0", "d1", "d2", "d3", "d4"]


def test_bad_fields_are_named(shop: Shop) -> None:
    """A depot without a point, hours that run backwards and a depot that is not there are refused in words."""
    caller = shop.caller()
    nowhere = caller.put("/v1/depots/north", json={**DEPOT, "place": {"address": "Balmaceda 100"}})
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "network.place_without_point")
    turned = caller.put("/v1/depots/north", json={**DEPOT, "opens": "23:00"})
    assert (turned.status_code, turned.json()["code"]) == (422, "network.hours_reversed")
    homeless = caller.put("/v1/vehicles/van-1", json=VEHICLE)
    assert (homeless.status_code, homeless.json()["code"]) == (404, "network.depot_not_found")
    unknown = caller.put("/v1/depots/north", json={**DEPOT, "open": "07:00"})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "#/open")


def test_a_phone_is_told_to_those_who_may_call(shop: Shop) -> None:
    """M60: a driver's phone needs `contacts:read`; the kept answer to an act holds nothing of a person."""
    caller = shop.caller()
    a_fleet(caller)
    assert caller.get("/v1/drivers/eva").json()["phone"] == "+56955550111"
    silent = shop.caller(only=GRANTABLE - {Permission.CONTACTS_READ})
    assert "phone" not in silent.get("/v1/drivers/eva").json()
    assert "phone" not in silent.get("/v1/drivers").json()["drivers"][0]
    assert "Eva" not in send(caller, "/v1/drivers/eva/archive", None).text


def test_a_shift_is_planned_cancelled_and_planned_again(shop: Shop) -> None:
    """A shift keeps its state when it is written; neither its driver nor its vehicle works twice at a time."""
    caller = shop.caller()
    a_fleet(caller)
    shift = caller.get("/v1/shifts/tue").json()
    assert (shift["state"], shift["shift"]["starts"], shift["service_on"]) == ("planned", "08:00", "2026-05-05")
    second = {**SHIFT, "shift": {"starts": "16:00", "ends": "20:00"}}
    twice = caller.put("/v1/shifts/tue-2", json=second)
    assert (twice.status_code, twice.json()["code"]) == (409, "drivers.shifts_overlap")
    assert send(caller, "/v1/shifts/tue/cancel", None).json()["version"] == 2
    assert caller.get("/v1/shifts/tue").json()["state"] == "cancelled"
    assert caller.put("/v1/shifts/tue-2", json=second).status_code == 201
    back = send(caller, "/v1/shifts/tue/restore", None)
    assert (back.status_code, back.json()["code"]) == (409, "drivers.shifts_overlap")
    assert [one["external_id"] for one in caller.get("/v1/shifts").json()["shifts"]] == ["tue", "tue-2"]


def test_nobody_works_who_is_not_there(shop: Shop) -> None:
    """A shift of an unknown driver or vehicle is refused, and so is a shipper's key."""
    caller = shop.caller()
    a_fleet(caller)
    for field, code in (("driver_ref", "drivers.driver_not_found"), ("vehicle_ref", "fleet.vehicle_not_found")):
        refused = caller.put("/v1/shifts/wed", json={**SHIFT, "service_on": "2026-05-06", field: "nobody"})
        assert (refused.status_code, refused.json()["code"]) == (404, code)
    shipper = shop.caller(shipper_id=shop.shipper("shoes"))
    for noun in (*RECORDS, "shifts"):
        assert shipper.get(f"/v1/{noun}").status_code == 403
