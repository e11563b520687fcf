"""What a dispatcher wants to see of a plan in the terminal, and the same as JSON for programs."""

from dataclasses import asdict
from pathlib import Path
from typing import Final

import orjson
from rich.markup import escape
from rich.table import Table

from zaguan.app.cli.terminal import out
from zaguan.app.day import DayResult
from zaguan.base.kit.words import current_locale, say
from zaguan.operations.planning.export.folder import FIX_ME_FILE, PAGE_FILE, REVIEW_FILE, STOPS_FILE
from zaguan.operations.planning.figures import fullest
from zaguan.operations.planning.model import Plan, Route, Totals, Unassigned
from zaguan.operations.planning.stand_ins import money_text

MAX_ROUTES: Final = 40
MAX_LEFT_OUT: Final = 15
MAX_REMEDIES: Final = 3
COLUMNS: Final = (
    *("route", "driver", "vehicle", "stops", "orders"),
    *("distance", "hours", "times", "load", "cost"),
)


def print_summary(result: DayResult, *, folder: Path | None) -> None:
    """Print routes, totals, what stays out, notices, and where everything is."""
    plan, totals = result.plan, result.plan.totals
    facts = {"served": totals.served, "orders": totals.orders, "routes": totals.routes}
    colour = "green" if totals.served == totals.orders else "yellow" if totals.served else "red"
    headline = "plan_cli.headline_one" if totals.routes == 1 else "plan_cli.headline"
    out.print(f"\n[bold {colour}]{say(headline, None, day=plan.service_on.isoformat(), **facts)}[/]\n")
    out.print(_routes_table(plan))
    if len(plan.routes) > MAX_ROUTES:
        out.print(say("plan_cli.more_routes", count=len(plan.routes) - MAX_ROUTES), highlight=False)
    out.print()
    out.print(_totals_table(plan))
    if plan.unassigned:
        _print_left_out(plan.unassigned, folder)
    if plan.notices:
        out.print()
    for notice in plan.notices:
        out.print(f"[dim]·[/] {escape(say(notice.code, None, **notice.facts))}", highlight=False, soft_wrap=True)
    _print_files(result, folder)


def _routes_table(plan: Plan) -> Table:
    rows = [_cells(route, plan.currency) for route in plan.routes[:MAX_ROUTES]]
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    for column, name in enumerate(COLUMNS):
        title = say(f"plan_cli.column.{name}")
        if name in ("driver", "vehicle"):  # names give way where the terminal is narrow, figures never
            table.add_column(title, overflow="ellipsis", no_wrap=True, min_width=6)
        else:
            width = max([len(title), *(len(row[column]) for row in rows)])
            table.add_column(title, justify="left" if column == 0 else "right", no_wrap=True, min_width=width)
    for row in rows:
        table.add_row(*row)
    return table


def _cells(route: Route, currency: str) -> tuple[str, ...]:
    return (
        route.ref,
        escape(route.driver_name),
        escape(route.vehicle_ref),
        str(len(route.stops)),
        str(sum(len(stop.orders) for stop in route.stops)),
        decimal(route.distance_m / 1000),
        hours(route.duration_s),
        f"{route.leaves_at:%H:%M}–{route.returns_at:%H:%M}",
        f"{fullest(route):.0%}",
        money_text(route.cost_minor, currency, current_locale()).removesuffix(f" {currency}"),
    )


def _totals_table(plan: Plan) -> Table:
    totals = plan.totals
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    each = totals.emission_g / totals.served if totals.served else 0
    rows: list[tuple[str, str]] = [
        ("on_time", share(totals.on_time_share) if totals.served else "–"),
        ("distance", km(totals.distance_m)),
        (
            "hours",
            say(
                "plan_cli.total.hours.value",
                all=hours(totals.duration_s),
                driving=hours(totals.driving_s),
                waiting=hours(totals.waiting_s),
                overtime=hours(totals.overtime_s),
            ),
        ),
        ("load", f"{totals.load_share:.0%}"),
        (
            "balance",
            say("plan_cli.total.balance.value", stops=totals.stops_spread, hours=hours(totals.duration_spread_s)),
        ),
        ("cost", money_text(totals.cost_minor, plan.currency, current_locale())),
        ("emission", say("plan_cli.total.emission.value", kg=decimal(totals.emission_g / 1000), each=f"{each:.0f}")),
        ("energy", before(energies(totals.energy_by_kind), energies(totals.baseline_energy_by_kind))),
        ("idle", before(share(totals.idle_share), share(totals.baseline_idle_share) if totals.baseline_routes else "")),
        (
            "empty",
            before(km(totals.empty_distance_m), km(totals.baseline_empty_distance_m) if totals.baseline_routes else ""),
        ),
        *(("against", text) for text in against(totals)),
        ("checked", say("plan_cli.total.checked.value", violations=totals.violations)),
    ]
    for name, value in rows:
        table.add_row(say(f"plan_cli.total.{name}"), escape(value))
    return table


def before(now: str, plain: str) -> str:
    """Return a figure, and what it is by the plain plan, where there is one."""
    return say("plan_cli.total.before", now=now, plain=plain) if plain else now


