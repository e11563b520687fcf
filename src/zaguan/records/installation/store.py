"""All SQL of the installation."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from zaguan.records.installation.tables import InstallationRow


def keep_first_key(session: Session, signing_key: bytes, *, made_at: datetime) -> bytes:
    """Keep a key unless there is one; return the one that is kept. Of two that come at once one is kept."""
    session.execute(
        insert(InstallationRow)
        .values(only=True, signing_key=signing_key, made_at=made_at)
        .on_conflict_do_nothing(index_elements=["only"])
    )
    return session.execute(sa.select(InstallationRow.signing_key)).scalar_one()
