"""What all tables have in common: how columns are typed, how constraints are named, who owns a row.

A table of an organisation inherits `Owned` first: `class OrderRow(Owned, Base)`. Its primary key then begins with
`organisation_id`, and row-level security (`base/kit/wall.py`) is put on it by itself.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Final, NewType, get_origin
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, TypeResolve, mapped_column

from zaguan.base.kit.ids import OrganisationId

# named by what they are made of, so that migrations find them again on every database
NAMES: Final = {
    "pk": "%(table_name)s_pkey",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}
ORGANISATION: Final = "organisation_id"
_LONGEST_CHOICE: Final = 64

# an ISO 4217 code beside an amount `..._minor`
Currency = Annotated[str, mapped_column(sa.CHAR(3))]
# lists of plain values that are looked into by SQL
TextList = Annotated[list[str], mapped_column(ARRAY(sa.Text()))]
IdList = Annotated[list[UUID], mapped_column(ARRAY(sa.Uuid()))]


class Base(DeclarativeBase):
    """The root of all tables of the house."""

    metadata = sa.MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 (read once by SQLAlchemy, never changed)
        UUID: sa.Uuid(),
        datetime: sa.DateTime(timezone=True),
        date: sa.Date(),
        time: sa.Time(),
        str: sa.Text(),
        int: sa.BigInteger(),
        float: sa.Double(),
        bool: sa.Boolean(),
        bytes: sa.LargeBinary(),
        Decimal: sa.Numeric(),
    }


@event.listens_for(Base, "resolve_type_annotation")
def _resolve(asked: TypeResolve) -> sa.types.TypeEngine[Any] | None:
    """Type what the map does not name: typed ids, choices (an Enum is stored by its value), and JSON."""
    wanted = asked.resolved_type
    if isinstance(wanted, NewType):
        return asked.resolve(wanted.__supertype__)
    if isinstance(wanted, type) and issubclass(wanted, Enum):
        # no CHECK: a new choice must not wait for a rewrite of the table; the model refuses what it does not know
        return sa.Enum(
            wanted,
            native_enum=False,
            create_constraint=False,
            length=_LONGEST_CHOICE,
            values_callable=lambda choices: [choice.value for choice in choices],
        )
    if (get_origin(wanted) or wanted) in (dict, list, Mapping, Sequence):
        return JSONB()
    return None


class Owned:
    """A row of one organisation: first in the primary key, and behind the wall between organisations.

    There is no foreign key to the organisations: each insert would lock the same row there, and the wall already
    refuses an organisation that the session is not of.
    """

    organisation_id: Mapped[OrganisationId] = mapped_column(primary_key=True, sort_order=-100)


def reference(column: str, table: str, *, on_delete: str | None = None, key: str = "id") -> sa.ForeignKeyConstraint:
    """Return the foreign key from `column` to a row of the same organisation in `table`, named by its name only."""
    return sa.ForeignKeyConstraint(
        [ORGANISATION, column], [f"{table}.{ORGANISATION}", f"{table}.{key}"], ondelete=on_delete
    )


def is_owned(table: sa.Table) -> bool:
    """Tell whether a table's rows belong to an organisation."""
    return ORGANISATION in table.primary_key.columns
