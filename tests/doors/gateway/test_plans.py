"""The gateway: plans and routes, by programs with keys and a worker that searches."""

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest

from tests.doors.places import Caller
from tests.doors.shop import Shop, a_shop, send
from tests.operations.planning.builders import TUESDAY, an_order
from tests.operations.planning.day import GROUND, PlainDay
from zaguan.app.planning_work import Watched, planning_handler, region_ground
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import new_id
from zaguan.base.kit.jobs import Call, JobCancelled
from zaguan.base.kit.settings import Settings
from zaguan.operations.planning.asking import PLAN_SEARCH, RegionMissing

ASKED: dict[str, Any] = {"service_on": TUESDAY.isoformat(), "search_s": 1}


@pytest.fixture
def shop(database: Database) -> Shop:
    """An organisation with its gateway, and a worker that plans on a plain."""
    shop = a_shop(database)
    shop.handlers.add(planning_handler(database, ground=lambda: nullcontext(GROUND), clock=shop.clock))
    return shop


@pytest.fixture
def day(shop: Shop) -> PlainDay:
    """Two vans with drivers and shifts."""
    day = PlainDay(shop.database, shop.organisation_id)
    day.crew("north")
    day.crew("south")
    return day


def planned(shop: Shop, caller: Caller, **asked: Any) -> dict[str, Any]:
    """Ask for a plan, let the worker work, and return the operation."""
    answer = send(caller, "/v1/plans", {**ASKED, **asked})
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "queued"
    shop.work()
    operation: dict[str, Any] = caller.get(answer.headers["location"]).json()
    return operation


def test_a_day_is_planned_and_published_and_its_routes_are_read(shop: Shop, day: PlainDay) -> None:
    """C27: asked for with 202, searched by a worker, looked at with reasons, published, read stop by stop."""
    caller = shop.caller()
    ids = day.some_orders((0, 5), (0, -5), (1, 5))
    heavy = day.orders(an_order("heavy", 1, 1, kg=50_000, service_on=TUESDAY))["heavy"]
    operation = planned(shop, caller)
    assert (operation["state"], operation["progress"]) == ("done", 1.0)
    assert (operation["result"]["served"], operation["result"]["unassigned"]) == (3, 1)
    path = f"/v1/plans/{operation['result']['plan_id']}"
    read = caller.get(path)
    plan = read.json()
    assert (read.headers["etag"], plan["version"], plan["totals"]["violations"]) == ('"v1"', 1, 0)
    assert {one for route in plan["routes"] for stop in route["stops"] for one in stop["order_ids"]} == {
        str(one) for one in ids.values()
    }
    (left_out,) = plan["unassigned"]
    assert (left_out["order_id"], left_out["reason"]) == (str(heavy), "planning.reason.capacity_weight")
    assert "kg" in left_out["says"]
    assert caller.get(f"/v1/routes?service_on={TUESDAY}").json()["routes"] == []
    published = caller.post(f"{path}/publish", json={}, headers={"Idempotency-Key": "p-1", "If-Match": '"v1"'})
    assert published.status_code == 200, published.text
    assert published.json()["plan"]["published_version"] == 1
    again = caller.post(f"{path}/publish", json={}, headers={"Idempotency-Key": "p-1", "If-Match": '"v1"'})
    assert again.content == published.content
    routes = caller.get(f"/v1/routes?service_on={TUESDAY}").json()["routes"]
    assert [route["id"] for route in routes] == published.json()["route_ids"]
    route = caller.get(f"/v1/routes/{routes[0]['id']}")
    stops = route.json()["stops"]
    assert [stop["number"] for stop in stops] == list(range(1, routes[0]["stop_count"] + 1))
    assert {stop["state"] for stop in stops} == {"pending"}
    tag = {"If-None-Match": route.headers["etag"]}
    assert caller.get(f"/v1/routes/{routes[0]['id']}", headers=tag).status_code == 304


