"""The driver's day: shift, duty, breaks, hours at the wheel."""

from collections.abc import Iterator

from zaguan.engines.solver.audit.broken import Broken, Violation
from zaguan.engines.solver.audit.itinerary import Itinerary
from zaguan.engines.solver.audit.times import Driven
from zaguan.engines.solver.solution import Pause


def shift(itinerary: Itinerary) -> Iterator[Violation]:
    """Inside the shift with its overtime, and no longer than the duty limit."""
    route, vehicle = itinerary.route, itinerary.vehicle
    starts, ends = vehicle.shift_s
    if route.departs_s < starts or route.returns_s > ends + vehicle.overtime_s:
        yield itinerary.broken(Broken.SHIFT, f"{route.departs_s}..{route.returns_s} outside {starts}..{ends}")
    if vehicle.max_duration_s is not None and route.duration_s > vehicle.max_duration_s:
        yield itinerary.broken(Broken.DURATION, f"{route.duration_s} s > {vehicle.max_duration_s} s")


def breaks(itinerary: Itinerary) -> Iterator[Violation]:
    """Each break in order and inside its window; one falls away only if the route is not under way as it closes."""
    route = itinerary.route
    taken = [pause for pause in route.pauses if not pause.is_rest]
    for wanted in itinerary.vehicle.breaks:
        if taken and wanted.earliest_s <= taken[0].starts_s <= wanted.latest_s:
            length = taken[0].ends_s - taken.pop(0).starts_s
            if length != wanted.duration_s:
                yield itinerary.broken(Broken.BREAK, f"a break of {length} s, not {wanted.duration_s}")
        elif route.departs_s <= wanted.latest_s < route.returns_s:
            yield itinerary.broken(Broken.BREAK, f"no break in {wanted.earliest_s}..{wanted.latest_s}")
    for pause in taken:
        yield itinerary.broken(Broken.BREAK, f"a break at {pause.starts_s} that nobody asked for")


def driving(itinerary: Itinerary, driven: Driven) -> Iterator[Violation]:
    """So long at the wheel in all, and without a rest; what is stated as a rest is one."""
    rules = itinerary.vehicle.driving
    if rules.max_total_s is not None and driven.driving_s > rules.max_total_s:
        yield itinerary.broken(Broken.DRIVING, f"{driven.driving_s} s at the wheel > {rules.max_total_s} s")
    for pause in itinerary.route.pauses:
        if pause.is_rest and pause.ends_s - pause.starts_s < max(1, rules.rest_s):
            yield itinerary.broken(Broken.PAUSE, f"a rest of {pause.ends_s - pause.starts_s} s < {rules.rest_s}")
    if rules.max_without_rest_s is None:
        return
    without_rest = 0
    for position, (seconds, _) in enumerate(driven.legs):
        if _freshens(itinerary.pauses(position, before_leg=True), rules.rest_s):
            without_rest = 0
        without_rest += seconds
        if without_rest > rules.max_without_rest_s:
            yield itinerary.broken(Broken.DRIVING, f"{without_rest} s without a rest")
        if _freshens(itinerary.pauses(position, before_leg=False), rules.rest_s):
            without_rest = 0


def _freshens(pauses: list[Pause], rest_s: int) -> bool:
    """Tell whether one of the pauses is long enough; two short ones are no rest, nor is the time at a halt."""
    return any(pause.ends_s - pause.starts_s >= rest_s for pause in pauses)
