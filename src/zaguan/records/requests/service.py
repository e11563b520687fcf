"""Do an act once, however often it is asked for with the same key."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.records.requests import store
from zaguan.records.requests.model import KEPT_FOR, Answer, InProgress, KeptAnswer, KeyReused


def answer_once(
    session: Session,
    organisation_id: OrganisationId,
    act: Callable[[], Answer],
    *,
    owner: str,
    key: str,
    fingerprint: str,
    clock: Clock,
) -> tuple[Answer, bool]:
    """Do the act and keep its answer in the same transaction, or return the answer that is kept (and True).

    Refused: InProgress while another transaction does the act, KeyReused where the key came with another request.
    A refusal of the act itself undoes the transaction and keeps nothing.
    """
    if not store.take_key(session, organisation_id, owner, key):
        raise InProgress
    now = clock.now()
    kept = store.find_answer(session, organisation_id, owner, key, since=now - KEPT_FOR)
    if kept is not None:
        if not kept.same_request(fingerprint):
            raise KeyReused
        return kept.answer, True
    answer = act()
    new = KeptAnswer(owner=owner, key=key, fingerprint=fingerprint, answer=answer, answered_at=now)
    store.save_answer(session, organisation_id, new)
    return answer, False


def forget_answers(session: Session, *, clock: Clock) -> int:
    """Remove the answers whose time is over; return how many. Wants a session that crosses organisations."""
    return store.delete_answers(session, before=clock.now() - KEPT_FOR)
