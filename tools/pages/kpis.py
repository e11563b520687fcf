"""docs/reference/kpis.md: every published key figure by its definition, and those that wait for facts."""

from typing import Final

from zaguan.base.kit.words import Locale, say
from zaguan.operations.analytics.ledger import HEARD
from zaguan.operations.analytics.measures import MEASURES, WAITING, Measure
from zaguan.operations.analytics.model import By

PAGE = "docs/reference/kpis.md"
HEAD = """# Key figures

`zaguan kpis --from 2026-11-02 --to 2026-11-08 --by day` computes them from the events of the journal alone, from the
first one on; beside them only the time zone of the organisation is asked for. Reading on from any point comes to the
same figures as reading all anew.

- A figure keeps its numerator and denominator, and the orders behind both: `--json` and `--csv` list their ids. Where
  there is nothing to divide by, there is no figure.
- What a driver did has the time of the driver's device. *Clock off* counts what stands on a phone whose clock was off
  by more than five minutes.
- Windows are judged to the second, both edges on time. `--early` and `--late` give minutes around them; both are 0
  unless given. A window that is still open when the command runs is not judged, unless the order was brought.
- Corrections are facts as well: what is told later about the same stop, route or order takes the place of what was told
  before, and a fact that is read twice counts once.
- No figure is split by depot: no fact tells of which depot a route or an order is. An empty part (–) holds what nobody
  has told: an order without a zone, or one that no driver has attempted.
- In CSV, a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return gets an apostrophe before it.
"""
LANGUAGES: Final[tuple[Locale, ...]] = ("en", "es", "pt")
REASONS: Final = {
    "cost_per_delivery": (
        "Cost per delivery",
        "what a route really cost, split into labour, distance, further attempts and partners' fees; `plan.made` tells "
        "what a plan was to cost",
    ),
    "duty_hours": (
        "Deliveries per hour on duty",
        "when a shift began and ended by the driver's device, and its breaks; `shift.started` and `shift.ended` "
        "tell the planned hours. Until then the hours are those of the route",
    ),
    "satisfaction": ("Satisfaction (CSAT)", "what a recipient was asked, and what the answer was"),
    "driven_distance": (
        "Distance driven, and saved against a plain plan",
        "the metres that a route was driven, and those of the plain plan beside it; positions are no events",
    ),
    "failures_avoided": (
        "Cost of failed deliveries, and what was avoided",
        "what an attempt cost, and which failure was averted by what; that attempts failed, by reason and party, "
        "is told by `attempt.failed`",
    ),
}


def page() -> str:
    """Return the page."""
    waiting = "".join(f"| {code} | {REASONS[name][0]} | {REASONS[name][1]} |\n" for code, name in WAITING)
    heard = ", ".join(f"`{kind}`" for kind in sorted(HEARD))
    return (
        HEAD
        + "".join(map(_section, MEASURES))
        + f"\n## Not published yet\n\n| id | figure | waits for a fact that tells |\n|---|---|---|\n{waiting}"
        + f"\n## What is read\n\n{heard}.\n"
    )


def _section(measure: Measure) -> str:
    name = f"analytics.{measure.name}"
    splits = ", ".join(by.value for by in By if by in measure.splits)
    lines = [
        f"\n## {say(name, 'en')}\n",
        f"`{measure.name}` · {measure.code} · in {say(f'analytics.unit_{measure.unit}', 'en')} · split by {splits}\n",
    ]
    lines += [f"- **{locale}**, {say(name, locale)}: {say(f'{name}.formula', locale)}" for locale in LANGUAGES]
    return "\n".join(lines) + "\n"
