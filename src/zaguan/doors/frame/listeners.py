"""Those who listen to streams in this process: so many and no more, and all sent home when the server stops."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from zaguan.base.kit.bus import Following, News
from zaguan.doors.frame.refusals import TooManyStreams


class Listener:
    """One who listens: woken in its event loop by news from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._woken = loop, asyncio.Event()
        self._following: Following | None = None
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
        """Return the newest message of each subject; what only wakes says nothing."""
        assert self._following is not None, "taken while listening"
        return [(told.subject, told.message) for told in self._following.take() if told.message]

    def follow(self, following: Following) -> None:
        """Take news from here on."""
        self._following = following

    def wake(self) -> None:
        """Wake who waits; from any thread."""
        # the loop may have ended meanwhile
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._woken.set)

    def close(self) -> None:
        """Wake for the last time; from any thread."""
        self.closed = True
        self.wake()


class Listeners:
    """All who listen in this process."""

    def __init__(self, news: News, *, most: int = 2_000) -> None:
        self._news, self._most = news, most
        self._all: set[Listener] = set()
        self._closed = False

    @contextmanager
    def listening(self, subjects: Sequence[str]) -> Iterator[Listener]:
        """Listen to subjects and all below them, from within the event loop. Refused: TooManyStreams."""
        if len(self._all) >= self._most or self._closed:
            raise TooManyStreams(most=self._most)
        listener = Listener(asyncio.get_running_loop())
        following = self._news.follow(subjects, newest_only=True, wake=listener.wake)
        listener.follow(following)
        self._all.add(listener)
        try:
            yield listener
        finally:
            self._all.discard(listener)
            following.close()

    def close(self) -> None:
        """Send all listeners home and take no new ones; from any thread."""
        self._closed = True
        for listener in tuple(self._all):
            listener.close()
