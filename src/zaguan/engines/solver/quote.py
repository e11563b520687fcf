"""What one more stop would cost, in each of several windows, against a plan that stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from zaguan.engines.solver.comparison import Moved, moved
from zaguan.engines.solver.layout import Place
from zaguan.engines.solver.problem import Client, Problem
from zaguan.engines.solver.solution import Route
from zaguan.engines.solver.standing import NewPlace, Standing, with_place

Window = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One vehicle could serve the stop, at its cheapest place there.

    Attributes
    ----------
    vehicle, position : so many clients of the route stand before it
    added_cost, added_distance_m, added_duration_s : the route with the stop minus the route without
    arrives_s, starts_s, leaves_s, late_s : of the new stop
    moved : the route's other clients whose arrival moves
    route : the vehicle's whole route with the stop in it; the new client has the number after the last
    """

    vehicle: int
    position: int
    added_cost: float
    added_distance_m: int
    added_duration_s: int
    arrives_s: int
    starts_s: int
    leaves_s: int
    late_s: int
    moved: tuple[Moved, ...]
    route: Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The best offers for one window, cheapest first; none: no vehicle has a place then."""

    windows: tuple[Window, ...]
    offers: tuple[Offer, ...]


def quote(
    standing: Standing,
    client: Client,
    *,
    windows: Sequence[Window] | None = None,
    place: NewPlace | None = None,
    preference: Sequence[float] | None = None,
    best: int = 3,
) -> tuple[Quote, ...]:
    """Price one more client in each of several windows; the plan itself stays as it is.

    Parameters
    ----------
    standing : the plan
    client : at a location of the problem, or at the number after the last together with `place`
    windows : asked one at a time instead of the client's own; None: the client as it is
    place : travel from and to a place that the problem does not know
    preference : price of the client for each vehicle, where the problem has such prices
    best : so many vehicles in each answer; vehicles in the yard that are all the same count once

    Returns
    -------
    One quote per window. Every offer keeps all rules and is timed by the exact schedule.
    """
    asked = [client.windows] if windows is None else [(window,) for window in windows]
    quotes = []
    for slot in asked:
        standing.seat(replace(client, windows=slot), place, preference)
        quotes.append(Quote(windows=slot, offers=tuple(_offers(standing, best, client.vehicles))))
    return tuple(quotes)


def _offers(standing: Standing, best: int, named: frozenset[int] | None) -> Iterable[Offer]:
    layout, places, idle = standing.layout, [], set()
    for vehicle in layout.vehicles:
        if vehicle not in layout.orders:
            alike = (standing.alike[vehicle], named is not None and vehicle in named)
            if alike in idle:
                continue
            idle.add(alike)
        if (found := layout.place_in(standing.spare, vehicle)) is not None:
            places.append(found)
    places.sort(key=lambda found: (found.price, found.vehicle))
    offers = [_offer(standing, found) for found in places[:best]]
    return sorted(offers, key=lambda offer: (offer.added_cost, offer.vehicle))


def _offer(standing: Standing, place: Place) -> Offer:
    layout = standing.layout
    before, after = layout.route(place.vehicle), layout.timed(place.vehicle, layout.clients_with(standing.spare, place))
    assert after is not None, "a place that was found exactly can be driven"
    visit = after.visits[place.position]
    old = {each.client: each for each in before.visits} if before is not None else {}
    both = [(old[each.client], each) for each in after.visits if each.client in old]
    return Offer(
        vehicle=place.vehicle,
        position=place.position,
        added_cost=layout.added_cost(after),
        added_distance_m=after.distance_m - (before.distance_m if before is not None else 0),
        added_duration_s=after.duration_s - (before.duration_s if before is not None else 0),
        arrives_s=visit.arrives_s,
        starts_s=visit.starts_s,
        leaves_s=visit.leaves_s,
        late_s=visit.late_s,
        moved=tuple(moved(a, b) for a, b in both if a.arrives_s != b.arrives_s),
        route=after,
    )


def grown(
    problem: Problem, client: Client, *, place: NewPlace | None = None, preference: Sequence[float] | None = None
) -> Problem:
    """Return the problem with one more client, which gets the number after the last."""
    prices = problem.preference
    if prices is not None or preference is not None:
        old = np.zeros((len(problem.clients), len(problem.vehicles))) if prices is None else prices
        row = np.zeros(old.shape[1]) if preference is None else np.asarray(preference, np.float64)
        prices = np.vstack([old, row[None]])
    return replace(
        problem,
        clients=[*problem.clients, client],
        travel=problem.travel if place is None else with_place(problem.travel, place),
        preference=prices,
    )
