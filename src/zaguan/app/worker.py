"""`zaguan worker`: does the platform's work until it is asked to stop, as many of them as one likes."""

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from zaguan.adapters.procrastinate.worker import Pace, ProcrastinateWorker
from zaguan.app.log import configure_log
from zaguan.app.planning_work import add_planning
from zaguan.app.platform import running_platform
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.settings import Settings

_log = logging.getLogger(__name__)

THREADS: Final = 4
# left after the grace for saying goodbye to the database
_FAREWELL_S: Final = 10.0
_TEMPORARY_FAILURE: Final = 75  # EX_TEMPFAIL of sysexits.h: whoever supervises starts it again


def work(settings: Settings, clock: Clock, *, threads: int = THREADS) -> None:
    """Work until asked to stop, by SIGTERM or Ctrl-C; what runs then is finished, within a grace.

    What is not finished in time is left: another worker takes it up, as after a crash.
    """
    configure_log(settings)
    with running_platform(settings, clock) as platform:
        add_planning(platform)
        pace = Pace()
        worker = ProcrastinateWorker(platform.database.url, platform.handlers, threads=threads, pace=pace, clock=clock)
        with stopping(worker, within_s=pace.grace_s + _FAREWELL_S):
            worker.run()


@contextmanager
def stopping(worker: ProcrastinateWorker, *, within_s: float) -> Iterator[None]:
    """Stop a worker at SIGTERM or SIGINT; leave at once at the second, or when it takes longer than it may."""
    deadline = threading.Timer(within_s, _leave)
    deadline.daemon = True

    def ask(_number: int, _frame: FrameType | None) -> None:
        if deadline.ident is not None:
            _leave()
        deadline.start()
        worker.stop()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        deadline.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave() -> None:
    # threads that do not end would keep the process alive for ever
    _log.warning("the worker leaves work unfinished: another one takes it up", extra={"action": "worker_left"})
    os._exit(_TEMPORARY_FAILURE)
