"""What a plan is compared with: the same orders by two plain rules, timed and priced by the same exact schedule.

Nearest neighbour: a driver goes on to the nearest order that can still be served. File order: a driver takes the
orders as they stand in the file, until one does not fit. Where the fleet is too small for such a plan, further
vehicles like its own are taken, so that both serve the same orders.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver import ImpossibleRoute, evaluate
from zaguan.engines.solver import solution as solved
from zaguan.engines.solver.limits import UNREACHABLE_S
from zaguan.engines.solver.problem import Problem
from zaguan.operations.planning.figures import Baseline, empty_m
from zaguan.operations.planning.mapping.problem import Mapped
from zaguan.operations.planning.mapping.routes import cost_minor

MAX_ROUNDS: Final = 50  # times the fleet
BREAK_AHEAD_S: Final = 1200  # a break is taken rather early than at the door
NO_WINDOW: Final = 1 << 40

Ints = NDArray[np.int64]


def nearest_neighbour(mapped: Mapped, served: Sequence[int]) -> Baseline | None:
    """Return the nearest-neighbour plan of these orders; None if some order fits nowhere by this rule."""
    return _Builder(mapped, served, nearest=True).build()


def file_order(mapped: Mapped, served: Sequence[int]) -> Baseline | None:
    """Return the plan of these orders in the order of the file; None if some order fits nowhere by this rule."""
    return _Builder(mapped, served, nearest=False).build()


@dataclass(slots=True)
class _Going:
    """A route under way."""

    vehicle: int
    moment: int
    at: int  # row of the matrices, -1 before an open start
    clients: list[int]
    peak: Ints
    picked: Ints
    driving: int = 0
    since_rest: int = 0
    breaks_taken: int = 0


class _Builder:
    def __init__(self, mapped: Mapped, served: Sequence[int], *, nearest: bool) -> None:
        self.mapped, self.problem, self.nearest = mapped, mapped.problem, nearest
        clients = self.problem.clients
        self.left = np.array(sorted(served), np.int64)
        self.row = np.array([client.location for client in clients], np.int64)
        self.service = np.array([client.service_s for client in clients], np.int64)
        self.setup = np.array([client.setup_s for client in clients], np.int64)
        self.delivery = np.array([client.delivery for client in clients], np.int64).reshape(len(clients), -1)
        self.pickup = np.array([client.pickup for client in clients], np.int64).reshape(len(clients), -1)
        widest = max([1, *(len(client.windows) for client in clients)])
        self.opens = np.full((len(clients), widest), NO_WINDOW, np.int64)
        self.closes = np.full((len(clients), widest), NO_WINDOW, np.int64)
        for i, client in enumerate(clients):
            for w, (opens, closes) in enumerate(client.windows or ((0, NO_WINDOW),)):
                self.opens[i, w], self.closes[i, w] = opens, closes
        self.last = np.array([client.windows[-1][1] if client.windows else NO_WINDOW for client in clients], np.int64)
        self.soft = np.array([client.late_cost_per_s is not None for client in clients])
        self.allowed = [self._allowed(v) for v in range(len(self.problem.vehicles))]

    def build(self) -> Baseline | None:
        routes: list[solved.Route] = []
        for _ in range(MAX_ROUNDS):
            before = len(self.left)
            for vehicle in range(len(self.problem.vehicles)):
                if len(self.left) == 0:
                    break
                route = self._timed(vehicle, self._walk(vehicle))
                if route is not None:
                    routes.append(route)
                    self.left = np.setdiff1d(self.left, [visit.client for visit in route.visits])
            if len(self.left) == 0 or len(self.left) == before:
                break
        if len(self.left):
            return None
        distances: dict[str, int] = {}
        for route in routes:
            ref = self.mapped.layout.duties[route.vehicle].vehicle.ref
            distances[ref] = distances.get(ref, 0) + route.distance_m
        pauses = [pause.ends_s - pause.starts_s for route in routes for pause in route.pauses]
        return Baseline(
            distance_m=sum(route.distance_m for route in routes),
            cost_minor=sum(cost_minor(self.mapped, route) for route in routes),
            routes=len(routes),
            duration_s=sum(route.duration_s for route in routes),
            idle_s=sum(route.waiting_s for route in routes) + sum(pauses),
            empty_distance_m=sum(map(self._empty_m, routes)),
            distance_by_vehicle_m=distances,
        )

    def _empty_m(self, route: solved.Route) -> int:
        """Return the metres driven with nothing aboard."""
        legs = [visit.leg_distance_m for visit in route.visits]
        return empty_m(
            {self.mapped.orders[visit.client].kind.value for visit in route.visits},
            first_m=legs[0],
            back_m=0 if self.problem.vehicles[route.vehicle].end is None else route.distance_m - sum(legs),
        )

    def _timed(self, vehicle: int, clients: list[int]) -> solved.Route | None:
        """Return the exact route; clients that do not hold in it fall off its end."""
        while clients:
            try:
                route = evaluate(self._alone(vehicle, clients), [(0, list(range(len(clients))))]).routes[0]
            except ImpossibleRoute:
                clients.pop()
                continue
            named = zip(route.visits, clients, strict=True)
            return replace(
                route, vehicle=vehicle, visits=tuple(replace(visit, client=client) for visit, client in named)
            )
        return None

    def _alone(self, vehicle: int, clients: list[int]) -> Problem:
        """Return a problem of one route only, so that timing it does not lay out the whole day."""
        rules, travel = self.problem.vehicles[vehicle], self.problem.travel
        chosen = [self.problem.clients[i] for i in clients]
        ends = [row for row in (rules.start, rules.end) if row is not None]
        rows = sorted({*ends, *(client.location for client in chosen)})
        new_row = {row: index for index, row in enumerate(rows)}
        first = rules.profile * travel.slots
        part = np.ix_(range(first, first + travel.slots), rows, rows)
        return Problem(
            clients=[replace(each, location=new_row[each.location], vehicles=None, prize=0.0) for each in chosen],
            vehicles=[
                replace(
                    rules,
                    start=None if rules.start is None else new_row[rules.start],
                    end=None if rules.end is None else new_row[rules.end],
                    profile=0,
                )
            ],
            travel=replace(travel, durations_s=travel.durations_s[part], distances_m=travel.distances_m[part]),
        )

    def _walk(self, vehicle: int) -> list[int]:
        """Return the clients that a vehicle takes by the rule."""
        rules = self.problem.vehicles[vehicle]
        width = self.delivery.shape[1]
        going = _Going(
            vehicle=vehicle,
            moment=rules.shift_s[0],
            at=-1 if rules.start is None else rules.start,
            clients=[],
            peak=np.zeros(width, np.int64),
            picked=np.zeros(width, np.int64),
        )
        pool = self.left[self.allowed[vehicle][self.left]]
        while len(pool) and (rules.max_clients is None or len(going.clients) < rules.max_clients):
            self._break_if_due(going)
            chosen = self._next(going, pool)
            if chosen is None:
                if not self._take_break(going):
                    break
                continue
            pool = pool[pool != chosen]
        return going.clients

    def _next(self, going: _Going, pool: Ints) -> int | None:
        """Move on to the next client by the rule, or return None if none can be served."""
        rules = self.problem.vehicles[going.vehicle]
        rows = self.row[pool]
        leg = self._legs(rules.profile, going.at, rows, going.moment)
        ready = going.moment + leg + np.where(rows == going.at, 0, self.setup[pool])
        must_rest = np.zeros(len(pool), bool)
        if rules.driving.max_without_rest_s is not None:
            must_rest = going.since_rest + leg > rules.driving.max_without_rest_s
            ready = ready + must_rest * rules.driving.rest_s
        starts, late = self._starts(pool, ready)
        leaves = starts + self.service[pool]
        back = np.zeros(len(pool), np.int64)
        if rules.end is not None:
            back = self._legs_back(rules.profile, rows, rules.end)
        fits = self._fits(going, pool) & (starts < NO_WINDOW) & (leg < UNREACHABLE_S) & (back < UNREACHABLE_S)
        fits &= leaves + back <= rules.shift_s[1] + rules.overtime_s
        if rules.max_duration_s is not None:
            fits &= leaves + back - rules.shift_s[0] <= rules.max_duration_s
        if rules.driving.max_total_s is not None:
            fits &= going.driving + leg + back <= rules.driving.max_total_s
        if going.breaks_taken < len(rules.breaks):
            fits &= leaves + back <= rules.breaks[going.breaks_taken].latest_s
        if not fits.any():
            return None
        if self.nearest:
            rank = np.where(fits, leg + late * NO_WINDOW // 2, NO_WINDOW)
            index = int(np.argmin(rank))
        elif fits[0]:
            index = 0
        else:
            return None
        chosen = int(pool[index])
        going.peak = np.maximum(going.peak + self.delivery[chosen], going.picked + self.pickup[chosen])
        going.picked = going.picked + self.pickup[chosen]
        going.driving += int(leg[index])
        going.since_rest = int(leg[index]) + (0 if must_rest[index] else going.since_rest)
        going.moment, going.at = int(leaves[index]), int(rows[index])
        going.clients.append(chosen)
        return chosen

    def _allowed(self, vehicle: int) -> NDArray[np.bool_]:
        rules = self.problem.vehicles[vehicle]
        return np.array(
            [
                client.skills <= rules.skills and (client.vehicles is None or vehicle in client.vehicles)
                for client in self.problem.clients
            ],
            np.bool_,
        )

    def _fits(self, going: _Going, pool: Ints) -> NDArray[np.bool_]:
        capacity = self.problem.vehicles[going.vehicle].capacity
        room = np.array([*capacity, *[NO_WINDOW] * (self.delivery.shape[1] - len(capacity))], np.int64)
        peak = np.maximum(going.peak + self.delivery[pool], going.picked + self.pickup[pool])
        fits: NDArray[np.bool_] = (peak <= room).all(axis=1)
        return fits

    def _starts(self, pool: Ints, ready: Ints) -> tuple[Ints, Ints]:
        """Return when each could be served, NO_WINDOW if not, and 1 where that is late."""
        open_still = self.closes[pool] >= ready[:, None]
        open_still &= self.opens[pool] < NO_WINDOW
        window = np.argmax(open_still, axis=1)
        in_time = open_still.any(axis=1)
        starts = np.maximum(ready, self.opens[pool, window])
        late = ~in_time & self.soft[pool]
        return np.where(in_time, starts, np.where(late, ready, NO_WINDOW)), late.astype(np.int64)

    def _between(self, moment: int) -> tuple[int, int, float]:
        """Return the slots around a moment and how far it is from the first to the second."""
        knots = self.problem.travel.knots_s
        if not knots or moment <= knots[0][0]:
            return (knots[0][1] if knots else 0), (knots[0][1] if knots else 0), 0.0
        for (before_s, before), (after_s, after) in itertools.pairwise(knots):
            if moment <= after_s:
                return before, after, (moment - before_s) / (after_s - before_s)
        return knots[-1][1], knots[-1][1], 0.0

    def _legs(self, profile: int, origin: int, rows: Ints, moment: int) -> Ints:
        if origin < 0:
            return np.zeros(len(rows), np.int64)
        first, second, share = self._between(moment)
        block = profile * self.problem.travel.slots
        a = self.problem.travel.durations_s[block + first, origin, rows].astype(np.int64)
        b = self.problem.travel.durations_s[block + second, origin, rows]
        legs: Ints = np.ceil(a + (b - a) * share).astype(np.int64)
        return legs

    def _legs_back(self, profile: int, rows: Ints, end: int) -> Ints:
        """Return a safe time of the way back: the longest of the day, because each leaves at its own moment."""
        block, slots = profile * self.problem.travel.slots, self.problem.travel.slots
        legs: Ints = self.problem.travel.durations_s[block : block + slots, rows, end].max(axis=0).astype(np.int64)
        return legs

    def _break_if_due(self, going: _Going) -> None:
        breaks = self.problem.vehicles[going.vehicle].breaks
        if going.breaks_taken < len(breaks):
            due = breaks[going.breaks_taken]
            if due.earliest_s - BREAK_AHEAD_S <= going.moment <= due.latest_s:
                self._take_break(going)

    def _take_break(self, going: _Going) -> bool:
        """Wait for the next break and take it; False if there is none that can still begin."""
        breaks = self.problem.vehicles[going.vehicle].breaks
        if going.breaks_taken >= len(breaks) or going.moment > breaks[going.breaks_taken].latest_s:
            return False
        due = breaks[going.breaks_taken]
        going.moment = max(going.moment, due.earliest_s) + due.duration_s
        going.breaks_taken += 1
        if due.duration_s >= self.problem.vehicles[going.vehicle].driving.rest_s > 0:
            going.since_rest = 0
        return True
