"""When each stop will be reached: the plan, what was done so far, and the roads still to be driven."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from zaguan.base.geo.point import Point
from zaguan.operations.tracking.causes import Cause, Delays, delays_so_far
from zaguan.operations.tracking.fixes import Fix
from zaguan.operations.tracking.margins import ErrorModel, Margins, Spread, chance_of_later
from zaguan.operations.tracking.model import RouteActuals, StopState, TrackedRoute, TrackedStop
from zaguan.operations.tracking.trail import first_open

FRESH_S: Final = 300.0  # an older position says less than where the driver left last
LAST_MOMENTS_S: Final = 60.0  # a service or a leg that takes longer than thought is taken to end so soon
NEWS_S: Final = 300.0  # an ETA that moved by so much since it was told is told again


class RoadTimes(Protocol):
    """What tells how long a way takes at a time of day."""

    def travel_s(self, origin: Point, target: Point, *, leaves_at: datetime) -> float:
        """Return the seconds from one place to another when leaving at a moment."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StopForecast:
    """What is expected of a stop that is still to come."""

    stop_id: UUID
    arrives_at: datetime
    leaves_at: datetime
    earliest_at: datetime
    latest_at: datetime
    stops_before: int  # still to be served
    late_s: int = 0  # expected arrival after the promised window
    late_risk: float | None = None  # probability of arriving after it; None: nothing was promised
    causes: tuple[tuple[Cause, int], ...] = ()  # of being later than planned, in seconds, the worst first


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteForecast:
    """What is expected of a route, as seen at a moment."""

    made_at: datetime
    stops: tuple[StopForecast, ...]  # those still to come, in their order; one that was arrived at is not among them
    returns_at: datetime | None  # None: the route does not end at its depot


@dataclass(slots=True, kw_only=True)
class _Progress:
    """Where and when the forecast is while it goes along the route."""

    moment: datetime
    place: Point
    spread: Spread
    delays: Delays
    at_index: int = -1  # of the stop that is left; -1: the depot
    began_at: datetime | None = None  # on the way: when that place was left


def forecast(
    route: TrackedRoute,
    actuals: RouteActuals,
    *,
    newest: Fix | None,
    arrived: Mapping[UUID, datetime],
    now: datetime,
    roads: RoadTimes,
    errors: ErrorModel,
) -> RouteForecast:
    """Return when the stops still to come will be reached.

    `arrived` tells since when the vehicle stands within the fence of a stop: an arrival that nobody told yet.
    """
    start = _start(route, actuals, newest=newest, arrived=arrived, now=now)
    breaks = _breaks_to_come(route, actuals)
    stops: list[StopForecast] = []
    progress = start
    for index, stop in _to_come(route, actuals, start.at_index):
        pause_s = sum(pause for after, pause in breaks if after <= index)
        breaks = [(after, pause) for after, pause in breaks if after > index]
        _rest(progress, pause_s)
        _drive(progress, stop.point, planned_s=stop.leg_duration_s, index=index, now=now, roads=roads)
        stops.append(_expected(stop, progress, stops_before=len(stops), now=now, errors=errors))
        _serve(progress, stop, index=index, errors=errors)
        stops[-1] = replace(stops[-1], leaves_at=progress.moment)
    returns_at = None
    if route.ends_at_depot:
        _drive(
            progress, route.depot_point, planned_s=route.back_duration_s, index=len(route.stops), now=now, roads=roads
        )
        returns_at = progress.moment
    return RouteForecast(made_at=now, stops=tuple(stops), returns_at=returns_at)


def is_news(told_at: datetime, expected_at: datetime) -> bool:
    """Tell whether an ETA has moved so far from what was told last that it should be told again."""
    return abs((expected_at - told_at).total_seconds()) >= NEWS_S


def _start(
    route: TrackedRoute, actuals: RouteActuals, *, newest: Fix | None, arrived: Mapping[UUID, datetime], now: datetime
) -> _Progress:
    """Return where the vehicle is taken to be, and when it goes on from there."""
    delays = delays_so_far(route, actuals)
    at_door = _at_the_door(route, actuals, arrived)
    if at_door is not None:
        index, since = at_door
        return _leaving_the_door(route.stops[index], index, since, now, delays)
    if not actuals.has_left():
        departs = max(now, route.leaves_at)
        late_s = (departs - route.leaves_at).total_seconds()
        place = route.depot_point
        return _Progress(moment=departs, place=place, spread=Spread(), delays=delays.plus(Cause.LATE_DEPARTURE, late_s))
    silent_s = max(0.0, (now - newest.at).total_seconds()) if newest else None
    left_index, left_at, left_place = _left_last(route, actuals)
    if newest is not None and silent_s is not None and silent_s <= FRESH_S and newest.at >= left_at:
        return _Progress(
            moment=newest.at,
            place=newest.point,
            spread=Spread(silent_s=silent_s),
            delays=delays,
            at_index=left_index,
            began_at=left_at,
        )
    spread = Spread(silent_s=max(0.0, (now - left_at).total_seconds()))
    return _Progress(moment=left_at, place=left_place, spread=spread, delays=delays, at_index=left_index)


