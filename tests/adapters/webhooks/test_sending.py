"""The sender: what it calls, what it refuses to call, and how it tells what happened."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from zaguan.adapters.webhooks.proxy import WebhookSender
from zaguan.adapters.webhooks.settings import WebhookSettings


class Receiver(BaseHTTPRequestHandler):
    """Answers with the status that its path names, and remembers what came."""

    seen: list[tuple[str, str, bytes]]
    released: threading.Event

    def do_POST(self) -> None:
        """Take a message."""
        body = self.rfile.read(int(self.headers["content-length"]))
        type(self).seen.append((self.path, self.headers["host"], body))
        if self.path == "/slow":
            type(self).released.wait(10)
        self.send_response(int(self.path[1:]) if self.path[1:].isdigit() else 204)
        self.send_header("location", "/302-followed")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[tuple[str, type[Receiver]]]:
    """A receiver on this machine, and the address to write to it."""
    handler = type("OneReceiver", (Receiver,), {"seen": [], "released": threading.Event()})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://shop.example:{server.server_port}", handler
    handler.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


async def here(_host: str, _port: int) -> list[str]:
    """Look every name up as this machine."""
    return ["127.0.0.1"]


def a_sender(*, private: bool = True, seconds: float = 5.0) -> WebhookSender:
    """Return a sender whose names all stand for this machine."""
    return WebhookSender(WebhookSettings(private_allowed=private, seconds=seconds), look_up=here)


def test_a_message_arrives_with_its_name(receiver: tuple[str, type[Receiver]]) -> None:
    """The address that was looked up is called, under the name that was given."""
    url, handler = receiver
    sent = a_sender().send(f"{url}/204", {"webhook-id": "1"}, b"{}")
    assert sent.taken
    assert handler.seen == [("/204", url.removeprefix("http://"), b"{}")]


@pytest.mark.parametrize("status", [400, 410, 500])
def test_an_answer_is_told_by_its_status(receiver: tuple[str, type[Receiver]], status: int) -> None:
    """What the receiver refuses is told as it said it."""
    sent = a_sender().send(f"{receiver[0]}/{status}", {}, b"{}")
    assert (sent.status, sent.taken, sent.unreachable) == (status, False, False)


def test_a_redirect_is_not_followed(receiver: tuple[str, type[Receiver]]) -> None:
    """A receiver cannot send us on to another address."""
    url, handler = receiver
    assert a_sender().send(f"{url}/302", {}, b"{}").status == 302
    assert [path for path, _, _ in handler.seen] == ["/302"]


@pytest.mark.parametrize("found", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "fd00::1", "::ffff:192.168.0.1"])
def test_a_name_that_leads_inside_is_not_called(receiver: tuple[str, type[Receiver]], found: str) -> None:
    """A public name that stands for a private address at the time of sending is refused then (DNS rebinding)."""

    async def rebound(_host: str, _port: int) -> list[str]:
        return ["93.184.215.14", found]

    sender = WebhookSender(WebhookSettings(), look_up=rebound)
    assert sender.send(f"{receiver[0]}/204", {}, b"{}").failure == "private_target"
    assert receiver[1].seen == []


def test_a_silent_receiver_is_left_in_time(receiver: tuple[str, type[Receiver]]) -> None:
    """A receiver that does not answer costs one time limit, and is told as such."""
    sent = a_sender(seconds=0.3).send(f"{receiver[0]}/slow", {}, b"{}")
    assert (sent.failure, sent.unreachable) == ("timeout", True)


def test_nobody_there_is_told() -> None:
    """A closed port is a failed connection, an unknown name a failed name, plain text on a TLS port a failed TLS."""

    async def nowhere(_host: str, _port: int) -> list[str]:
        return []

    sender = WebhookSender(WebhookSettings(private_allowed=True, seconds=5), look_up=nowhere)
    assert sender.send("https://shop.example/x", {}, b"{}").failure == "name"
    assert a_sender().send("http://shop.example:1/x", {}, b"{}").failure == "connection"


def test_plain_text_where_tls_is_wanted_is_told(receiver: tuple[str, type[Receiver]]) -> None:
    """A receiver that speaks no TLS on an https address is told as such."""
    sent = a_sender().send(receiver[0].replace("http:", "https:"), {}, b"{}")
    assert sent.failure == "tls"
