"""Enqueuing in the caller's transaction: procrastinate's own functions, called through the session."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from zaguan.adapters.procrastinate.schema import SCHEMA
from zaguan.base.kit.facts import Plain
from zaguan.base.kit.jobs import Job

# Each handler has a queue of its own name, and a worker looks into those of the handlers that it knows: while versions
# change, new sorts of work wait for a new worker. One more queue is always empty, and only heard: it wakes.
WAKE_QUEUE: Final = "wake"
WAKE_CHANNEL: Final = f"procrastinate_queue_v1#{WAKE_QUEUE}"
WAKE_MESSAGE: Final = '{"type": "job_inserted", "job_id": 0}'
# each further try means that a job with this queueing lock was begun, and another enqueued, between two statements
_TRIES: Final = 20
_UNIQUE: Final = "23505"
_MARKED: Final = "zaguan_jobs_marked"

_DEFER: Final = sa.text(
    f"""
    SELECT unnest({SCHEMA}.procrastinate_defer_jobs_v1(ARRAY(
        SELECT job FROM jsonb_populate_recordset(NULL::{SCHEMA}.procrastinate_job_to_defer_v1, :jobs) AS job
    )))
    """
).bindparams(sa.bindparam("jobs", type_=JSONB))
# Held until the transaction ends: a worker passes over held rows, so the job that waits already begins after our
# commit and sees what we did. Were it only looked at, it might run before, and nobody would come after.
_HOLD: Final = sa.text(
    f"""
    SELECT id, scheduled_at FROM {SCHEMA}.procrastinate_jobs
    WHERE queueing_lock = :queueing_lock AND status = 'todo' FOR SHARE
    """
)
_BRING_FORWARD: Final = sa.text(
    f"""
    UPDATE {SCHEMA}.procrastinate_jobs SET scheduled_at = :at
    WHERE id = :id AND scheduled_at > coalesce(:at, now()) AND status = 'todo'
    """
).bindparams(sa.bindparam("at", type_=sa.DateTime(timezone=True)))
_CANCEL: Final = sa.text(f"SELECT {SCHEMA}.procrastinate_cancel_job_v1(:job_id, true, false)")


class ProcrastinateJobs:
    """Jobs in PostgreSQL. `wake` is called after each commit that enqueued something, and never inside one.

    Without it, or where it is lost, workers find the work when they look by themselves, every second.
    """

    def __init__(self, *, wake: Callable[[], None]) -> None:
        self._wake = wake

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
        if any(job.queueing_lock is not None for job in jobs):
            for job in jobs:
                self._defer(session, job)
        elif jobs:
            self._insert(session, jobs)

    def cancel(self, session: Session, job_id: int) -> None:
        """Drop a job that waits, and ask one that runs to stop. One that is over stays as it is."""
        session.execute(_CANCEL, {"job_id": job_id})

    def _defer(self, session: Session, job: Job) -> int:
        if job.queueing_lock is None:
            return self._insert(session, [job])[0]
        for _ in range(_TRIES):
            held = session.execute(_HOLD, {"queueing_lock": job.queueing_lock}).one_or_none()
            if held is not None:
                session.execute(_BRING_FORWARD, {"id": held.id, "at": job.at})
                return int(held.id)
            try:
                with session.begin_nested():
                    return self._insert(session, [job])[0]
            except exc.IntegrityError as failure:
                if getattr(failure.orig, "sqlstate", None) != _UNIQUE:
                    raise
        raise RuntimeError(f"{job.name}: jobs with the queueing lock {job.queueing_lock} come and go too fast")

    def _insert(self, session: Session, jobs: Sequence[Job]) -> list[int]:
        ids = [int(id) for id in session.execute(_DEFER, {"jobs": [_row_of(job) for job in jobs]}).scalars()]
        if not session.info.get(_MARKED):
            session.info[_MARKED] = True
            event.listen(session, "after_commit", self._committed)
        return ids

    def _committed(self, session: Session) -> None:
        # a savepoint that is released is no end
        if not session.in_nested_transaction():
            self._wake()


def _row_of(job: Job) -> dict[str, Plain]:
    return {
        "queue_name": job.name,
        "task_name": job.name,
        "priority": job.priority,
        "lock": job.lock,
        "queueing_lock": job.queueing_lock,
        "args": dict(job.arguments),
        "scheduled_at": None if job.at is None else job.at.isoformat(),
    }
