"""A day from the plan to the doorstep, with all rooms bound as on the roof; the clock and the queue are virtual."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.days.town import Phone, Town
from tests.operations.planning.builders import TUESDAY
from tests.operations.planning.day import refs_on, stop_with
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.delivery.acts import (
    Arrive,
    Depart,
    EndRoute,
    Fail,
    FinishLoading,
    HandOver,
    Leave,
    LeftBehind,
    ScanParcel,
    ScanPurpose,
)
from zaguan.operations.planning.live import RouteState, StopState
from zaguan.records.orders.reasons import CompletionDetail, FailureReason
from zaguan.records.orders.states import OrderState

WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def town(own_database: Database, organisation_id: OrganisationId, tmp_path: Path) -> Town:
    """A town with one van, whose driver works on Tuesday and Wednesday."""
    town = Town(own_database, organisation_id, tmp_path)
    town.plain.crew("ana")
    town.works_on(WEDNESDAY, "ana")
    town.asks_no_proofs()
    return town


def delivers(phone: Phone, ref: str, hour: float) -> None:
    """Arrive at the door of an order, hand it over, leave."""
    town, stop = phone.town, stop_with(phone.route, ref)
    day = phone.route.service_on
    phone.tells(Arrive, town.at(hour, on=day), stop_id=stop.id)
    (order_id,) = stop.order_ids
    at = town.at(hour + 0.05, on=day)
    phone.tells(HandOver, at, stop_id=stop.id, order_id=order_id, detail=CompletionDetail.RECIPIENT)
    phone.tells(Leave, town.at(hour + 0.1, on=day), stop_id=stop.id)


def drive_tuesday(town: Town, ids: Mapping[str, UUID]) -> None:
    """Publish and drive Tuesday: 1 and 4 are delivered, nobody opens at 2, 3 is cancelled before the loading."""
    town.at(6.5)
    town.publishes()
    town.at(7)
    town.cancels(ids["3"])
    phone = Phone(town, town.route("ana"))
    for place, ref in enumerate(("4", "2", "1")):
        phone.tells(ScanParcel, town.at(7.5 + place / 60), barcode=f"B{ref}")
    phone.tells(FinishLoading, town.at(7.8))
    phone.tells(Depart, town.at(8))
    delivers(phone, "1", 8.2)
    stop = stop_with(phone.route, "2")
    phone.tells(Arrive, town.at(8.5), stop_id=stop.id)
    phone.tells(
        Fail, town.at(8.6), stop_id=stop.id, order_id=ids["2"], reason=FailureReason.RECIPIENT_ABSENT, note="Nadie"
    )
    phone.tells(Leave, town.at(8.65), stop_id=stop.id)
    delivers(phone, "4", 9)
    phone.tells(ScanParcel, town.at(10), barcode="B2", purpose=ScanPurpose.BRING_BACK)
    phone.tells(EndRoute, town.at(10.1))


def drive_wednesday(town: Town) -> None:
    """Plan and drive what is tried again."""
    town.at(6.5, on=WEDNESDAY)
    town.publishes(on=WEDNESDAY)
    phone = Phone(town, town.route("ana", on=WEDNESDAY))
    phone.tells(ScanParcel, town.at(7.5, on=WEDNESDAY), barcode="B2")
    phone.tells(Depart, town.at(8, on=WEDNESDAY))
    delivers(phone, "2", 8.3)
    phone.tells(EndRoute, town.at(9, on=WEDNESDAY))


def as_it_stands(town: Town, ids: Mapping[str, UUID]) -> dict[str, Any]:
    """Return what the two days came to."""
    return {
        "orders": {ref: town.order(order_id) for ref, order_id in ids.items()},
        "told": {ref: town.told_of(order_id) for ref, order_id in ids.items()},
        "routes": [town.route("ana", on=day) for day in (TUESDAY, WEDNESDAY)],
    }


def test_two_days_from_the_plan_to_the_doorstep(town: Town) -> None:
    """Delivered, tried again after nobody opened, cancelled off the route: each order has one end (C02, C42, C81)."""
    ids = town.plain.some_orders((1, 0), (2, 0), (3, 0), (4, 0))
    drive_tuesday(town, ids)
    route = town.route("ana")
    assert (route.state, sorted(refs_on(route))) == (RouteState.ENDED, ["1", "2", "4"])
    assert {stop.state for stop in route.stops} == {StopState.DONE}
    again = town.order(ids["2"])
    assert (again.state, again.asked.service_on, again.route_id) == (OrderState.READY, WEDNESDAY, None)
    drive_wednesday(town)
    states = {ref: town.order(order_id).state.value for ref, order_id in ids.items()}
    assert states == {"1": "delivered", "2": "delivered", "3": "cancelled", "4": "delivered"}
    tried = [kind for kind in town.told_of(ids["2"]) if kind.startswith("attempt.") or kind == "order.retried"]
    assert tried == ["attempt.failed", "order.retried", "attempt.succeeded"]
    assert town.flaws() == ()


@pytest.mark.parametrize("forgets", [False, True], ids=["delivered twice", "nothing remembered"])
def test_hearing_everything_again_changes_nothing(town: Town, forgets: bool) -> None:
    """Every event heard twice more leaves orders, routes and what was told of them as they were (C52)."""
    ids = town.plain.some_orders((1, 0), (2, 0), (3, 0), (4, 0))
    drive_tuesday(town, ids)
    drive_wednesday(town)
    before = as_it_stands(town, ids)
    for _ in range(2):
        town.hears_again(forgets=forgets)
    assert as_it_stands(town, ids) == before
    assert town.flaws() == ()


def test_an_order_that_stayed_in_the_depot_comes_off_the_route(town: Town) -> None:
    """The dock tells after the van has left why an order stayed: it waits for another plan, the others go on (C43)."""
    ids = town.plain.some_orders((1, 0), (2, 0))
    town.at(6.5)
    town.publishes()
    dock, van = Phone(town, town.route("ana")), Phone(town, town.route("ana"))
    stayed = LeftBehind(order_id=ids["2"], barcode="B2", pieces=1, reason=FailureReason.CARRIER_VEHICLE)
    dock.tells(ScanParcel, town.at(7.5), barcode="B1")
    waiting = dock.does(FinishLoading, town.at(7.8), left_behind=(stayed,))
    van.tells(Depart, town.at(8))
    assert town.order(ids["2"]).state is OrderState.OUT_FOR_DELIVERY
    town.at(8.1)
    dock.sends(waiting)
    assert town.order(ids["2"]).state is OrderState.READY
    assert refs_on(town.route("ana")) == ["1"]
    assert town.order(ids["1"]).state is OrderState.OUT_FOR_DELIVERY
