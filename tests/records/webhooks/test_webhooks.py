"""Webhooks: facts are told signed, in order, again where it failed, and to nobody whom they do not concern."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from standardwebhooks import Webhook

from tests.fakes.receivers import FakeSender
from zaguan.adapters.virtual.clock import VirtualClock
from zaguan.adapters.virtual.jobs import VirtualJobs
from zaguan.base.events.order import OrderReadied
from zaguan.base.kit.chain import Entry, Stream
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.jobs import Handler, Handlers
from zaguan.base.kit.journal import append
from zaguan.records.webhooks import sending, service
from zaguan.records.webhooks.model import (
    TRIES,
    WAITS,
    BadUrl,
    Delivery,
    DeliveryState,
    Endpoint,
    EndpointNotFound,
    OffReason,
    PrivateTarget,
    SwitchedOff,
    UnknownType,
    checked_url,
)

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
URL = "https://shop.example/hooks"
OTHER = "https://other.example/hooks"
SHIPPER = UUID(int=7)
KNOWN = ("order.readied", "order.delivered")


@dataclass(slots=True)
class Desk:
    """A worker, its clock and its receivers, for one organisation."""

    database: Database
    organisation_id: OrganisationId
    clock: VirtualClock
    jobs: VirtualJobs
    sender: FakeSender
    handlers: Handlers

    def endpoint(self, url: str = URL, *, owner: str = "organisation", types: tuple[str, ...] = ()) -> Endpoint:
        """Add an endpoint."""
        with self.database.session(self.organisation_id) as session:
            return service.add_endpoint(
                session,
                self.organisation_id,
                owner=owner,
                url=url,
                types=types,
                known_types=KNOWN,
                private_allowed=False,
                clock=self.clock,
            )

    def happen(self, shipper_id: UUID = SHIPPER, *, twice: bool = False) -> Entry:
        """Let something happen to an order, and the reaction to it run."""
        order_id = new_id()
        fact = OrderReadied(
            order_id=order_id,
            external_id="A-1",
            shipper_id=shipper_id,
            state="ready",
            previous_state="created",
            by="shipper",
        )
        with self.database.session(self.organisation_id) as session:
            (entry,) = append(
                session,
                self.organisation_id,
                Stream("order", order_id),
                [fact],
                occurred_at=self.clock.now(),
                actor="key:1",
            )
        for _ in range(2 if twice else 1):
            with self.database.session(self.organisation_id) as session:
                sending.note_event(session, self.organisation_id, entry, jobs=self.jobs, clock=self.clock)
        return entry

    def pass_time(self, by: timedelta = timedelta()) -> None:
        """Let the worker work, and time pass."""
        self.jobs.run_until(self.clock.now() + by, self.handlers)
        assert self.jobs.failed == []

    def deliveries(self, endpoint: Endpoint) -> list[Delivery]:
        """Return the log, the newest first."""
        with self.database.session(self.organisation_id) as session:
            return list(service.list_deliveries(session, self.organisation_id, endpoint.id, owner=endpoint.owner))

    def look(self, endpoint: Endpoint) -> Endpoint:
        """Return an endpoint as it stands."""
        with self.database.session(self.organisation_id) as session:
            return service.get_endpoint(session, self.organisation_id, endpoint.id, owner=endpoint.owner)


@pytest.fixture
def desk(database: Database, organisation_id: OrganisationId) -> Desk:
    """A desk on a virtual clock."""
    clock, sender = VirtualClock(NOON), FakeSender()
    jobs = VirtualJobs(clock, seed=1)
    run = partial(sending.send_due, database, sender, jobs, clock)
    handlers = Handlers([Handler(name=sending.DRAIN, run=run)])
    return Desk(
        database=database, organisation_id=organisation_id, clock=clock, jobs=jobs, sender=sender, handlers=handlers
    )


def test_a_fact_is_told_signed(desk: Desk) -> None:
    """The message verifies with the endpoint's secret, names the event, and says what happened."""
    endpoint, event = desk.endpoint(), desk.happen()
    desk.pass_time()
    ((url, headers, body),) = desk.sender.sent
    assert (url, headers["webhook-id"]) == (URL, str(event.id))
    message_id, at = headers["webhook-id"], datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    assert headers["webhook-signature"] == Webhook(endpoint.secrets[0].value).sign(message_id, at, body.decode())
    told = json.loads(body)
    assert (told["type"], told["sequence"], told["data"]["state"]) == ("order.readied", 1, "ready")
    assert told["timestamp"] == "2026-05-04T12:00:00Z"
    assert desk.deliveries(endpoint)[0].state is DeliveryState.DELIVERED


