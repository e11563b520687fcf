"""How rows are written."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session


def upsert(session: Session, row: type, key: Sequence[str], values: dict[str, Any]) -> None:
    """Write a row of an organisation in the place of the one with the same key."""
    fresh = {name: value for name, value in values.items() if name not in (*key, "organisation_id")}
    session.execute(
        insert(row).values(**values).on_conflict_do_update(index_elements=["organisation_id", *key], set_=fresh)
    )
