"""Gathering: many devices at once, few transactions, each its own answer."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, wait
from typing import Any

import pytest

from tests.operations.tracking.builders import a_batch, a_route, after, east, sent
from tests.operations.tracking.field import Field
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.operations.tracking.fixes import Batch
from zaguan.operations.tracking.gathering import Gatherer, PositionIntake
from zaguan.operations.tracking.model import BatchAltered, Receipt, TooManyWaiting
from zaguan.operations.tracking.service import Answer

HERE = OrganisationId(new_id())


def receipt_of(batch: Batch) -> Receipt:
    return Receipt(
        batch_id=batch.batch_id,
        sent=len(batch.fixes),
        accepted=len(batch.fixes),
        repeated=0,
        quarantined={},
        offset_s=None,
        clock_is_off=False,
    )


class Recorder:
    """Stores nothing, but notes what it was given together; held until it is let go."""

    def __init__(self) -> None:
        self.groups: list[tuple[OrganisationId, list[Batch]]] = []
        self.poison: set[Any] = set()
        self.asked, self.let_go = threading.Event(), threading.Event()

    def record(self, organisation_id: OrganisationId, batches: Sequence[Batch]) -> Sequence[Answer]:
        self.asked.set()
        assert self.let_go.wait(10)
        self.groups.append((organisation_id, list(batches)))
        if any(batch.batch_id in self.poison for batch in batches):
            raise OSError("the disk is full")
        return [receipt_of(batch) for batch in batches]


class NotedBus:
    """A bus that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bytes]] = []

    def publish(self, subject: str, message: bytes = b"") -> None:
        """Note it."""
        self.told.append((subject, message))


def test_what_waits_is_stored_together() -> None:
    """While one transaction is under way the next batches gather: they are stored in one, in their order."""
    recorder = Recorder()
    with Gatherer(recorder.record, threads=1) as gatherer:
        batches = [a_batch(sent(0)) for _ in range(20)]
        answers = [gatherer.submit(HERE, batch) for batch in batches]
        recorder.let_go.set()
        assert [answer.result(10).batch_id for answer in answers] == [batch.batch_id for batch in batches]
    assert len(recorder.groups) <= 2
    assert [batch for _, group in recorder.groups for batch in group] == batches


def test_one_that_fails_takes_no_other_along() -> None:
    """A batch that cannot be stored gets the error; those that waited with it are stored."""
    recorder = Recorder()
    batches = [a_batch(sent(0)) for _ in range(5)]
    recorder.poison.add(batches[2].batch_id)
    with Gatherer(recorder.record, threads=1) as gatherer:
        answers = [gatherer.submit(HERE, batch) for batch in batches]
        recorder.let_go.set()
        wait(answers, 10)
    assert [isinstance(answer.exception(), OSError) for answer in answers] == [False, False, True, False, False]


def test_organisations_are_stored_apart() -> None:
    """Batches of two organisations never share a transaction, and none waits for all of the other's."""
    recorder, there = Recorder(), OrganisationId(new_id())
    with Gatherer(recorder.record, threads=1, at_once=2) as gatherer:
        answers: list[Future[Receipt]] = [gatherer.submit(HERE, a_batch(sent(0))) for _ in range(6)]
        answers += [gatherer.submit(there, a_batch(sent(0))) for _ in range(2)]
        recorder.let_go.set()
        wait(answers, 10)
    owners = [owner for owner, _ in recorder.groups]
    assert owners.index(there) <= 2
    assert all(len(group) <= 2 for _, group in recorder.groups)


def test_too_many_are_refused() -> None:
    """When more batches wait than memory should hold, the next is refused and may come again."""
    recorder = Recorder()
    with Gatherer(recorder.record, threads=1, at_once=1, most_waiting=3) as gatherer:
        gatherer.submit(HERE, a_batch(sent(0)))
        assert recorder.asked.wait(10)  # the first is under way: the next three wait behind it
        for _ in range(3):
            gatherer.submit(HERE, a_batch(sent(0)))
        with pytest.raises(TooManyWaiting):
            gatherer.submit(HERE, a_batch(sent(0)))
        recorder.let_go.set()
    with pytest.raises(TooManyWaiting):
        gatherer.submit(HERE, a_batch(sent(0)))


def test_closing_stores_what_waits() -> None:
    """What was taken before the end is stored, not dropped."""
    recorder = Recorder()
    gatherer = Gatherer(recorder.record)
    answers = [gatherer.submit(HERE, a_batch(sent(0))) for _ in range(50)]
    recorder.let_go.set()
    gatherer.close()
    assert all(answer.done() for answer in answers)


def test_the_bus_is_told_after_the_commit(field: Field) -> None:
    """Positions go from many threads to the database and then to the live bus, one for each vehicle that moved."""
    routes = [field.follow(a_route()) for _ in range(4)]
    field.clock.move_to(after(60))
    bus = NotedBus()
    intake = PositionIntake(database=field.database, watches=field.watches, jobs=field.jobs, bus=bus, clock=field.clock)
    batches = [
        a_batch(*(sent(5 * part + n, east(10 * n)) for n in range(5)), vehicle_id=route.vehicle_id)
        for route in routes
        for part in range(3)
    ]
    altered = a_batch(
        sent(50), vehicle_id=routes[0].vehicle_id, batch_id=batches[0].batch_id, device_id=batches[0].device_id
    )
    with Gatherer(intake.record) as gatherer:
        answers = [gatherer.submit(field.organisation_id, batch) for batch in [*batches, altered]]
        wait(answers, 30)
    assert [answer.result().accepted for answer in answers[:-1]] == [5] * 12
    assert isinstance(answers[-1].exception(), BatchAltered)
    assert {subject for subject, _ in bus.told} == {
        f"position.{field.organisation_id}.north.{route.vehicle_id}" for route in routes
    }
    assert [len(field.path(route.vehicle_id)) for route in routes] == [15] * 4
