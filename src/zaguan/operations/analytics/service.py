"""Use cases of key figures: the journal read from a cursor on, and figures made from what it came to."""

from typing import Final

from sqlalchemy.orm import Session

from zaguan.base.events.fact import fact_of
from zaguan.base.kit import journal
from zaguan.base.kit.ids import OrganisationId
from zaguan.operations.analytics.ledger import HEARD, Happening, Ledger, hear
from zaguan.operations.analytics.measures import MEASURES, Terms
from zaguan.operations.analytics.model import By, Figure, Period, figures_of

_PAGE: Final = 5_000


def follow(session: Session, organisation_id: OrganisationId, ledger: Ledger) -> Ledger:
    """Return the ledger brought to the end of the journal. From an empty one: all of it, from the beginning."""
    while True:
        read = journal.read(session, organisation_id, after=ledger.cursor, types=HEARD, limit=_PAGE)
        ledger = hear(
            ledger,
            (
                Happening(position=one.position, occurred_at=one.occurred_at, fact=fact_of(one.type, one.data))
                for one in read.entries
            ),
        )
        if len(read.entries) < _PAGE:
            return ledger


def figures(ledger: Ledger, terms: Terms, period: Period, by: By | None) -> tuple[Figure, ...]:
    """Return every published figure that can be split so."""
    return tuple(
        figure
        for measure in MEASURES
        if by is None or by in measure.splits
        for figure in figures_of(measure.name, measure.unit, measure.counts(ledger, terms), period, by)
    )
