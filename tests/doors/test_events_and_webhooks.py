"""The gateway: what happened, and who is told."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from standardwebhooks import Webhook

from tests.doors.shop import EVENT_TYPES, Shop, a_shop, an_order, send
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import new_id
from zaguan.base.kit.journal import read
from zaguan.doors.gateway.event_stream import PATH, subject_of
from zaguan.records.accounts.model import Permission
from zaguan.records.operations.service import ask_for_operation, begin_operation
from zaguan.records.webhooks.sending import note_event


@pytest.fixture
def shop(database: Database) -> Shop:
    """An organisation with its gateway."""
    return a_shop(database)


def react(shop: Shop) -> None:
    """Note the deliveries of all that happened, as the reactions do, and send them."""
    with shop.database.session(shop.organisation_id) as session:
        for entry in read(session, shop.organisation_id, types=EVENT_TYPES).entries:
            note_event(session, shop.organisation_id, entry, jobs=shop.jobs, clock=shop.clock)
    shop.work()


def test_events_are_read_on_without_gaps(shop: Shop) -> None:
    """Reading on after a cursor finds each event once, in order; the last cursor goes on later."""
    caller = shop.caller()
    for number in range(5):
        send(caller, "/v1/orders", an_order(f"A-{number}"))
    seen: list[dict[str, Any]] = []
    page = caller.get("/v1/events?limit=2").json()
    while page["events"]:
        seen += page["events"]
        page = caller.get(f"/v1/events?limit=2&after={page['next']}").json()
    assert [event["data"]["external_id"] for event in seen] == [f"A-{number}" for number in range(5)]
    assert {event["sequence"] for event in seen} == {1}
    send(caller, "/v1/orders", an_order("A-5"))
    later = caller.get(f"/v1/events?after={page['next']}").json()
    assert [event["data"]["external_id"] for event in later["events"]] == ["A-5"]
    assert caller.get("/v1/events?type=order.cancelled").json()["events"] == []
    assert caller.get("/v1/events?type=order.eaten").json()["code"] == "webhooks.unknown_type"
    assert caller.get("/v1/events?after=MTIz").json()["code"] == "door.bad_cursor"


def test_the_events_of_one_order_are_its_story(shop: Shop) -> None:
    """C02: what happened to an order is told from its first event on, numbered without gaps."""
    caller = shop.caller()
    path = send(caller, "/v1/orders", an_order()).headers["location"]
    caller.patch(path, json={"notes": "x"})
    send(caller, f"{path}/cancel", {})
    events = caller.get(f"{path}/events").json()["events"]
    assert [event["type"] for event in events] == ["order.received", "order.changed", "order.cancelled"]
    assert [event["sequence"] for event in events] == [1, 2, 3]
    assert len(caller.get(f"{path}/events?after=2").json()["events"]) == 1


def test_a_webhook_is_set_up_rotated_replayed_and_removed(shop: Shop) -> None:
    """A program sets up its endpoint, verifies what it gets, rotates the secret, reads the log and replays."""
    caller = shop.caller()
    made = send(caller, "/v1/webhooks", {"url": "https://shop.example/hooks", "types": ["order.received"]})
    assert made.status_code == 201
    assert "secret" not in made.text
    path = f"/v1/webhooks/{made.json()['id']}"
    (secret,) = caller.get(f"{path}/secret").json()["secrets"]
    send(caller, "/v1/orders", an_order())
    react(shop)
    ((_, headers, body),) = shop.sender.sent
    assert Webhook(secret).sign(headers["webhook-id"], shop.clock.now(), body.decode()) == headers["webhook-signature"]
    assert send(caller, f"{path}/rotate", None).status_code == 200
    assert len(caller.get(f"{path}/secret").json()["secrets"]) == 2
    (line,) = caller.get(f"{path}/deliveries").json()["deliveries"]
    assert (line["state"], line["tries"], line["attempts"][0]["status"]) == ("delivered", 1, 204)
    assert send(caller, f"{path}/deliveries/{line['id']}/replay", None).status_code == 202
    shop.work()
    assert [told["webhook-id"] for _, told, _ in shop.sender.sent] == [line["event_id"]] * 2
    off = caller.patch(path, json={"enabled": False}, headers={"If-Match": '"v2"'})
    assert (off.json()["off_reason"], off.headers["etag"]) == ("owner", '"v3"')
    assert send(caller, f"{path}/deliveries/{line['id']}/replay", None).status_code == 409
    assert caller.delete(path).status_code == 204
    assert caller.get(path).status_code == 404
    assert caller.get("/v1/webhooks").json() == {"endpoints": []}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"url": "https://169.254.169.254/latest"}, 403, "webhooks.private_target"),
        ({"url": "http://shop.example"}, 422, "webhooks.bad_url"),
        ({"url": "https://shop.example", "types": ["order.eaten"]}, 422, "webhooks.unknown_type"),
        ({"url": "https://shop.example", "types": "all"}, 422, "door.invalid_fields"),
        ({}, 422, "door.invalid_fields"),
    ],
)
def test_bad_endpoints_are_refused(shop: Shop, body: dict[str, object], status: int, code: str) -> None:
    """An address inside, plain http, an unknown type: each is refused by its code."""
    answer = send(shop.caller(), "/v1/webhooks", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_long_work_is_looked_at_and_cancelled(shop: Shop) -> None:
    """An operation tells how far it is; cancelling is asked for once, and refused when it is over."""
    caller = shop.caller()
    with shop.database.session(shop.organisation_id) as session:
        ids = [
            ask_for_operation(session, shop.organisation_id, "plan.search", owner="organisation", clock=shop.clock).id
            for _ in range(2)
        ]
        begin_operation(session, shop.organisation_id, ids[0], clock=shop.clock)
    path = f"/v1/operations/{ids[0]}"
    assert caller.get(path).json()["state"] == "running"
    assert send(caller, f"{path}/cancel", None).json()["cancel_asked_at"] == "2026-05-04T12:00:00Z"
    assert send(caller, f"/v1/operations/{ids[1]}/cancel", None).json()["state"] == "cancelled"
    assert send(caller, f"/v1/operations/{ids[1]}/cancel", None).json()["code"] == "operations.over"
    first = caller.get("/v1/operations?limit=1").json()
    second = caller.get(f"/v1/operations?limit=1&cursor={first['next']}").json()
    assert [page["operations"][0]["id"] for page in (first, second)] == [str(ids[1]), str(ids[0])]
    assert caller.get(f"/v1/operations/{new_id()}").status_code == 404


class Listener:
    """Somebody who listens to a stream in raw ASGI, and may hang up."""

    def __init__(self) -> None:
        self.status = 0
        self.text = ""
        self.headers: dict[str, str] = {}
        self.left = asyncio.Event()
        self._news = asyncio.Condition()

    async def receive(self) -> dict[str, object]:
        """Say nothing until hanging up."""
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        """Hear."""
        async with self._news:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                self.text += message.get("body", b"").decode()
            self._news.notify_all()

    async def hear(self, count: int) -> list[dict[str, Any]]:
        """Wait for so many events, and return them with their ids."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: self.text.count("\ndata: ") >= count or self.status >= 400)
        frames = [dict(line.split(": ", 1) for line in frame.splitlines()) for frame in self.text.split("\n\n")[1:-1]]
        return [{**json.loads(frame["data"]), "cursor": frame["id"]} for frame in frames if "data" in frame]


