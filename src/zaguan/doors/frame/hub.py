"""The bus inside one process: subjects are dotted, and who listens to the first parts hears all below."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from typing import Final

from zaguan.doors.frame.refusals import TooManyStreams

MAX_WAITING: Final = 5_000  # subjects with news that one listener has not taken yet


class Listener:
    """One who listens: the newest message of each subject waits here until it is taken."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self._newest: dict[str, bytes] = {}
        self.closed = False

    async def wait(self, seconds: float) -> bool:
        """Wait for news, at most so long; tell whether there is any."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        self._woken.clear()
        return True

    def take(self) -> list[tuple[str, bytes]]:
        """Return the newest message of each subject, and forget them."""
        taken, self._newest = list(self._newest.items()), {}
        return taken

    def hear(self, subject: str, message: bytes) -> None:
        """Keep a message and wake who waits."""
        if message and (subject in self._newest or len(self._newest) < MAX_WAITING):
            self._newest[subject] = message
        self._woken.set()

    def close(self) -> None:
        """Wake for the last time."""
        self.closed = True
        self._woken.set()


class Hub:
    """Hands news to the listeners of this process. Publishing is safe from any thread."""

    def __init__(self, *, most: int = 2_000) -> None:
        self._most = most
        self._listeners: defaultdict[str, set[Listener]] = defaultdict(set)
        self._all: set[Listener] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    @contextmanager
    def listening(self, subjects: Sequence[str]) -> Iterator[Listener]:
        """Listen to subjects and all below them, from the event loop's own thread."""
        if len(self._all) >= self._most or self._closed:
            raise TooManyStreams(most=self._most)
        self._loop = asyncio.get_running_loop()
        listener = Listener()
        self._all.add(listener)
        for subject in subjects:
            self._listeners[subject].add(listener)
        try:
            yield listener
        finally:
            self._all.discard(listener)
            for subject in subjects:
                self._listeners[subject].discard(listener)
                if not self._listeners[subject]:
                    del self._listeners[subject]

    def publish(self, subject: str, message: bytes = b"") -> None:
        """Tell a subject; without any listener nothing happens."""
        loop = self._loop
        if loop is not None and self._all and not loop.is_closed():
            loop.call_soon_threadsafe(self._tell, subject, message)

    def close(self) -> None:
        """Send all listeners home and take no new ones."""
        self._closed = True
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._close_all)

    def _tell(self, subject: str, message: bytes) -> None:
        for above in accumulate(subject.split("."), "{}.{}".format):
            for listener in self._listeners.get(above, ()):
                listener.hear(subject, message)

    def _close_all(self) -> None:
        for listener in self._all:
            listener.close()