def test_a_stale_plan_is_not_published_and_both_versions_are_named(shop: Shop, day: PlainDay) -> None:
    """An old ETag is refused with both revisions; a version of an older state with both versions."""
    caller = shop.caller()
    day.some_orders((0, 5), (0, -5))
    path = f"/v1/plans/{planned(shop, caller)['result']['plan_id']}"
    assert planned(shop, caller)["result"]["version"] == 2
    stale = caller.post(f"{path}/publish", json={}, headers={"Idempotency-Key": "p-1", "If-Match": '"v1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "door.stale_version")
    assert "version 1 has been replaced; 2 stands" in stale.json()["detail"]
    assert send(caller, f"{path}/publish", {"version": 2}).status_code == 200
    assert caller.get(path, headers={"If-None-Match": '"v2"'}).headers["etag"] == '"v4"'
    older = send(caller, f"{path}/publish", {"version": 1})
    assert (older.status_code, older.json()["code"]) == (409, "planning.plan_stale")
    assert "version 1" in older.json()["detail"]
    assert "version 2 is published now" in older.json()["detail"]
    assert [one["latest_version"] for one in caller.get("/v1/plans").json()["plans"]] == [2]


def test_routes_are_paged_by_their_refs(shop: Shop, day: PlainDay) -> None:
    """A page of one route leads to the next, without a gap."""
    caller = shop.caller()
    day.some_orders((0, 15), (0, -15))
    # no van has the time for both
    day.crew("north", hours=(8, 9))
    day.crew("south", hours=(8, 9))
    path = f"/v1/plans/{planned(shop, caller)['result']['plan_id']}"
    wanted = send(caller, f"{path}/publish", {}).json()["route_ids"]
    assert len(wanted) == 2
    seen, page = [], f"/v1/routes?service_on={TUESDAY}&limit=1"
    while page:
        found = caller.get(page).json()
        seen += [route["id"] for route in found["routes"]]
        page = f"/v1/routes?service_on={TUESDAY}&limit=1&cursor={found['next']}" if "next" in found else ""
    assert sorted(seen) == sorted(wanted)


def test_a_plan_to_look_at_cannot_be_published(shop: Shop, day: PlainDay) -> None:
    """A what-if plan is one of its own and stays on paper."""
    caller = shop.caller()
    day.some_orders((0, 5))
    found = planned(shop, caller, is_what_if=True, name="with fewer vans")
    refused = send(caller, f"/v1/plans/{found['result']['plan_id']}/publish", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "planning.plan_is_what_if")


def test_why_a_plan_failed_stands_in_its_operation(shop: Shop) -> None:
    """A day on which nobody works ends as failed, with the code of the refusal."""
    operation = planned(shop, shop.caller())
    assert (operation["state"], operation["errors"]) == ("failed", ["planning.nobody_scheduled"])


def test_a_plan_that_is_cancelled_is_not_kept(shop: Shop, day: PlainDay) -> None:
    """Cancelled while it waits, the search never runs."""
    caller = shop.caller()
    day.some_orders((0, 5))
    asked = send(caller, "/v1/plans", ASKED)
    assert send(caller, f"{asked.headers['location']}/cancel", None).json()["state"] == "cancelled"
    shop.work(timedelta(minutes=1))
    assert caller.get("/v1/plans").json()["plans"] == []


def test_a_search_ends_when_it_is_cancelled_or_its_worker_stops() -> None:
    """A search hears of the wish to end at its next look, and goes on hearing it."""
    told: list[float] = []

    def tell(progress: float) -> None:
        told.append(progress)
        if len(told) == 2:
            raise JobCancelled

    def call(*, stops: bool) -> Call:
        return Call(
            job_id=1,
            name=PLAN_SEARCH,
            arguments={},
            attempt=1,
            is_last=False,
            cancelled=bool,
            worker_stops=lambda: stops,
        )

    watched = Watched(call(stops=False), tell)
    assert [watched.move_on(0.1), watched.move_on(1.0), watched.move_on(0.2)] == [False, True, True]
    assert told == [0.1, 1.0]
    assert Watched(call(stops=True), tell).move_on(0.5)


def test_without_a_region_the_way_to_set_one_is_told(database: Database) -> None:
    """Where no region is set, asking is refused with the setting's name; nothing waits for a worker."""
    shop = a_shop(database, has_region=False)
    caller = shop.caller()
    refused = send(caller, "/v1/plans", ASKED)
    assert (refused.status_code, refused.json()["code"]) == (409, "planning.region_missing")
    assert "ZAGUAN_REGION" in refused.text
    assert caller.get("/v1/operations").json()["operations"] == []


def test_a_worker_without_a_region_refuses_too(tmp_path: Any) -> None:
    """A worker that was started without the region says so instead of planning on nothing."""
    with pytest.raises(RegionMissing), region_ground(Settings.model_validate({"data_dir": tmp_path})):
        raise AssertionError("no roads")


def test_a_plan_of_another_is_not_there(shop: Shop, day: PlainDay, database: Database) -> None:
    """Plans and routes of another organisation are 404, and a shipper's key may not look."""
    caller = shop.caller()
    day.some_orders((0, 5))
    plan_id = planned(shop, caller)["result"]["plan_id"]
    other = a_shop(database).caller()
    assert other.get(f"/v1/plans/{plan_id}").status_code == 404
    assert send(other, f"/v1/plans/{plan_id}/publish", {}).status_code == 404
    assert caller.get(f"/v1/routes/{new_id()}").status_code == 404
    assert shop.caller(shipper_id=shop.shipper("shoes")).get(f"/v1/plans/{plan_id}").status_code == 403
