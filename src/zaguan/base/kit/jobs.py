"""Work that is done later by a worker: reactions to events, timers, long pieces of work.

A job is enqueued in the transaction of its cause: both are there, or neither. It is run at least once: a worker that
dies in the middle leaves it to another one. So a handler must bear to be run again; reactions to events
(`base/kit/reactions.py`) have their effect once by themselves.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.orm import Session

from zaguan.base.kit.facts import Plain

LONGEST_LOCK: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work to enqueue: the name of its handler, and what it is given."""

    name: str
    arguments: Mapping[str, Plain] = field(default_factory=dict)
    # of the jobs with the same lock one runs at a time, in the order in which they were enqueued
    lock: str | None = None
    # of the jobs with the same queueing lock one waits at a time: a second one is not enqueued, and if it is wanted
    # earlier, the one that waits comes forward
    queueing_lock: str | None = None
    at: datetime | None = None  # not before this moment
    priority: int = 0  # the greater goes first

    def __post_init__(self) -> None:
        assert self.name
        assert self.at is None or self.at.tzinfo is not None, "a moment must know its time zone"
        assert max(len(self.lock or ""), len(self.queueing_lock or "")) <= LONGEST_LOCK


class Jobs(Protocol):
    """Where work is enqueued; the queue is PostgreSQL's, or one on a virtual clock."""

    def defer(
        self,
        session: Session,
        name: str,
        arguments: Mapping[str, Plain] | None = None,
        *,
        lock: str | None = None,
        queueing_lock: str | None = None,
        at: datetime | None = None,
        priority: int = 0,
    ) -> int:
        """Enqueue a job in the session's transaction; return its id, or that of the one that waits already."""
        ...

    def defer_all(self, session: Session, jobs: Sequence[Job]) -> None:
        """Enqueue many jobs at once, in their order."""
        ...

    def cancel(self, session: Session, job_id: int) -> None:
        """Drop a job that waits, and ask one that runs to stop. One that is over stays as it is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One run of a job, as its handler sees it."""

    job_id: int
    name: str
    arguments: Mapping[str, Plain]
    attempt: int  # 1, 2, ...
    is_last: bool  # if it fails now, it is not tried again
    cancelled: Callable[[], bool]  # long work asks from time to time, and raises JobCancelled
    worker_stops: Callable[[], bool] = bool  # it is asked to stop because its worker is: another one takes it up

    def text(self, name: str) -> str:
        """Return an argument that is a text."""
        value = self.arguments[name]
        assert isinstance(value, str), f"{self.name}: {name} is a text"
        return value


class JobCancelled(Exception):
    """Raised by a handler that was asked to stop, and did: the job is not tried again, unless its worker stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How often a job is tried, and how long it waits between: twice as long each time, with jitter."""

    attempts: int = 10
    first_wait_s: float = 1.0
    longest_wait_s: float = 600.0

    def __post_init__(self) -> None:
        if self.attempts < 1 or not 0 < self.first_wait_s <= self.longest_wait_s:
            raise ValueError("a job is tried at least once, and waits longer each time")

    def wait_s(self, attempt: int, chance: float) -> float | None:
        """Return how long to wait after an attempt that failed, or None if it was the last.

        `chance`, between 0 and 1, spreads those that failed together: half of the wait is left to it.
        """
        assert attempt >= 1
        assert 0 <= chance <= 1
        if attempt >= self.attempts:
            return None
        # 2 ** 1000 is no float: the power is bounded before the wait is
        full = min(self.longest_wait_s, self.first_wait_s * 2.0 ** min(attempt - 1, 60))
        return full * (0.5 + 0.5 * chance)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """What does the jobs of one name. `every` makes it a timer: a cron line, of five fields or six with seconds.

    `give_up` is called once a job is not tried again: after its last attempt failed, or when it comes back from a
    worker that died in its last attempt. So whatever waits for the job's end learns that there will be none.
    """

    name: str
    run: Callable[[Call], None]
    retries: Retries = field(default_factory=Retries)
    every: str | None = None
    give_up: Callable[[Call], None] | None = None


class Handlers(Mapping[str, Handler]):
    """The register of handlers by name; the roof fills it. Two handlers of one name: AssertionError."""

    def __init__(self, handlers: Iterable[Handler] = ()) -> None:
        self._by_name: dict[str, Handler] = {}
        self.add(*handlers)

    def add(self, *handlers: Handler) -> None:
        """Add handlers."""
        for handler in handlers:
            assert handler.name not in self._by_name, f"two handlers are called {handler.name}"
            self._by_name[handler.name] = handler

    def __getitem__(self, name: str) -> Handler:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)
