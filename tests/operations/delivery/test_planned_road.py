"""The door on routes that planning published."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.operations.planning.day import PlainDay
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.operations.delivery import service
from zaguan.operations.delivery.acts import Act, AnyAct, Arrive, Depart, EndRoute, HandOver, ScanParcel
from zaguan.operations.delivery.doing import ActAnswer
from zaguan.operations.delivery.model import ActId, NotYourRoute, RouteNotFound
from zaguan.operations.delivery.road import PlannedRoad
from zaguan.operations.planning.live import LiveRoute, RouteState, StopState
from zaguan.records.orders.reasons import CompletionDetail
from zaguan.records.orders.states import OrderState

ROAD = PlannedRoad()


class Phone:
    """A driver's phone on one published route."""

    def __init__(self, day: PlainDay, route: LiveRoute) -> None:
        assert route.driver_id is not None
        self.day, self.route, self.device_id, self.sequence = day, route, new_id(), 0

    def act(self, made: type[Act], hour: float, **rest: Any) -> Any:
        self.sequence += 1
        facts: dict[str, Any] = {
            "act_id": ActId(new_id()),
            "route_id": self.route.id,
            "driver_id": self.route.driver_id,
            "device_id": self.device_id,
            "sequence": self.sequence,
            "happened_at": self.day.clock.set(hour),
        }
        return made(**(facts | rest))

    def tells(self, act: AnyAct) -> ActAnswer:
        with self.day.session() as session:
            return service.report_act(
                session,
                self.day.organisation_id,
                act,
                sent_at=act.happened_at + timedelta(seconds=1),
                road=ROAD,
                clock=self.day.clock,
            )

    def hands_over(self, hour: float, stop: int) -> HandOver:
        live = self.route.stops[stop]
        act: HandOver = self.act(
            HandOver, hour, stop_id=live.id, order_id=live.order_ids[0], detail=CompletionDetail.RECIPIENT
        )
        return act


@pytest.fixture
def day(database: Database) -> PlainDay:
    """A published day of one van and three orders."""
    day = PlainDay(database, OrganisationId(new_id()))
    day.crew("ana")
    day.some_orders((1, 0), (2, 0), (3, 0))
    day.publish(day.plan())
    return day


def states(day: PlainDay, order_ids: Sequence[UUID]) -> list[OrderState]:
    return [day.order(order_id).state for order_id in order_ids]


def stop_states(day: PlainDay) -> list[StopState]:
    return [stop.state for stop in day.routes()["ana"].stops]


def test_a_published_route_is_driven(day: PlainDay) -> None:
    """Loaded, left, arrived, handed over, ended: planning knows each fixed stop, orders and route follow (C43, C52)."""
    phone = Phone(day, day.routes()["ana"])
    ids = phone.route.order_ids
    for barcode in ("B1", "B2", "B3"):
        phone.tells(phone.act(ScanParcel, 7.5, barcode=barcode))
    assert states(day, ids) == [OrderState.LOADED] * 3
    phone.tells(phone.act(Depart, 8))
    assert day.routes()["ana"].state is RouteState.STARTED
    phone.tells(phone.act(Arrive, 8.2, stop_id=phone.route.stops[0].id))
    assert stop_states(day) == [StopState.ARRIVED, StopState.PENDING, StopState.PENDING]
    phone.tells(phone.hands_over(8.25, 0))
    phone.tells(phone.hands_over(8.5, 1))
    assert stop_states(day) == [StopState.DONE, StopState.DONE, StopState.PENDING]
    answer = phone.tells(phone.act(EndRoute, 10))
    assert len(answer.unexplained) == 1
    after = day.routes()["ana"]
    assert (after.state, after.stops[2].state) == (RouteState.ENDED, StopState.CANCELLED)
    assert states(day, ids) == [OrderState.DELIVERED, OrderState.DELIVERED, OrderState.READY]


def test_a_message_that_comes_after_the_end_still_counts(day: PlainDay) -> None:
    """A hand-over that waited for a signal until the route was over is taken: the order is delivered (C52)."""
    phone = Phone(day, day.routes()["ana"])
    phone.tells(phone.act(Depart, 8))
    late = phone.hands_over(8.5, 2)
    phone.tells(phone.act(EndRoute, 10))
    assert not phone.tells(late).disputed
    order = day.order(late.order_id)
    assert (order.state, order.completed_at) == (OrderState.DELIVERED, late.happened_at)


def test_a_driver_tells_of_their_own_routes(day: PlainDay) -> None:
    """A route of another driver, and one that is not there, are refused."""
    phone = Phone(day, day.routes()["ana"])
    with pytest.raises(NotYourRoute):
        phone.tells(phone.act(Depart, 8, driver_id=new_id()))
    with pytest.raises(RouteNotFound):
        phone.tells(phone.act(Depart, 8, route_id=new_id()))


def test_an_act_that_comes_many_times_at_once_counts_once(day: PlainDay) -> None:
    """Eight copies of one act at the same moment: one effect, eight equal answers."""
    phone = Phone(day, day.routes()["ana"])
    act = phone.hands_over(8.5, 0)
    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = list(pool.map(phone.tells, [act] * 8))
    assert sorted(answer.repeated for answer in answers) == [False] + [True] * 7
    assert {answer.outcome for answer in answers} == {"delivered"}
    with day.session() as session:
        assert len(service.list_attempts(session, day.organisation_id, act.order_id)) == 1


def test_the_phone_is_told_what_the_doors_ask_for(day: PlainDay) -> None:
    """The driver's sheet has every stop with address, parcels and demands; its progress follows the acts (C45)."""
    phone = Phone(day, day.routes()["ana"])
    phone.tells(phone.hands_over(8.5, 0))
    with day.session() as session:
        sheet = service.driver_sheet(
            session, day.organisation_id, phone.route.id, phone.act(Depart, 9).driver_id, road=ROAD
        )
        load, done = service.route_progress(session, day.organisation_id, sheet)
    assert [stop.address for stop in sheet.stops] == [stop.sheet.address for stop in phone.route.stops]
    assert sorted(piece.barcode for stop in sheet.stops for order in stop.orders for piece in order.parcels) == [
        "B1",
        "B2",
        "B3",
    ]
    assert [state.outcome.value for state in done] == ["delivered", "open", "open"]
    assert load.departed_at is None
    assert isinstance(done[0].done_at, datetime)
