"""Send positions at a rate to tracking on an embedded PostgreSQL, and look for each of them afterwards."""

import argparse
import json
import math
import os
import platform
import random
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from zaguan.adapters.postgres.server import EmbeddedServer
from zaguan.adapters.virtual.clock import VirtualClock
from zaguan.adapters.virtual.jobs import VirtualJobs
from zaguan.app.migrations.runner import migrate
from zaguan.base.geo.point import Point
from zaguan.base.geo.polyline import encode
from zaguan.base.kit.clock import SystemClock, cpu_s, elapsed_s, today_in
from zaguan.base.kit.database import Database
from zaguan.base.kit.files import write_whole
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.operations.tracking.fixes import Batch, SentFix
from zaguan.operations.tracking.following import follow_route, note_departure
from zaguan.operations.tracking.gathering import Gatherer, PositionIntake
from zaguan.operations.tracking.keeping import seal_chunks
from zaguan.operations.tracking.model import Receipt, TrackedRoute, TrackedStop
from zaguan.operations.tracking.watches import RouteWatches

HERE: Final = Path(__file__).parent
BATCH: Final = 5
STOPS: Final = 40
STOP_EVERY_M: Final = 900.0
SPEED_MPS: Final = 9.0
DEGREE_M: Final = 111_320.0


@dataclass(slots=True)
class CountingBus:
    """A bus that counts what it is told."""

    told: int = 0

    def publish(self, subject: str, message: bytes = b"") -> None:  # noqa: ARG002
        """Count it."""
        self.told += 1


@dataclass(slots=True)
class Answers:
    """How long the answers took, and what they were."""

    waits_s: list[float] = field(default_factory=list)
    acknowledged: int = 0
    quarantined: int = 0
    failed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, asked: float, answer: Future[Receipt]) -> None:
        """Count an answer."""
        failure = answer.exception()
        with self.lock:
            self.waits_s.append(elapsed_s() - asked)
            if failure is not None:
                self.failed += 1
                return
            self.acknowledged += answer.result().accepted
            self.quarantined += sum(answer.result().quarantined.values())

    def percentile_ms(self, share: float) -> float:
        """Return the time within which a share of the answers came."""
        return round(1000 * sorted(self.waits_s)[math.ceil(share * len(self.waits_s)) - 1], 1)


def place(vehicle: int, metres: float) -> Point:
    """Return where a vehicle is after so many metres: up and down streets of its own."""
    lap = STOPS * STOP_EVERY_M
    along = metres % (2 * lap)
    along = along if along <= lap else 2 * lap - along
    return Point(lon=round(-70 + vehicle * 0.02, 6), lat=round(-33 + along / DEGREE_M, 6))


def a_route(vehicle: int, now: datetime) -> TrackedRoute:
    """Return a route of 40 stops, a corner every 60 m."""
    stops = tuple(
        TrackedStop(
            stop_id=new_id(),
            point=place(vehicle, STOP_EVERY_M * (number + 1)),
            arrives_at=now + timedelta(seconds=300 * number + 100),
            leaves_at=now + timedelta(seconds=300 * number + 300),
            service_s=200,
            order_ids=(new_id(),),
            leg_duration_s=100,
            line=encode([place(vehicle, STOP_EVERY_M * number + 60 * corner) for corner in range(16)]),
        )
        for number in range(STOPS)
    )
    return TrackedRoute(
        route_id=new_id(),
        version=1,
        vehicle_id=new_id(),
        depot_id=new_id(),
        depot_point=place(vehicle, 0),
        shift_starts_at=now - timedelta(hours=1),
        shift_ends_at=now + timedelta(hours=10),
        leaves_at=now,
        returns_at=now + timedelta(hours=6),
        profile="van",
        stops=stops,
        hub="bench",
        back_line=encode([place(vehicle, STOP_EVERY_M * STOPS), place(vehicle, 0)]),
    )


def batches(routes: Sequence[TrackedRoute], *, rate: float, began: datetime) -> Iterator[tuple[float, Batch]]:
    """Yield batches with the second at which each is due; a vehicle's fixes are evenly spaced in time."""
    dice, devices = random.Random(1), [new_id() for _ in routes]
    every_s = len(routes) / rate  # between two fixes of one vehicle
    for number in range(10**9):
        vehicle = number % len(routes)
        due = (number + 1) * BATCH / rate
        moments = [due - every_s * (BATCH - 1 - step) for step in range(BATCH)]
        fixes = tuple(
            SentFix(
                at=began + timedelta(seconds=moment),
                lon=(point := place(vehicle, SPEED_MPS * moment + dice.gauss(0, 2))).lon,
                lat=point.lat,
                accuracy_m=6.0,
                speed_mps=SPEED_MPS,
                heading_deg=0.0,
            )
            for moment in moments
        )
        route, device = routes[vehicle], devices[vehicle]
        yield due, Batch(batch_id=new_id(), device_id=device, vehicle_id=route.vehicle_id, fixes=fixes)


