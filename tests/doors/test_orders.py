"""The gateway: orders, by programs with keys."""

import json

import pytest

from tests.doors.places import Caller
from tests.doors.shop import Shop, a_shop, an_order, send
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import new_id
from zaguan.doors.frame.rate import Rate
from zaguan.records.accounts.model import Permission


@pytest.fixture
def shop(database: Database) -> Shop:
    """An organisation with its gateway."""
    return a_shop(database)


def test_an_order_goes_in_and_is_read(shop: Shop) -> None:
    """C01: what a shop brings in is answered with a receipt, and read as it was asked for."""
    caller = shop.caller()
    created = send(caller, "/v1/orders", an_order())
    assert created.status_code == 201
    receipt = created.json()
    assert (receipt["external_id"], receipt["state"], receipt["version"]) == ("A-1", "ready", 1)
    assert created.headers["location"] == f"/v1/orders/{receipt['id']}"
    assert "Ana" not in created.text
    read = caller.get(created.headers["location"])
    order = read.json()
    assert read.headers["etag"] == '"v1"'
    assert order["recipient"]["phone"] == "+56955550100"
    assert order["windows"] == [{"opens": "09:30", "closes": "12:00", "hard": True}]
    assert order["promise"]["opens_at"] == "2026-05-05T13:30:00Z"
    by_number = caller.get("/v1/orders/external/A-1")
    assert by_number.json()["id"] == receipt["id"]


def test_a_repeat_makes_no_second_order(shop: Shop) -> None:
    """A lost answer and a retry: the same key gets the same answer, another body is refused, no key too."""
    caller = shop.caller()
    first = send(caller, "/v1/orders", an_order(), "key-1")
    again = send(caller, "/v1/orders", dict(reversed(an_order().items())), "key-1")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    other = send(caller, "/v1/orders", an_order("A-2"), "key-1")
    assert (other.status_code, other.json()["code"]) == (422, "requests.key_reused")
    missing = caller.post("/v1/orders", json=an_order("A-2"))
    assert (missing.status_code, missing.json()["code"]) == (400, "door.key_missing")
    assert len(caller.get("/v1/orders").json()["orders"]) == 1


def test_a_number_that_was_used_is_refused_and_put_changes_it(shop: Shop) -> None:
    """POST never changes an order that is there; PUT does, and says whether it was new."""
    caller = shop.caller()
    send(caller, "/v1/orders", an_order())
    twice = send(caller, "/v1/orders", an_order(notes="other"))
    assert (twice.status_code, twice.json()["code"]) == (409, "order.exists")
    body = {name: value for name, value in an_order(notes="ring twice").items() if name != "external_id"}
    changed = caller.put("/v1/orders/external/A-1", json=body)
    new = caller.put("/v1/orders/external/B%207", json=body)
    assert (changed.status_code, changed.json()["version"], new.status_code) == (200, 2, 201)
    assert caller.put("/v1/orders/external/A-1", json=body).json()["version"] == 2
    assert new.json()["external_id"] == "B 7"


