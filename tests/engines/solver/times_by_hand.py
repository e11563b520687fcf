"""When and for how much: plans by hand that hold, and plans that break one promise each (see `rules_by_hand`)."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from tests.engines.solver.by_hand import MORNING, plan, reload, rest, route
from tests.engines.solver.by_hand import Break as Taken
from tests.engines.solver.rules_by_hand import HOLDS, STREET, Case, client, with_client, with_vehicle
from tests.engines.solver.towns import HOUR, town
from zaguan.engines.solver import Break, Broken, Client, DrivingHours, Problem, Route, Travel, Vehicle


def legs() -> Iterator[Case]:
    """Legs, arrivals, the return and all sums are as the travel says."""
    problem = town(STREET)
    written = route(problem, "AB", cost=800.0)
    yield HOLDS, problem, plan(problem, written)
    for name in ("last_leg_duration_s", "last_leg_distance_m"):
        yield {Broken.TRAVEL}, problem, plan(problem, replace(written, **{name: 1}))
    for name in ("distance_m", "driving_s", "waiting_s", "overtime_s", "late_s"):
        yield {Broken.FIGURES}, problem, plan(problem, replace(written, **{name: 1}))
    for name in ("leg_duration_s", "leg_distance_m", "arrives_s"):
        visits = (replace(written.visits[0], **{name: 1}), written.visits[1])
        yield {Broken.TRAVEL}, problem, plan(problem, replace(written, visits=visits))
    for later in (-1, 1):
        returned = replace(written, returns_s=written.returns_s + later)
        yield {Broken.TRAVEL, Broken.FIGURES}, problem, plan(problem, returned)
    severed = problem.travel.durations_s.copy()
    severed[0, 0, 1] = 10_000_000
    cut = replace(problem, travel=replace(problem.travel, durations_s=severed))
    with_shift = with_vehicle(cut, overtime_s=2_000_000, shift_s=(0, 30 * 86_400))
    endless = route(with_shift, "AB", cost=800.0)
    yield {Broken.TRAVEL, Broken.SHIFT}, with_shift, plan(with_shift, endless)


def hours() -> Iterator[Case]:
    """Between two knots of the day a leg's seconds change evenly, rounded down; its metres are the nearer knot's."""
    both = np.array([[[0, took], [0, 0]] for took in (1, 2, 600, 1_800)], np.int32)  # the second profile's are driven
    metres = np.array([[[0, way], [0, 0]] for way in (3, 4, 5_000, 7_000)], np.int32)
    knots = ((8 * HOUR, 0), (11 * HOUR, 1), (14 * HOUR, 0))
    travel = Travel(durations_s=both, distances_m=metres, slots=2, knots_s=knots)
    vehicle = Vehicle(end=None, profile=1)
    problem = Problem(clients=[Client(location=1)], vehicles=[vehicle], travel=travel)
    half = 9 * HOUR + 1_800  # as near to 8:00 as to 11:00: the later one counts
    for departs, seconds, way in (
        (7 * HOUR, 600, 5_000),
        (8 * HOUR, 600, 5_000),
        (half - 1, 1_199, 5_000),
        (half, 1_200, 7_000),
        (11 * HOUR, 1_800, 7_000),
        (12 * HOUR, 1_400, 7_000),
        (12 * HOUR + 1_800, 1_200, 5_000),  # and again
        (13 * HOUR, 1_000, 5_000),
        (14 * HOUR, 600, 5_000),
        (15 * HOUR, 600, 5_000),
    ):
        simple = with_vehicle(problem, profile=0)
        still = replace(simple, travel=Travel.static([[0, seconds], [0, 0]], [[0, way], [0, 0]]))
        yield HOLDS, problem, plan(problem, route(still, "A", cost=float(way), departs_s=departs))
        slower = replace(simple, travel=Travel.static([[0, seconds + 1], [0, 0]], [[0, way], [0, 0]]))
        lying = route(slower, "A", cost=float(way), departs_s=departs)
        yield {Broken.TRAVEL, Broken.FIGURES}, problem, plan(problem, lying)
        farther = replace(simple, travel=Travel.static([[0, seconds], [0, 0]], [[0, way + 1], [0, 0]]))
        lying = route(farther, "A", cost=float(way), departs_s=departs)
        yield {Broken.TRAVEL, Broken.FIGURES}, problem, plan(problem, lying)


def straight_lines() -> Iterator[Case]:
    """Between points a leg is the straight line, scaled and rounded, in metres and seconds alike."""
    clients = [Client(location=1), Client(location=2)]
    travel = Travel.planar([[0, 0], [3, 4], [6, 8]], scale=10.05)
    problem = Problem(clients=clients, vehicles=[Vehicle(cost_per_s=1.0)], travel=travel)  # 50.25, and 100.5 home
    right = plan(problem, route(problem, "AB", cost=402.0))
    yield HOLDS, problem, right
    rounded_down = replace(problem, travel=replace(travel, rounding=0.0))
    yield {Broken.TRAVEL, Broken.FIGURES, Broken.COST}, rounded_down, right


def windows() -> Iterator[Case]:
    """Service starts in the window stated; only a soft client may start behind its last one."""
    spans = ((MORNING + 300, MORNING + 400), (MORNING + 600, MORNING + 700))
    problem = town("D.A", every=client(windows=spans))
    right = plan(problem, route(problem, "A", cost=400.0))
    yield HOLDS, problem, right
    for departs in (280, 281, 580):  # at the first closing, after it, at the second
        yield HOLDS, problem, plan(problem, route(problem, "A", cost=400.0, departs_s=MORNING + departs))
    late = plan(problem, route(problem, "A", cost=402.0, departs_s=MORNING + 581))
    yield {Broken.WINDOW, Broken.COST}, problem, late
    soft = with_client(problem, 0, late_cost_per_s=2.0)
    yield HOLDS, soft, late
    for window in (-1, 1, 2):
        (visit,) = right.routes[0].visits
        other = replace(right.routes[0], visits=(replace(visit, window=window),))
        yield {Broken.WINDOW}, problem, plan(problem, other)
    between = with_client(soft, 0, windows=())
    gap = route(between, "A", cost=400.0, departs_s=MORNING + 300)  # between the windows even a soft client waits
    yield HOLDS, between, plan(between, gap)
    yield {Broken.WINDOW}, soft, plan(soft, gap)
    numbered = replace(gap, visits=(replace(gap.visits[0], window=1),))
    yield {Broken.FIGURES}, between, plan(between, numbered)
    punctual = replace(late.routes[0], late_s=0)
    yield {Broken.FIGURES}, soft, plan(soft, punctual)


def latest_moments() -> Iterator[Case]:
    """However soft the windows, service starts before the last moment."""
    soft = client(windows=((0, MORNING),), late_cost_per_s=1.0, latest_s=MORNING + 120)
    problem = town("D.A", every=soft)
    right = plan(problem, route(problem, "A", cost=520.0))
    yield HOLDS, problem, right
    yield {Broken.LATEST}, with_client(problem, 0, latest_s=MORNING + 119), right
    always = with_client(problem, 0, latest_s=MORNING + 119, windows=())
    yield {Broken.LATEST}, always, plan(always, route(always, "A", cost=400.0))


def services() -> Iterator[Case]:
    """A driver takes his share of the service time, cut to seconds, and parks once at a place."""
    problem = town("D.A", every=client(service_s=61, setup_s=50), vehicles=[Vehicle(cost_per_s=1.0)])
    slow = with_vehicle(problem, service_percent=150)
    # parking takes him no longer than others
    yield HOLDS, slow, plan(slow, _parked(slow, 50 + 91))
    yield {Broken.SERVICE}, problem, plan(problem, _parked(slow, 50 + 91))
    yield {Broken.SERVICE}, with_vehicle(problem, service_percent=151), plan(slow, _parked(slow, 50 + 91))
    yield {Broken.SERVICE, Broken.FIGURES}, with_client(slow, 0, setup_s=51), plan(slow, _parked(slow, 50 + 91))
    twice = replace(problem, clients=problem.clients[:1] * 2, vehicles=[Vehicle(trips=2)])
    together, halved = route(twice, 0, 1, cost=400.0), route(twice, 0, reload(), 1, cost=800.0)
    assert together.returns_s - MORNING == 240 + 50 + 61 + 61
    assert halved.returns_s - MORNING == 240 + 50 + 61 + 240 + 50 + 61
    yield HOLDS, twice, plan(twice, together)
    yield HOLDS, twice, plan(twice, halved)


def _parked(problem: Problem, stays_s: int) -> Route:
    return route(problem, "A", cost=400.0 + 240.0 + stays_s)


def shifts() -> Iterator[Case]:
    """Inside the shift and its overtime, and within the duty limit."""
    problem = town("D.A", vehicles=[Vehicle(shift_s=(MORNING, MORNING + 240), max_duration_s=240)])
    right = plan(problem, route(problem, "A", cost=400.0))
    yield HOLDS, problem, right
    yield {Broken.SHIFT}, problem, plan(problem, route(problem, "A", cost=400.0, departs_s=MORNING - 1))
    yield {Broken.SHIFT}, problem, plan(problem, route(problem, "A", cost=400.0, departs_s=MORNING + 1))
    longer = with_vehicle(problem, overtime_s=1, overtime_cost_per_s=3.0)
    yield HOLDS, longer, plan(longer, route(longer, "A", cost=403.0, departs_s=MORNING + 1))
    yield {Broken.SHIFT}, longer, plan(longer, route(longer, "A", cost=406.0, departs_s=MORNING + 2))
    yield {Broken.DURATION}, with_vehicle(problem, max_duration_s=239), right


def breaks() -> Iterator[Case]:
    """A break has its length, its window and its moment on the route, halts counted; one is due only on the road."""
    lunch = Break(earliest_s=MORNING + 600, latest_s=MORNING + 900, duration_s=1_000)
    problem = town(STREET, vehicles=[Vehicle(breaks=(lunch,), trips=2)])
    taken = Taken(1_000, starts_s=MORNING + 600)

    yield HOLDS, problem, plan(problem, route(problem, "A", reload(), taken, "B", cost=1_200.0))
    arrived = Taken(1_000, starts_s=MORNING + 600, before_leg=False)
    right = route(problem, "A", reload(), arrived, "B", cost=1_200.0)
    assert (right.pauses[0].after, right.visits[1].starts_s) == (2, MORNING + 1_600)
    yield HOLDS, problem, plan(problem, right)
    moved = replace(right, pauses=(replace(right.pauses[0], after=1),))
    yield {Broken.RELOAD}, problem, plan(problem, moved)  # then it would not be at the depot yet
    yield {Broken.MISPLACED}, problem, plan(problem, replace(right, pauses=(replace(right.pauses[0], after=4),)))
    for seconds, starts in ((999, 600), (1_001, 600)):
        wrong = Taken(seconds, starts_s=MORNING + starts)
        yield {Broken.BREAK}, problem, plan(problem, route(problem, "A", wrong, "B", cost=800.0))
    at_last = Taken(1_000, starts_s=MORNING + 900)
    yield HOLDS, problem, plan(problem, route(problem, "A", at_last, "B", cost=800.0))
    yield HOLDS, problem, plan(problem, route(problem, taken, "AB", cost=800.0))
    early = Taken(1_000, starts_s=MORNING + 599)
    yield {Broken.BREAK}, problem, plan(problem, route(problem, "A", early, "B", cost=800.0))
    yield {Broken.BREAK}, problem, plan(problem, route(problem, "A", taken, taken, "B", cost=800.0))
    # back after 480 s: not due; out from 8:10 to 8:18: due; out from 8:15:01: no longer due
    for departs, codes in ((0, HOLDS), (420, HOLDS), (421, {Broken.BREAK}), (900, {Broken.BREAK}), (901, HOLDS)):
        yield codes, problem, plan(problem, route(problem, "AB", cost=800.0, departs_s=MORNING + departs))


def driving_hours() -> Iterator[Case]:
    """So long at the wheel, so long without a rest; a break that is long enough is one, the time at a halt is not."""
    rules = DrivingHours(max_total_s=720, max_without_rest_s=359, rest_s=300)
    anytime = Break(earliest_s=0, latest_s=20 * HOUR, duration_s=300)
    problem = town(STREET, every=client(prize=1.0), vehicles=[Vehicle(driving=rules, trips=2, reload_s=900)])
    rested = plan(problem, route(problem, "A", rest(300), "B", rest(300), cost=800.0))
    yield HOLDS, problem, rested
    arriving = plan(problem, route(problem, "A", rest(300, before_leg=False), "B", cost=800.0))
    yield HOLDS, problem, arriving
    yield {Broken.DRIVING}, problem, plan(problem, route(problem, "A", rest(300), "B", cost=800.0))
    yield {Broken.PAUSE, Broken.DRIVING}, problem, plan(problem, route(problem, "AB", rest(299), cost=800.0))
    halted = plan(problem, route(problem, "A", reload(900), "B", cost=1_200.0))
    yield {Broken.DRIVING}, problem, halted
    for limit in ("max_total_s", "max_without_rest_s"):
        exact = {"max_total_s": 480, "max_without_rest_s": 240}
        yield HOLDS, with_vehicle(problem, driving=replace(rules, **exact)), arriving
        yield HOLDS, with_vehicle(problem, driving=replace(rules, **exact)), rested
        exact[limit] -= 1
        yield {Broken.DRIVING}, with_vehicle(problem, driving=replace(rules, **exact)), arriving
    paused = with_vehicle(problem, breaks=(anytime,))
    yield HOLDS, paused, plan(paused, route(paused, "A", Taken(300, before_leg=False), "B", cost=800.0))
    yield {Broken.PAUSE}, with_vehicle(problem, driving=DrivingHours(rest_s=301)), arriving
    written = arriving.routes[0]
    idle = with_vehicle(problem, driving=DrivingHours())
    yield {Broken.PAUSE}, idle, plan(idle, route(idle, "A", rest(0), "B", cost=800.0))
    hasty = replace(written.pauses[0], starts_s=written.pauses[0].starts_s - 1)
    yield {Broken.PAUSE, Broken.FIGURES}, problem, plan(problem, replace(written, pauses=(hasty,)))


def prices() -> Iterator[Case]:
    """Each price by itself, to the last unit; a route that states another one is found."""
    paid = {
        800.0 + 30.0: {"fixed_cost": 30.0},
        400.0: {"cost_per_m": 0.5},
        800.0 + 480.0: {"cost_per_s": 1.0},
        800.0 + 2 * 80.0: {"fair_s": 400, "unfair_cost_per_s": 2.0},
        800.0: {"fair_s": 480, "unfair_cost_per_s": 2.0},
        800.0 + 3 * 70.0: {"sprawl_cost_per_m": 3.0},
        800.0 + 11.0: {"zone_change_cost": 11.0},
        800.0 + 0.25: {"fixed_cost": 0.25, "overtime_cost_per_s": 5.0},
    }
    every = {"A": client(point=(10, 20), zone=1), "B": client(point=(-30, 50), zone=2)}
    problem = town(STREET, clients=every, vehicles=[Vehicle(trips=2)])
    for cost, price in paid.items():
        priced = with_vehicle(problem, **price)
        yield HOLDS, priced, plan(priced, route(priced, "AB", cost=cost))
        yield {Broken.COST}, priced, plan(priced, route(priced, "AB", cost=cost + 1.0))
    preferred = replace(problem, preference=np.array([[3.0], [4.0]]))
    yield HOLDS, preferred, plan(preferred, route(preferred, "AB", cost=807.0))
    yield {Broken.COST}, preferred, plan(preferred, route(preferred, "AB", cost=800.0))
    zoned = with_vehicle(problem, zone_change_cost=11.0, sprawl_cost_per_m=1.0)
    yield HOLDS, zoned, plan(zoned, route(zoned, "A", reload(), "B", cost=1_200.0 + 11.0 + 70.0))
    for unknown in ({"zone": None}, {"zone": 2}):
        same = with_client(zoned, 0, **unknown)
        yield HOLDS, same, plan(same, route(same, "AB", cost=870.0))
    for index in (0, 1):
        pointless = with_client(zoned, index, point=None)
        yield HOLDS, pointless, plan(pointless, route(pointless, "AB", cost=811.0))
    nowhere = with_client(with_client(zoned, 0, point=None), 1, point=None)
    yield HOLDS, nowhere, plan(nowhere, route(nowhere, "AB", cost=811.0))
