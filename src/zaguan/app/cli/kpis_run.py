"""Key figures computed and shown: a table for people, JSON with the orders behind each figure, or CSV."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from zaguan.app.cli.accounts import CLOCK, desk
from zaguan.app.cli.accounts_shown import WIDE, write_json
from zaguan.app.cli.terminal import err, out
from zaguan.base.kit.words import say
from zaguan.operations.analytics.export import as_csv, as_plain, decimal_of
from zaguan.operations.analytics.ledger import Ledger
from zaguan.operations.analytics.measures import MEASURES, Terms
from zaguan.operations.analytics.model import Bounds, By, Figure, Period, Unit, split_of
from zaguan.operations.analytics.service import figures, follow

COLUMNS = ("figure", "part", "value", "numerator", "denominator", "orders", "skewed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for."""

    first: date
    last: date
    by: str
    early_minutes: int
    late_minutes: int


def run(asked: Asked, *, of: str, form: str) -> None:
    """Compute the figures of an organisation, from the beginning of its journal, and show them."""
    by, period = split_of(asked.by), Period(first=asked.first, last=asked.last)
    bounds = Bounds(early=timedelta(minutes=asked.early_minutes), late=timedelta(minutes=asked.late_minutes))
    with desk(of) as (opened, organisation), opened.session(organisation.id) as session:
        ledger = follow(session, organisation.id, Ledger())
        terms = Terms(as_of=CLOCK.now(), time_zone=organisation.time_zone, bounds=bounds)
    found = figures(ledger, terms, period, by)
    if form == "json":
        write_json(_document(asked, terms, found))
    elif form == "csv":
        sys.stdout.write(as_csv(found))
    else:
        _show(found)
    if by is not None:
        _tell_left_out(by)


def _document(asked: Asked, terms: Terms, found: Sequence[Figure]) -> dict[str, Any]:
    return {
        "from": asked.first.isoformat(),
        "to": asked.last.isoformat(),
        "by": asked.by or None,
        "as_of": terms.as_of.isoformat(timespec="seconds"),
        "time_zone": terms.time_zone,
        "early_minutes": asked.early_minutes,
        "late_minutes": asked.late_minutes,
        "formulas": {measure.name: say(f"analytics.{measure.name}.formula") for measure in MEASURES},
        "figures": [as_plain(figure) for figure in found],
    }


def _show(found: Sequence[Figure]) -> None:
    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in COLUMNS:
        shown.add_column(say(f"kpis_cli.column_{name}"), overflow="fold")
    for figure in found:
        cells = (
            *(say(f"analytics.{figure.name}"), figure.part or "–", _value(figure)),
            *(str(figure.numerator), str(figure.denominator), str(len(figure.order_ids)), str(figure.skewed)),
        )
        shown.add_row(*map(escape, cells))
    # a file or a pipe has no width to keep to
    (out if out.is_terminal else Console(width=WIDE)).print(shown)


def _value(figure: Figure) -> str:
    if figure.value is None:
        return "–"
    value = figure.value * 100 if figure.unit is Unit.SHARE else figure.value
    return f"{decimal_of(value, places=1)} {say(f'analytics.unit_{figure.unit}')}"


def _tell_left_out(by: By) -> None:
    names = [say(f"analytics.{measure.name}") for measure in MEASURES if by not in measure.splits]
    if names:
        err.print(say("kpis_cli.not_split", by=by, names=", ".join(names)), highlight=False, soft_wrap=True)
