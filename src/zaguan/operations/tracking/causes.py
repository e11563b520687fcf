"""Why a route is later than planned: each second of delay has a cause that can be told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from zaguan.operations.tracking.model import RouteActuals, TrackedRoute

WORTH_TELLING_S: Final = 60
MOST_TOLD: Final = 3


class Cause(StrEnum):
    """What costs time."""

    LATE_DEPARTURE = "late_departure"  # from the depot
    SLOW_DRIVING = "slow_driving"  # legs that were driven took longer than planned
    LONG_SERVICE = "long_service"  # stops that were served took longer than planned
    SLOW_ROADS = "slow_roads"  # the legs to come take longer than planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """Seconds of delay by cause; negative ones are time made up."""

    seconds: Mapping[Cause, float] = field(default_factory=dict)

    def plus(self, cause: Cause, seconds: float) -> "Delays":
        """Return the delays with some more of one cause."""
        return Delays(seconds={**self.seconds, cause: self.seconds.get(cause, 0.0) + seconds})

    def worst(self) -> tuple[tuple[Cause, int], ...]:
        """Return the causes that are worth telling, the worst first."""
        found = [(cause, round(seconds)) for cause, seconds in self.seconds.items() if seconds >= WORTH_TELLING_S]
        return tuple(sorted(found, key=lambda told: -told[1])[:MOST_TOLD])


def delays_so_far(route: TrackedRoute, actuals: RouteActuals) -> Delays:
    """Return what was lost on the legs that were driven and at the stops that were served, in the order of the acts."""
    delays = Delays()
    departed = actuals.departed_at
    if departed is not None:
        delays = delays.plus(Cause.LATE_DEPARTURE, (departed - route.leaves_at).total_seconds())
    reached = [(actual.arrived_at, stop) for stop in route.stops if (actual := actuals.of(stop.stop_id)).arrived_at]
    left = departed
    for arrived_at, stop in sorted(reached, key=lambda pair: pair[0]):
        if left is not None:
            driven_s = (arrived_at - left).total_seconds()
            delays = delays.plus(Cause.SLOW_DRIVING, driven_s - stop.leg_duration_s)
        left = actuals.of(stop.stop_id).left_at
        if left is not None:
            planned_s = (stop.leaves_at - stop.arrives_at).total_seconds()
            delays = delays.plus(Cause.LONG_SERVICE, (left - arrived_at).total_seconds() - planned_s)
    return delays
