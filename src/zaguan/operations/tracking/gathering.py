"""Many devices send at once: what waits is stored together, in one transaction, and each is answered after the commit.

While one transaction is under way the next batches gather by themselves, so a quiet house answers at once and a busy
one pays for few commits. A batch that fails does not take the others along.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from zaguan.base.events.position import LivePosition
from zaguan.base.kit.bus import Bus
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.closing import Closing
from zaguan.base.kit.database import Database
from zaguan.base.kit.facts import canonical_json, to_plain
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Jobs
from zaguan.operations.tracking.fixes import Batch
from zaguan.operations.tracking.model import BatchAltered, Receipt, TooManyWaiting
from zaguan.operations.tracking.service import Answer, record_positions
from zaguan.operations.tracking.watches import RouteWatches

AT_ONCE: Final = 200  # batches in one transaction
MOST_WAITING: Final = 5_000
THREADS: Final = 2  # an organisation is served by one of them at a time

Record = Callable[[OrganisationId, Sequence[Batch]], Sequence[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    batch: Batch
    answer: Future[Receipt]


class Gatherer(Closing):
    """Takes batches from many threads and hands them on together, by organisation, in the order in which they came."""

    def __init__(
        self, record: Record, *, threads: int = THREADS, at_once: int = AT_ONCE, most_waiting: int = MOST_WAITING
    ) -> None:
        assert threads >= 1
        assert at_once >= 1
        self._record: Final = record
        self._at_once: Final = at_once
        self._most_waiting: Final = most_waiting
        self._queues: Final[OrderedDict[OrganisationId, deque[_Waiting]]] = OrderedDict()
        self._served: Final[set[OrganisationId]] = set()
        self._waiting = 0
        self._closed = False
        self._changed: Final = threading.Condition()
        self._threads: Final = [
            threading.Thread(target=self._work, name=f"positions-{number}", daemon=True) for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, organisation_id: OrganisationId, batch: Batch) -> Future[Receipt]:
        """Take a batch; the answer is there once it is stored. Refused: TooManyWaiting; in the answer: BatchAltered."""
        waiting = _Waiting(batch=batch, answer=Future())
        with self._changed:
            if self._closed or self._waiting >= self._most_waiting:
                raise TooManyWaiting(waiting=self._waiting)
            self._queues.setdefault(organisation_id, deque()).append(waiting)
            self._waiting += 1
            self._changed.notify()
        return waiting.answer

    def close(self) -> None:
        """Store what waits, and take no more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            organisation_id, several = taken
            try:
                self._store(organisation_id, several)
            finally:
                with self._changed:
                    self._served.discard(organisation_id)
                    self._changed.notify_all()

    def _take(self) -> tuple[OrganisationId, list[_Waiting]] | None:
        """Wait for batches of an organisation that no other thread is at; None: closed, and nothing is left."""
        with self._changed:
            while True:
                free = next((one for one in self._queues if one not in self._served), None)
                if free is not None:
                    break
                if self._closed and not self._queues:
                    return None
                self._changed.wait()
            queue = self._queues.pop(free)
            several = [queue.popleft() for _ in range(min(len(queue), self._at_once))]
            if queue:
                self._queues[free] = queue  # behind the others: each organisation has its turn
            self._waiting -= len(several)
            self._served.add(free)
            return free, several

    def _store(self, organisation_id: OrganisationId, several: Sequence[_Waiting]) -> None:
        try:
            answers = self._record(organisation_id, [waiting.batch for waiting in several])
        except Exception as failure:
            if len(several) == 1:
                several[0].answer.set_exception(failure)
                return
            # nothing of it is stored: each by itself, so that only the one that fails is refused
            for waiting in several:
                self._store(organisation_id, [waiting])
            return
        for waiting, answer in zip(several, answers, strict=True):
            if isinstance(answer, BatchAltered):
                waiting.answer.set_exception(answer)
            else:
                waiting.answer.set_result(answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionIntake:
    """Stores batches in one transaction, then tells the live bus where the vehicles are."""

    database: Database
    watches: RouteWatches
    jobs: Jobs
    bus: Bus
    clock: Clock

    def record(self, organisation_id: OrganisationId, batches: Sequence[Batch]) -> Sequence[Answer]:
        """Store batches and return the answer to each."""
        with self.database.session(organisation_id) as session:
            recorded = record_positions(
                session, organisation_id, batches, watches=self.watches, jobs=self.jobs, clock=self.clock
            )
        for position in recorded.live:
            self.bus.publish(subject_of(organisation_id, position), canonical_json(to_plain(position)).encode())
        return recorded.answers


def subject_of(organisation_id: OrganisationId, position: LivePosition) -> str:
    """Return under which subject of the live bus a position is told: position.<organisation>.<hub>.<vehicle>."""
    return f"position.{organisation_id}.{position.hub or '-'}.{position.vehicle_id}"
