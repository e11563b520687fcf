"""What is forgotten and locked without anybody asking, with all rooms bound as on the roof."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.days.town import Phone, Town
from tests.operations.planning.day import ACTOR
from zaguan.app.rooms import FORGET_PROOFS
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Call
from zaguan.operations.delivery import service as door
from zaguan.operations.delivery.acts import Depart, HandOver
from zaguan.operations.delivery.model import EvidenceForgotten
from zaguan.records.accounts.devices import link_device, list_devices
from zaguan.records.accounts.model import operator_of
from zaguan.records.drivers.service import archive_driver, find_driver
from zaguan.records.orders.reasons import CompletionDetail
from zaguan.records.orders.states import OrderState


@pytest.fixture
def town(own_database: Database, organisation_id: OrganisationId, tmp_path: Path) -> Town:
    """A town with one van."""
    town = Town(own_database, organisation_id, tmp_path)
    town.plain.crew("ana")
    town.asks_no_proofs()
    return town


def a_night(town: Town, days: int) -> None:
    """Let the sweep of proofs ring so many days later, and nothing else: forecasts are asked for each minute."""
    town.clock.move_to(town.clock.now() + timedelta(days=days))
    call = Call(job_id=1, name=FORGET_PROOFS, arguments={}, attempt=1, is_last=True, cancelled=bool)
    town.handlers[FORGET_PROOFS].run(call)


def test_records_of_doors_are_forgotten_after_a_year(town: Town) -> None:
    """A record is there for a year, then gone; that the order was delivered stays."""
    ids = town.plain.some_orders((1, 0))
    town.at(6.5)
    town.publishes()
    phone = Phone(town, town.route("ana"))
    (stop,) = phone.route.stops
    phone.tells(Depart, town.at(8))
    phone.tells(HandOver, town.at(8.2), stop_id=stop.id, order_id=ids["1"], detail=CompletionDetail.RECIPIENT)
    a_night(town, 360)
    with town.session() as session:
        assert door.get_evidence(session, town.organisation_id, stop.id, ids["1"])
    a_night(town, 6)
    with town.session() as session, pytest.raises(EvidenceForgotten):
        door.get_evidence(session, town.organisation_id, stop.id, ids["1"])
    assert town.order(ids["1"]).state is OrderState.DELIVERED
    assert town.flaws() == ()


def test_the_phone_of_a_driver_who_left_opens_nothing(town: Town) -> None:
    """When a driver is put away, each phone of theirs is revoked."""
    by = operator_of(town.organisation_id)
    with town.session() as session:
        kept = find_driver(session, town.organisation_id, "ana")
        assert kept is not None
        link_device(session, town.organisation_id, kept.id, by=by, clock=town.clock)
    with town.session() as session:
        archive_driver(session, town.organisation_id, "ana", clock=town.clock, actor=ACTOR)
    town.reacts()
    with town.session() as session:
        (device,) = list_devices(session, town.organisation_id, driver_id=kept.id, by=by)
    assert device.revoked_at == town.clock.now()
