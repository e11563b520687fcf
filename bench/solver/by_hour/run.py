"""Plan a day with one matrix and with those of every hour, drive the plans again under the hours, and compare."""

import argparse
import json
import platform
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from statistics import fmean
from typing import Any

from rich.progress import track

sys.path.insert(0, str(Path(__file__).parents[3]))

from bench.solver.by_hour.day import Day, day, mean_of_day, of_slot
from bench.solver.by_hour.walk import Walk, walk
from zaguan.base.kit.clock import SystemClock, today_in
from zaguan.base.kit.files import write_whole
from zaguan.engines.solver import Budget, Problem, Route, Solution, Travel, check, solve
from zaguan.engines.solver.warm import warm

RESULTS = Path(__file__).parent / "results"
BY_HOUR = "by the hour"
MARGIN = 0.05


def travels(of: Day) -> dict[str, Travel]:
    """Return what the plans believe of the roads."""
    problem, slots, travel = of.problem, of.slots, of.problem.travel
    means = [float(matrix.mean()) for matrix in travel.durations_s]
    fastest, slowest = means.index(min(means)), means.index(max(means))
    return {
        f"one matrix, of the {slots[fastest]} (fastest)": of_slot(travel, fastest),
        "one matrix, mean of the day": mean_of_day(problem),
        f"one matrix, mean of the day and {MARGIN:.0%}": mean_of_day(problem, 1 + MARGIN),
        f"one matrix, of the {slots[slowest]} (slowest)": of_slot(travel, slowest),
        BY_HOUR: travel,
    }


def planned(problem: Problem, travel: Travel, seconds: float, seed: int) -> Solution:
    """Plan with some belief; a plan that breaks a rule under it, or is walked otherwise, ends the bench."""
    believed = replace(problem, travel=travel)
    plan = solve(believed, budget=Budget(cpu_seconds=seconds), seed=seed, threads=1)
    if broken := check(believed, plan):
        raise SystemExit(f"the plan breaks a rule: {broken[0].code} {broken[0].text}")
    for route in plan.routes:
        again = walk(believed, route)
        if (again.starts_s, again.returns_s) != (tuple(v.starts_s for v in route.visits), route.returns_s):
            raise SystemExit(f"the walk of vehicle {route.vehicle} differs from its plan")
    return plan


def row(name: str, seed: int, of: Day, plan: Solution) -> dict[str, Any]:
    """Return what a plan promised and what became of it on the roads of every hour."""
    problem = of.problem
    walks = [(route, walk(problem, route)) for route in plan.routes]
    early = [walk(problem, route, departs_s=problem.vehicles[route.vehicle].shift_s[0]) for route in plan.routes]
    late = [late_s for _, each in walks for late_s in each.late_s if late_s]
    cost, orders = sum(_price(problem, route, each) for route, each in walks), len(problem.clients)
    over = [each.returns_s - problem.vehicles[route.vehicle].shift_s[1] for route, each in walks]
    allowed = [problem.vehicles[route.vehicle].overtime_s for route in plan.routes]
    return {
        "planned_with": name,
        "seed": seed,
        "iterations": plan.iterations,
        "served": sum(len(route.visits) for route in plan.routes),
        "routes": len(plan.routes),
        "on_time_percent": _on_time(orders, [each for _, each in walks]),
        "on_time_leaving_at_once_percent": _on_time(orders, early),
        "late_stops": len(late),
        "late_min": round(sum(late) / 60),
        "latest_min": round(max(late, default=0) / 60),
        "planned_min": round(sum(route.duration_s for route in plan.routes) / 60),
        "driven_min": round(sum(each.returns_s - each.departs_s for _, each in walks) / 60),
        "distance_km": round(sum(each.distance_m for _, each in walks) / 1000),
        "cost": round(cost / 100),
        "cost_with_lateness": round((cost + of.late_cost_per_s * sum(late)) / 100),
        "routes_over_shift": sum(seconds > 0 for seconds in over),
        "routes_over_overtime": sum(seconds > most for seconds, most in zip(over, allowed, strict=True)),
    }


def _on_time(orders: int, walks: Sequence[Walk]) -> float:
    return round(100 * sum(late_s == 0 for each in walks for late_s in each.late_s) / orders, 1)


def _price(problem: Problem, route: Route, driven: Walk) -> float:
    """Return what a driven route costs in minor units, without a price for those who waited."""
    vehicle = problem.vehicles[route.vehicle]
    busy_s, over_s = driven.returns_s - driven.departs_s, max(0, driven.returns_s - vehicle.shift_s[1])
    return (
        vehicle.fixed_cost
        + vehicle.cost_per_m * driven.distance_m
        + vehicle.cost_per_s * busy_s
        + vehicle.overtime_cost_per_s * over_s
    )


def means(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the row of means of a plan's seeds."""
    figures = {key: round(fmean(row[key] for row in rows), 1) for key in rows[0] if key not in ("planned_with", "seed")}
    return {"planned_with": rows[0]["planned_with"], "seed": "mean", **figures}


def main() -> None:
    """Plan, walk, write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=500)
    parser.add_argument("--vans", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=15.0, help="CPU seconds of each plan, one thread")
    parser.add_argument("--seeds", type=int, default=3)
    chosen = parser.parse_args()
    try:
        today = day(chosen.orders, chosen.vans)
    except ValueError as refusal:
        raise SystemExit(f"refused: {refusal}") from refusal
    warm()
    rows: list[dict[str, Any]] = []
    for name, travel in track(travels(today).items(), "plans"):
        own = [
            row(name, seed, today, planned(today.problem, travel, chosen.seconds, seed))
            for seed in range(1, chosen.seeds + 1)
        ]
        rows += [*own, means(own)]
    table = {
        "question": "What is a plan by one matrix worth on roads whose speed changes with the hour?",
        "command": f'make bench ARGS="solver/by_hour -- --seconds {chosen.seconds:g} --seeds {chosen.seeds}"',
        "machine": f"one thread of a shared {platform.machine()} server, Python {platform.python_version()}",
        "data": f"Porto Alegre, OpenStreetMap: {len(today.problem.clients)} invented orders at addresses of its "
        f"register, each with a hard window of two hours, {chosen.vans} vans",
        "at": today_in(UTC, SystemClock()).isoformat(),
        "notes": [
            f"{chosen.seconds:g} CPU seconds for every plan, one thread; each kept its rules by its own travel times",
            "columns from on_time_percent on, but planned_min, tell the walk under the travel times of every hour",
            "orders that a plan leaves out are not on time",
            "cost: vans, kilometres, hours and overtime as driven, in the currency; cost_with_lateness adds the price "
            "that planning sets on every minute that somebody waits",
        ],
        "rows": rows,
    }
    write_whole(RESULTS / "by_hour.json", json.dumps(table, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
