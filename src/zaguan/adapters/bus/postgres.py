"""The live bus between processes: batched NOTIFY on a connection of its own, LISTEN on another.

Never `pg_notify` in a transaction of the product: each NOTIFY takes a lock that all committing transactions of the
server share, and sixteen writers fell from 5,192 to 692 commits a second. Here it costs one transaction in 20 ms.
"""

import logging
import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

import psycopg
import sqlalchemy as sa

from zaguan.adapters.bus.hub import Hub, News, Subscription
from zaguan.adapters.bus.mapper import line_of, news_of, payloads_of
from zaguan.base.kit.closing import Closing

_log = logging.getLogger(__name__)

CHANNEL: Final = "zaguan_bus"
FLUSH_S: Final = 0.02
# of news that could not be sent yet; then the oldest is dropped
MAX_UNSENT: Final = 20_000
_LOOK_S: Final = 0.5  # how long a listener may take to notice that it shall end
_FIRST_BACK_OFF_S: Final = 0.1
_LONGEST_BACK_OFF_S: Final = 5.0
_SEND: Final = "SELECT pg_notify(channel, payload) FROM unnest(%s::text[], %s::text[]) AS sent (channel, payload)"


class PostgresBus(Closing):
    """Tells news to this process at once, and to the others within some 20 ms. May be lost; never repeated."""

    def __init__(self, url: sa.URL) -> None:
        self.hub = Hub()
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._origin = secrets.token_hex(8)
        self._number = 0
        self._lock = threading.Lock()
        self._unsent: deque[str] = deque()
        self._rung: dict[tuple[str, str], None] = {}
        self._waiting = threading.Event()
        self._closing = threading.Event()
        self._listening = threading.Event()
        self._threads = [
            threading.Thread(target=self._send_for_ever, name="zaguan-bus-send", daemon=True),
            threading.Thread(target=self._listen_for_ever, name="zaguan-bus-listen", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def publish(self, subject: str, message: bytes = b"") -> None:
        """Tell a subject, here and in the other processes. Longer than a NOTIFY: NewsTooLong."""
        line = line_of(News(subject, message))
        self.hub.publish(subject, message)
        with self._lock:
            if len(self._unsent) >= MAX_UNSENT:
                self._unsent.popleft()
            self._unsent.append(line)
        self._waiting.set()

    def follow(
        self, subjects: Iterable[str], *, newest_only: bool = False, wake: Callable[[], None] | None = None
    ) -> Subscription:
        """Follow subjects and all that begins with them, whichever process tells. See `Hub.follow`."""
        return self.hub.follow(subjects, newest_only=newest_only, wake=wake)

    def ring(self, channel: str, payload: str) -> None:
        """Send a NOTIFY to a channel of somebody else, such as the queue's: once in 20 ms, however often it is rung."""
        with self._lock:
            self._rung[channel, payload] = None
        self._waiting.set()

    def wait_until_listening(self, timeout_s: float) -> bool:
        """Wait until news of other processes arrives here; tell whether it does."""
        return self._listening.wait(timeout_s)

    def close(self) -> None:
        """Send what waits, if the database answers, and end."""
        self._closing.set()
        self._waiting.set()
        for thread in self._threads:
            thread.join()

    def _send_for_ever(self) -> None:
        back_off_s = _FIRST_BACK_OFF_S
        while True:
            try:
                with self._connected() as connection:
                    back_off_s = _FIRST_BACK_OFF_S
                    self._send_over(connection)
            except psycopg.Error as failure:
                _log.warning("the bus cannot send", extra={"action": "bus_send_failed", "reason": str(failure).strip()})
                self._closing.wait(back_off_s)
                back_off_s = min(_LONGEST_BACK_OFF_S, back_off_s * 2)
            # asked after the attempt: what was told just before the end is still sent
            if self._closing.is_set():
                return

    def _send_over(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        """Send what waits, every 20 ms while there is something, until the bus closes or the connection breaks."""
        while True:
            self._waiting.wait()
            closing = self._closing.wait(FLUSH_S)
            self._waiting.clear()
            with self._lock:
                lines, rung = list(self._unsent), list(self._rung)
                self._unsent.clear()
                self._rung.clear()
            payloads = list(payloads_of(lines, origin=self._origin, number=self._number))
            self._number += len(payloads)
            try:
                if payloads or rung:
                    channels = [CHANNEL] * len(payloads) + [channel for channel, _ in rung]
                    connection.execute(_SEND, (channels, payloads + [payload for _, payload in rung]))
            except psycopg.Error:
                self._keep(lines, rung)
                raise
            if closing:
                return

    def _connected(self) -> psycopg.Connection[tuple[object, ...]]:
        # a peer that vanished without a word is noticed by the keep-alives within half a minute
        return psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=5,
            keepalives_idle=10,
            keepalives_interval=5,
            keepalives_count=3,
        )

    def _keep(self, lines: list[str], rung: list[tuple[str, str]]) -> None:
        """Put back what could not be sent, before what came meanwhile."""
        with self._lock:
            room = MAX_UNSENT - len(self._unsent)
            self._unsent.extendleft(reversed(lines[-room:] if room else []))
            self._rung |= dict.fromkeys(rung)
        self._waiting.set()

    def _listen_for_ever(self) -> None:
        back_off_s, was_listening = _FIRST_BACK_OFF_S, False
        while not self._closing.is_set():
            try:
                with self._connected() as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    if was_listening:
                        # what was told in between is gone: followers look at the whole again
                        self.hub.lose()
                    back_off_s, was_listening = _FIRST_BACK_OFF_S, True
                    self._listening.set()
                    self._listen_on(connection)
            except psycopg.Error as failure:
                self._listening.clear()
                _log.warning("the bus hears nothing", extra={"action": "bus_deaf", "reason": str(failure).strip()})
                self._closing.wait(back_off_s)
                back_off_s = min(_LONGEST_BACK_OFF_S, back_off_s * 2)

    def _listen_on(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        while not self._closing.is_set():
            for heard in connection.notifies(timeout=_LOOK_S):
                # another version of the product may send what this one cannot read
                with suppress(ValueError):
                    self._pass_on(heard.payload)
            # a connection that is cut without a word shows only when it is used
            connection.execute("SELECT 1")

    def _pass_on(self, payload: str) -> None:
        origin, told = news_of(payload)
        if origin != self._origin:
            for news in told:
                self.hub.publish(news.subject, news.message)
