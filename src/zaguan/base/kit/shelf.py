"""Where records of one kind are kept: a row each, the value as JSON beside the columns that are searched."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.facts import from_plain, to_plain
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.kept import MAX_PAGE, Change, Kept, Page, Saved, VersionStale, checked_ref, page_of
from zaguan.base.kit.tables import ORGANISATION, Owned


class KeptColumns(Owned):
    """What every table of kept records has; a room's own columns come beside."""

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-90)
    ref: Mapped[str]
    value: Mapped[dict[str, Any]]
    version: Mapped[int]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy hands in the class
        return (sa.UniqueConstraint(ORGANISATION, "ref"),)


class Shelf[Value]:
    """All records of one kind. `columns` returns what is searched, `missing` is raised where there is none."""

    def __init__(
        self,
        row: type[KeptColumns],
        value: type[Value],
        *,
        missing: type[ZaguanError],
        columns: Callable[[Value], Mapping[str, object]] = lambda _: {},
    ) -> None:
        self.row, self.value, self.missing, self.columns = row, value, missing, columns

    def save(
        self,
        session: Session,
        organisation_id: OrganisationId,
        ref: str,
        value: Value,
        *,
        now: datetime,
        expected_version: int | None = None,
    ) -> Saved[Value]:
        """Keep a value under its external id: made, changed, taken back from the archive, or left as it is.

        Refused: an external id that cannot be kept, and with `expected_version` another version than that.
        """
        checked_ref(ref)
        found = self._locked(session, organisation_id, ref)
        if found is None and expected_version is None:
            made = self._insert(session, organisation_id, ref, value, now)
            if made is not None:
                return Saved(kept=made, change=Change.CREATED)
            # somebody else made it in the meantime
            found = self._locked(session, organisation_id, ref)
        if found is None:
            raise self.missing(ref=ref)
        before = self._kept(found)
        if expected_version is not None and before.version != expected_version:
            raise VersionStale(ref=ref, asked=expected_version, current=before.version)
        if before.value == value and before.archived_at is None:
            return Saved(kept=before, change=Change.NONE)
        change = Change.CHANGED if before.archived_at is None else Change.RESTORED
        for name, content in self.columns(value).items():
            setattr(found, name, content)
        found.value, found.version = self._plain(value), before.version + 1
        found.changed_at, found.archived_at = now, None
        session.flush()
        return Saved(kept=self._kept(found), change=change)

    def archive(
        self,
        session: Session,
        organisation_id: OrganisationId,
        ref: str,
        *,
        now: datetime,
        expected_version: int | None = None,
    ) -> Saved[Value]:
        """Put a record away: it is not listed any more, and its id and ref stay taken."""
        found = self._locked(session, organisation_id, ref)
        if found is None:
            raise self.missing(ref=ref)
        if expected_version is not None and found.version != expected_version:
            raise VersionStale(ref=ref, asked=expected_version, current=found.version)
        if found.archived_at is not None:
            return Saved(kept=self._kept(found), change=Change.NONE)
        found.version, found.changed_at, found.archived_at = found.version + 1, now, now
        session.flush()
        return Saved(kept=self._kept(found), change=Change.CHANGED)

    def find(self, session: Session, organisation_id: OrganisationId, ref: str) -> Kept[Value] | None:
        """Return the record with an external id, archived or not, or None."""
        found = session.scalar(self._of(organisation_id).where(self.row.ref == ref))
        return None if found is None else self._kept(found)

    def get(self, session: Session, organisation_id: OrganisationId, ref: str) -> Kept[Value]:
        """Return the record with an external id, archived or not."""
        found = self.find(session, organisation_id, ref)
        if found is None:
            raise self.missing(ref=ref)
        return found

    def get_by_id(self, session: Session, organisation_id: OrganisationId, record_id: UUID) -> Kept[Value]:
        """Return the record with an id, archived or not."""
        found = session.scalar(self._of(organisation_id).where(self.row.id == record_id))
        if found is None:
            raise self.missing(ref=str(record_id))
        return self._kept(found)

    def page(
        self,
        session: Session,
        organisation_id: OrganisationId,
        *,
        after: str = "",
        limit: int = MAX_PAGE,
        archived: bool = False,
        where: Collection[sa.ColumnElement[bool]] = (),
    ) -> Page[Kept[Value]]:
        """Return a part of the records by their external ids, from the one behind `after` on."""
        assert 1 <= limit <= MAX_PAGE, "a page has a bound"
        state = self.row.archived_at.is_not(None) if archived else self.row.archived_at.is_(None)
        wanted = self._of(organisation_id).where(self.row.ref > after, state, *where)
        rows = session.scalars(wanted.order_by(self.row.ref).limit(limit + 1)).all()
        return page_of([(row.ref, self._kept(row)) for row in rows], limit=limit)

    def every(
        self,
        session: Session,
        organisation_id: OrganisationId,
        *,
        most: int,
        where: Collection[sa.ColumnElement[bool]] = (),
    ) -> tuple[Kept[Value], ...]:
        """Return all records that are not archived, by their external ids; there must not be more than `most`."""
        wanted = self._of(organisation_id).where(self.row.archived_at.is_(None), *where)
        rows = session.scalars(wanted.order_by(self.row.ref).limit(most + 1)).all()
        assert len(rows) <= most, f"more than {most} records"
        return tuple(self._kept(row) for row in rows)

    def _of(self, organisation_id: OrganisationId) -> sa.Select[KeptColumns]:
        return sa.select(self.row).where(self.row.organisation_id == organisation_id)

    def _locked(self, session: Session, organisation_id: OrganisationId, ref: str) -> KeptColumns | None:
        wanted = self._of(organisation_id).where(self.row.ref == ref)
        return session.scalar(wanted.with_for_update().execution_options(populate_existing=True))

    def _insert(
        self, session: Session, organisation_id: OrganisationId, ref: str, value: Value, now: datetime
    ) -> Kept[Value] | None:
        """Insert a new record; None if the external id was taken meanwhile."""
        record_id = new_id()
        facts: dict[str, object] = {
            "organisation_id": organisation_id,
            "id": record_id,
            "ref": ref,
            "value": self._plain(value),
            "version": 1,
            "created_at": now,
            "changed_at": now,
            **self.columns(value),
        }
        added = session.execute(
            insert(self.row)
            .values(facts)
            .on_conflict_do_nothing(index_elements=[ORGANISATION, "ref"])
            .returning(self.row.id)
        ).first()
        if added is None:
            return None
        return Kept(id=record_id, ref=ref, value=value, version=1, created_at=now, changed_at=now)

    def _plain(self, value: Value) -> dict[str, Any]:
        plain = to_plain(value)
        assert isinstance(plain, dict), "a record is a dataclass"
        return plain

    def _kept(self, row: KeptColumns) -> Kept[Value]:
        return Kept(
            id=row.id,
            ref=row.ref,
            value=from_plain(self.value, row.value),
            version=row.version,
            created_at=row.created_at,
            changed_at=row.changed_at,
            archived_at=row.archived_at,
        )
