"""The web process: on a real port, with the real queue and bus."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.databases import server_folder
from tests.doors.shop import an_order
from zaguan.adapters.bus.postgres import PostgresBus
from zaguan.app.http import Server
from zaguan.app.platform import Platform, wired_platform
from zaguan.app.serving import web_server, working
from zaguan.base.kit.clock import SystemClock
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import new_id
from zaguan.base.kit.settings import Settings
from zaguan.records.accounts.api_keys import create_key
from zaguan.records.accounts.model import GRANTABLE, operator_of
from zaguan.records.accounts.service import create_organisation


@pytest.fixture
def platform(own_database: Database, tmp_path: Path) -> Iterator[Platform]:
    """The platform, wired as `zaguan web` wires it."""
    settings = Settings(data_dir=tmp_path, port=a_free_port(), log_level="warning")
    with PostgresBus(own_database.url) as bus:
        assert bus.wait_until_listening(10)
        yield wired_platform(settings, SystemClock(), own_database, bus)


def a_free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(platform: Platform) -> Iterator[tuple[Server, httpx.Client]]:
    """Serve on the port, and give who calls there with a key."""
    server = web_server(platform)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{platform.settings.port}",
            headers={"Authorization": f"Bearer {a_key(platform)}"},
            transport=httpx.HTTPTransport(retries=20),
            timeout=20,
        ) as line:
            yield server, line
    finally:
        server.handle_exit(signal.SIGTERM, None)
        thread.join(30)
        assert not thread.is_alive()


def a_key(platform: Platform) -> str:
    """Return the secret of a key of a new organisation."""
    with platform.database.system_session() as session:
        organisation = create_organisation(
            session, name="Shop", locale="es", time_zone="America/Santiago", currency="CLP", clock=platform.clock
        )
    with platform.database.session(organisation.id) as session:
        by = operator_of(organisation.id)
        created = create_key(session, organisation.id, name="k", grants=GRANTABLE, by=by, clock=platform.clock)
    return created.secret.reveal()


def test_a_process_answers_and_streams_and_stops(platform: Platform) -> None:
    """Orders go in over a real port; an open stream hears of them, and ends when the server is asked to stop."""
    heard: list[str] = []
    open_now, ended = threading.Event(), threading.Event()

    def listen(line: httpx.Client) -> None:
        with line.stream("GET", "/v1/events/stream") as stream:
            for text in stream.iter_lines():
                open_now.set()
                if text.startswith("data: "):
                    heard.append(json.loads(text[6:])["data"]["external_id"])
        ended.set()

    with serving(platform) as (server, line):
        assert line.get("/readyz").json() == {"state": "ready", "parts": {"database": "ok"}}
        assert line.get("/openapi.json").json()["openapi"] == "3.1.0"
        assert "process_cpu_seconds_total" in line.get("/metrics").text
        listener = threading.Thread(target=listen, args=(line,))
        listener.start()
        assert open_now.wait(10)
        key = {"Idempotency-Key": str(new_id())}
        assert line.post("/v1/orders", json=an_order("A-1"), headers=key).status_code == 201
        assert line.get("/v1/orders").headers["content-security-policy"].startswith("default-src 'none'")
        for _ in range(100):
            if heard:
                break
            open_now.clear()
            open_now.wait(0.1)
        server.handle_exit(signal.SIGTERM, None)
        assert ended.wait(10)
        listener.join()
    assert heard == ["A-1"]


def test_a_worker_beside_it_reacts(platform: Platform) -> None:
    """`zaguan serve`: an event noted for a webhook is tried by the worker of the same process, and logged as failed."""
    with serving(platform) as (_, line), working(platform):
        key = {"Idempotency-Key": str(new_id())}
        made = line.post("/v1/webhooks", json={"url": "https://shop.invalid/hooks"}, headers=key)
        path = f"/v1/webhooks/{made.json()['id']}/deliveries"
        line.post("/v1/orders", json=an_order("A-1"), headers={"Idempotency-Key": str(new_id())})
        waiting, attempts = threading.Event(), []
        for _ in range(200):
            attempts = [one for told in line.get(path).json()["deliveries"] for one in told["attempts"]]
            if attempts:
                break
            waiting.wait(0.05)
    assert attempts[0]["failure"] == "name"


@pytest.mark.parametrize(("command", "asked"), [("serve", signal.SIGTERM), ("web", signal.SIGINT)])
def test_a_process_leaves_in_order_when_asked(command: str, asked: signal.Signals) -> None:
    """A real process stops with status 0 at SIGTERM and Ctrl-C, and the last one that leaves stops the database."""
    port = a_free_port()
    zaguan = [sys.executable, "-c", "from zaguan.app.cli.main import main; main()", command]
    with server_folder() as home:
        environ = {**os.environ, "ZAGUAN_DATA_DIR": str(home), "ZAGUAN_PORT": str(port)}
        environ.pop("ZAGUAN_DATABASE_URL", None)
        with subprocess.Popen(zaguan, env=environ, stderr=subprocess.PIPE, text=True) as process:
            with httpx.Client() as line:
                answered = any(is_ready(line, port) for _ in range(600) if process.poll() is None)
            process.send_signal(asked)
            _, told = process.communicate(timeout=60)
        assert answered, told
        assert process.returncode == 0, told
        assert not (home / "postgres" / "postmaster.pid").exists()


def is_ready(line: httpx.Client, port: int) -> bool:
    """Tell whether a process on a port answers that it is ready, waiting a moment if not."""
    try:
        return line.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
    except httpx.TransportError:
        threading.Event().wait(0.1)
        return False
