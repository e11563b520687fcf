"""The exact schedule of one route: travel by the moment of departure, windows, breaks, rests, the latest good start.

A label is the earliest moment at which a position can be left with so many breaks taken. From each label the next
leg is tried with a break before it, on arrival, both or neither; rests are taken when the hours of service ask for
one, and for nothing where the wait for a window is long enough. Then the departure is put off as far as that costs
nothing, because a driver's paid time begins with it.
"""

from typing import Final

import numpy as np

from zaguan.engines.solver.compiled import kernel
from zaguan.engines.solver.limits import UNREACHABLE_S
from zaguan.engines.solver.rules.breaks import NEVER, break_end, break_missed
from zaguan.engines.solver.rules.driving_hours import refreshes, rest_needed, too_much_driving
from zaguan.engines.solver.rules.shifts import route_price
from zaguan.engines.solver.rules.time_windows import window_for
from zaguan.engines.solver.rules.travel import distance_in, duration_at, slot_at

BREAK_BEFORE: Final = 1
REST_BEFORE: Final = 2
BREAK_AFTER: Final = 4
REST_AFTER: Final = 8


@kernel
def _service_start(data, node, ready):  # type: ignore[no-untyped-def]
    """Return when service may start if one is ready at a moment, or NEVER."""
    window = window_for(data, node, ready)
    if ready > data.closes[node, window] and data.late_price[node] < 0:
        return NEVER
    return max(ready, data.opens[node, window])


@kernel
def _after_break(data, vehicle, taken, moment, since_rest):  # type: ignore[no-untyped-def]
    """Take the next break from a moment on; return (when it is over, since rest), or (NEVER, 0) if it cannot be."""
    ends = break_end(data, vehicle, taken, moment)
    if ends >= NEVER:
        return NEVER, 0
    return ends, (0 if refreshes(data, vehicle, data.break_length[vehicle, taken]) else since_rest)


@kernel
def _step(data, vehicle, before, node, moment, since_rest, driving, taken, choice):  # type: ignore[no-untyped-def]
    """Go from one node to the next; return (left at, since rest, driving, pauses), left at NEVER if impossible."""
    impossible = (NEVER, 0, 0, 0)
    pauses = choice
    if choice & BREAK_BEFORE:
        moment, since_rest = _after_break(data, vehicle, taken, moment, since_rest)
        if moment >= NEVER:
            return impossible
        taken += 1
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
    moment += leg
    if choice & BREAK_AFTER:
        moment, since_rest = _after_break(data, vehicle, taken, moment, since_rest)
        if moment >= NEVER:
            return impossible
        taken += 1
    ready = moment + (data.setup[node] if origin != goal else 0)
    starts = _service_start(data, node, ready)
    rest = data.rest[vehicle]
    if rest > 0 and since_rest > 0 and starts < NEVER and starts - ready >= rest:
        since_rest = 0
        pauses |= REST_AFTER
    if starts >= NEVER:
        return impossible
    leaves = starts + data.service[node]
    if break_missed(data, vehicle, taken, leaves if node < data.clients else starts):
        return impossible
    return leaves, since_rest, driving, pauses


@kernel
def _extend(data, scratch, vehicle, at, taken, choice, reached):  # type: ignore[no-untyped-def]
    """Extend a label to the next position; keep it there if it is the earliest. Return when it leaves."""
    left, since_rest, driving, pauses = _step(
        data,
        vehicle,
        scratch.nodes[at - 1],
        scratch.nodes[at],
        scratch.time[at - 1, taken],
        scratch.since_rest[at - 1, taken],
        scratch.driving[at - 1, taken],
        taken,
        choice,
    )
    if left < scratch.time[at, reached]:
        scratch.time[at, reached] = left
        scratch.since_rest[at, reached] = since_rest
        scratch.driving[at, reached] = driving
        scratch.came_from[at, reached] = taken
        scratch.pauses[at, reached] = pauses
    return left


