"""The worker: runs handlers, tells that it lives, and takes up what a dead one left."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, timedelta
from random import Random
from typing import Any, Final, cast

import procrastinate
import sqlalchemy as sa
from procrastinate import exceptions, retry
from procrastinate.job_context import AbortReason, JobContext
from procrastinate.jobs import Job as StoredJob

from zaguan.adapters.procrastinate.jobs import WAKE_QUEUE
from zaguan.adapters.procrastinate.schema import SCHEMA
from zaguan.base.kit.clock import Clock, SystemClock
from zaguan.base.kit.jobs import Call, Handler, Handlers, JobCancelled

_log = logging.getLogger(__name__)
# the worker's own connections: fetching and finishing, heartbeat, timers; the handlers' come from the Database
_CONNECTIONS: Final = 4
_KEPT_FAILED_HOURS: Final = 30 * 24
_LONGEST_BACK_OFF_S: Final = 15.0

# One statement: of two workers that look at the same moment one finds a job in its dead worker's hands, and what a
# third has taken up since is left alone. Each comes back with its attempt counted.
_RESCUE: Final = f"""
UPDATE {SCHEMA}.procrastinate_jobs AS job
SET status = CASE WHEN abort_requested THEN 'aborted' ELSE 'todo' END::{SCHEMA}.procrastinate_job_status,
    attempts = attempts + 1, worker_id = NULL, abort_requested = false, scheduled_at = NULL
WHERE status = 'doing' AND NOT EXISTS (
    SELECT FROM {SCHEMA}.procrastinate_workers AS worker
    WHERE worker.id = job.worker_id
    AND worker.last_heartbeat >= now() - make_interval(secs => %(stalled_after_s)s)
)
RETURNING id, task_name
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a worker looks, tells that it lives, and looks after others. In seconds."""

    poll_s: float = 1.0  # for work, where nobody woke it, and for timers' sake
    heartbeat_s: float = 10.0
    stalled_after_s: float = 30.0  # without a heartbeat a worker counts as dead
    rescue_s: float = 30.0
    grace_s: float = 30.0  # for what runs when the worker is asked to stop

    def __post_init__(self) -> None:
        if self.stalled_after_s <= 2 * self.heartbeat_s:
            raise ValueError("a worker that missed one heartbeat is not dead yet")


class ProcrastinateWorker:
    """Runs handlers in threads of this process until it is asked to stop. Any number of them share the work."""

    def __init__(
        self,
        url: sa.URL,
        handlers: Handlers,
        *,
        threads: int = 4,
        pace: Pace | None = None,
        clock: Clock | None = None,
    ) -> None:
        assert threads >= 1
        self._url = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._handlers = handlers
        self._threads = threads
        self._pace = pace or Pace()
        self._clock = clock or SystemClock()
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._serving: asyncio.Task[None] | None = None

    def run(self) -> None:
        """Work until `stop` is called, through restarts of the database."""
        with ThreadPoolExecutor(self._threads + 2, thread_name_prefix="zaguan-job") as pool:
            asyncio.run(self._run(pool))

    def run_all(self) -> None:
        """Do all the work that is due now, and return: for tests and one-off runs."""
        with ThreadPoolExecutor(self._threads + 2, thread_name_prefix="zaguan-job") as pool:
            asyncio.run(self._run_all(pool))

    def stop(self) -> None:
        """Take no new work, finish what runs, and have `run` return. From any thread or a signal's handler."""
        self._stopping.set()
        if (loop := self._loop) is not None:
            # the loop may have ended meanwhile
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._cancel)

    def _cancel(self) -> None:
        # procrastinate shields its work: a cancelled worker takes nothing new and waits for what runs
        if self._serving is not None:
            self._serving.cancel()

    async def _run_all(self, pool: ThreadPoolExecutor) -> None:
        asyncio.get_running_loop().set_default_executor(pool)
        app = self._app()
        async with app.open_async():
            await app.connector.execute_query_all_async(_RESCUE, stalled_after_s=self._pace.stalled_after_s)
            await self._work(app, wait=False)

    async def _run(self, pool: ThreadPoolExecutor) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_default_executor(pool)
        back_off_s = 0.5
        while not self._stopping.is_set():
            self._serving = asyncio.ensure_future(self._serve())
            try:
                await self._serving
            except asyncio.CancelledError:
                if not self._stopping.is_set():
                    raise
            except Exception:
                _log.exception("the worker lost its queue, and begins again", extra={"action": "worker_restart"})
            else:
                back_off_s = 0.5
            if not self._stopping.is_set():
                await asyncio.sleep(back_off_s)
                back_off_s = min(_LONGEST_BACK_OFF_S, back_off_s * 2)

    async def _serve(self) -> None:
        app = self._app()
        async with app.open_async():
            rescuing = asyncio.ensure_future(self._rescue_for_ever(app))
            try:
                await self._work(app, wait=True)
            finally:
                rescuing.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await rescuing

    async def _work(self, app: procrastinate.App, *, wait: bool) -> None:
        await app.run_worker_async(
            queues=[*self._handlers, WAKE_QUEUE],
            concurrency=self._threads,
            wait=wait,
            listen_notify=wait,
            fetch_job_polling_interval=self._pace.poll_s,
            abort_job_polling_interval=self._pace.poll_s,
            update_heartbeat_interval=self._pace.heartbeat_s,
            stalled_worker_timeout=self._pace.stalled_after_s,
            shutdown_graceful_timeout=self._pace.grace_s,
            delete_jobs="successful",
            install_signal_handlers=False,
        )

    async def _rescue_for_ever(self, app: procrastinate.App) -> None:
        """Take up what dead workers left, at once and then from time to time; forget old failures."""
        while True:
            try:
                found = await app.connector.execute_query_all_async(_RESCUE, stalled_after_s=self._pace.stalled_after_s)
                for row in found:
                    _log.warning("a job came back from a dead worker", extra={"action": "rescue", **row})
                await app.job_manager.delete_old_jobs(
                    nb_hours=_KEPT_FAILED_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
                )
            except exceptions.ConnectorException:
                # the worker itself notices, and begins again
                _log.warning("dead workers could not be looked for", extra={"action": "rescue_failed"})
            await asyncio.sleep(self._pace.rescue_s)

    def _app(self) -> procrastinate.App:
        connector = procrastinate.PsycopgConnector(
            conninfo=self._url,
            # before the name's own schema nothing is looked into
            kwargs={"options": f"-c search_path={SCHEMA},pg_catalog"},
            min_size=1,
            max_size=_CONNECTIONS,
        )
        app = procrastinate.App(connector=connector)
        for handler in self._handlers.values():
            waits = _Waits(handler, self._clock)
            task = app.task(name=handler.name, queue=handler.name, pass_context=True, retry=waits)(_runner(handler))
            if handler.every is not None:
                app.periodic(cron=handler.every, queueing_lock=handler.name)(cast(Any, task))
        return app


