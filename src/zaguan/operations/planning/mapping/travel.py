"""From the roads' matrices to the solver's travel: a block per profile and slot; nobody gains by leaving later."""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from zaguan.base.kit.progress import Progress
from zaguan.base.kit.words import say
from zaguan.engines.roads.network import UNREACHABLE_S, RoadNetwork
from zaguan.engines.solver.travel import Travel
from zaguan.operations.planning.mapping.layout import Layout


def travel_of(layout: Layout, network: RoadNetwork, progress: Progress) -> tuple[Travel, NDArray[np.bool_]]:
    """Ask the roads for all matrices of the layout.

    Returns the travel of all profiles and, of shape (points,), which points no road could be used for.
    """
    durations, distances = [], []
    estimated = np.zeros(len(layout.points), np.bool_)
    title = say("planning.step.matrices", places=len(layout.points), slots=len(layout.slots))
    with progress.step(title, total=len(layout.profiles)) as step:
        for profile in layout.profiles:
            matrix = network.matrix(layout.points, profile=profile, slots=layout.slots)
            durations.append(first_in_first_out(matrix.durations_s, layout.knots_s))
            distances.append(matrix.distances_m)
            estimated |= matrix.estimated
            step.advance()
    travel = Travel(
        durations_s=np.ascontiguousarray(np.concatenate(durations), np.int32),
        distances_m=np.ascontiguousarray(np.concatenate(distances), np.int32),
        slots=len(layout.slots),
        knots_s=layout.knots_s,
    )
    return travel, estimated


def first_in_first_out(durations_s: NDArray[np.int32], knots_s: Sequence[tuple[int, int]]) -> NDArray[np.int32]:
    """Return durations of shape (slots, n, n) with which leaving later never means arriving earlier.

    Between two knots the duration changes evenly; it may not fall faster than time goes by, so the later one is
    raised where it would. What cannot be reached in one slot counts as never reached.
    """
    result = durations_s.copy()
    never = (result >= UNREACHABLE_S).any(axis=0)
    result[:, never] = UNREACHABLE_S
    changed = True
    while changed:  # a slot may stand at several knots; values only grow, up to the largest, so this ends
        changed = False
        for (before_s, before), (after_s, after) in itertools.pairwise(knots_s):
            least = result[before] - (after_s - before_s)
            if bool((least > result[after]).any()):
                np.maximum(result[after], least, out=result[after])
                changed = True
    return result
