"""All SQL of the kept answers."""

from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from zaguan.base.kit.ids import OrganisationId
from zaguan.records.requests.model import Answer, KeptAnswer
from zaguan.records.requests.tables import AnswerRow


def take_key(session: Session, organisation_id: OrganisationId, owner: str, key: str) -> bool:
    """Hold a key until the transaction ends; False where another transaction holds it.

    An advisory lock ends with its connection: a process that dies leaves no key held.
    """
    name = f"kept_answers:{organisation_id}:{owner}:{key}"
    taken = session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(sa.func.hashtextextended(name, 0))))
    return bool(taken)


def find_answer(
    session: Session, organisation_id: OrganisationId, owner: str, key: str, *, since: datetime
) -> KeptAnswer | None:
    """Return what was answered to a key, unless that is longer ago than `since`."""
    row = session.scalar(
        sa.select(AnswerRow).where(
            AnswerRow.organisation_id == organisation_id,
            AnswerRow.owner == owner,
            AnswerRow.key == key,
            AnswerRow.answered_at >= since,
        )
    )
    if row is None:
        return None
    headers = tuple((name, value) for name, value in row.headers)
    answer = Answer(status=row.status, headers=headers, body=row.body)
    return KeptAnswer(owner=owner, key=key, fingerprint=row.fingerprint, answer=answer, answered_at=row.answered_at)


def save_answer(session: Session, organisation_id: OrganisationId, kept: KeptAnswer) -> None:
    """Keep an answer, in the place of one that has run out."""
    facts = {
        "fingerprint": kept.fingerprint,
        "status": kept.answer.status,
        "headers": [list(pair) for pair in kept.answer.headers],
        "body": kept.answer.body,
        "answered_at": kept.answered_at,
    }
    session.execute(
        insert(AnswerRow)
        .values(organisation_id=organisation_id, owner=kept.owner, key=kept.key, **facts)
        .on_conflict_do_update(index_elements=["organisation_id", "owner", "key"], set_=facts)
    )


def delete_answers(session: Session, *, before: datetime) -> int:
    """Remove the answers of all organisations that the session sees; return how many."""
    done = session.execute(sa.delete(AnswerRow).where(AnswerRow.answered_at < before))
    return cast("sa.CursorResult[object]", done).rowcount