class _Waits(retry.BaseRetryStrategy):
    """When a job that failed is tried again, as its handler says."""

    def __init__(self, handler: Handler, clock: Clock) -> None:
        self._handler = handler
        self._clock = clock
        self._random = Random()

    def get_retry_decision(self, *, exception: BaseException, job: StoredJob) -> retry.RetryDecision | None:
        """Return when, or None if it is given up."""
        if isinstance(exception, exceptions.JobAborted):
            # not the job was to stop, but its worker: another one takes it up
            return retry.RetryDecision(retry_at=self._clock.now().astimezone(UTC))
        wait_s = self._handler.retries.wait_s(job.attempts + 1, self._random.random())
        if wait_s is None:
            return None
        return retry.RetryDecision(retry_at=self._clock.now().astimezone(UTC) + timedelta(seconds=wait_s))


def _runner(handler: Handler) -> Callable[..., None]:
    def run(context: JobContext, **arguments: Any) -> None:
        attempt = context.job.attempts + 1
        call = Call(
            job_id=context.job.id or 0,
            name=handler.name,
            arguments=arguments,
            attempt=attempt,
            is_last=attempt >= handler.retries.attempts,
            cancelled=context.should_abort,
            worker_stops=lambda: context.abort_reason() is AbortReason.SHUTDOWN,
        )
        if attempt > handler.retries.attempts:
            # it took its worker down with it in its last attempt
            _given_up(handler, call)
            raise WorkerDied(handler.name)
        try:
            handler.run(call)
        except JobCancelled:
            raise exceptions.JobAborted from None
        except Exception:
            if call.is_last:
                _given_up(handler, call)
            raise

    return run


class WorkerDied(Exception):
    """A job's worker died in each of its attempts: it is not tried again."""


def _given_up(handler: Handler, call: Call) -> None:
    if handler.give_up is not None:
        handler.give_up(call)
