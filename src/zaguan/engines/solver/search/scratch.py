"""Room to examine one route: its nodes as they will be driven, with the labels and times of the exact schedule."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.search.data import Data
from zaguan.engines.solver.view import View


class Scratch(NamedTuple):
    """Room for one route under examination: L positions, k + 1 numbers of breaks taken."""

    nodes: NDArray[np.int32]  # (L), with the stations where it is charged
    bare: NDArray[np.int32]  # (L), without them
    figures: NDArray[np.int64]  # positions with stations, clients, level behind the last step
    ready: NDArray[np.int64]  # (L), for a start or reload: when all goods of its trip are there
    tail: NDArray[np.int64]  # (L), mWh from a bare position to the end
    charge: NDArray[np.int64]  # (L), mWh on arrival by the worst slot of each leg, at a bare position
    level: NDArray[np.int64]  # (L), mWh on arrival as driven
    time: NDArray[np.int64]  # (L, k + 1), when the position is left
    since_rest: NDArray[np.int64]
    driving: NDArray[np.int64]
    energy: NDArray[np.int64]  # (L, k + 1), mWh when it is left
    came_from: NDArray[np.int32]
    pauses: NDArray[np.int32]  # bits, see schedule
    taken: NDArray[np.int32]  # (L), breaks taken up to the position on the chosen way
    arrives: NDArray[np.int64]  # (L)
    starts: NDArray[np.int64]
    leaves: NDArray[np.int64]
    leg: NDArray[np.int64]
    metres: NDArray[np.int64]
    window: NDArray[np.int32]
    before: NDArray[np.int64]  # (L), pause before the leg into the position: its start, -1 for none
    rest_before: NDArray[np.int64]
    after: NDArray[np.int64]  # (L), pause on arrival
    rest_after: NDArray[np.int64]


LENGTH: Final = 0
CLIENTS: Final = 1
LEVEL: Final = 2


def new_scratch(data: Data) -> View[Scratch]:
    """Return room to examine a route as long as all clients together."""
    longest, breaks = data.clients + 2 + int(data.reload_count.max(initial=0)), data.break_earliest.shape[1]
    if data.has_batteries:
        longest *= 2  # a charge before every leg

    def flat() -> NDArray[np.int64]:
        return np.zeros(longest, np.int64)

    def small() -> NDArray[np.int32]:
        return np.zeros(longest, np.int32)

    labels = (longest, breaks + 1)
    scratch = Scratch(
        nodes=small(),
        bare=small(),
        figures=np.zeros(3, np.int64),
        ready=flat(),
        tail=flat(),
        charge=flat(),
        level=flat(),
        time=np.zeros(labels, np.int64),
        since_rest=np.zeros(labels, np.int64),
        driving=np.zeros(labels, np.int64),
        energy=np.zeros(labels, np.int64),
        came_from=np.zeros(labels, np.int32),
        pauses=np.zeros(labels, np.int32),
        taken=small(),
        arrives=flat(),
        starts=flat(),
        leaves=flat(),
        leg=flat(),
        metres=flat(),
        window=small(),
        before=flat(),
        rest_before=flat(),
        after=flat(),
        rest_after=flat(),
    )
    return View(scratch)
