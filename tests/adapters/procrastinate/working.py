"""A worker in a process of its own, to be killed: `python -m tests.adapters.procrastinate.working URL`."""

import sys
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from zaguan.adapters.procrastinate.jobs import ProcrastinateJobs
from zaguan.adapters.procrastinate.worker import Pace, ProcrastinateWorker
from zaguan.app.worker import stopping
from zaguan.base.kit.clock import SystemClock
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Handlers, Retries
from zaguan.base.kit.reactions import Heard, Reaction, Reactions

# a dead worker is noticed in a second instead of half a minute
PACE = Pace(poll_s=0.1, heartbeat_s=0.3, stalled_after_s=1.0, rescue_s=0.3, grace_s=10.0)
PATIENT = Retries(attempts=50, first_wait_s=0.05, longest_wait_s=0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BellRung:
    """Somebody rang the bell."""

    type: ClassVar[str] = "bell.rung"
    number: int


def note(slow_s: float, session: Session, organisation_id: OrganisationId, heard: Heard[BellRung]) -> None:
    """Write the effect, and take some time around it: so workers die before, between and after."""
    assert heard.entry.organisation_id == organisation_id
    session.execute(sa.text("SELECT pg_sleep(:slow_s)"), {"slow_s": slow_s})
    session.execute(
        sa.text("INSERT INTO effects (event_id, stream_id, number) VALUES (:event_id, :stream_id, :number)"),
        {"event_id": heard.entry.id, "stream_id": heard.entry.stream.id, "number": heard.fact.number},
    )
    session.execute(sa.text("SELECT pg_sleep(:slow_s)"), {"slow_s": slow_s})


def reactions_of(slow_s: float) -> Reactions:
    """Return the one reaction that there is."""
    reaction = Reaction(name="bell.note", hears=BellRung, react=partial(note, slow_s), retries=PATIENT)
    return Reactions(ProcrastinateJobs(wake=lambda: None), [reaction])


def main(url: str) -> None:
    """Work until asked to stop, or killed."""
    with Database(url, pool_size=5) as database:
        handlers = Handlers(reactions_of(0.01).handlers(database, clock=SystemClock()))
        worker = ProcrastinateWorker(database.url, handlers, threads=4, pace=PACE)
        with stopping(worker, within_s=20.0):
            worker.run()


if __name__ == "__main__":
    main(sys.argv[1])
