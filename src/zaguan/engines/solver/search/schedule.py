"""The exact schedule of one route: travel by the moment of departure, windows, breaks, rests, the latest good start.

A label is the earliest moment at which a position can be left with so many breaks taken. From each label the next
leg is tried with a break before it, on arrival, both or neither; rests are taken when the hours of service ask for
one, and for nothing where the wait for a window is long enough. Then the departure is put off as far as that costs
nothing, because a driver's paid time begins with it.

Before that the route is made ready: loads and releases of its trips are added up, and charges put between its nodes.
So this walk checks and prices everything of a route but who may be on it.
"""

from typing import Final

import numpy as np

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.limits import UNREACHABLE_S
from zaguan.engines.solver.rules.battery import charging_s
from zaguan.engines.solver.rules.breaks import NEVER, break_end, break_missed
from zaguan.engines.solver.rules.driving_hours import refreshes, rest_needed, too_much_driving
from zaguan.engines.solver.rules.service import service_in
from zaguan.engines.solver.rules.shifts import route_price
from zaguan.engines.solver.rules.time_windows import window_for
from zaguan.engines.solver.rules.travel import distance_in, duration_at, slot_at
from zaguan.engines.solver.rules.trips import is_reload
from zaguan.engines.solver.search.readiness import earliest_departure, make_ready, order_price
from zaguan.engines.solver.search.scratch import LENGTH, LEVEL

BREAK_BEFORE: Final = 1
REST_BEFORE: Final = 2
BREAK_AFTER: Final = 4
REST_AFTER: Final = 8


@kernel
def _waited(data, scratch, at, window, ready):  # type: ignore[no-untyped-def]
    """Return when one who is ready has waited for the window to open; a reload awaits its goods."""
    node = np.int64(scratch.nodes[at])
    starts = max(ready, np.int64(data.opens[node, window]))
    if data.has_releases and is_reload(data, node):
        starts = max(starts, scratch.ready[at] - data.service[node])
    return starts


@kernel
def _service_start(data, scratch, at, ready):  # type: ignore[no-untyped-def]
    """Return when service may start at a position if one is ready at a moment, or NEVER."""
    node = np.int64(scratch.nodes[at])
    window = window_for(data, node, ready)
    if ready > data.closes[node, window] and data.late_price[node] < 0:
        return NEVER
    starts = _waited(data, scratch, at, window, ready)
    return starts if starts <= data.latest[node] else NEVER


@kernel
def _used(data, vehicle, origin, goal, moment):  # type: ignore[no-untyped-def]
    """Return the mWh of a leg that begins at a moment."""
    matrix = data.profile[vehicle] * data.slots + slot_at(data, moment)
    return data.battery_use[vehicle] * distance_in(data, matrix, origin, goal)


@kernel
def _stay(data, vehicle, node, energy):  # type: ignore[no-untyped-def]
    """Return the seconds spent at a node: service, loading, or charging from a level to full."""
    if node >= data.nodes:
        return charging_s(data, node, data.battery_full[vehicle] - energy)
    return service_in(data, vehicle, node)


@kernel
def _after_break(data, vehicle, taken, moment, since_rest):  # type: ignore[no-untyped-def]
    """Take the next break from a moment on; return (when it is over, since rest), or (NEVER, 0) if it cannot be."""
    ends = break_end(data, vehicle, taken, moment)
    if ends >= NEVER:
        return NEVER, 0
    return ends, (0 if refreshes(data, vehicle, data.break_length[vehicle, taken]) else since_rest)


@kernel
def _step(data, scratch, vehicle, at, taken, choice):  # type: ignore[no-untyped-def]
    """Extend a label to the next position; return (left at, since rest, driving, pauses), left at NEVER if impossible.

    The level with which it is left stands in scratch.figures.
    """
    impossible = (NEVER, 0, 0, 0)
    moment, since_rest = scratch.time[at - 1, taken], scratch.since_rest[at - 1, taken]
    driving, label, pauses = scratch.driving[at - 1, taken], taken, choice
    if choice & BREAK_BEFORE:
        moment, since_rest = _after_break(data, vehicle, taken, moment, since_rest)
        if moment >= NEVER:
            return impossible
        taken += 1
    before, node = np.int64(scratch.nodes[at - 1]), np.int64(scratch.nodes[at])
    profile, origin, goal = data.profile[vehicle], data.location[before], data.location[node]
    leg = duration_at(data, profile, origin, goal, moment)
    if rest_needed(data, vehicle, since_rest, leg):
        moment += data.rest[vehicle]
        since_rest = 0
        pauses |= REST_BEFORE
        leg = duration_at(data, profile, origin, goal, moment)
    since_rest += leg
    driving += leg
    if leg >= UNREACHABLE_S or too_much_driving(data, vehicle, driving, since_rest):
        return impossible
    energy = np.int64(0)
    if data.has_batteries:
        energy = scratch.energy[at - 1, label] - _used(data, vehicle, origin, goal, moment)
    moment += leg
    if choice & BREAK_AFTER:
        moment, since_rest = _after_break(data, vehicle, taken, moment, since_rest)
        if moment >= NEVER:
            return impossible
        taken += 1
    ready = moment + (data.setup[node] if origin != goal else 0)
    starts = _service_start(data, scratch, at, ready)
    rest = data.rest[vehicle]
    if rest > 0 and since_rest > 0 and starts < NEVER and starts - ready >= rest:
        since_rest = 0
        pauses |= REST_AFTER
    if starts >= NEVER:
        return impossible
    leaves = starts + _stay(data, vehicle, node, energy)
    if break_missed(data, vehicle, taken, leaves):
        return impossible
    if data.has_batteries:
        scratch.figures[LEVEL] = energy if node < data.nodes else data.battery_full[vehicle]
    return leaves, since_rest, driving, pauses