def test_a_change_touches_only_what_is_given(shop: Shop) -> None:
    """PATCH leaves the rest as it is; a stale ETag is refused with both versions named."""
    caller = shop.caller()
    path = send(caller, "/v1/orders", an_order()).headers["location"]
    changed = caller.patch(path, json={"notes": "ring twice"}, headers={"If-Match": '"v1"'})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"v2"')
    order = caller.get(path).json()
    assert (order["notes"], order["recipient"]["name"], len(order["parcels"])) == ("ring twice", "Ana Núñez", 1)
    stale = caller.patch(path, json={"notes": "x"}, headers={"If-Match": '"v1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "door.stale_version")
    assert "2" in stale.json()["detail"]
    assert caller.patch(path, json={}, headers={"If-Match": "v1"}).status_code == 400
    assert caller.get(path, headers={"If-None-Match": '"v2"'}).status_code == 304


def test_an_order_is_cancelled_once(shop: Shop) -> None:
    """Cancelling tells the reason; a second cancelling is a conflict, an unknown reason is refused."""
    caller = shop.caller()
    path = send(caller, "/v1/orders", an_order()).headers["location"]
    assert send(caller, f"{path}/cancel", {"why": "no.such"}).status_code == 422
    assert send(caller, f"{path}/cancel", {"why": "shipper.cancelled"}).json()["state"] == "cancelled"
    assert send(caller, f"{path}/cancel", {}).status_code == 409


def test_one_bad_order_spoils_none_of_the_others(shop: Shop) -> None:
    """Bulk: each order has its own result, in the order of the request; a repeat has the same."""
    caller = shop.caller()
    orders = [
        an_order("A-1"),
        {**an_order("A-2"), "service_s": "soon"},
        an_order("A-1"),
        {**an_order("A-4"), "place": {}},
        "no order at all",
        an_order("A-6"),
    ]
    answer = send(caller, "/v1/orders/bulk", {"orders": orders}, "bulk-1")
    results = answer.json()
    assert [result["status"] for result in results["results"]] == [201, 422, 409, 422, 422, 201]
    assert (results["accepted"], results["refused"]) == (2, 4)
    assert results["results"][1]["problem"]["errors"][0]["pointer"] == "#/service_s"
    assert "Ana" not in answer.text
    assert send(caller, "/v1/orders/bulk", {"orders": orders}, "bulk-1").content == answer.content
    changed = send(caller, "/v1/orders/bulk", {"orders": [an_order("A-1", notes="x")], "on_existing": "change"})
    assert changed.json()["results"][0]["value"]["version"] == 2
    assert len(caller.get("/v1/orders").json()["orders"]) == 2


def test_lists_are_paged_by_cursor(shop: Shop) -> None:
    """Every order is on exactly one page; a cursor of other filters, or a made-up one, is refused."""
    caller = shop.caller()
    send(caller, "/v1/orders/bulk", {"orders": [an_order(f"A-{number}") for number in range(7)]})
    seen: list[str] = []
    path = "/v1/orders?limit=3"
    while path:
        page = caller.get(path).json()
        seen += [order["external_id"] for order in page["orders"]]
        path = f"/v1/orders?limit=3&cursor={page['next']}" if "next" in page else ""
    assert sorted(seen) == [f"A-{number}" for number in range(7)]
    cursor = caller.get("/v1/orders?limit=3").json()["next"]
    assert caller.get(f"/v1/orders?limit=3&state=ready&cursor={cursor}").json()["code"] == "door.bad_cursor"
    assert caller.get("/v1/orders?cursor=xyz").json()["code"] == "door.bad_cursor"
    assert caller.get("/v1/orders?cursor=%C3%B1").status_code == 422
    assert caller.get("/v1/orders?limit=1001").status_code == 422
    assert caller.get("/v1/orders?colour=red").status_code == 422


def test_filters_narrow_a_list(shop: Shop) -> None:
    """Text, state, day and kind narrow what is listed and exported."""
    caller = shop.caller()
    send(caller, "/v1/orders", an_order("A-1"))
    send(caller, "/v1/orders", an_order("B-2", service_on="2026-06-01", kind="pickup"))

    def found(query: str) -> list[str]:
        return [order["external_id"] for order in caller.get(f"/v1/orders?{query}").json()["orders"]]

    assert found("text=a-1") == found("to_day=2026-05-31") == found("kind=delivery") == ["A-1"]
    assert found("state=cancelled") == []
    assert found("state=ready&state=cancelled&from_day=2026-06-01") == ["B-2"]
    lines = caller.get("/v1/orders/export?kind=pickup")
    assert lines.headers["content-type"] == "application/x-ndjson"
    assert [json.loads(line)["external_id"] for line in lines.text.splitlines()] == ["B-2"]


def test_a_shipper_sees_only_its_own(shop: Shop) -> None:
    """C115: the key of a shipper brings in, lists and reads its own orders, and finds no others."""
    one, other = shop.shipper("one"), shop.shipper("other")
    mine, theirs = shop.caller(shipper_id=one), shop.caller(shipper_id=other)
    path = send(mine, "/v1/orders", an_order()).headers["location"]
    assert mine.get(path).json()["shipper_id"] == str(one)
    for answer in (
        theirs.get(path),
        theirs.patch(path, json={"notes": "x"}),
        send(theirs, f"{path}/cancel", {}),
        theirs.get(f"{path}/events"),
        send(theirs, "/v1/orders", an_order("B-1", shipper_id=str(one))),
    ):
        assert answer.status_code == 404
    assert theirs.get("/v1/orders").json()["orders"] == []
    assert theirs.get(f"/v1/orders?shipper_id={one}").json()["orders"] == []
    assert theirs.get("/v1/orders/export").text == ""
    assert theirs.get("/v1/events").json()["events"] == []
    assert [event["type"] for event in mine.get("/v1/events").json()["events"]] == ["order.received"]
    assert send(theirs, "/v1/orders", an_order("A-1"), "k").status_code == 201
    assert send(mine, "/v1/orders", an_order("A-9"), "k").json()["external_id"] == "A-9"


def test_another_organisation_finds_nothing(shop: Shop, database: Database) -> None:
    """What belongs to one organisation is not there for the keys of another."""
    path = send(shop.caller(), "/v1/orders", an_order()).headers["location"]
    stranger = a_shop(database).caller()
    assert stranger.get(path).status_code == 404
    assert stranger.get("/v1/orders").json()["orders"] == []
    assert stranger.get("/v1/events").json()["events"] == []


def test_without_a_good_key_nothing_is_told(shop: Shop) -> None:
    """No key, a wrong one, and another scheme are answered alike; a key without the grant is refused by name."""
    path = f"/v1/orders/{new_id()}"
    answers = [
        Caller(shop.app, Accept_Language="en", **headers).get(path)
        for headers in (
            {},
            {"Authorization": "Bearer zk_wrong"},
            {"Authorization": "Basic abc"},
            {"Authorization": "Bearer"},
        )
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert {answer.json()["code"] for answer in answers} == {"door.unauthenticated"}
    assert all(answer.headers["www-authenticate"].startswith("Bearer") for answer in answers)
    reader = shop.caller(only=frozenset({Permission.ORDERS_READ}))
    assert send(reader, "/v1/orders", an_order()).status_code == 403


def test_contacts_are_masked_for_keys_that_need_none(shop: Shop) -> None:
    """A key without contacts.read sees the name and neither phone nor e-mail."""
    path = send(shop.caller(), "/v1/orders", an_order()).headers["location"]
    reader = shop.caller(only=frozenset({Permission.ORDERS_READ}))
    assert reader.get(path).json()["recipient"] == {"name": "Ana Núñez"}


def test_too_many_calls_of_a_key_are_refused(database: Database) -> None:
    """Each key has its own rate; another key is not slowed down."""
    shop = a_shop(database, calls=Rate(per_minute=60, burst=2))
    caller = shop.caller()
    assert [caller.get("/v1/orders").status_code for _ in range(4)] == [200, 200, 429, 429]
    assert shop.caller().get("/v1/orders").status_code == 200


def test_guessing_keys_is_slowed_down(shop: Shop) -> None:
    """From one address sixty wrong keys a minute are heard, then 429."""
    caller = Caller(shop.app, Authorization="Bearer zk_wrong")
    statuses = [caller.get("/v1/orders").status_code for _ in range(62)]
    assert statuses[:60] == [401] * 60
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    "rest",
    [
        {"service_on": "0001-01-01"},
        {"service_on": "9999-12-31", "windows": [{"opens": "09:00", "closes": "47:59"}]},
        {"service_on": 0},
        {"ready_at": "0001-01-01T00:00:00+23:59"},
        {"ready_at": "9999-12-31T23:59:59-23:59"},
        {"ready_at": 1e11},
        {"time_zone": "../../etc/passwd"},
        {"place": {"address": "a\u0007b"}},
        {"windows": [{"opens": "12:00", "closes": "12:00"}]},
        {"parcels": [{"weight_g": 10**15}, {"weight_g": 10**15}]},
        {"cash_minor": 5},
        {"service_level": "no such level"},
        {"external_id": " "},
    ],
)
def test_extreme_orders_are_refused(shop: Shop, rest: dict[str, object]) -> None:
    """The edges of the calendar, windows without width, sums that overflow: refused by field, never a fault."""
    answer = send(shop.caller(), "/v1/orders", an_order(**rest))
    assert answer.status_code == 422
    assert answer.json()["code"] in ("door.invalid_fields", "order.bad_field")


@pytest.mark.parametrize(
    "rest",
    [
        {"service_on": "2999-12-30", "windows": [{"opens": "00:00", "closes": "48:00"}], "time_zone": "Etc/GMT+12"},
        {"service_on": "1970-01-02", "time_zone": "Pacific/Kiritimati"},
        {"recipient": {"name": "\U0001f600" * 200}},
        {"external_id": "a/b?c#d%00"},
        {"place": {"point": {"lon": -180, "lat": 90}}},
    ],
)
def test_odd_orders_that_are_right_go_in(shop: Shop, rest: dict[str, object]) -> None:
    """What is unusual and allowed is taken on, read and listed."""
    caller = shop.caller()
    path = send(caller, "/v1/orders", an_order(**rest)).headers["location"]
    assert [caller.get(one).status_code for one in (path, "/v1/orders", "/v1/events", f"{path}/events")] == [200] * 4
