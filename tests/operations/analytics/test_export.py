"""Figures as CSV and JSON, and what is refused."""

import csv
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from io import StringIO

import pytest

from tests.operations.analytics.builders import DAY, TEN, delivered, figure, number, promised, received
from zaguan.operations.analytics.export import as_csv, as_plain, decimal_of
from zaguan.operations.analytics.model import MAX_DAYS, By, Period, PeriodWrong, SplitUnknown, split_of


@pytest.mark.parametrize("zone", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_run(zone: str) -> None:
    """A zone whose name a spreadsheet would run comes with an apostrophe before it."""
    found = figure("on_time", received(1, promised(), zone=zone), delivered(1, TEN), by=By.ZONE, part=zone)
    rows = list(csv.DictReader(StringIO(as_csv([found]), newline="")))
    assert rows[0]["part"] == f"'{zone}"
    assert rows[0]["value"] == "1.000000"
    assert rows[0]["order_ids"] == str(number(1))


def test_a_figure_of_nothing_has_no_value() -> None:
    """Where there was nothing to divide by, CSV has an empty cell and JSON a null."""
    found = figure("on_time")
    assert next(csv.DictReader(StringIO(as_csv([found]))))["value"] == ""
    assert as_plain(found)["value"] is None


def test_rounding() -> None:
    """Fractions are kept until they are shown, and rounded half to even."""
    assert str(decimal_of(Fraction(2, 3), places=3)) == "0.667"
    assert str(decimal_of(Fraction(1, 8), places=2)) == "0.12"
    kilometres = replace(figure("planned_distance"), numerator=1_234_567)
    assert kilometres.value == Fraction(1_234_567, 1_000)


def test_what_is_not_known_is_refused() -> None:
    """A depot is told by no fact: no split by it; a period has days, and a year at most."""
    with pytest.raises(SplitUnknown) as refused:
        split_of("depot")
    assert "depot" in str(refused.value)
    with pytest.raises(PeriodWrong):
        Period(first=DAY, last=DAY - timedelta(days=1))
    with pytest.raises(PeriodWrong):
        Period(first=DAY, last=DAY + timedelta(days=MAX_DAYS))
    assert DAY in Period(first=DAY, last=DAY)