@kernel
def _label(data, scratch, vehicle, length, departs):  # type: ignore[no-untyped-def]
    """Fill the labels of all positions; return the number of breaks on the best way to the end, -1 if none.

    A break that would have to wait for its window is tried only where the next stop is left after the window's
    opening: before that, going on first is never later.
    """
    breaks = data.break_count[vehicle]
    for k in range(breaks + 1):
        scratch.time[0, k] = NEVER
    scratch.time[0, 0] = departs
    scratch.since_rest[0, 0] = scratch.driving[0, 0] = 0
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
                _extend(data, scratch, vehicle, at, k, BREAK_AFTER, k + 1)
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
def _write_down(data, scratch, vehicle, length, departs, taken):  # type: ignore[no-untyped-def]
    """Follow the labels back from the end, then write the times of the chosen way forward.

    Returns (distance, lateness price, seconds that the departure can be put off without a later end).
    """
    for back in range(length - 1):
        at = length - 1 - back
        scratch.taken[at] = taken
        taken = scratch.came_from[at, taken]
    scratch.taken[0] = 0
    scratch.leaves[0] = scratch.starts[0] = scratch.arrives[0] = departs
    scratch.window[0] = 0
    moment, distance, lateness, waited, slack = departs, 0, 0.0, 0, NEVER
    profile = data.profile[vehicle]
    for at in range(1, length):
        before, node, pauses = scratch.nodes[at - 1], scratch.nodes[at], scratch.pauses[at, scratch.taken[at]]
        index = scratch.taken[at - 1]
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
        leg = duration_at(data, profile, origin, goal, moment)
        distance += distance_in(data, profile * data.slots + slot_at(data, moment), origin, goal)
        scratch.leg[at] = leg
        moment += leg
        scratch.arrives[at] = moment
        if pauses & BREAK_AFTER:
            scratch.after[at] = max(moment, data.break_earliest[vehicle, index])
            waited += scratch.after[at] - moment
            slack = min(slack, waited + data.break_latest[vehicle, index] - scratch.after[at])
            moment = scratch.after[at] + data.break_length[vehicle, index]
            index += 1
        if pauses & REST_AFTER:
            scratch.rest_after[at] = moment
        ready = moment + (data.setup[node] if origin != goal else 0)
        window = window_for(data, node, ready)
        starts = max(ready, data.opens[node, window])
        late = max(0, starts - data.closes[node, window])
        if late > 0:
            lateness += late * data.late_price[node]
        waited += starts - ready
        slack = min(slack, waited + max(0, data.closes[node, window] - starts))
        scratch.window[at], scratch.starts[at] = window, starts
        moment = starts + data.service[node]
        scratch.leaves[at] = moment
    return distance, lateness, min(slack, waited)


@kernel
def estimate(data, scratch, vehicle, length):  # type: ignore[no-untyped-def]
    """Return the price of scratch.nodes[:length] without preference, infinity if it breaks a rule of time.

    Exact but for one thing: travel by the hour is not looked up again for the departure that is put off.
    """
    departs = data.earliest[scratch.nodes[0]]
    taken = _label(data, scratch, vehicle, length, departs)
    if taken < 0 or length - 2 > data.max_clients[vehicle]:
        return np.inf
    distance, lateness, put_off = _write_down(data, scratch, vehicle, length, departs, taken)
    returns = scratch.starts[length - 1]
    duration = returns - departs - put_off
    if duration > data.max_duration[vehicle]:
        return np.inf
    return route_price(data, vehicle, distance, duration, returns) + lateness


@kernel
def _drive(data, scratch, vehicle, length, departs):  # type: ignore[no-untyped-def]
    """Drive the route from a departure; return (feasible, distance, lateness price, put off, price)."""
    taken = _label(data, scratch, vehicle, length, departs)
    if taken < 0:
        return False, 0, 0.0, 0, 0.0
    distance, lateness, put_off = _write_down(data, scratch, vehicle, length, departs, taken)
    returns = scratch.starts[length - 1]
    price = route_price(data, vehicle, distance, returns - departs, returns) + lateness
    return True, distance, lateness, put_off, price


@kernel
def schedule(data, scratch, vehicle, length):  # type: ignore[no-untyped-def]
    """Schedule scratch.nodes[:length], start and end nodes included.

    Returns (feasible, distance, departs, returns, lateness price, price of the route without preference); the
    times stand in the scratch arrays.
    """
    failed = (False, 0, 0, 0, 0.0, 0.0)
    departs = np.int64(data.earliest[scratch.nodes[0]])
    feasible, distance, lateness, put_off, price = _drive(data, scratch, vehicle, length, departs)
    if not feasible:
        return failed
    if put_off > 0:
        # with travel by the hour or with rests a later start may change more than the wait: keep it only if it pays
        holds, later_distance, later_lateness, _, later_price = _drive(
            data, scratch, vehicle, length, departs + put_off
        )
        if holds and later_price <= price:
            departs += put_off
            distance, lateness, price = later_distance, later_lateness, later_price
        else:
            _drive(data, scratch, vehicle, length, departs)
    returns = scratch.starts[length - 1]
    if returns - departs > data.max_duration[vehicle] or length - 2 > data.max_clients[vehicle]:
        return failed
    return True, distance, departs, returns, lateness, price
