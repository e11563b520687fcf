"""The platform at work: the web alone, or with a worker beside it."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from zaguan.adapters.procrastinate.worker import ProcrastinateWorker
from zaguan.app.http import Server, make_web
from zaguan.app.log import configure_log
from zaguan.app.planning_work import add_planning
from zaguan.app.platform import Platform, running_platform
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.settings import Settings


def serve_web(settings: Settings, clock: Clock) -> None:
    """Answer until asked to stop."""
    configure_log(settings)
    with answering_signals(_leave), running_platform(settings, clock) as platform:
        _answer(platform)


def serve_all(settings: Settings, clock: Clock) -> None:
    """Answer and work, in one process, until asked to stop."""
    configure_log(settings)
    with answering_signals(_leave), running_platform(settings, clock) as platform, working(platform):
        _answer(platform)


def _answer(platform: Platform) -> None:
    # the server, once it has stopped, sends the signal again to whom it took it from: the default would end the
    # process before the database is let go
    with answering_signals(_pass_over):
        web_server(platform).run()


@contextmanager
def answering_signals(how: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Answer SIGTERM and Ctrl-C in one way within the block."""
    before = {number: signal.signal(number, how) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def _pass_over(_number: int, _frame: FrameType | None) -> None:
    pass


def web_server(platform: Platform) -> Server:
    """Return the server of all doors."""
    web = make_web(
        platform.database,
        settings=platform.settings,
        jobs=platform.jobs,
        news=platform.bus,
        bus=platform.bus,
        clock=platform.clock,
    )
    return Server(web, settings=platform.settings)


@contextmanager
def working(platform: Platform) -> Iterator[None]:
    """Have a worker work in a thread until the block ends; what runs then is finished."""
    add_planning(platform)
    worker = ProcrastinateWorker(platform.database.url, platform.handlers, clock=platform.clock)
    thread = threading.Thread(target=worker.run, name="zaguan-worker")
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join()
