"""Server-sent events as a small raw-ASGI endpoint: resumed by id from the journal, woken by the bus.

The journal is what is told; the bus only says when to look, and brings what is not kept, such as positions. A stream
that misses a wake-up is late by one heartbeat, never wrong.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from anyio import to_thread
from fastapi import Request
from starlette.types import Receive, Scope, Send

from zaguan.base.kit.clock import elapsed_s
from zaguan.base.kit.errors import ZaguanError
from zaguan.doors.frame.listeners import Listener, Listeners
from zaguan.doors.frame.problem import refuse
from zaguan.doors.frame.threshold import Figures

HEARTBEAT_S: Final = 15.0
RECHECK_S: Final = 30.0  # a removed user is out within a minute
FRAMES_AT_ONCE: Final = 500
RETRY_MS: Final = (2_000, 6_000)  # browsers come back spread out, not all in the same second
MAX_EVENT_ID: Final = 512
_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One event of a stream. Without an id it is live only, and not resumed."""

    event: str
    data: bytes  # one line of JSON
    id: str = ""

    def encoded(self) -> bytes:
        """Return the frame as text/event-stream has it."""
        assert b"\n" not in self.data, "JSON is written on one line"
        head = f"id: {self.id}\n" if self.id else ""
        return f"{head}event: {self.event}\ndata: ".encode() + self.data + b"\n\n"


class Feed(Protocol):
    """What one caller may hear."""

    @property
    def subjects(self) -> Sequence[str]:
        """What wakes the stream."""
        ...

    def read(self, after: str, limit: int) -> tuple[list[Frame], str]:
        """Return the next frames of the journal after an id, and the id to go on after. Called in a thread."""
        ...

    def beginning(self) -> str:
        """Return the id that a new listener begins after: the newest. Called in a thread."""
        ...

    def check(self) -> None:
        """Refuse a caller who may not listen any more. Called in a thread."""
        ...


class StreamEndpoint:
    """An ASGI application that answers one GET with a stream of events."""

    def __init__(
        self, path: str, open_feed: Callable[[Request], Feed], *, listeners: Listeners, figures: Figures
    ) -> None:
        self.path = path
        self._open_feed, self._listeners, self._figures = open_feed, listeners, figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a stream, until the caller leaves, loses the right to listen, or the server stops."""
        scope["route"] = self  # for the log and the figures, as the framework's own routes do
        request = Request(scope, receive)
        try:
            feed = await to_thread.run_sync(self._open_feed, request)
            after = request.headers.get("last-event-id", request.query_params.get("after", ""))[:MAX_EVENT_ID]
            with self._listeners.listening(feed.subjects) as listener:
                # an id that cannot be read is refused here, before the stream begins
                after = after or await to_thread.run_sync(feed.beginning)
                frames, after = await to_thread.run_sync(feed.read, after, FRAMES_AT_ONCE)
                await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
                self._figures.streams.inc()
                try:
                    await _Stream(feed, listener, send).run(frames, after, receive)
                finally:
                    self._figures.streams.dec()
        except ZaguanError as refusal:
            await refuse(request, refusal)(scope, receive, send)


class _Stream:
    """One open stream."""

    def __init__(self, feed: Feed, listener: Listener, send: Send) -> None:
        self._feed, self._listener, self._send = feed, listener, send
        self._after = ""

    async def run(self, frames: list[Frame], after: str, receive: Receive) -> None:
        """Tell frames until the caller leaves or the listener is closed."""
        self._after = after
        telling = asyncio.ensure_future(self._tell(frames))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait((telling, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (telling, leaving):
                task.cancel()
            results = await asyncio.gather(telling, leaving, return_exceptions=True)
        failure = results[0]
        if isinstance(failure, Exception) and not isinstance(failure, ZaguanError | OSError):
            raise failure
        if not leaving.done() or leaving.cancelled():
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, frames: list[Frame]) -> None:
        retry_ms = random.SystemRandom().randint(*RETRY_MS)
        await self._write(f"retry: {retry_ms}\n\n".encode())
        checked_s = elapsed_s()
        while not self._listener.closed:
            await self._write(b"".join(frame.encoded() for frame in frames))
            if len(frames) < FRAMES_AT_ONCE:
                heard = await self._listener.wait(HEARTBEAT_S)
                live = self._listener.take()
                await self._write(b"".join(_live(subject, data) for subject, data in live))
                if not heard:
                    await self._write(b": \n\n")
            if elapsed_s() - checked_s > RECHECK_S:
                await to_thread.run_sync(self._feed.check)
                checked_s = elapsed_s()
            frames, self._after = await to_thread.run_sync(self._feed.read, self._after, FRAMES_AT_ONCE)

    async def _write(self, text: bytes) -> None:
        if text:
            await self._send({"type": "http.response.body", "body": text, "more_body": True})


def _live(subject: str, data: bytes) -> bytes:
    return Frame(event=subject.partition(".")[0], data=data).encoded()


async def _left(receive: Receive) -> None:
    """Return when the caller has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
