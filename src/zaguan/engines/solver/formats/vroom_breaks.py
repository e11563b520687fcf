"""VROOM's breaks as ours.

VROOM's are taken on every route, ours only on one that is still under way as the window closes. So windows are first
cut to what leaves room for the break, and for those before and after it, within the working hours: that loses nothing,
and a route that is home before such a window closes can always take the break at its end, where it is written.
"""

from itertools import pairwise

from zaguan.engines.solver.fleet import Break
from zaguan.engines.solver.formats.vroom_input import Pausing, VroomVehicle, Window
from zaguan.engines.solver.formats.vroom_refusals import (
    BreakMaxLoad,
    BreakOutsideShift,
    BreaksOverlap,
    BreakWindows,
    BreakWithoutLength,
)


def breaks_of(vehicle: VroomVehicle, shift: Window, origin_s: int) -> tuple[Break, ...]:
    """Return the breaks of a vehicle within its shift, in VROOM's order."""
    windows = [_window(pause, vehicle, shift, origin_s) for pause in vehicle.breaks]
    ready, closing = shift[0], shift[1]
    earliest: list[int] = []
    latest: list[int] = []
    for pause, window in zip(vehicle.breaks, windows, strict=True):
        earliest.append(max(window[0], ready))
        ready = earliest[-1] + pause.service
    for pause, window in zip(reversed(vehicle.breaks), reversed(windows), strict=True):
        latest.insert(0, min(window[1], closing - pause.service))
        closing = latest[0]
    for pause, opens, closes in zip(vehicle.breaks, earliest, latest, strict=True):
        if opens > closes:
            raise BreakOutsideShift(at=pause.at, vehicle=vehicle.at)
    for before, after in pairwise(range(len(vehicle.breaks))):
        if latest[before] > earliest[after]:
            raise BreaksOverlap(at=vehicle.breaks[after].at, other=vehicle.breaks[before].at)
    return tuple(
        Break(earliest_s=opens, latest_s=closes, duration_s=pause.service)
        for pause, opens, closes in zip(vehicle.breaks, earliest, latest, strict=True)
    )


def _window(pause: Pausing, vehicle: VroomVehicle, shift: Window, origin_s: int) -> Window:
    """Return the one window in which a break may start."""
    if pause.service == 0:
        raise BreakWithoutLength(at=f"{pause.at}.service")
    if pause.max_load is not None and any(
        most < room for most, room in zip(pause.max_load, vehicle.capacity, strict=True)
    ):
        raise BreakMaxLoad(at=f"{pause.at}.max_load")
    usable: list[Window] = []
    for opens, closes in [(o - origin_s, c - origin_s) for o, c in pause.windows] or [shift]:
        cut = max(opens, shift[0]), min(closes, shift[1] - pause.service)
        if cut[0] > cut[1]:
            continue
        if usable and usable[-1][1] + 1 == cut[0]:  # two windows without a second between them
            usable[-1] = usable[-1][0], cut[1]
        else:
            usable.append(cut)
    if not usable:
        raise BreakOutsideShift(at=pause.at, vehicle=vehicle.at)
    if len(usable) > 1:
        raise BreakWindows(at=f"{pause.at}.time_windows", count=len(usable))
    return usable[0]
