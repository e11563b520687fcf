"""OSRM's servers as local children: started on demand, few at once, started again when lost, ended with us."""

import socket
import subprocess
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from zaguan.adapters.osrm.child import Nursery, last_lines
from zaguan.adapters.osrm.graph import FILES
from zaguan.adapters.osrm.mapper import Question
from zaguan.adapters.osrm.proxy import OsrmProxy, Unanswered
from zaguan.adapters.osrm.refusals import ServerLost, ServerNotStarted
from zaguan.adapters.osrm.settings import OsrmSettings
from zaguan.adapters.osrm.tools import Tools
from zaguan.base.kit.clock import elapsed_s
from zaguan.base.kit.closing import Closing

LOOPBACK: Final = "127.0.0.1"
_ENVIRONMENT: Final = {
    "DISABLE_ACCESS_LOGGING": "1",
    # memory of a large table is given back at once: an idle server keeps 10 MB of it, not 90
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_TRIM_THRESHOLD_": "1000000",
    "MALLOC_MMAP_THRESHOLD_": "1000000",
}
_POLL_S: Final = 0.005
_END_S: Final = 10.0
# longer than our own connections are kept, so that the server never hangs up on a question
_KEEP_ALIVE_S: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Server:
    graph: Path
    process: subprocess.Popen[bytes]
    port: int
    # bound for as long as the server lives: nobody else is given its port
    reservation: socket.socket
    output: IO[bytes]

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def end(self) -> None:
        """Kill it, and wait until it is gone."""
        self.process.kill()
        self.process.wait(_END_S)
        self.reservation.close()
        self.output.close()


class ServerPool(Closing):
    """Local servers by graph folder (a slot's folder). Safe to be used by several threads.

    Its children end when it closes, and by the kernel's hand when this process ends in any other way.
    """

    def __init__(self, *, settings: OsrmSettings, proxy: OsrmProxy, tools: Tools | None = None) -> None:
        self._settings, self._proxy, self._tools = settings, proxy, tools
        self._nursery = Nursery()
        self._changed = threading.Condition()
        self._servers: dict[Path, _Server] = {}  # the one asked last stands last
        self._askers: Counter[Path] = Counter()
        self._closed = False

    def ask(self, graph: Path, question: Question) -> dict[str, Any]:
        """Ask the server of a graph, which is started if need be.

        A server that is lost is started again and asked once more. Refused: ServerNotStarted, ServerLost, and what
        the proxy refuses.
        """
        with self._leased(graph) as server:
            try:
                return self._proxy.ask_local(server.address, question)
            except Unanswered:
                again = self._revived(graph, server)
            try:
                return self._proxy.ask_local(again.address, question)
            except Unanswered as cause:
                raise ServerLost(folder=graph, lines=_said(again.output, str(cause))) from cause

    def address(self, graph: Path) -> str:
        """Return the address of a graph's server, which is started if need be. Refused: ServerNotStarted."""
        with self._leased(graph) as server:
            return server.address

    def process_ids(self) -> dict[Path, int]:
        """Return the ids of the live processes by graph folder."""
        with self._changed:
            return {graph: server.process.pid for graph, server in self._servers.items()}

    def close(self) -> None:
        """End all servers."""
        with self._changed:
            self._closed = True
            servers = list(self._servers.values())
            self._servers.clear()
            self._changed.notify_all()
        for server in servers:
            server.end()
        self._nursery.close()

    @contextmanager
    def _leased(self, graph: Path) -> Iterator[_Server]:
        """Give the server of a graph, which stays alive until the block ends."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or graph in self._servers or self._makes_room())
            assert not self._closed, "asked after closing"
            server = self._servers.pop(graph, None) or self._start(graph)
            self._servers[graph] = server
            self._askers[graph] += 1
        try:
            yield server
        finally:
            with self._changed:
                self._askers[graph] -= 1
                self._changed.notify_all()

    def _makes_room(self) -> bool:
        """Tell whether one more server may live, for which the one that was not asked for longest may have to go."""
        if len(self._servers) < self._settings.most_servers:
            return True
        idle = next((graph for graph in self._servers if not self._askers[graph]), None)
        if idle is None:
            return False
        self._servers.pop(idle).end()
        return True

    def _revived(self, graph: Path, lost: _Server) -> _Server:
        """Return the server that stands in for a lost one; the first who asks starts it."""
        with self._changed:
            assert not self._closed, "asked after closing"
            if self._servers.get(graph) is lost:
                del self._servers[graph]
                lost.end()
                self._servers[graph] = self._start(graph)
            return self._servers[graph]

    def _start(self, graph: Path) -> _Server:
        # The port is taken by a socket of our own that does not listen. The kernel gives it to nobody else,
        # while osrm-routed, which also sets SO_REUSEPORT, may listen on it.
        reservation = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reservation.bind((LOOPBACK, 0))
        port = int(reservation.getsockname()[1])
        output = tempfile.TemporaryFile()  # noqa: SIM115 – lives as long as the server
        try:
            process = self._nursery.start(self._command(port), folder=graph, output=output, env=_ENVIRONMENT)
            server = _Server(graph=graph, process=process, port=port, reservation=reservation, output=output)
            self._wait_until_listening(server)
        except BaseException:
            reservation.close()
            output.close()
            raise
        return server

    def _wait_until_listening(self, server: _Server) -> None:
        """Wait until a server takes questions; one that does not is ended. Refused: ServerNotStarted."""
        began_s, pause = elapsed_s(), threading.Event()
        try:
            while True:
                if (status := server.process.poll()) is not None:
                    raise ServerNotStarted(folder=server.graph, lines=_said(server.output, f"exit {status}"))
                try:
                    socket.create_connection((LOOPBACK, server.port), timeout=_END_S).close()
                    return
                except OSError as cause:
                    if elapsed_s() - began_s > self._settings.start_s:
                        raise ServerNotStarted(folder=server.graph, lines=_said(server.output, "…")) from cause
                pause.wait(_POLL_S)
        except BaseException:
            server.process.kill()
            server.process.wait(_END_S)
            raise

    def _command(self, port: int) -> list[str]:
        settings, program = self._settings, (self._tools or Tools()).program("routed")
        options = {
            "algorithm": "MLD",
            "ip": LOOPBACK,
            "port": port,
            "threads": settings.threads,
            "verbosity": "WARNING",
            "keepalive-timeout": _KEEP_ALIVE_S,
            "max-table-size": max(settings.most_points, 2),
            "max-viaroute-size": settings.route_points_at_once,
            "max-matching-size": settings.match_points_at_once,
            # idle servers need next to no memory, and the slots share that of the files that they have alike
            "mmap": 1,
        }
        return [str(program), *(f"--{name}={value}" for name, value in options.items()), FILES]


def _said(output: IO[bytes], otherwise: str) -> str:
    return last_lines(output) or otherwise
