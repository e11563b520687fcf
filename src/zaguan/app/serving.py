"""The platform at work: the web alone, or with a worker beside it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from zaguan.adapters.procrastinate.worker import ProcrastinateWorker
from zaguan.app.http import Server, make_web
from zaguan.app.log import configure_log
from zaguan.app.platform import Platform, running_platform
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.settings import Settings


def serve_web(settings: Settings, clock: Clock) -> None:
    """Answer until asked to stop."""
    configure_log(settings)
    with running_platform(settings, clock) as platform:
        web_server(platform).run()


def serve_all(settings: Settings, clock: Clock) -> None:
    """Answer and work, in one process, until asked to stop."""
    configure_log(settings)
    with running_platform(settings, clock) as platform, working(platform):
        web_server(platform).run()


def web_server(platform: Platform) -> Server:
    """Return the server of all doors."""
    web = make_web(
        platform.database,
        settings=platform.settings,
        jobs=platform.jobs,
        news=platform.bus,
        clock=platform.clock,
    )
    return Server(web, settings=platform.settings)


@contextmanager
def working(platform: Platform) -> Iterator[None]:
    """Have a worker work in a thread until the block ends; what runs then is finished."""
    worker = ProcrastinateWorker(platform.database.url, platform.handlers, clock=platform.clock)
    thread = threading.Thread(target=worker.run, name="zaguan-worker")
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join()
