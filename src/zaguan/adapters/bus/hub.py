"""Live news within a process: who tells a subject reaches all who follow it or what it begins with."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from zaguan.base.kit.closing import Closing

MAX_WAITING: Final = 10_000
MAX_SUBJECT: Final = 255


@dataclass(frozen=True, slots=True)
class News:
    """What was told: about what, and in which bytes."""

    subject: str
    message: bytes


class Subscription(Closing):
    """What one follower has not taken yet. It is bounded: who takes too slowly misses the oldest, and is told so."""

    def __init__(
        self,
        hub: "Hub",
        subjects: tuple[str, ...],
        *,
        newest_only: bool,
        wake: Callable[[], None] | None,
    ) -> None:
        self.subjects = subjects
        self._hub = hub
        self._newest_only = newest_only
        self._wake = wake
        self._changed = threading.Condition()
        self._waiting: deque[News] = deque()
        self._newest: dict[str, News] = {}
        self._missed = False
        self._closed = False

    def take(self, timeout_s: float | None = 0) -> list[News]:
        """Return what was told since the last time, waiting so long if it is nothing; [] too once it is closed."""
        with self._changed:
            if timeout_s != 0:
                self._changed.wait_for(self._is_ready, timeout_s)
            taken = [*self._waiting, *self._newest.values()]
            self._waiting.clear()
            self._newest.clear()
        return taken

    def missed(self) -> bool:
        """Tell, once, whether something was lost: then the follower looks at the whole again."""
        with self._changed:
            missed, self._missed = self._missed, False
        return missed

    def close(self) -> None:
        """Follow no longer."""
        self._hub.forget(self)
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def deliver(self, news: News) -> None:
        """Add what was told."""
        with self._changed:
            quiet = not self._waiting and not self._newest
            if self._newest_only:
                # an old message of the subject gives its place up
                self._newest.pop(news.subject, None)
                self._newest[news.subject] = news
            else:
                self._waiting.append(news)
            self._drop_the_oldest()
            self._changed.notify_all()
        if quiet and self._wake is not None:
            self._wake()

    def lose(self) -> None:
        """Note that something was lost on the way."""
        with self._changed:
            self._missed = True
            self._changed.notify_all()
        if self._wake is not None:
            self._wake()

    def _is_ready(self) -> bool:
        return bool(self._waiting or self._newest or self._missed or self._closed)

    def _drop_the_oldest(self) -> None:
        if len(self._waiting) > MAX_WAITING:
            self._waiting.popleft()
            self._missed = True
        if len(self._newest) > MAX_WAITING:
            del self._newest[next(iter(self._newest))]
            self._missed = True


class Hub:
    """Hands news to those who follow. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # replaced, never changed: who tells reads it without the lock
        self._followers: dict[str, tuple[Subscription, ...]] = {}

    def follow(
        self, subjects: Iterable[str], *, newest_only: bool = False, wake: Callable[[], None] | None = None
    ) -> Subscription:
        """Follow subjects and all that begins with them at a dot: `position.<organisation>` hears each vehicle.

        With `newest_only` the older message of a subject gives way to the newer one. `wake` is called, from any thread,
        when there is something again after nothing.
        """
        subscription = Subscription(self, tuple(subjects), newest_only=newest_only, wake=wake)
        with self._lock:
            followers = dict(self._followers)
            for subject in subscription.subjects:
                followers[subject] = (*followers.get(subject, ()), subscription)
            self._followers = followers
        return subscription

    def forget(self, subscription: Subscription) -> None:
        """Tell a subscription nothing any more."""
        with self._lock:
            followers = dict(self._followers)
            for subject in subscription.subjects:
                left = tuple(one for one in followers.get(subject, ()) if one is not subscription)
                if left:
                    followers[subject] = left
                else:
                    followers.pop(subject, None)
            self._followers = followers

    def publish(self, subject: str, message: bytes = b"") -> None:
        """Tell all who follow the subject, or what it begins with, in this process."""
        assert 0 < len(subject) <= MAX_SUBJECT
        news = News(subject, message)
        followers = self._followers
        for beginning in beginnings_of(subject):
            for subscription in followers.get(beginning, ()):
                subscription.deliver(news)

    def lose(self) -> None:
        """Note for everyone that something was lost on the way."""
        for subscription in {one for followers in self._followers.values() for one in followers}:
            subscription.lose()


def beginnings_of(subject: str) -> Iterator[str]:
    """Yield what a subject begins with: `a`, `a.b` and `a.b.c` of `a.b.c`."""
    at = subject.find(".")
    while at != -1:
        yield subject[:at]
        at = subject.find(".", at + 1)
    yield subject
