"""Long work that was asked for: how far it is, how it ended, and whether it shall end early."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final, NewType
from uuid import UUID

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.facts import Plain

OperationId = NewType("OperationId", UUID)
KEPT_FOR: Final = timedelta(days=30)  # after its end


class OperationState(StrEnum):
    """Where long work stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OVER: Final = frozenset({OperationState.DONE, OperationState.FAILED, OperationState.CANCELLED})


class OperationNotFound(ZaguanError):
    """There is no such operation, or not for this owner."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "operations.not_found"

    def __init__(self, **facts: object) -> None:
        super().__init__(**{"days": KEPT_FOR.days, **facts})


class OperationOver(ZaguanError):
    """The operation has ended: it can be neither cancelled nor moved on."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "operations.over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One piece of long work. What it works on stands in its own room; here stands how it goes."""

    id: OperationId
    kind: str  # what is done: `plan.search`, `orders.import`
    owner: str  # whose it is within the organisation
    state: OperationState = OperationState.QUEUED
    progress: float = 0.0  # 0 to 1, never back
    result: Mapping[str, Plain] | None = None  # ids and counts
    errors: tuple[str, ...] = ()  # codes of refusals
    asked_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    cancel_asked_at: datetime | None = None

    def __post_init__(self) -> None:
        assert 0 <= self.progress <= 1
        assert (self.ended_at is not None) == (self.state in OVER)

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.state in OVER

    @property
    def cancel_asked(self) -> bool:
        """Whether it shall end early."""
        return self.cancel_asked_at is not None

    def begun(self, at: datetime) -> "Operation":
        """Return it running; a worker that takes it up again after a crash begins it once more."""
        self._must_go_on()
        return replace(self, state=OperationState.RUNNING, started_at=self.started_at or at)

    def moved_on(self, progress: float) -> "Operation":
        """Return it further on."""
        self._must_go_on()
        return replace(self, progress=min(1.0, max(self.progress, progress)))

    def done(self, result: Mapping[str, Plain], at: datetime) -> "Operation":
        """Return it done, with what came of it."""
        self._must_go_on()
        return replace(self, state=OperationState.DONE, progress=1.0, result=result, ended_at=at)

    def failed(self, errors: tuple[str, ...], at: datetime) -> "Operation":
        """Return it failed, with the codes of what went wrong."""
        self._must_go_on()
        return replace(self, state=OperationState.FAILED, errors=errors, ended_at=at)

    def cancelled(self, at: datetime) -> "Operation":
        """Return it ended early, as was asked."""
        self._must_go_on()
        return replace(self, state=OperationState.CANCELLED, ended_at=at)

    def asked_to_cancel(self, at: datetime) -> "Operation":
        """Return it with the wish noted: queued work ends at once, running work at its next look."""
        self._must_go_on()
        if self.state is OperationState.QUEUED:
            return replace(self, state=OperationState.CANCELLED, cancel_asked_at=at, ended_at=at)
        return replace(self, cancel_asked_at=self.cancel_asked_at or at)

    def _must_go_on(self) -> None:
        if self.over:
            raise OperationOver(state=self.state.value)
