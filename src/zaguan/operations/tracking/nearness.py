"""Who may see the vehicle, and who is told that it comes: those whose stop is near."""

from dataclasses import dataclass
from datetime import datetime

from zaguan.operations.tracking.eta import StopForecast
from zaguan.operations.tracking.model import RouteActuals, StopState


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRule:
    """When a recipient sees the vehicle move: both bounds must hold, so nobody watches a whole route."""

    within_s: float = 1_800.0
    stops_before: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproachRule:
    """When a recipient is told that the driver comes: the first bound that holds. None: that bound never does."""

    within_s: float | None = 900.0
    stops_before: int | None = None


def may_see_vehicle(
    state: StopState, expected: StopForecast | None, actuals: RouteActuals, *, now: datetime, rule: ShareRule
) -> bool:
    """Tell whether the recipient of a stop may see the vehicle: under way to the stop and near, or at the door."""
    if not actuals.has_left():
        return False
    if state is StopState.ARRIVED:
        return True
    if state is not StopState.PENDING or expected is None:
        return False
    return expected.stops_before <= rule.stops_before and _seconds_to(expected, now) <= rule.within_s


def approaches(expected: StopForecast, actuals: RouteActuals, *, now: datetime, rule: ApproachRule) -> bool:
    """Tell whether the driver is near enough to be announced."""
    if not actuals.has_left():
        return False
    soon = rule.within_s is not None and _seconds_to(expected, now) <= rule.within_s
    return soon or (rule.stops_before is not None and expected.stops_before <= rule.stops_before)


def _seconds_to(expected: StopForecast, now: datetime) -> float:
    return (expected.arrives_at - now).total_seconds()
