"""Long work: what it tells of itself."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.still_clock import StillClock
from zaguan.base.kit.database import Database
from zaguan.base.kit.ids import OrganisationId
from zaguan.records.operations import service
from zaguan.records.operations.model import Operation, OperationId, OperationNotFound, OperationOver, OperationState

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
CLOCK = StillClock(NOON)


def asked(database: Database, organisation_id: OrganisationId) -> Operation:
    """Ask for long work."""
    with database.session(organisation_id) as session:
        return service.ask_for_operation(session, organisation_id, "plan.search", owner="organisation", clock=CLOCK)


def test_work_goes_from_queued_to_done(database: Database, organisation_id: OrganisationId) -> None:
    """Asked for, begun, moved on and done: its progress, result and moments are kept."""
    operation = asked(database, organisation_id)
    with database.session(organisation_id) as session:
        service.begin_operation(session, organisation_id, operation.id, clock=CLOCK)
        assert not service.move_operation_on(session, organisation_id, operation.id, 0.5)
        service.end_operation(session, organisation_id, operation.id, result={"orders": 3}, clock=CLOCK)
    with database.session(organisation_id) as session:
        found = service.get_operation(session, organisation_id, operation.id, owner="organisation")
        assert service.list_operations(session, organisation_id, owner="organisation") == [found]
    assert (found.state, found.progress, found.result) == (OperationState.DONE, 1.0, {"orders": 3})
    assert (found.asked_at, found.started_at, found.ended_at) == (NOON, NOON, NOON)


def test_queued_work_is_cancelled_at_once(database: Database, organisation_id: OrganisationId) -> None:
    """What no worker has begun ends by the wish alone, and cannot be begun any more."""
    operation = asked(database, organisation_id)
    with database.session(organisation_id) as session:
        service.cancel_operation(session, organisation_id, operation.id, owner="organisation", clock=CLOCK)
    with pytest.raises(OperationOver), database.session(organisation_id) as session:
        service.begin_operation(session, organisation_id, operation.id, clock=CLOCK)


def test_running_work_learns_that_it_shall_end(database: Database, organisation_id: OrganisationId) -> None:
    """The worker hears of the wish when it tells its progress, and ends itself."""
    operation = asked(database, organisation_id)
    with database.session(organisation_id) as session:
        service.begin_operation(session, organisation_id, operation.id, clock=CLOCK)
        service.cancel_operation(session, organisation_id, operation.id, owner="organisation", clock=CLOCK)
        assert service.move_operation_on(session, organisation_id, operation.id, 0.2)
        ended = service.end_operation(session, organisation_id, operation.id, clock=CLOCK)
    assert ended.state is OperationState.CANCELLED


def test_another_owner_does_not_see_it(database: Database, organisation_id: OrganisationId) -> None:
    """The work of one shipper is not there for another."""
    operation = asked(database, organisation_id)
    with database.session(organisation_id) as session:
        with pytest.raises(OperationNotFound):
            service.get_operation(session, organisation_id, operation.id, owner="shipper")
        with pytest.raises(OperationNotFound):
            service.cancel_operation(session, organisation_id, operation.id, owner="shipper", clock=CLOCK)


def test_what_ended_long_ago_is_forgotten(own_database: Database, organisation_id: OrganisationId) -> None:
    """Ended work is removed after its time, waiting work never."""
    asked(own_database, organisation_id)
    operation = asked(own_database, organisation_id)
    with own_database.session(organisation_id) as session:
        service.end_operation(session, organisation_id, operation.id, errors=("planning.no_orders",), clock=CLOCK)
    with own_database.system_session() as session:
        assert service.forget_operations(session, clock=StillClock(NOON + timedelta(days=31))) == 1


@given(st.lists(st.sampled_from(["begun", "moved_on", "done", "failed", "cancelled", "asked_to_cancel"]), max_size=8))
def test_what_has_ended_never_changes(acts: list[str]) -> None:
    """In whatever order acts come: after the end each is refused, and progress never goes back."""
    operation = Operation(id=OperationId(UUID(int=1)), kind="k", owner="o", asked_at=NOON)
    arguments = {"begun": (NOON,), "moved_on": (0.4,), "done": ({}, NOON), "failed": (("x",), NOON)}
    for act in acts:
        do = getattr(operation, act)
        if operation.over:
            with pytest.raises(OperationOver):
                do(*arguments.get(act, (NOON,)))
            continue
        after = do(*arguments.get(act, (NOON,)))
        assert after.progress >= operation.progress
        operation = after