@kernel
def _extend(data, scratch, vehicle, at, taken, choice, reached):  # type: ignore[no-untyped-def]
    """Extend a label to the next position; keep it there if it is the earliest. Return when it leaves."""
    left, since_rest, driving, pauses = _step(data, scratch, vehicle, at, taken, choice)
    if left < scratch.time[at, reached]:
        scratch.time[at, reached] = left
        scratch.since_rest[at, reached] = since_rest
        scratch.driving[at, reached] = driving
        scratch.came_from[at, reached] = taken
        scratch.pauses[at, reached] = pauses
        if data.has_batteries:
            scratch.energy[at, reached] = scratch.figures[LEVEL]
    return left


@kernel
def _label(data, scratch, vehicle, length, departs):  # type: ignore[no-untyped-def]
    """Fill the labels of all positions; return the number of breaks on the best way to the end, -1 if none.

    A break that would have to wait for its window is tried only where the next stop is left after the window's
    opening: before that, going on first is never later, if the window is still open then.
    """
    breaks = data.break_count[vehicle]
    for k in range(breaks + 1):
        scratch.time[0, k] = NEVER
    scratch.time[0, 0] = departs
    scratch.since_rest[0, 0] = scratch.driving[0, 0] = 0
    scratch.energy[0, 0] = data.battery_start[vehicle]
    for at in range(1, length):
        for k in range(breaks + 1):
            scratch.time[at, k] = NEVER
        alive = False
        for k in range(breaks + 1):
            moment = scratch.time[at - 1, k]
            if moment >= NEVER:
                continue
            alive = True
            left = _extend(data, scratch, vehicle, at, k, 0, k)
            if k == breaks:
                continue
            opens = data.break_earliest[vehicle, k]
            if opens <= moment:
                _extend(data, scratch, vehicle, at, k, BREAK_BEFORE, k + 1)
            if opens < left:
                after = _extend(data, scratch, vehicle, at, k, BREAK_AFTER, k + 1)
                if after >= NEVER and opens > moment:
                    # the leg leads over the window's end: one has to wait for the break before it
                    _extend(data, scratch, vehicle, at, k, BREAK_BEFORE, k + 1)
                if k + 2 <= breaks and opens <= moment:
                    _extend(data, scratch, vehicle, at, k, BREAK_BEFORE | BREAK_AFTER, k + 2)
        if not alive:
            return -1
    best = -1
    for k in range(breaks + 1):
        if scratch.time[length - 1, k] < NEVER and (
            best < 0 or scratch.time[length - 1, k] < scratch.time[length - 1, best]
        ):
            best = k
    return best


@kernel
def _trace_back(scratch, length, departs, taken):  # type: ignore[no-untyped-def]
    """Follow the labels back from the end and write how many breaks were taken up to each position."""
    for back in range(length - 1):
        at = length - 1 - back
        scratch.taken[at] = taken
        taken = scratch.came_from[at, taken]
    scratch.taken[0] = 0
    scratch.leaves[0] = scratch.starts[0] = scratch.arrives[0] = departs
    scratch.window[0] = 0


