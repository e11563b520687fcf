"""Local servers: started when asked, started again when lost, and never left behind."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.adapters.osrm.drawn_town import DrawnTown
from tests.adapters.osrm.test_graph import tools_with
from zaguan.adapters.osrm.child import LAUNCH
from zaguan.adapters.osrm.network import OsrmNetwork
from zaguan.adapters.osrm.proxy import OsrmProxy
from zaguan.adapters.osrm.refusals import AnswerStrange, OwnServerUnreachable, ServerLost, ServerNotStarted
from zaguan.adapters.osrm.server import ServerPool
from zaguan.adapters.osrm.settings import OsrmSettings
from zaguan.base.kit.clock import elapsed_s
from zaguan.engines.roads.network import Profile
from zaguan.engines.roads.slots import SLOTS, Slot

SLOT = {slot.name: slot for slot in SLOTS}
NIGHT, MORNING, EVENING = SLOT["night"], SLOT["morning"], SLOT["evening"]
VAN = Profile.VAN
ROOT = Path(__file__).parents[3]
PATIENCE_S = 20.0


def opened(region: Path, town: DrawnTown, cache: Path, **options: object) -> OsrmNetwork:
    return OsrmNetwork(region, region_hash="drawn", box=town.box(), cache_folder=cache, **options)  # type: ignore[arg-type]


def seconds(roads: OsrmNetwork, town: DrawnTown, slot: Slot = NIGHT) -> float:
    """Ask for a way, which no cache holds."""
    (leg,) = roads.route(town.points("AL"), profile=VAN, slot=slot)
    assert not leg.estimated
    return leg.duration_s


def is_alive(process_id: int) -> bool:
    """Tell whether a process runs; one that ended and waits to be reaped does not."""
    try:
        return "State:\tZ" not in Path(f"/proc/{process_id}/status").read_text("ascii")
    except FileNotFoundError:
        return False


def wait_until_gone(process_id: int) -> bool:
    began_s, pause = elapsed_s(), threading.Event()
    while is_alive(process_id) and elapsed_s() - began_s < PATIENCE_S:
        pause.wait(0.01)
    return not is_alive(process_id)


def test_a_server_starts_when_asked_and_ends_on_closing(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """Nothing runs before the first question, one server after it, and none after closing."""
    with opened(built_region, town, tmp_path) as roads:
        assert roads.process_ids() == {}
        seconds(roads, town)
        (process_id,) = roads.process_ids().values()
        assert is_alive(process_id)
    assert not is_alive(process_id)


def test_a_killed_server_is_started_again(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """A server that was killed is started again and the question asked once more: the answer is the same."""
    with opened(built_region, town, tmp_path) as roads:
        before = seconds(roads, town)
        (first,) = roads.process_ids().values()
        os.kill(first, signal.SIGKILL)
        assert seconds(roads, town) == before
        (second,) = roads.process_ids().values()
        assert second != first
        assert is_alive(second)


def test_a_server_killed_under_many_questions_is_started_once(
    built_region: Path, town: DrawnTown, tmp_path: Path
) -> None:
    """Questions that fail together share one new server, and all are answered."""
    answers: list[float] = []
    with opened(built_region, town, tmp_path) as roads:
        expected = seconds(roads, town)
        (first,) = roads.process_ids().values()
        os.kill(first, signal.SIGKILL)
        threads = [threading.Thread(target=lambda: answers.append(seconds(roads, town))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(roads.process_ids()) == 1
    assert answers == [expected] * 8


# takes connections and ends at the first question
FRAIL_SERVER = """exec {python} - "$@" <<'END'
import socket, sys
port = int(next(option.split("=")[1] for option in sys.argv if option.startswith("--port=")))
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
listener.bind(("127.0.0.1", port))
listener.listen()
while True:
    connection, _ = listener.accept()
    if connection.recv(10):
        print("I am too frail", flush=True)
        sys.exit(1)
END"""


def test_a_server_that_is_lost_twice_is_an_error(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """A question that takes the server down twice is given up, with the server's last words."""
    tools = tools_with(tmp_path / "tools", routed=FRAIL_SERVER.format(python=sys.executable))
    with opened(built_region, town, tmp_path / "cache", tools=tools) as roads:
        with pytest.raises(ServerLost) as refusal:
            seconds(roads, town)
        assert "I am too frail" in refusal.value.message("en")


