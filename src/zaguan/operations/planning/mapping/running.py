"""A day under way as the solver reads it: what is done stays, the rest is planned on from where it stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from zaguan.base.geo.place import Place
from zaguan.engines.solver import Served, Standing, frozen_at, loaded_orders_of, quote, solve, stranded_at
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.solution import Solution
from zaguan.engines.solver.stranded import Stranded
from zaguan.operations.planning.mapping.problem import Mapped
from zaguan.operations.planning.mapping.standing import Assignment, Stood, duty_of, hold, stand
from zaguan.operations.planning.standing import (
    HAND_OVER_PREFIX,
    InsertionOffer,
    MovedArrival,
    Situation,
    StandingRoute,
)
from zaguan.operations.planning.terms import Terms
from zaguan.records.orders.model import Order, OrderKind


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """The rest of the day as a problem, and the plan that it goes on from."""

    mapped: Mapped
    start: Assignment

    def solver(self) -> Callable[..., Solution]:
        """Return a search that begins with the plan that stands."""

        def from_here(problem: Problem, **rest: object) -> Solution:
            return solve(problem, start=self.start, **rest)  # type: ignore[arg-type]

        return from_here


def under_way(mapped: Mapped, situation: Situation) -> Stood:
    """Return the day frozen at its moment, with the standing routes timed from there on."""
    before = stand(mapped, situation.routes)
    running = frozen_at(
        before.mapped.problem,
        before.plan,
        elapsed_s(mapped, situation.now_at),
        served=_served(mapped, situation),
        loaded=_loaded(mapped, situation),
        move_cost=float(situation.move_cost_minor),
        order_cost=float(situation.order_cost_minor),
    )
    locked = _locked(replace(mapped, problem=running), situation.routes)
    now = hold(locked, before.assignment)
    return replace(now, breaches=tuple(dict.fromkeys((*before.breaches, *now.breaches))))


def going_on(stood: Stood) -> UnderWay:
    """Return the problem that a search goes on with."""
    return UnderWay(mapped=stood.mapped, start=loaded_orders_of(stood.plan))


def elapsed_s(mapped: Mapped, moment: datetime) -> int:
    """Return the seconds of a moment since the day began; a moment before it is its beginning."""
    return max(0, round((moment - mapped.day.begins_at).total_seconds()))


def _served(mapped: Mapped, situation: Situation) -> dict[int, Served]:
    clients = {order.ref: index for index, order in enumerate(mapped.orders)}
    return {
        clients[ref]: Served(starts_s=elapsed_s(mapped, report.starts_at), leaves_s=elapsed_s(mapped, report.leaves_at))
        for route in situation.routes
        for ref, report in route.reports.items()
    }


def _loaded(mapped: Mapped, situation: Situation) -> frozenset[int] | None:
    if situation.loaded is None:
        return None
    return frozenset(index for index, order in enumerate(mapped.orders) if order.ref in situation.loaded)


def _locked(mapped: Mapped, routes: Sequence[StandingRoute]) -> Mapped:
    """Fix locked routes from beginning to end."""
    clients = {order.ref: index for index, order in enumerate(mapped.orders)}
    vehicles = list(mapped.problem.vehicles)
    for route in routes:
        if route.is_locked and route.order_refs:
            number = duty_of(mapped, route)
            order = tuple(clients[ref] for ref in route.order_refs)
            vehicles[number] = replace(vehicles[number], frozen=order, max_clients=len(order))
    return replace(mapped, problem=replace(mapped.problem, vehicles=tuple(vehicles)))


def offers_for(mapped: Mapped, situation: Situation, *, best: int) -> tuple[InsertionOffer, ...]:
    """Price the last order of the problem, which is on no route, at the cheapest place of each vehicle."""
    now = under_way(mapped, situation)
    wanted = now.mapped.problem.clients[-1]
    prices = now.mapped.problem.preference
    without = replace(
        now.mapped.problem,
        clients=now.mapped.problem.clients[:-1],
        preference=None if prices is None else prices[:-1],
    )
    plan = hold(replace(now.mapped, problem=without), now.assignment).plan
    (answer,) = quote(
        Standing(without, plan), wanted, preference=None if prices is None else prices[-1].tolist(), best=best
    )
    offers = []
    for offer in answer.offers:
        duty = mapped.layout.duties[offer.vehicle]
        offers.append(
            InsertionOffer(
                driver_ref=duty.driver.ref,
                vehicle_ref=duty.vehicle.ref,
                shift_starts_s=duty.driver.shift.starts_s,
                position=offer.position,
                added_cost_minor=round(offer.added_cost),
                added_distance_m=offer.added_distance_m,
                added_duration_s=offer.added_duration_s,
                arrives_at=mapped.day.moment(offer.arrives_s),
                starts_at=mapped.day.moment(offer.starts_s),
                leaves_at=mapped.day.moment(offer.leaves_s),
                late_s=offer.late_s,
                moved=tuple(
                    MovedArrival(order_ref=mapped.orders[each.client].ref, by_s=each.by_s, late_s=each.late_s)
                    for each in offer.moved
                ),
            )
        )
    return tuple(offers)


def broken_down(
    mapped: Mapped, situation: Situation, broken: StandingRoute, *, row: int | None, place: Place | None
) -> UnderWay:
    """Return the day without a vehicle, which stands at a row of the matrices with what is aboard.

    Each order whose parcels have to be fetched from it becomes two: a hand-over there, and its own delivery.
    """
    before = stand(mapped, situation.routes)
    stranded = stranded_at(
        before.mapped.problem,
        before.plan,
        duty_of(mapped, broken),
        elapsed_s(mapped, situation.now_at),
        location=row,
        served=_served(mapped, situation),
        loaded=_loaded(mapped, situation),
        move_cost=float(situation.move_cost_minor),
        order_cost=float(situation.order_cost_minor),
    )
    after = hold(_with_hand_overs(before.mapped, stranded, place, row), [(v, tuple(c)) for v, c in stranded.start if c])
    return going_on(after)


def _with_hand_overs(mapped: Mapped, stranded: Stranded, place: Place | None, row: int | None) -> Mapped:
    """Name the stops at the broken vehicle, so that the plan can tell of them in field words."""
    orders: list[Order] = list(mapped.orders)
    terms: list[Terms] = list(mapped.terms)
    rows = list(mapped.layout.order_rows)
    for number, orphan in stranded.fetches:
        assert number == len(orders), "hand-overs follow the orders"
        assert place is not None
        assert row is not None
        owner = mapped.orders[orphan]
        orders.append(
            Order(
                ref=f"{HAND_OVER_PREFIX}{owner.ref}",
                place=place,
                kind=OrderKind.PICKUP,
                recipient=owner.recipient,
                parcels=owner.parcels,
                notes=owner.notes,
            )
        )
        terms.append(replace(mapped.terms[orphan], windows=(), surcharge_minor=0, driver_ref="", depot_ref=""))
        rows.append(row)
    layout = replace(mapped.layout, order_rows=tuple(rows))
    return replace(mapped, problem=stranded.problem, orders=tuple(orders), terms=tuple(terms), layout=layout)
