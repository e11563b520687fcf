"""The queue of work on a virtual clock: the same promises as the real one, in one thread, the same way each time."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from croniter import croniter
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from zaguan.adapters.virtual.clock import VirtualClock
from zaguan.base.kit.facts import Plain, canonical_json
from zaguan.base.kit.jobs import Call, Handler, Handlers, Job, JobCancelled

# reactions that cause each other without end are found, not waited for
MAX_RUNS: Final = 1_000_000
_OPEN: Final = "zaguan_virtual_jobs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A job that waits for its moment."""

    id: int
    job: Job
    due: datetime
    attempt: int = 1

    @property
    def rank(self) -> tuple[int, int]:
        """Who goes first of those that are due."""
        return (-self.job.priority, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A job that was given up."""

    job: Job
    error: Exception


@dataclass(slots=True)
class _Open:
    """What a session enqueues before its transaction ends."""

    deferred: list[tuple[SessionTransaction | None, Waiting]] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)

    def clear(self) -> None:
        """Forget all, at the end of the transaction."""
        self.deferred.clear()
        self.cancelled.clear()


class VirtualJobs:
    """Jobs that run when they are told to, at the moments of a virtual clock."""

    def __init__(self, clock: VirtualClock, *, seed: int = 0) -> None:
        self.clock = clock
        self.failed: list[Failed] = []
        self._random = random.Random(seed)
        self._waiting: dict[int, Waiting] = {}
        self._timers: dict[str, datetime] = {}
        self._newest = 0
        self._stopping: set[int] = set()

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
        job = Job(
            name=name,
            arguments=arguments or {},
            lock=lock,
            queueing_lock=queueing_lock,
            at=at,
            priority=priority,
        )
        return self._defer(session, job)

    def defer_all(self, session: Session, jobs: Sequence[Job]) -> None:
        """Enqueue many jobs at once, in their order."""
        for job in jobs:
            self._defer(session, job)

    def cancel(self, session: Session, job_id: int) -> None:
        """Drop a job that waits, and ask one that runs to stop, once the session's transaction is committed."""
        self._opened(session).cancelled.append(job_id)

    def next_due(self, handlers: Handlers) -> datetime | None:
        """Return when the next job or timer is due, or None if there is none."""
        self._set_timers(handlers)
        # one that waits behind another is due with that one
        free = (one.due for one in self._waiting.values() if not self._is_behind(one))
        return min((*free, *self._timers.values()), default=None)

    def run_due(self, handlers: Handlers) -> int:
        """Run all that is due now, and what that causes; return how many runs it took."""
        runs = 0
        self._set_timers(handlers)
        self._ring(handlers)
        while (waiting := self._next()) is not None:
            self._run(waiting, handlers)
            runs += 1
            assert runs <= MAX_RUNS, "jobs cause each other without end"
        return runs

    def run_until(self, moment: datetime, handlers: Handlers) -> int:
        """Move the clock to a moment, and on the way to each job and timer that is due."""
        runs = self.run_due(handlers)
        while (due := self.next_due(handlers)) is not None and due <= moment:
            self.clock.move_to(max(due, self.clock.now()))
            runs += self.run_due(handlers)
        self.clock.move_to(moment)
        return runs

    def _defer(self, session: Session, job: Job) -> int:
        assert len(canonical_json(dict(job.arguments))) > 0, "arguments are plain"
        opened = self._opened(session)
        if job.queueing_lock is not None and (same := self._same(job.queueing_lock, opened)) is not None:
            self._bring_forward(same, job)
            return same.id
        self._newest += 1
        due = self.clock.now() if job.at is None else job.at
        transaction = session.get_nested_transaction() or session.get_transaction()
        opened.deferred.append((transaction, Waiting(id=self._newest, job=job, due=due)))
        return self._newest

    def _same(self, queueing_lock: str, opened: _Open) -> Waiting | None:
        candidates = (*self._waiting.values(), *(waiting for _, waiting in opened.deferred))
        return next((one for one in candidates if one.job.queueing_lock == queueing_lock), None)

    def _bring_forward(self, same: Waiting, job: Job) -> None:
        due = self.clock.now() if job.at is None else job.at
        if same.id in self._waiting and due < same.due:
            self._waiting[same.id] = replace(same, due=due)

    def _opened(self, session: Session) -> _Open:
        opened = session.info.get(_OPEN)
        if opened is None:
            opened = session.info[_OPEN] = _Open()
            event.listen(session, "after_commit", self._committed)
            event.listen(session, "after_soft_rollback", self._undone)
        assert isinstance(opened, _Open)
        return opened

    def _committed(self, session: Session) -> None:
        # a savepoint that is released is no end
        if session.in_nested_transaction():
            return
        opened = self._opened(session)
        for _, waiting in opened.deferred:
            self._waiting[waiting.id] = waiting
        for job_id in opened.cancelled:
            if self._waiting.pop(job_id, None) is None:
                self._stopping.add(job_id)
        opened.clear()

    def _undone(self, session: Session, undone: SessionTransaction) -> None:
        opened = self._opened(session)
        if undone.parent is None:
            opened.clear()
        else:
            opened.deferred = [(one, waiting) for one, waiting in opened.deferred if not _is_within(one, undone)]

    def _next(self) -> Waiting | None:
        due = [one for one in self._waiting.values() if one.due <= self.clock.now() and not self._is_behind(one)]
        return min(due, key=lambda one: one.rank, default=None)

    def _is_behind(self, waiting: Waiting) -> bool:
        """Tell whether a job must wait for another one with its lock, even for one that is tried again later."""
        if waiting.job.lock is None:
            return False
        return any(one.job.lock == waiting.job.lock and one.rank < waiting.rank for one in self._waiting.values())

    def _run(self, waiting: Waiting, handlers: Handlers) -> None:
        job, handler = waiting.job, handlers[waiting.job.name]
        del self._waiting[waiting.id]
        wait_s = handler.retries.wait_s(waiting.attempt, self._random.random())
        call = Call(
            job_id=waiting.id,
            name=job.name,
            arguments=job.arguments,
            attempt=waiting.attempt,
            is_last=wait_s is None,
            cancelled=lambda: waiting.id in self._stopping,
        )
        try:
            handler.run(call)
        except JobCancelled:
            return
        except Exception as error:  # whatever a handler fails of, the queue goes on
            if wait_s is None:
                self.failed.append(Failed(job=job, error=error))
                if handler.give_up is not None:
                    handler.give_up(call)
                return
            due = self.clock.now() + timedelta(seconds=wait_s)
            self._waiting[waiting.id] = replace(waiting, due=due, attempt=waiting.attempt + 1)

    def _set_timers(self, handlers: Handlers) -> None:
        for handler in handlers.values():
            if handler.every is not None and handler.name not in self._timers:
                self._timers[handler.name] = self._next_ring(handler)

    def _ring(self, handlers: Handlers) -> None:
        for name, due in self._timers.items():
            if due <= self.clock.now():
                self._newest += 1
                job = Job(name=name, queueing_lock=name)
                self._waiting[self._newest] = Waiting(id=self._newest, job=job, due=due)
                self._timers[name] = self._next_ring(handlers[name])

    def _next_ring(self, handler: Handler) -> datetime:
        # the real queue reads cron lines with the same library
        following: Any = croniter(handler.every, self.clock.now()).get_next(datetime)
        assert isinstance(following, datetime)
        return following


def _is_within(one: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while one is not None:
        if one is outer:
            return True
        one = one.parent
    return False
