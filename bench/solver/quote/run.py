"""Measure what it costs to ask a running day: quotes, an improved plan, the table of alternatives."""

import argparse
import json
import platform
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from day import HOUR, day
from rich.progress import track

from zaguan.base.kit.clock import SystemClock, cpu_s, elapsed_s, today_in
from zaguan.base.kit.files import write_whole
from zaguan.engines.solver import (
    Budget,
    Client,
    NewPlace,
    Problem,
    Solution,
    Standing,
    alternatives,
    check,
    improve,
    quote,
    solve,
)
from zaguan.engines.solver.warm import warm

HERE = Path(__file__).parent
WINDOWS = [(9 * HOUR, 11 * HOUR), (12 * HOUR, 14 * HOUR), (16 * HOUR, 18 * HOUR)]
SEARCH_S = 0.4


def measured(ask: Callable[[], Any], times: int) -> dict[str, float]:
    """Return median and worst milliseconds of CPU time, and the median of wall time, after one run to warm up."""
    ask()
    cpu, wall = [], []
    for _ in range(times):
        began_cpu, began = cpu_s(), elapsed_s()
        ask()
        cpu.append(1_000 * (cpu_s() - began_cpu))
        wall.append(1_000 * (elapsed_s() - began))
    return {
        "median_cpu_ms": round(median(cpu), 1),
        "worst_cpu_ms": round(max(cpu), 1),
        "median_wall_ms": round(median(wall), 1),
    }


def asked(problem: Problem, seed: int) -> tuple[Client, NewPlace]:
    """Return a new order at a place that the problem does not know, with its travel."""
    rng = np.random.default_rng(seed)
    wide = problem.travel
    last = wide.locations - 1
    client = Client(location=last, service_s=int(rng.integers(120, 480)), setup_s=60, delivery=(20, 1))
    return client, NewPlace(
        to_s=wide.durations_s[:, :last, last],
        from_s=wide.durations_s[:, last, :last],
        to_m=wide.distances_m[:, :last, last],
        from_m=wide.distances_m[:, last, :last],
    )


def rows(stops: int, vans: int, seed: int, seconds: float, times: int) -> list[dict[str, Any]]:
    """Plan a day without its last place, then ask about an order there."""
    known = day(stops, vans, seed)
    client, place = asked(known, seed)
    last, travel = client.location, known.travel
    problem = replace(
        known,
        travel=replace(
            travel,
            durations_s=np.ascontiguousarray(travel.durations_s[:, :last, :last]),
            distances_m=np.ascontiguousarray(travel.distances_m[:, :last, :last]),
        ),
    )
    plan = solve(problem, budget=Budget(cpu_seconds=seconds), seed=seed, threads=1)
    standing = Standing(problem, plan)
    answers = quote(standing, client, windows=WINDOWS, place=place)
    if check(problem, plan) or not all(answer.offers for answer in answers):
        raise SystemExit("the plan breaks a rule, or a window has no offer")

    def improved() -> Solution:
        found = improve(standing, client, place=place, budget=Budget(cpu_seconds=SEARCH_S), seed=seed)
        broken = check(found.problem, found.plan)
        if broken or found.plan.unassigned:
            raise SystemExit(f"the improved plan breaks a rule: {broken}")
        return found.plan

    gain = sum(route.cost for route in plan.routes) - improved().cost
    day_facts = {"stops": stops, "routes": len(plan.routes), "longest": max(len(r.visits) for r in plan.routes)}
    return [
        {"question": "lay the plan out, once", **day_facts, **measured(lambda: Standing(problem, plan), times)},
        {
            "question": "quote a known place in 3 windows",
            **day_facts,
            **measured(lambda: quote(standing, replace(client, location=1), windows=WINDOWS), times),
        },
        {
            "question": "quote a new place in 3 windows",
            **day_facts,
            **measured(lambda: quote(standing, client, windows=WINDOWS, place=place), times),
        },
        {
            "question": f"insert and search on for {SEARCH_S:g} s",
            **day_facts,
            "added_cost": round(-gain, 2),
            "best_offer": round(quote(standing, client, place=place, best=1)[0].offers[0].added_cost, 2),
            **measured(improved, max(3, times // 4)),
        },
        {
            "question": "why this driver, every vehicle",
            **day_facts,
            **measured(lambda: alternatives(problem, plan, 5), max(3, times // 4)),
        },
    ]


def main() -> None:
    """Ask days of several sizes and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stops", type=int, nargs="*", default=[200, 1_000])
    parser.add_argument("--seconds", type=float, default=15.0, help="CPU seconds to plan each day")
    parser.add_argument("--times", type=int, default=20, help="how often each question is asked")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    warm()
    table = {
        "question": "How long does a question to a running day take?",
        "command": f'make bench ARGS="solver/quote -- --seconds {chosen.seconds:g} --times {chosen.times}"',
        "machine": f"one thread of a shared {platform.machine()} server, Python {platform.python_version()}",
        "data": f"generated days, seed {chosen.seed}: half of the stops with windows of two hours, one break a van",
        "at": today_in(UTC, SystemClock()).isoformat(),
        "notes": "Every plan passed the independent checker.",
        "rows": [
            row
            for stops in track(chosen.stops, "days")
            for row in rows(stops, max(3, stops * 34 // 1_000), chosen.seed, chosen.seconds, chosen.times)
        ],
    }
    write_whole(HERE / "results" / "quote.json", json.dumps(table, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
