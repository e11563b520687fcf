"""What `zaguan solve` tells of a solution: what it costs, and why somebody stays out."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from zaguan.app.cli.solve_case import Case
from zaguan.base.kit.words import current_locale, say
from zaguan.engines.solver.solution import Remedy, RemedyKind, Solution, Unassigned

MAX_LEFT_OUT: Final = 15
DECIMALS: Final = 3
SPANS: Final = {"by_s"}
MOMENTS: Final = {"opens_s", "closes_s"}


def cost_of(case: Case, cost: float) -> str:
    """Return a cost in the file's units, as the language writes it."""
    return _number(cost / case.unit)


def print_totals(case: Case, solution: Solution, *, on: Console) -> None:
    """Print how many are served, and the totals."""
    clients, routes = len(case.problem.clients), len(solution.routes)
    served = clients - len(solution.unassigned)
    colour = "green" if served == clients else "yellow" if served else "red"
    headline = "solve_cli.headline_one" if routes == 1 else "solve_cli.headline"
    on.print(f"\n[bold {colour}]{say(headline, None, served=served, clients=clients, routes=routes)}[/]\n")
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for name, value in _totals(case, solution):
        table.add_row(say(f"solve_cli.total.{name}"), value)
    on.print(table)


def _totals(case: Case, solution: Solution) -> list[tuple[str, str]]:
    # what stays out has a price only if the file gives it one
    prizes = sum(case.problem.clients[client].prize or 0.0 for client in solution.unassigned)
    cost = sum(route.cost for route in solution.routes) + (prizes if case.has_prizes else 0.0)
    rows = [("cost", cost_of(case, cost))]
    if case.best_known:
        gap = f"{(cost / case.best_known - 1) * 100:+.2f}".replace("-", "−")
        rows.append(("known", say("solve_cli.total.known.value", cost=cost_of(case, case.best_known), gap=gap)))
    rows += [
        ("routes", str(len(solution.routes))),
        ("unassigned", str(len(solution.unassigned))),
        ("iterations", _number(solution.iterations)),
        (
            "time",
            say(
                "solve_cli.total.time.value",
                seconds=_number(round(solution.seconds, 1)),
                cpu=_number(round(solution.cpu_seconds, 1)),
            ),
        ),
        ("checked", say("solve_cli.total.checked.value")),
    ]
    return rows


def print_left_out(case: Case, explained: Sequence[Unassigned], *, on: Console) -> None:
    """Print who stays out, why, and what would let each in."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column(say("solve_cli.column.client"), no_wrap=True)
    table.add_column(say("solve_cli.column.why"), ratio=1)
    table.add_column(say("solve_cli.column.remedy"), ratio=1, style="dim")
    for each in explained[:MAX_LEFT_OUT]:
        remedies = "\n".join(_remedy(case, remedy) for remedy in each.remedies)
        why = say(f"solve_cli.reason.{each.reason.value}")
        table.add_row(escape(case.stop(each.client)), escape(why), escape(remedies))
    on.print()
    on.print(table)
    if len(explained) > MAX_LEFT_OUT:
        on.print(say("solve_cli.more", count=len(explained) - MAX_LEFT_OUT), highlight=False)


def _remedy(case: Case, remedy: Remedy) -> str:
    facts: dict[str, object] = dict(remedy.facts)
    for name, value in remedy.facts.items():
        if name in MOMENTS:
            facts[name] = case.moment(int(value))
        elif name in SPANS:
            facts[name] = case.span(int(value))
        elif name == "vehicle":
            facts[name] = case.vehicle(int(value))
        elif name == "by" and remedy.kind is RemedyKind.HIGHER_PRIZE:
            facts[name] = cost_of(case, float(value))
    return say(f"solve_cli.remedy.{remedy.kind.value}", None, **facts)


def _number(value: float) -> str:
    """Return a number with at most three decimals, as the language writes it."""
    text = f"{value:,.{DECIMALS}f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    return text if current_locale() == "en" else text.translate(str.maketrans(",.", ".,"))