def test_a_server_that_does_not_start_is_an_error(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """A server that ends at once is told with its last words, and one that never listens is ended."""
    ending = tools_with(tmp_path / "ending", routed="echo no memory; exit 1")
    with opened(built_region, town, tmp_path / "cache", tools=ending) as roads:
        with pytest.raises(ServerNotStarted) as refusal:
            seconds(roads, town)
        assert "no memory" in refusal.value.message("en")
    silent = tools_with(tmp_path / "silent", routed=f"echo $$ > {tmp_path}/id; exec sleep 1000")
    settings = OsrmSettings(start_s=0.5)
    with opened(built_region, town, tmp_path / "cache", tools=silent, settings=settings) as roads:
        with pytest.raises(ServerNotStarted):
            seconds(roads, town)
        assert not is_alive(int((tmp_path / "id").read_text("ascii")))


# takes questions and never answers
MUTE_SERVER = FRAIL_SERVER.replace('print("I am too frail", flush=True)', "import time").replace(
    "sys.exit(1)", "time.sleep(1000)"
)


def test_closing_does_not_wait_for_answers(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """A question that will never be answered fails when the network closes, and its server ends."""
    tools = tools_with(tmp_path / "tools", routed=MUTE_SERVER.format(python=sys.executable))
    failed = threading.Event()

    def ask() -> None:
        with pytest.raises(AssertionError):
            roads.matrix(town.points("AL"), profile=VAN, slots=[NIGHT])
        failed.set()

    with opened(built_region, town, tmp_path / "cache", tools=tools) as roads:
        thread = threading.Thread(target=ask)
        thread.start()
        while thread.is_alive() and not roads.process_ids():
            threading.Event().wait(0.01)
        (process_id,) = roads.process_ids().values()
    thread.join(PATIENCE_S)
    assert failed.is_set()
    assert wait_until_gone(process_id)


def test_a_damaged_graph_is_an_error(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """A graph whose files are damaged is refused with OSRM's own words."""
    slot = tmp_path / "region/osrm/van/night"
    slot.mkdir(parents=True)
    (slot.parent / "base").mkdir()
    (slot / "metric").write_text("free-flow", "ascii")
    for file in (built_region / "osrm/van/night").glob("region.osrm.*"):
        (slot / file.name).write_bytes(b"damaged" if file.suffix == ".mldgr" else file.read_bytes())
    with opened(tmp_path / "region", town, tmp_path / "cache") as roads:
        with pytest.raises(ServerNotStarted) as refusal:
            seconds(roads, town)
        assert "mldgr" in refusal.value.message("en")


def test_few_servers_are_alive_at_once(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """With room for two, a third slot takes the place of the one that was not asked for longest."""
    with opened(built_region, town, tmp_path, settings=OsrmSettings(most_servers=2)) as roads:
        for slot in (NIGHT, MORNING, NIGHT, EVENING):
            seconds(roads, town, slot)
        assert {graph.name for graph in roads.process_ids()} == {"night", "evening"}
        assert all(is_alive(process_id) for process_id in roads.process_ids().values())


def test_slots_wait_for_room(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """With room for one server, many threads that ask different slots are all answered."""
    answers: list[tuple[str, float]] = []
    slots = [NIGHT, MORNING, EVENING] * 3
    with opened(built_region, town, tmp_path, settings=OsrmSettings(most_servers=1)) as roads:
        expected = {slot.name: seconds(roads, town, slot) for slot in slots}
        threads = [
            threading.Thread(target=lambda slot=slot: answers.append((slot.name, seconds(roads, town, slot))))
            for slot in slots
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(answers) == sorted((slot.name, expected[slot.name]) for slot in slots)


def test_a_server_outlives_the_thread_that_asked(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """A server that a short thread had started goes on: the kernel ties it to ours that lasts."""
    with opened(built_region, town, tmp_path) as roads:
        thread = threading.Thread(target=lambda: seconds(roads, town))
        thread.start()
        thread.join()
        (process_id,) = roads.process_ids().values()
        threading.Event().wait(0.1)
        assert is_alive(process_id)


def test_two_networks_have_servers_of_their_own(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """Two networks side by side, one by one killed, do not answer for each other."""
    with opened(built_region, town, tmp_path) as one, opened(built_region, town, tmp_path) as other:
        slow, quick = seconds(one, town, MORNING), seconds(other, town, NIGHT)
        for _ in range(3):
            os.kill(next(iter(one.process_ids().values())), signal.SIGKILL)
            assert (seconds(one, town, MORNING), seconds(other, town, NIGHT)) == (slow, quick)


OWNER = """
import sys, threading
from pathlib import Path
from zaguan.adapters.osrm.network import OsrmNetwork
from zaguan.base.geo.point import BoundingBox, Point
from zaguan.engines.roads.network import Profile
from zaguan.engines.roads.slots import SLOTS
box = BoundingBox(west=-70.0, south=-33.01, east=-69.98, north=-33.0)
points = [Point(lon=-70.0, lat=-33.0), Point(lon=-69.99, lat=-33.0)]
roads = OsrmNetwork(Path(sys.argv[1]), region_hash="", box=box, cache_folder=Path(sys.argv[2]))
for slot in SLOTS[:2]:
    roads.route(points, profile=Profile.VAN, slot=slot)
print(*roads.process_ids().values(), flush=True)
threading.Event().wait()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_server_outlives_its_owner(built_region: Path, tmp_path: Path, how: signal.Signals) -> None:
    """When the process that started the servers is killed, even by kill -9, they end too."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(built_region), str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        text=True,
    )
    try:
        assert owner.stdout is not None
        process_ids = [int(text) for text in owner.stdout.readline().split()]
        assert len(process_ids) == 2
        assert all(is_alive(process_id) for process_id in process_ids)
    finally:
        owner.send_signal(how)
        owner.communicate()
    assert all(wait_until_gone(process_id) for process_id in process_ids)


def test_a_child_whose_parent_is_gone_does_not_start() -> None:
    """A child that was orphaned before it was tied ends by itself: it never becomes its program."""
    started = subprocess.run(
        [sys.executable, "-c", LAUNCH, "1", "/bin/echo", "I run"], capture_output=True, text=True, check=False
    )
    assert started.returncode != 0
    assert started.stdout == ""


# -- the user's own servers


@pytest.fixture
def own_server(built_region: Path) -> Iterator[str]:
    """The address of a server that the user keeps by himself."""
    settings = OsrmSettings(most_points=6)
    with OsrmProxy(answer_s=10) as proxy, ServerPool(settings=settings, proxy=proxy) as pool:
        yield pool.address(built_region / "osrm/van/night")


def test_the_users_own_server_is_asked(built_region: Path, own_server: str, town: DrawnTown, tmp_path: Path) -> None:
    """With an address given, nothing is started, and large matrices are asked in parts that any server takes."""
    letters = "AXBLKGF"
    with opened(built_region, town, tmp_path / "one") as roads:
        expected = roads.matrix(town.points(letters), profile=VAN, slots=[NIGHT])
        route = roads.route(town.points("AFL"), profile=VAN, slot=NIGHT)
        snap = roads.nearest(town.point("G"), profile=VAN)
    options = {"servers": {VAN: f"{own_server}/"}, "settings": OsrmSettings(own_table=6)}
    with opened(built_region, town, tmp_path / "two", **options) as roads:
        found = roads.matrix(town.points(letters), profile=VAN, slots=[NIGHT, MORNING])
        assert found.durations_s[0].tolist() == found.durations_s[1].tolist() == expected.durations_s[0].tolist()
        assert found.distances_m[0].tolist() == expected.distances_m[0].tolist()
        assert found.estimated.tolist() == expected.estimated.tolist()
        assert roads.route(town.points("AFL"), profile=VAN, slot=MORNING) == route
        assert roads.nearest(town.point("G"), profile=VAN) == snap
        assert roads.process_ids() == {}
    assert not (tmp_path / "two").exists()


def test_an_own_server_that_does_not_answer_is_named(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """The refusal names the address where nobody answers."""
    with (
        opened(built_region, town, tmp_path, servers={VAN: "http://127.0.0.1:9"}) as roads,
        pytest.raises(OwnServerUnreachable) as refusal,
    ):
        seconds(roads, town)
    assert "http://127.0.0.1:9" in refusal.value.message("en")


class _LoginPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer every question with a page."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>Please log in</html>")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_an_answer_that_is_none_is_shown(built_region: Path, town: DrawnTown, tmp_path: Path) -> None:
    """An address that answers with a login page is refused, and the page's beginning is shown."""
    with HTTPServer(("127.0.0.1", 0), _LoginPage) as page:
        thread = threading.Thread(target=page.serve_forever, args=(0.01,))
        thread.start()
        try:
            address = f"http://127.0.0.1:{page.server_port}"
            with (
                opened(built_region, town, tmp_path, servers={VAN: address}) as roads,
                pytest.raises(AnswerStrange) as refusal,
            ):
                seconds(roads, town)
            assert "Please log in" in refusal.value.message("en")
        finally:
            page.shutdown()
            thread.join()
