"""Who serves whom: every client once, every vehicle once, pairs, groups, and what is fixed already."""

from collections import Counter
from collections.abc import Iterator, Sequence

from zaguan.engines.solver.audit.broken import Broken, Violation
from zaguan.engines.solver.audit.itinerary import Itinerary
from zaguan.engines.solver.problem import Problem
from zaguan.engines.solver.solution import Solution


def _violation(code: Broken, text: str, client: int = -1) -> Violation:
    return Violation(code=code, route=-1, client=client, text=text)


def named(problem: Problem, solution: Solution) -> Iterator[Violation]:
    """Every client once, on a route or left out; every vehicle once; nobody that does not exist."""
    clients = [visit.client for route in solution.routes for visit in route.visits] + list(solution.unassigned)
    vehicles = [route.vehicle for route in solution.routes]
    for client in clients:
        if not 0 <= client < len(problem.clients):
            yield _violation(Broken.UNKNOWN, f"there is no client {client}", client)
    for vehicle in vehicles:
        if not 0 <= vehicle < len(problem.vehicles):
            yield _violation(Broken.UNKNOWN, f"there is no vehicle {vehicle}")
    for client, times in Counter(clients).items():
        if times > 1:
            yield _violation(Broken.SERVED_TWICE, f"client {client} {times} times", client)
    for client in sorted(set(range(len(problem.clients))) - set(clients)):
        yield _violation(Broken.FORGOTTEN, f"client {client} is nowhere", client)
    for vehicle, times in Counter(vehicles).items():
        if times > 1:
            yield _violation(Broken.VEHICLE_TWICE, f"vehicle {vehicle} {times} times")


def pairs(problem: Problem, itineraries: Sequence[Itinerary]) -> Iterator[Violation]:
    """Both of a pair on one trip, fetched before brought, or neither."""
    trips, order = {}, {}
    for itinerary in itineraries:
        for position, node in enumerate(itinerary.nodes):
            trips[node.number] = (itinerary.index, node.trip)
            order[node.number] = position
    for fetched, brought in problem.pairs:
        if trips.get(fetched) != trips.get(brought):
            yield _violation(Broken.PAIR_SPLIT, f"clients {fetched} and {brought} are not on one trip", brought)
        elif fetched in order and order[fetched] > order[brought]:
            yield _violation(Broken.PAIR_ORDER, f"client {brought} is served before {fetched}", brought)


def groups(problem: Problem, solution: Solution) -> Iterator[Violation]:
    """Groups on one vehicle, or on as many as they have clients; who is left out does not count."""
    vehicle_of = {visit.client: route.vehicle for route in solution.routes for visit in route.visits}
    for group in problem.groups:
        served = sorted(client for client in group.clients if client in vehicle_of)
        vehicles = {vehicle_of[client] for client in served}
        if group.together and len(vehicles) > 1:
            yield _violation(Broken.GROUP_PARTED, f"clients {served} are on vehicles {sorted(vehicles)}", served[0])
        if not group.together and len(vehicles) < len(served):
            yield _violation(Broken.GROUP_MIXED, f"clients {served} are on vehicles {sorted(vehicles)}", served[0])


def frozen(problem: Problem, solution: Solution) -> Iterator[Violation]:
    """Each route begins with its vehicle's frozen clients, in their order."""
    routes = {route.vehicle: index for index, route in enumerate(solution.routes)}
    for number, vehicle in enumerate(problem.vehicles):
        index = routes.get(number, -1)
        visits = solution.routes[index].visits if index >= 0 else ()
        begins = tuple(visit.client for visit in visits[: len(vehicle.frozen)])
        if begins != vehicle.frozen:
            text = f"vehicle {number} begins with {begins}, not {vehicle.frozen}"
            yield Violation(code=Broken.FROZEN, route=index, client=-1, text=text)


def permissions(itinerary: Itinerary) -> Iterator[Violation]:
    """Skills, exclusions, and how many clients one vehicle may serve."""
    route, vehicle = itinerary.route, itinerary.vehicle
    for visit, client in itinerary.served:
        if missing := client.skills - vehicle.skills:
            yield itinerary.broken(Broken.SKILLS, f"lacks {', '.join(sorted(missing))}", visit.client)
        if client.vehicles is not None and route.vehicle not in client.vehicles:
            yield itinerary.broken(Broken.EXCLUDED, "may not be served by this vehicle", visit.client)
    if not route.visits:
        yield itinerary.broken(Broken.EMPTY, f"vehicle {route.vehicle} serves nobody")
    if vehicle.max_clients is not None and len(route.visits) > vehicle.max_clients:
        yield itinerary.broken(Broken.CLIENTS, f"{len(route.visits)} > {vehicle.max_clients}")