def send(gatherer: Gatherer, owner: OrganisationId, routes: Sequence[TrackedRoute], arguments: Any) -> Answers:
    """Send batches at the rate for as long as was asked for, and wait for all answers."""
    answers, pause = Answers(), threading.Event()
    clock, began = SystemClock(), elapsed_s()
    waiting: list[Future[Receipt]] = []
    for due, batch in batches(routes, rate=arguments.rate, began=clock.now()):
        if due > arguments.seconds:
            break
        pause.wait(max(0.0, due - (elapsed_s() - began)))
        answer = gatherer.submit(owner, batch)
        # counted from when it was due: a sender that is held up does not make the wait shorter
        answer.add_done_callback(lambda done, asked=began + due: answers.note(asked, done))
        waiting.append(answer)
    for answer in waiting:
        answer.exception()
    return answers


def stored(database: Database, owner: OrganisationId) -> tuple[int, int]:
    """Return how many fixes are open, and how many bytes the chunks have."""
    with database.session(owner) as session:
        fixes = session.execute(sa.text("SELECT count(*) FROM tracking_open_fixes")).scalar_one()
        size = session.execute(sa.text("SELECT coalesce(sum(length(content)), 0) FROM tracking_chunks")).scalar_one()
    return int(fixes), int(size)


def seal(database: Database, owner: OrganisationId) -> tuple[int, float]:
    """Close all chunks; return how many fixes went into them, and the CPU seconds that it took here."""
    clock, began, sealed = VirtualClock(SystemClock().now() + timedelta(minutes=10)), cpu_s(), 0
    while True:
        with database.session(owner) as session:
            several = seal_chunks(session, owner, clock=clock)
        sealed += several
        if not several:
            return sealed, cpu_s() - began


def measure(arguments: Any) -> dict[str, Any]:
    """Return the row of one run."""
    with tempfile.TemporaryDirectory() as folder:
        # as root the database runs as another user, who must get through
        Path(folder).chmod(0o755)
        return measured_in(Path(folder), arguments)


def measured_in(folder: Path, arguments: Any) -> dict[str, Any]:
    """Run on a server in a folder and return the row."""
    clock, bus, owner = SystemClock(), CountingBus(), OrganisationId(new_id())
    with EmbeddedServer(folder / "postgres") as server:
        migrate(server.url, before_change=lambda _before, _after: None)
        with Database(server.url) as database:
            jobs = VirtualJobs(VirtualClock(clock.now()))
            routes = [a_route(vehicle, clock.now()) for vehicle in range(arguments.vehicles)]
            follow(database, owner, routes, jobs)
            intake = PositionIntake(database=database, watches=RouteWatches(), jobs=jobs, bus=bus, clock=clock)
            cpu = cpu_s()
            with Gatherer(intake.record) as gatherer:
                answers = send(gatherer, owner, routes, arguments)
            cpu = cpu_s() - cpu
            kept, _ = stored(database, owner)
            sealed, sealing = seal(database, owner)
            _, size = stored(database, owner)
    return {
        "asked_per_s": arguments.rate,
        "seconds": arguments.seconds,
        "vehicles": arguments.vehicles,
        "acknowledged": answers.acknowledged,
        "lost": answers.acknowledged - kept,
        "quarantined": answers.quarantined,
        "failed": answers.failed,
        "p50_ms": answers.percentile_ms(0.5),
        "p99_ms": answers.percentile_ms(0.99),
        "cpu_share": round(cpu / arguments.seconds, 2),
        "cpu_us_per_fix": round(1e6 * cpu / max(1, answers.acknowledged)),
        "live": bus.told,
        "seal_cpu_us_per_fix": round(1e6 * sealing / max(1, sealed), 1),
        "bytes_per_fix": round(size / max(1, sealed), 1),
    }


def follow(database: Database, owner: OrganisationId, routes: Sequence[TrackedRoute], jobs: VirtualJobs) -> None:
    """Have all routes followed and under way."""
    clock = SystemClock()
    with database.session(owner) as session:
        for route in routes:
            follow_route(session, owner, route, jobs=jobs, clock=clock)
            note_departure(session, owner, route.route_id, at=clock.now(), jobs=jobs, clock=clock)


def main() -> None:
    """Measure and write the table; a shorter or slower run is shown only."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=1_000, help="positions a second")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--vehicles", type=int, default=500)
    parser.add_argument("--show", action="store_true", help="show the row, write nothing")
    arguments = parser.parse_args()
    row = measure(arguments)
    if arguments.show:
        print(json.dumps(row, indent=2))
        return
    table = {
        "question": "How many positions a second does one process take in, and is any lost?",
        "command": "make bench ARGS=scale/positions",
        "machine": f"{os.cpu_count()} cores of a shared {platform.machine()} server, "
        f"Python {platform.python_version()}",
        "data": f"batches of {BATCH} fixes, routes of {STOPS} stops, embedded PostgreSQL with durable commits",
        "at": today_in(UTC, SystemClock()).isoformat(),
        "rows": [row],
    }
    write_whole(HERE / "results" / "positions.json", json.dumps(table, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