@asynccontextmanager
async def listening(shop: Shop, key: str, last: str = "") -> AsyncIterator[Listener]:
    """Listen to the stream with a key."""
    listener = Listener()
    headers = [(b"authorization", f"Bearer {key}".encode()), (b"last-event-id", last.encode())]
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "headers": headers if last else headers[:1],
        "client": ("203.0.113.5", 1),
        "server": ("zaguan.test", 80),
    }
    task = asyncio.ensure_future(shop.app(scope, listener.receive, listener.send))
    try:
        yield listener
    finally:
        listener.left.set()
        async with asyncio.timeout(10):
            await task


def test_a_stream_tells_events_as_they_come_and_resumes(shop: Shop) -> None:
    """A stream begins now, is woken by the bus, and after a cut goes on where it was; nothing is missed or doubled."""
    caller, key = shop.caller(), shop.key()

    def happen(number: int) -> None:
        send(caller, "/v1/orders", an_order(f"A-{number}"))
        shop.hub.publish(subject_of(shop.organisation_id))

    async def story() -> list[list[str]]:
        heard: list[list[dict[str, Any]]] = []
        await asyncio.to_thread(happen, 1)
        async with listening(shop, key) as listener:
            await listener.hear(0)
            while "retry: " not in listener.text:
                await asyncio.sleep(0.01)
            await asyncio.to_thread(happen, 2)
            heard.append(await listener.hear(1))
            assert listener.headers["content-type"].startswith("text/event-stream")
            assert listener.headers["cache-control"] == "no-store"
        await asyncio.to_thread(happen, 3)
        async with listening(shop, key, heard[0][-1]["cursor"]) as listener:
            await asyncio.to_thread(happen, 4)
            heard.append(await listener.hear(2))
        return [[event["data"]["external_id"] for event in events] for events in heard]

    assert asyncio.run(story()) == [["A-2"], ["A-3", "A-4"]]


@pytest.mark.parametrize(("grant", "last", "status"), [(False, "", 403), (True, "made-up", 422)])
def test_a_stream_is_refused_before_it_begins(shop: Shop, grant: bool, last: str, status: int) -> None:
    """Without the grant, or with an id that we did not give, there is a problem and no stream."""
    permission = Permission.EVENTS_READ if grant else Permission.ORDERS_READ
    key = shop.key(only=frozenset({permission}))

    async def story() -> Listener:
        async with listening(shop, key, last) as listener:
            await listener.hear(99)
        return listener

    listener = asyncio.run(story())
    assert listener.status == status
    assert json.loads(listener.text)["status"] == status


def test_streams_end_when_the_server_stops(shop: Shop) -> None:
    """Closing the hub ends every stream, so that a server can stop; new ones are refused."""
    key = shop.key()

    async def story() -> tuple[Listener, Listener]:
        async with listening(shop, key) as listener:
            while "retry: " not in listener.text:
                await asyncio.sleep(0.01)
            shop.listeners.close()
            listener.left.clear()
        async with listening(shop, key) as late:
            await late.hear(99)
        return listener, late

    listener, late = asyncio.run(story())
    assert (listener.status, late.status) == (200, 503)