def _leaving_the_door(stop: TrackedStop, index: int, since: datetime, now: datetime, delays: Delays) -> _Progress:
    begins = max(since, stop.opens_at or since)
    planned_end = begins + timedelta(seconds=stop.service_s)
    leaves = max(planned_end, now + timedelta(seconds=min(LAST_MOMENTS_S, stop.service_s)))
    over_s = (leaves - planned_end).total_seconds()
    spread = Spread().after_service((leaves - now).total_seconds())
    delays = delays.plus(Cause.LONG_SERVICE, over_s)
    return _Progress(moment=leaves, place=stop.point, spread=spread, delays=delays, at_index=index)


def _at_the_door(
    route: TrackedRoute, actuals: RouteActuals, arrived: Mapping[UUID, datetime]
) -> tuple[int, datetime] | None:
    """Return the stop that the driver is at, as told or else as seen at the first stop to come, and since when."""
    for index, stop in enumerate(route.stops):
        actual = actuals.of(stop.stop_id)
        if actual.state is StopState.ARRIVED and actual.arrived_at is not None:
            return index, actual.arrived_at
    index = first_open(route, actuals)
    if index < len(route.stops) and (since := arrived.get(route.stops[index].stop_id)) is not None:
        return index, since
    return None


def _left_last(route: TrackedRoute, actuals: RouteActuals) -> tuple[int, datetime, Point]:
    """Return which place was left last: index of the stop (-1: the depot), when, where."""
    departed = actuals.departed_at or route.leaves_at
    left = [(-1, departed, route.depot_point)]
    for index, stop in enumerate(route.stops):
        left_at = actuals.of(stop.stop_id).left_at
        if left_at is not None:
            left.append((index, left_at, stop.point))
    return max(left, key=lambda place: place[1])


def _to_come(route: TrackedRoute, actuals: RouteActuals, at_index: int) -> Iterator[tuple[int, TrackedStop]]:
    for index, stop in enumerate(route.stops):
        if index != at_index and actuals.of(stop.stop_id).state is StopState.PENDING:
            yield index, stop


def _breaks_to_come(route: TrackedRoute, actuals: RouteActuals) -> list[tuple[int, int]]:
    """Return breaks still to be taken; one that lies behind a stop that was served is taken as over."""
    reached = first_open(route, actuals)
    pauses = route.breaks[actuals.breaks_taken :]
    return [(pause.after_stops, pause.duration_s) for pause in pauses if pause.after_stops >= reached]


def _rest(progress: _Progress, pause_s: int) -> None:
    progress.moment += timedelta(seconds=pause_s)


def _drive(progress: _Progress, target: Point, *, planned_s: int, index: int, now: datetime, roads: RoadTimes) -> None:
    seconds = roads.travel_s(progress.place, target, leaves_at=progress.moment)
    arrives = progress.moment + timedelta(seconds=seconds)
    if progress.at_index == index - 1:  # as planned: the way can be compared
        under_way = progress.began_at is not None
        taken_s = (arrives - progress.began_at).total_seconds() if progress.began_at else seconds
        cause = Cause.SLOW_DRIVING if under_way else Cause.SLOW_ROADS
        progress.delays = progress.delays.plus(cause, taken_s - planned_s)
    progress.began_at = None
    if arrives < now:  # should be there, and is not: it will not be long
        behind_s = min(LAST_MOMENTS_S, seconds) + (now - arrives).total_seconds()
        progress.delays = progress.delays.plus(Cause.SLOW_DRIVING, behind_s)
        arrives = now + timedelta(seconds=min(LAST_MOMENTS_S, seconds))
    progress.moment, progress.place = arrives, target
    progress.spread = progress.spread.after_leg(seconds)


def _serve(progress: _Progress, stop: TrackedStop, *, index: int, errors: ErrorModel) -> None:
    wait_s = (stop.opens_at - progress.moment).total_seconds() if stop.opens_at else 0.0
    if wait_s > 0:
        progress.spread = progress.spread.after_wait(wait_s, errors.margins(progress.spread))
        progress.moment += timedelta(seconds=wait_s)
        # whatever made us late before is made up for by the wait
        progress.delays = Delays()
    progress.moment += timedelta(seconds=stop.service_s)
    progress.spread = progress.spread.after_service(stop.service_s)
    progress.at_index = index


def _expected(
    stop: TrackedStop, progress: _Progress, *, stops_before: int, now: datetime, errors: ErrorModel
) -> StopForecast:
    arrives = progress.moment
    margins: Margins = errors.margins(progress.spread)
    late_s = (arrives - stop.closes_at).total_seconds() if stop.closes_at else 0.0
    risk = None
    if stop.closes_at is not None:
        risk = chance_of_later(stop.closes_at, expected_at=arrives, margins=margins, coverage=errors.coverage)
    return StopForecast(
        stop_id=stop.stop_id,
        arrives_at=arrives,
        leaves_at=arrives,
        earliest_at=min(arrives, max(now, arrives - timedelta(seconds=margins.early_s))),
        latest_at=arrives + timedelta(seconds=margins.late_s),
        stops_before=stops_before,
        late_s=max(0, round(late_s)),
        late_risk=risk,
        causes=progress.delays.worst(),
    )