def test_a_reaction_that_runs_twice_tells_once(desk: Desk) -> None:
    """The same event noted twice is one delivery."""
    desk.endpoint()
    desk.happen(twice=True)
    desk.pass_time()
    assert len(desk.sender.sent) == 1


def test_a_shipper_hears_of_its_own_orders_only(desk: Desk) -> None:
    """An event of another shipper's order is not told."""
    desk.endpoint(owner=f"shipper:{SHIPPER}")
    desk.happen(UUID(int=8))
    mine = desk.happen()
    desk.pass_time()
    assert [headers["webhook-id"] for _, headers, _ in desk.sender.sent] == [str(mine.id)]


def test_only_wanted_types_are_told(desk: Desk) -> None:
    """An endpoint that wants one type hears of no other."""
    desk.endpoint(types=("order.delivered",))
    desk.endpoint(OTHER, types=("order.readied",))
    desk.happen()
    desk.pass_time()
    assert [url for url, _, _ in desk.sender.sent] == [OTHER]


def test_a_failing_receiver_is_tried_ten_times_in_three_days(desk: Desk) -> None:
    """Ten tries with the same id and growing waits, then the endpoint is switched off."""
    endpoint, event = desk.endpoint(), desk.happen()
    desk.sender.answers[URL] = 500
    desk.pass_time(timedelta(days=3))
    assert {headers["webhook-id"] for _, headers, _ in desk.sender.sent} == {str(event.id)}
    assert len(desk.sender.sent) == TRIES == 10
    (delivery,) = desk.deliveries(endpoint)
    assert delivery.state is DeliveryState.GIVEN_UP
    waits = [after.at - before.at for before, after in zip(delivery.attempts, delivery.attempts[1:], strict=False)]
    assert all(wait <= real <= wait * 1.1 for wait, real in zip(WAITS, waits, strict=True))
    assert desk.look(endpoint).off_reason is OffReason.FAILING


def test_what_is_never_taken_withholds_nothing_else(desk: Desk) -> None:
    """A receiver that takes other facts stays switched on when one is given up."""
    endpoint = desk.endpoint()
    desk.sender.answers[URL] = 500
    first = desk.happen()
    desk.pass_time(timedelta(minutes=1))
    del desk.sender.answers[URL]
    second = desk.happen()
    desk.pass_time()
    states = {delivery.event_id: delivery.state for delivery in desk.deliveries(endpoint)}
    assert states == {first.id: DeliveryState.PENDING, second.id: DeliveryState.DELIVERED}
    desk.sender.answers[URL] = 500
    desk.pass_time(timedelta(days=3))
    assert desk.look(endpoint).enabled


def test_a_receiver_that_is_gone_is_not_tried_again(desk: Desk) -> None:
    """410 switches the endpoint off at once."""
    endpoint = desk.endpoint()
    desk.sender.answers[URL] = 410
    desk.happen()
    desk.pass_time(timedelta(days=1))
    assert len(desk.sender.sent) == 1
    assert desk.look(endpoint).off_reason is OffReason.GONE


def test_a_dead_receiver_rests_and_the_others_hear_at_once(desk: Desk) -> None:
    """Where nobody answers, fifty events cost few tries; another endpoint has all fifty meanwhile."""
    dead, alive = desk.endpoint(), desk.endpoint(OTHER)
    desk.sender.answers[URL] = None
    for _ in range(50):
        desk.happen()
    desk.pass_time(timedelta(minutes=10))
    urls = [url for url, _, _ in desk.sender.sent]
    assert (urls.count(OTHER), urls.count(URL) <= 8) == (50, True)
    assert all(delivery.state is DeliveryState.DELIVERED for delivery in desk.deliveries(alive))
    del desk.sender.answers[URL]
    desk.pass_time(timedelta(days=3))
    assert {delivery.state for delivery in desk.deliveries(dead)} == {DeliveryState.DELIVERED}