@kernel
def _write_down(data, scratch, vehicle, length, departs, taken):  # type: ignore[no-untyped-def]
    """Follow the labels back from the end, then write the times of the chosen way forward.

    Returns (distance, lateness price, seconds that the departure can be put off without a later end).
    """
    _trace_back(scratch, length, departs, taken)
    moment, distance, lateness, waited, slack = departs, 0, 0.0, 0, NEVER
    profile, energy = data.profile[vehicle], data.battery_start[vehicle]
    for at in range(1, length):
        before, pauses = np.int64(scratch.nodes[at - 1]), scratch.pauses[at, scratch.taken[at]]
        node, index = np.int64(scratch.nodes[at]), scratch.taken[at - 1]
        scratch.before[at] = scratch.rest_before[at] = scratch.after[at] = scratch.rest_after[at] = -1
        if pauses & BREAK_BEFORE:
            scratch.before[at] = max(moment, data.break_earliest[vehicle, index])
            waited += scratch.before[at] - moment
            slack = min(slack, waited + data.break_latest[vehicle, index] - scratch.before[at])
            moment = scratch.before[at] + data.break_length[vehicle, index]
            index += 1
        if pauses & REST_BEFORE:
            scratch.rest_before[at] = moment
            moment += data.rest[vehicle]
        origin, goal = data.location[before], data.location[node]
        scratch.leg[at] = duration_at(data, profile, origin, goal, moment)
        scratch.metres[at] = distance_in(data, profile * data.slots + slot_at(data, moment), origin, goal)
        distance += scratch.metres[at]
        if data.has_batteries:
            energy -= data.battery_use[vehicle] * scratch.metres[at]
            scratch.level[at] = energy
        moment += scratch.leg[at]
        scratch.arrives[at] = moment
        if pauses & BREAK_AFTER:
            scratch.after[at] = max(moment, data.break_earliest[vehicle, index])
            waited += scratch.after[at] - moment
            slack = min(slack, waited + data.break_latest[vehicle, index] - scratch.after[at])
            moment = scratch.after[at] + data.break_length[vehicle, index]
        if pauses & REST_AFTER:
            scratch.rest_after[at] = moment
        ready = moment + (data.setup[node] if origin != goal else 0)
        window = window_for(data, node, ready)
        starts = _waited(data, scratch, at, window, ready)
        late = starts - data.closes[node, window]
        if late > 0:
            lateness += late * data.late_price[node]
        waited += starts - ready
        slack = min(slack, waited + max(0, min(data.closes[node, window], data.latest[node]) - starts))
        scratch.window[at], scratch.starts[at] = window, starts
        moment = starts + _stay(data, vehicle, node, energy)
        if node >= data.nodes:
            energy = data.battery_full[vehicle]
        scratch.leaves[at] = moment
    return distance, lateness, min(slack, waited)


@kernel
def drive(data, scratch, vehicle, length, departs):  # type: ignore[no-untyped-def]
    """Drive a route that was made ready from a departure; return (feasible, distance, lateness price, put off).

    Put off: by so many seconds a later departure ends no later, unless travel by the hour makes it.
    """
    taken = _label(data, scratch, vehicle, length, departs)
    if taken < 0:
        return False, np.int64(0), 0.0, np.int64(0)
    distance, lateness, put_off = _write_down(data, scratch, vehicle, length, departs, taken)
    return True, np.int64(distance), lateness, np.int64(put_off)


@kernel
def driven_price(data, scratch, vehicle, length, departs, distance, lateness):  # type: ignore[no-untyped-def]
    """Return what the driven route costs if it leaves at a moment, infinity if it takes too long."""
    returns = scratch.starts[length - 1]
    if returns - departs > data.max_duration[vehicle]:
        return np.inf
    return route_price(data, vehicle, distance, returns - departs, returns) + lateness


@kernel
def estimate(data, scratch, vehicle, length):  # type: ignore[no-untyped-def]
    """Return the price of scratch.nodes[:length] without preference, infinity if it breaks a rule.

    Exact but for one thing: travel by the hour is not looked up again for the departure that is put off.
    """
    if not make_ready(data, scratch, vehicle, length):
        return np.inf
    length = scratch.figures[LENGTH]
    departs = earliest_departure(data, scratch)
    feasible, distance, lateness, put_off = drive(data, scratch, vehicle, length, departs)
    if not feasible:
        return np.inf
    price = driven_price(data, scratch, vehicle, length, departs + put_off, distance, lateness)
    return price + order_price(data, scratch, vehicle, length)


@kernel
def schedule(data, scratch, vehicle, length):  # type: ignore[no-untyped-def]
    """Schedule scratch.nodes[:length], start and end nodes included; charges come between them.

    Returns (feasible, distance, departs, returns, price of lateness and order, price of the route without
    preference); the times stand in the scratch arrays.
    """
    failed = (False, np.int64(0), np.int64(0), np.int64(0), 0.0, 0.0)
    if not make_ready(data, scratch, vehicle, length):
        return failed
    length = scratch.figures[LENGTH]
    first = earliest_departure(data, scratch)
    departs, moment, price, distance, lateness = first, first, np.inf, np.int64(0), 0.0
    for turn in range(3):
        holds, metres, late, put_off = drive(data, scratch, vehicle, length, moment)
        if turn == 0 and not holds:
            return failed
        if turn == 2:
            break
        offered = driven_price(data, scratch, vehicle, length, moment, metres, late) if holds else np.inf
        # with travel by the hour or with rests a later start may change more than the wait: keep it only if it pays
        if turn == 0 or (holds and offered <= price):
            departs, price, distance, lateness = moment, offered, metres, late
            if turn == 1 or put_off == 0:
                break
            moment = first + put_off
        else:
            moment = first
    if price == np.inf:
        return failed
    extra = order_price(data, scratch, vehicle, length)
    return True, distance, departs, scratch.starts[length - 1], lateness + extra, price + extra
