"""A breakdown as a problem: what the vehicle has done stays, the rest is for the others."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from zaguan.engines.solver.layout import loaded_orders_of, orders_of
from zaguan.engines.solver.limits import HORIZON_S, require
from zaguan.engines.solver.problem import Client, Problem, Published
from zaguan.engines.solver.running import Served, aboard_at, frozen_at
from zaguan.engines.solver.solution import Solution


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranded:
    """A problem without a vehicle.

    Attributes
    ----------
    problem : clients keep their numbers; those at whom goods are fetched from the vehicle come behind them
    start : the plan to go on from, with a -1 where a vehicle loads again; the vehicle's orphans are on no route
    orphans : the clients that the vehicle does not serve any more
    fetches : (number of the client at the vehicle's place, the orphan whose goods are fetched there)
    """

    problem: Problem
    start: tuple[tuple[int, tuple[int, ...]], ...]
    orphans: tuple[int, ...]
    fetches: tuple[tuple[int, int], ...]


def stranded_at(
    problem: Problem,
    plan: Solution,
    vehicle: int,
    at_s: int,
    *,
    location: int | None = None,
    hand_over_s: int = 120,
    served: Mapping[int, Served] | None = None,
    loaded: Collection[int] | None = None,
    move_cost: float = 0.0,
    order_cost: float = 0.0,
) -> Stranded:
    """Return the problem that a breakdown leaves.

    The vehicle keeps what it has served by then and ends where it stands; whom it was on its way to, and the rest,
    are orphans. Goods aboard are fetched at the place where it stands: each such orphan becomes a pair of a pickup
    there, not before the breakdown, and its own delivery, on one vehicle in this order. Goods still at the depot
    are loaded there as ever, and who needs no goods is simply served by another vehicle.

    Parameters
    ----------
    location : where it stands; None: nothing has to be fetched from it (goods are replaced or brought to the others
        at no price)
    hand_over_s : at the vehicle, for each orphan whose goods are fetched
    served, loaded, move_cost, order_cost : as in `frozen_at`; moving an orphan has no price

    Raises InvalidProblem if the vehicle has no route in the plan, or an orphan with goods aboard also hands some over.
    """
    orders = dict(orders_of(plan))
    require(vehicle in orders, f"vehicle {vehicle} has no route in the plan")
    goods = aboard_at(problem, plan, at_s, served=served) if loaded is None else frozenset(loaded)
    running = frozen_at(problem, plan, at_s, served=served, loaded=goods, move_cost=move_cost, order_cost=order_cost)
    done = _done(running, plan, vehicle, at_s, served or {})
    orphans = orders[vehicle][len(done) :]
    aboard = [client for client in orphans if client in goods]
    clients = list(running.clients)
    for i in orphans:
        clients[i] = _orphan(problem, running, i, vehicle, keeps_goods=i in goods)
    fetches = _fetches(clients, aboard, location, at_s, hand_over_s)
    vehicles = list(running.vehicles)
    vehicles[vehicle] = replace(vehicles[vehicle], frozen=done, max_clients=len(done), end=None)
    assert running.published is not None
    kept = tuple((v, done if v == vehicle else each) for v, each in running.published.routes)
    after = replace(
        running,
        clients=clients,
        vehicles=vehicles,
        preference=_with_rows(running.preference, len(fetches)),
        pairs=[pair for pair in problem.pairs if pair[1] not in aboard] + list(fetches),
        published=Published(routes=kept, move_cost=move_cost, order_cost=order_cost),
    )
    start = tuple((v, _up_to(done, order) if v == vehicle else order) for v, order in loaded_orders_of(plan))
    return Stranded(problem=after, start=start, orphans=orphans, fetches=fetches)


def _up_to(done: tuple[int, ...], order: tuple[int, ...]) -> tuple[int, ...]:
    """Return an order up to the last client that is done, with the trips that lie between."""
    return order[: order.index(done[-1]) + 1] if done else ()


def _done(running: Problem, plan: Solution, vehicle: int, at_s: int, served: Mapping[int, Served]) -> tuple[int, ...]:
    """Return the clients of the vehicle that were served before it broke down."""
    (route,) = (route for route in plan.routes if route.vehicle == vehicle)
    leaves = {visit.client: visit.leaves_s for visit in route.visits}
    leaves |= {client: times.leaves_s for client, times in served.items() if client in leaves}
    return tuple(client for client in running.vehicles[vehicle].frozen if leaves[client] <= at_s)


def _orphan(problem: Problem, running: Problem, client: int, vehicle: int, *, keeps_goods: bool) -> Client:
    """Return a client that any other vehicle may serve; goods at the depot stay under the rules of the moment."""
    given = running.clients[client]
    if keeps_goods or client in running.vehicles[vehicle].frozen:
        given = problem.clients[client]
    allowed = frozenset(range(len(problem.vehicles))) if given.vehicles is None else given.vehicles
    return replace(given, vehicles=allowed - {vehicle})


def _fetches(
    clients: list[Client], aboard: Sequence[int], location: int | None, at_s: int, hand_over_s: int
) -> tuple[tuple[int, int], ...]:
    """Append a pickup at the vehicle's place for each orphan with goods aboard; return the pairs."""
    if location is None:
        return ()
    pairs = []
    for i in aboard:
        orphan = clients[i]
        require(not any(orphan.pickup), f"client {i} has goods aboard and hands some over: give it as two clients")
        pairs.append((len(clients), i))
        clients.append(
            Client(
                location=location,
                windows=((at_s, HORIZON_S),),
                service_s=hand_over_s,
                pickup=orphan.delivery,
                skills=orphan.skills,
                vehicles=orphan.vehicles,
                prize=None if orphan.prize is None else 0.0,
            )
        )
        clients[i] = replace(orphan, release_s=0)
    return tuple(pairs)


def _with_rows(preference: NDArray[np.float64] | None, more: int) -> NDArray[np.float64] | None:
    return None if preference is None else np.vstack([preference, np.zeros((more, preference.shape[1]))])
