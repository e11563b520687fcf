"""Who is waiting for events is woken when they are committed, in whichever process."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import event
from sqlalchemy.orm import Session

from zaguan.base.kit.bus import Bus
from zaguan.base.kit.chain import Entry
from zaguan.base.kit.journal import Outbox
from zaguan.doors.gateway.event_stream import subject_of

_TOLD: Final = "zaguan_told"


class WakingOutbox:
    """An outbox that also wakes the streams of the organisation, after the commit and never inside it."""

    def __init__(self, inner: Outbox, bus: Bus) -> None:
        self._inner, self._bus = inner, bus

    def announce(self, session: Session, entries: Sequence[Entry]) -> None:
        """Enqueue the reactions, and note whom to wake."""
        self._inner.announce(session, entries)
        subjects = session.info.get(_TOLD)
        if subjects is None:
            subjects = session.info[_TOLD] = set()
            event.listen(session, "after_commit", self._wake)
            event.listen(session, "after_soft_rollback", _forget)
        subjects.update(subject_of(entry.organisation_id) for entry in entries)

    def _wake(self, session: Session) -> None:
        # a savepoint that is released is no end
        if session.in_nested_transaction():
            return
        subjects = session.info[_TOLD]
        for subject in sorted(subjects):
            self._bus.publish(subject)
        subjects.clear()


def _forget(session: Session, undone: object) -> None:
    if getattr(undone, "parent", None) is None:
        session.info[_TOLD].clear()