def test_facts_are_told_in_their_order(desk: Desk) -> None:
    """What happened first is told first."""
    desk.endpoint()
    events = [str(desk.happen().id) for _ in range(5)]
    desk.pass_time()
    assert [headers["webhook-id"] for _, headers, _ in desk.sender.sent] == events


def test_both_secrets_sign_while_a_rotation_is_under_way(desk: Desk) -> None:
    """For a day the old secret verifies as well, then no more."""
    endpoint = desk.endpoint()
    with desk.database.session(desk.organisation_id) as session:
        service.rotate_secret(session, desk.organisation_id, endpoint.id, owner="organisation", clock=desk.clock)
    desk.happen()
    desk.pass_time(timedelta(hours=25))
    desk.happen()
    desk.pass_time()
    assert [len(headers["webhook-signature"].split(" ")) for _, headers, _ in desk.sender.sent] == [2, 1]


def test_a_replay_has_the_same_id(desk: Desk) -> None:
    """What was delivered is sent once more on request, known by its id; not to an endpoint that is off."""
    endpoint = desk.endpoint()
    desk.happen()
    desk.pass_time()
    (delivery,) = desk.deliveries(endpoint)
    replay = partial(service.replay_delivery, owner="organisation", jobs=desk.jobs, clock=desk.clock)
    with desk.database.session(desk.organisation_id) as session:
        replay(session, desk.organisation_id, endpoint.id, delivery.id)
    desk.pass_time()
    assert len({headers["webhook-id"] for _, headers, _ in desk.sender.sent}) == 1
    assert len(desk.sender.sent) == 2
    desk.sender.answers[URL] = 410
    desk.happen()
    desk.pass_time()
    with pytest.raises(SwitchedOff), desk.database.session(desk.organisation_id) as session:
        replay(session, desk.organisation_id, endpoint.id, delivery.id)


def test_another_owner_does_not_see_an_endpoint(desk: Desk) -> None:
    """A shipper finds neither the organisation's endpoints nor those of another."""
    endpoint = desk.endpoint()
    with desk.database.session(desk.organisation_id) as session:
        for owner in ("shipper:1", "shipper:2"):
            assert service.list_endpoints(session, desk.organisation_id, owner=owner) == []
            with pytest.raises(EndpointNotFound):
                service.remove_endpoint(session, desk.organisation_id, endpoint.id, owner=owner)


def test_an_unknown_type_is_refused(desk: Desk) -> None:
    """A type that no fact has is refused with those that there are."""
    with pytest.raises(UnknownType, match="order\\.delivered"):
        desk.endpoint(types=("order.eaten",))


@pytest.mark.parametrize(
    "url",
    [
        *("http://shop.example/x", "https://", "https:///x", "ftp://shop.example", "https://user:pw@shop.example"),
        *("https://shop.example:99999/x", "https://shop.exam ple/x", "https://[::1", "x" * 3_000, "https://ñandú.cl"),
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """Only https to a named host, without a user, is taken."""
    with pytest.raises(BadUrl):
        checked_url(url, private_allowed=False)


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "127.0.0.1", "10.1.2.3", "169.254.169.254", "[::1]", "[fd00::1]", "[::ffff:10.0.0.1]"),
        *("2130706433", "0x7f.1", "127.1", "printer", "nas.local", "db.internal", "100.64.0.1", "0.0.0.0"),
        *("[64:ff9b::a00:1]", "[2002:a00:1::]", "224.0.0.1", "localhost."),
    ],
)
def test_an_address_inside_is_refused(host: str) -> None:
    """Private addresses, their disguises and names that stay inside are refused, unless the server's owner agrees."""
    with pytest.raises(PrivateTarget):
        checked_url(f"https://{host}/x", private_allowed=False)
    assert checked_url(f"http://{host}/x", private_allowed=True)
