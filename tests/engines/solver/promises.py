"""What binds clients of a random instance to each other and to vehicles: pairs, groups, what is fixed or published."""

from dataclasses import replace

import numpy as np

from zaguan.engines.solver import Client, DrivingHours, Group, Problem, Published, Vehicle

HOUR = 3_600
MOST_FROZEN = 2


def with_pairs(problem: Problem, rng: np.random.Generator) -> Problem:
    """Turn some clients into pairs that bring what they fetch."""
    clients = list(problem.clients)
    order = [int(i) for i in rng.permutation(len(clients))]
    pairs = list(zip(order[::2], order[1::2], strict=False))[: 1 + len(order) // int(rng.integers(2, 6))]
    for fetched, brought in pairs:
        load = tuple(int(x) for x in rng.integers(0, 20, problem.dimensions))
        prize = float(rng.integers(0, 30_000)) if rng.random() < 0.5 else None
        clients[fetched] = replace(clients[fetched], delivery=(), pickup=load, prize=prize)
        clients[brought] = replace(clients[brought], delivery=load, pickup=(), prize=prize)
    return replace(problem, clients=clients, pairs=pairs)


def with_frozen(problem: Problem, rng: np.random.Generator) -> Problem:
    """Fix how some routes begin, with clients that ask for little, on vehicles that can drive that far.

    Half of a pair is fixed only if it is the fetched one; the one that it is brought to asks for little then, too.
    """
    clients, vehicles = list(problem.clients), list(problem.vehicles)
    brought = {second for _, second in problem.pairs}
    reachable = [i for i in range(len(clients)) if i not in brought and _is_reachable(problem, clients[i])]
    free = [int(i) for i in rng.permutation(reachable)]
    follows = dict(problem.pairs)
    for number, vehicle in enumerate(vehicles):
        if rng.random() < 0.5:
            continue
        prefix = [free.pop() for _ in range(min(len(free), int(rng.integers(1, MOST_FROZEN + 1))))]
        prefix = [i for i in prefix if i not in follows or _is_reachable(problem, clients[follows[i]])]
        for i in [*prefix, *(follows[i] for i in prefix if i in follows)]:
            clients[i] = _easy(clients[i])
        if prefix:
            vehicles[number] = _enduring(vehicle, tuple(prefix))
    return replace(problem, clients=clients, vehicles=vehicles)


def _is_reachable(problem: Problem, client: Client) -> bool:
    """Tell whether a road leads there from the first location."""
    return client.location == 0 or problem.travel.leg(0, 0, client.location)[0] < 8 * HOUR


def _easy(client: Client) -> Client:
    return replace(
        client,
        windows=(),
        late_cost_per_s=None,
        latest_s=None,
        release_s=0,
        skills=frozenset(),
        vehicles=None,
        delivery=tuple(min(4, load) for load in client.delivery),
        pickup=tuple(min(4, load) for load in client.pickup),
    )


def _enduring(vehicle: Vehicle, prefix: tuple[int, ...]) -> Vehicle:
    battery = vehicle.battery
    if battery is not None:
        battery = replace(battery, capacity_wh=80_000, start_wh=None)
    return replace(
        vehicle,
        frozen=prefix,
        shift_s=(vehicle.shift_s[0], max(vehicle.shift_s[1], 28 * HOUR)),
        max_duration_s=None,
        max_clients=None if vehicle.max_clients is None else vehicle.max_clients + 2 * MOST_FROZEN,
        driving=DrivingHours(),
        battery=battery,
    )


def with_groups(problem: Problem, rng: np.random.Generator) -> Problem:
    """Keep some clients together, others apart; those that are fixed already, and halves of pairs, are in none."""
    bound = {i for vehicle in problem.vehicles for i in vehicle.frozen} | {i for pair in problem.pairs for i in pair}
    free = [i for i in range(len(problem.clients)) if i not in bound]
    groups = []
    for _ in range(int(rng.integers(1, 4))):
        if len(free) >= 2:
            members = rng.choice(free, min(len(free), int(rng.integers(2, 5))), replace=False)
            groups.append(Group(clients=frozenset(int(i) for i in members), together=bool(rng.random() < 0.5)))
    # one half of a pair may bind others
    if problem.pairs and free and not any(vehicle.frozen for vehicle in problem.vehicles):
        groups.append(Group(clients=frozenset({problem.pairs[0][0], free[0]}), together=bool(rng.random() < 0.5)))
    return replace(problem, groups=groups)


def with_published(problem: Problem, rng: np.random.Generator) -> Problem:
    """Promise most clients to some vehicle at some place of its route."""
    routes: dict[int, list[int]] = {}
    for i in rng.permutation(len(problem.clients)):
        if rng.random() < 0.8:
            routes.setdefault(int(rng.integers(0, len(problem.vehicles))), []).append(int(i))
    published = Published(
        routes=tuple((vehicle, tuple(clients)) for vehicle, clients in routes.items()),
        move_cost=float(rng.integers(0, 3_000)),
        order_cost=float(rng.integers(0, 1_000)),
    )
    return replace(problem, published=published)
