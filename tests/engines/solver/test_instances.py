"""The random instances: valid, mixed, and possible to serve as far as they are fixed."""

from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest

from tests.engines.solver.by_hand import plan, route
from tests.engines.solver.instances import Dice, random_instance
from tests.engines.solver.rule_names import ALL, SEARCHED
from zaguan.engines.solver import Broken, Problem, check

SEEDS = 300
SHOWS: dict[str, Callable[[Problem], object]] = {
    "batteries": lambda p: p.stations and any(v.battery for v in p.vehicles),
    "fair": lambda p: any(v.unfair_cost_per_s for v in p.vehicles),
    "frozen": lambda p: any(v.frozen for v in p.vehicles),
    "groups": lambda p: {group.together for group in p.groups} == {True, False},
    "latest": lambda p: any(c.latest_s is not None for c in p.clients),
    "pairs": lambda p: any(any(p.clients[first].pickup) for first, _ in p.pairs),
    "planar": lambda p: p.travel.points is not None,
    "published": lambda p: p.published and p.published.routes,
    "releases": lambda p: any(c.release_s for c in p.clients),
    "service_percent": lambda p: any(v.service_percent != 100 for v in p.vehicles),
    "sprawl": lambda p: any(v.sprawl_cost_per_m for v in p.vehicles) and any(c.point for c in p.clients),
    "trips": lambda p: any(v.trips > 1 for v in p.vehicles),
    "zones": lambda p: any(v.zone_change_cost for v in p.vehicles) and len({c.zone for c in p.clients}) > 1,
    "breaks": lambda p: any(v.breaks for v in p.vehicles),
    "driving_hours": lambda p: any(v.driving.max_total_s or v.driving.max_without_rest_s for v in p.vehicles),
    "soft_windows": lambda p: any(c.windows and c.late_cost_per_s for c in p.clients),
    "several_windows": lambda p: any(len(c.windows) > 1 for c in p.clients),
    "slots": lambda p: p.travel.slots > 1,
    "windows": lambda p: any(c.windows for c in p.clients),
}


@cache
def mixed() -> list[Problem]:
    """Return instances with all rules."""
    return [random_instance(seed, rules=ALL) for seed in range(SEEDS)]


@pytest.mark.parametrize("rule", sorted(SHOWS))
def test_each_rule_is_mixed_in_often(rule: str) -> None:
    """Every tenth instance at least shows the rule; one that is not asked for shows in none."""
    shown = sum(bool(SHOWS[rule](problem)) for problem in mixed())
    assert shown >= SEEDS // 10
    without = ALL - {rule, "windows"}
    assert not any(SHOWS[rule](random_instance(seed, rules=without)) for seed in range(10))


def test_instances_are_plain_and_crowded_small_and_large() -> None:
    """Some instances have next to no rule, some nearly all; some have a client or two, some more than fifty."""
    mixes = [Dice(seed, ALL) for seed in range(SEEDS)]
    rules = Counter(len(dice.rules) for dice in mixes)
    assert min(rules) <= 3
    assert max(rules) >= len(ALL) - 4
    assert min(dice.clients for dice in mixes) <= 2
    assert max(dice.clients for dice in mixes) > 50


def test_a_rule_switched_on_leaves_the_others_alone() -> None:
    """The clients' windows and the vehicles' breaks are the same with and without another rule."""
    for seed in range(40):
        old, new = random_instance(seed, rules=SEARCHED), random_instance(seed, rules=SEARCHED | {"trips", "zones"})
        assert [client.windows for client in old.clients] == [client.windows for client in new.clients]
        assert [vehicle.breaks for vehicle in old.vehicles] == [vehicle.breaks for vehicle in new.vehicles]


def test_what_is_frozen_can_be_driven() -> None:
    """A route that serves what is frozen, and whoever gets what was fetched, breaks no rule."""
    unsaid = {Broken.COST, Broken.FIGURES, Broken.BREAK, Broken.FROZEN}  # prices and peaks; a break could be added
    tried = 0
    for seed in range(SEEDS):
        problem = random_instance(seed, rules=ALL - {"slots"})
        follows = dict(problem.pairs)
        for number, vehicle in enumerate(problem.vehicles):
            if vehicle.frozen:
                steps = [*vehicle.frozen, *(follows[i] for i in vehicle.frozen if i in follows)]
                written = route(problem, *steps, vehicle=number, departs_s=vehicle.shift_s[0], cost=0.0)
                found = check(problem, plan(problem, written))
                assert {violation.code for violation in found} <= unsaid, f"seed {seed}: {found}"
                tried += 1
    assert tried > 50
