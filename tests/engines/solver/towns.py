"""Tiny towns drawn as text: one letter a location, a step a hundred metres and a minute."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from zaguan.engines.solver import Budget, Client, Problem, Solution, Travel, Vehicle, check, solve

STEP_M = 100
STEP_S = 60
HOUR = 3_600
CLIENT_LETTERS = "ABCEFGHIJKLMNOPQRSTUVWXYZ"


def letters(drawing: str) -> dict[str, tuple[int, int]]:
    """Return column and row of each letter."""
    rows = [row for row in drawing.splitlines() if row.strip()]
    return {cell: (x, y) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell.isalpha()}


def town(
    drawing: str,
    *,
    clients: Mapping[str, Client] | None = None,
    every: Client | None = None,
    vehicles: Sequence[Vehicle] = (Vehicle(start=0, end=0),),
    travel: Travel | None = None,
    **facts: Any,
) -> Problem:
    """Build a problem: D is the depot and location 0, every other capital a client in alphabetical order.

    Behind them come the places without a client, such as stations: small letters in alphabetical order. `every` is the
    pattern of all clients, `clients` overrides some by letter; their locations are filled in. `facts` are the other
    fields of the problem.
    """
    places = letters(drawing)
    names = ["D", *sorted(set(places) - {"D"})]  # capitals sort before small letters
    at = np.array([places[name] for name in names])
    steps = np.abs(at[:, None] - at[None]).sum(axis=2)
    wanted = {name: (clients or {}).get(name, every or Client(location=0)) for name in names[1:] if name.isupper()}
    return Problem(
        clients=[replace(client, location=i) for i, client in enumerate(wanted.values(), start=1)],
        vehicles=list(vehicles),
        travel=travel or Travel.static(steps * STEP_S, steps * STEP_M),
        **facts,
    )


def solved(problem: Problem, iterations: int = 200, *, seed: int = 1, threads: int = 1) -> Solution:
    """Solve a tiny problem and insist that the checker agrees."""
    solution = solve(problem, budget=Budget(iterations=iterations), seed=seed, threads=threads)
    assert check(problem, solution) == ()
    return solution


def paths(solution: Solution) -> set[str]:
    """Return the routes as words: `0:AB` is vehicle 0 serving A, then B."""
    return {
        f"{route.vehicle}:" + "".join(CLIENT_LETTERS[visit.client] for visit in route.visits)
        for route in solution.routes
    }