def energies(by_kind: dict[str, float]) -> str:
    """Return amounts of energy in one line."""
    return ", ".join(energy_text(kind, amount) for kind, amount in by_kind.items())


def share(value: float) -> str:
    """Return a share in per cent."""
    return f"{decimal(value * 100)} %"


def km(metres: int) -> str:
    """Return metres as kilometres."""
    return f"{decimal(metres / 1000)} km"


def against(totals: Totals) -> list[str]:
    """Return the plan measured by the two plain ones: what it costs and drives more or less, in per cent."""
    lines = []
    for name, cost, distance, routes in (
        ("nearest", totals.baseline_cost_minor, totals.baseline_distance_m, totals.baseline_routes),
        ("file", totals.file_order_cost_minor, totals.file_order_distance_m, totals.file_order_routes),
    ):
        if cost and distance:
            facts = {"cost": change(totals.cost_minor, cost), "distance": change(totals.distance_m, distance)}
            lines.append(say(f"plan_cli.total.{name}", None, **facts, routes=routes))
    return lines


def change(now: float, before: float) -> str:
    """Return a change in per cent with its sign."""
    return f"{(now - before) / before * 100:+.0f}".replace("-", "−")


def energy_text(kind: str, amount: float) -> str:
    """Return an amount of energy with its unit."""
    return say(f"plan_cli.energy.{kind}", amount=decimal(amount))


def decimal(value: float) -> str:
    """Return a number with one digit, as the language writes it."""
    text = f"{value:,.1f}"
    return text if current_locale() == "en" else text.translate(str.maketrans(",.", ".,"))


def hours(seconds: int) -> str:
    """Return hours and minutes."""
    whole, minutes = divmod(round(seconds / 60), 60)
    return f"{whole}:{minutes:02d}"


def _print_left_out(left_out: tuple[Unassigned, ...], folder: Path | None) -> None:
    out.print(f"\n[bold yellow]{say('plan_cli.unassigned', count=len(left_out))}[/]")
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column(say("plan_cli.column.order"), no_wrap=True)
    table.add_column(say("plan_cli.column.why"), ratio=1)
    table.add_column(say("plan_cli.column.remedy"), ratio=1, style="dim")
    for each in left_out[:MAX_LEFT_OUT]:
        remedies = [say(remedy.code, None, **remedy.facts) for remedy in each.remedies[:MAX_REMEDIES]]
        table.add_row(escape(each.ref), escape(say(each.reason, None, **each.facts)), escape("\n".join(remedies)))
    out.print(table)
    if len(left_out) > MAX_LEFT_OUT:
        file = (folder or Path()) / (PAGE_FILE if folder else STOPS_FILE)
        out.print(escape(say("plan_cli.more", count=len(left_out) - MAX_LEFT_OUT, file=file)), highlight=False)


def _print_files(result: DayResult, folder: Path | None) -> None:
    out.print()
    place = folder if folder is not None else Path()
    texts = []
    if result.report.rejected:
        texts.append(say("plan_cli.rejected", count=len(result.report.rejected), file=place / FIX_ME_FILE))
    if result.review:
        texts.append(say("plan_cli.review", count=len(result.review), file=place / REVIEW_FILE))
    if folder is None:
        texts.append(say("plan_cli.dry"))
    else:
        texts.append(say("plan_cli.written", folder=folder))
        texts.append(say("plan_cli.open", address=(folder / PAGE_FILE).resolve().as_uri()))
    for text in texts:
        out.print(text, highlight=False, soft_wrap=True, markup=False)


def summary_json(result: DayResult, *, folder: Path | None) -> str:
    """Return the summary as JSON: totals, routes in short, what stays out and the notices, with their texts."""
    plan = result.plan
    facts = {
        "service_on": plan.service_on.isoformat(),
        "folder": None if folder is None else str(folder),
        "page": None if folder is None else (folder / PAGE_FILE).resolve().as_uri(),
        "totals": asdict(plan.totals),
        "currency": plan.currency,
        "search": {"seconds": plan.search_seconds, "iterations": plan.iterations, "seed": plan.seed},
        "routes": [
            {
                "ref": route.ref,
                "driver": route.driver_name,
                "vehicle": route.vehicle_ref,
                "stops": len(route.stops),
                "orders": [order.ref for stop in route.stops for order in stop.orders],
                "distance_m": route.distance_m,
                "duration_s": route.duration_s,
                "cost_minor": route.cost_minor,
            }
            for route in plan.routes
        ],
        "unassigned": [
            {
                "ref": each.ref,
                "reason": each.reason,
                "text": say(each.reason, None, **each.facts),
                "remedies": [say(remedy.code, None, **remedy.facts) for remedy in each.remedies],
            }
            for each in plan.unassigned
        ],
        "notices": [{"code": each.code, "text": say(each.code, None, **each.facts)} for each in plan.notices],
        "rejected_rows": len(result.report.rejected),
        "review": [review.order.ref for review in result.review],
    }
    return orjson.dumps(facts, option=orjson.OPT_INDENT_2).decode() + "\n"
