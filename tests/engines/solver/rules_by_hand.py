"""Who is served by whom, with what aboard: plans by hand that hold, and plans that break one promise each.

Each function is one rule. It yields (the codes that must be found, the problem, the plan); no codes: the plan holds.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.engines.solver.by_hand import MORNING, charge, plan, reload, route
from tests.engines.solver.towns import HOUR, town
from zaguan.engines.solver import Battery, Broken, Client, Group, Problem, Published, Solution, Station, Vehicle

Case = tuple[set[Broken], Problem, Solution]
HOLDS: set[Broken] = set()
STREET = "D.A.B"  # 200 m and 2 minutes to A, as much on to B


def client(**facts: Any) -> Client:
    """Write a client; the town knows its place."""
    return Client(location=0, **facts)


def with_vehicle(problem: Problem, **changes: Any) -> Problem:
    """Return the problem with another first vehicle."""
    return replace(problem, vehicles=[replace(problem.vehicles[0], **changes), *problem.vehicles[1:]])


def with_client(problem: Problem, index: int, **changes: Any) -> Problem:
    """Return the problem with one client changed."""
    clients = list(problem.clients)
    clients[index] = replace(clients[index], **changes)
    return replace(problem, clients=clients)


def assignments() -> Iterator[Case]:
    """Every client once, every vehicle once, nobody unknown, no idle route."""
    problem = town(STREET, every=client(prize=7.0), vehicles=[Vehicle(), Vehicle()])
    both, first = route(problem, "AB", cost=800.0), route(problem, "A", cost=400.0)
    right = plan(problem, both)
    yield HOLDS, problem, right
    yield HOLDS, problem, plan(problem, first, cost=407.0)
    yield {Broken.SERVED_TWICE}, problem, plan(problem, both, route(problem, "A", vehicle=1, cost=400.0))
    yield {Broken.SERVED_TWICE, Broken.COST}, problem, replace(right, unassigned=(0,))
    yield {Broken.FORGOTTEN}, problem, replace(plan(problem, first), unassigned=())
    yield {Broken.VEHICLE_TWICE}, problem, plan(problem, first, route(problem, "B", cost=800.0))
    yield {Broken.UNKNOWN}, problem, replace(right, unassigned=(2,))
    yield {Broken.UNKNOWN}, problem, replace(right, unassigned=(-1,))
    yield {Broken.UNKNOWN}, problem, replace(right, routes=(replace(both, vehicle=2),))
    yield {Broken.EMPTY}, problem, plan(problem, both, route(problem, vehicle=1, cost=0.0))
    yield {Broken.COST}, problem, plan(problem, both, cost=799.0)
    yield {Broken.COST}, problem, plan(problem, first, cost=400.0)
    yield {Broken.COST}, problem, plan(problem, both, cost=float("nan"))
    must = with_client(problem, 1, prize=None)
    yield HOLDS, must, plan(must, first, cost=9_999.0)
    yield {Broken.COST}, must, plan(must, first, cost=399.0)


def permissions() -> Iterator[Case]:
    """Skills, exclusions and the number of clients."""
    cold = frozenset({"cold"})
    problem = town(STREET, every=client(skills=cold), vehicles=[Vehicle(skills=cold, max_clients=2)])
    right = plan(problem, route(problem, "AB", cost=800.0))
    yield HOLDS, problem, right
    yield {Broken.SKILLS}, with_vehicle(problem, skills=frozenset({"lift"})), right
    yield HOLDS, with_client(problem, 0, vehicles=frozenset({0})), right
    yield {Broken.EXCLUDED}, with_client(problem, 0, vehicles=frozenset()), right
    yield {Broken.CLIENTS}, with_vehicle(problem, max_clients=1), right


def capacities() -> Iterator[Case]:
    """What is delivered comes aboard at the depot, what is fetched stays aboard until the depot."""
    clients = {"A": client(pickup=(5, 0)), "B": client(delivery=(4, 1))}
    problem = town(STREET, clients=clients, vehicles=[Vehicle(capacity=(5, 1))])
    right = plan(problem, route(problem, "BA", cost=800.0, peak=(5, 1)))
    yield HOLDS, problem, right
    yield HOLDS, with_vehicle(problem, capacity=(5,)), right
    yield {Broken.CAPACITY}, problem, plan(problem, route(problem, "AB", cost=800.0, peak=(9, 1)))
    yield {Broken.CAPACITY}, with_vehicle(problem, capacity=(5, 0)), right
    yield {Broken.FIGURES}, problem, plan(problem, route(problem, "BA", cost=800.0, peak=(4, 1)))
    yield {Broken.FIGURES}, problem, plan(problem, route(problem, "BA", cost=800.0, peak=(5,)))


def trips() -> Iterator[Case]:
    """A reload empties the vehicle and fills it again, at its place, for its time, so often and no oftener."""
    van = Vehicle(capacity=(5,), trips=2, reload_s=300)
    for every in (client(delivery=(5,)), client(pickup=(5,))):
        problem = town("D.A.B.h", every=every, vehicles=[van])
        right = plan(problem, route(problem, "A", reload(300), "B", cost=1_200.0, peak=(5,)))
        yield HOLDS, problem, right
        yield {Broken.CAPACITY}, problem, plan(problem, route(problem, "AB", cost=800.0, peak=(10,)))
    yield {Broken.TRIPS}, with_vehicle(problem, trips=1), right
    yield {Broken.RELOAD}, with_vehicle(problem, reload_s=301), right
    yield {Broken.RELOAD}, with_vehicle(problem, reload_at=3), right
    thrice = town("D.A.B.C.E", every=client(delivery=(5,), prize=0.0), vehicles=[replace(van, trips=3)])
    three = route(thrice, "A", reload(300), "B", reload(300), "C", cost=2_400.0, peak=(5,))
    yield HOLDS, thrice, plan(thrice, three)
    full = route(thrice, "A", reload(300), "BC", reload(300), "E", cost=3_200.0, peak=(10,))
    yield {Broken.CAPACITY}, thrice, plan(thrice, full)
    full = route(thrice, "A", reload(300), "B", reload(300), "CE", cost=2_800.0, peak=(10,))
    yield {Broken.CAPACITY}, thrice, plan(thrice, full)
    elsewhere = with_vehicle(problem, reload_at=3)
    yield HOLDS, elsewhere, plan(elsewhere, route(elsewhere, "A", reload(300, at=3), "B", cost=1_200.0, peak=(5,)))
    yield HOLDS, problem, plan(problem, route(problem, "A", reload(300, wait_s=99), "B", cost=1_200.0, peak=(5,)))
    (written,) = right.routes
    (halt,) = written.halts
    early = replace(halt, starts_s=halt.starts_s - 1, leaves_s=halt.leaves_s - 1)
    yield {Broken.RELOAD, Broken.TRAVEL}, problem, replace(right, routes=(replace(written, halts=(early,)),))
    for halts in ((replace(halt, after=3),), (replace(halt, after=-1),), (halt, halt), (replace(halt, location=4),)):
        yield {Broken.MISPLACED}, problem, replace(right, routes=(replace(written, halts=halts),))


def releases() -> Iterator[Case]:
    """A trip leaves when the goods of all its clients are ready: the first from the depot, a later one when loaded."""
    clients = {"A": client(), "B": client(release_s=MORNING + HOUR)}
    problem = town(STREET, clients=clients, vehicles=[Vehicle(trips=2, reload_s=300)])
    yield HOLDS, problem, plan(problem, route(problem, "AB", cost=800.0, departs_s=MORNING + HOUR))
    yield {Broken.RELEASE}, problem, plan(problem, route(problem, "AB", cost=800.0, departs_s=MORNING + HOUR - 1))
    # there and back takes 240 s, loading 300 s
    yield HOLDS, problem, plan(problem, route(problem, "A", reload(300, wait_s=3_060), "B", cost=1_200.0))
    late = plan(problem, route(problem, "A", reload(300, wait_s=3_059), "B", cost=1_200.0))
    yield {Broken.RELEASE}, problem, late


def pairs() -> Iterator[Case]:
    """Fetched before brought, on one trip, or neither; the load is aboard only in between."""
    clients = {
        "A": client(pickup=(3,), prize=5.0),
        "B": client(delivery=(3,), prize=5.0),
        "C": client(delivery=(3,)),
    }
    vehicles = [Vehicle(capacity=(3,), trips=2), Vehicle(capacity=(3,))]
    problem = town("DCA.B", clients=clients, vehicles=vehicles, pairs=[(0, 1)])
    yield HOLDS, problem, plan(problem, route(problem, "CAB", cost=800.0, peak=(3,)))
    yield HOLDS, problem, plan(problem, route(problem, "C", cost=200.0, peak=(3,)), cost=210.0)
    yield {Broken.CAPACITY}, problem, plan(problem, route(problem, "ACB", cost=1_000.0, peak=(6,)))
    yield {Broken.PAIR_ORDER}, problem, plan(problem, route(problem, "CBA", cost=800.0, peak=(3,)))
    yield {Broken.PAIR_SPLIT}, problem, plan(problem, route(problem, "CA", cost=400.0, peak=(3,)), cost=405.0)
    yield {Broken.PAIR_SPLIT}, problem, plan(problem, route(problem, "CA", reload(), "B", cost=1_200.0, peak=(3,)))
    bringer = route(problem, "B", vehicle=1, cost=800.0)
    split = plan(problem, route(problem, "CA", cost=400.0, peak=(3,)), replace(bringer, peak=(0,)))
    yield {Broken.PAIR_SPLIT}, problem, split


def groups() -> Iterator[Case]:
    """Together means one vehicle, apart means as many as clients; who is left out does not count."""
    problem = town("D.A.B.C", every=client(prize=1.0), vehicles=[Vehicle(), Vehicle()])
    one = plan(problem, route(problem, "AB", cost=800.0), cost=801.0)
    two = plan(problem, route(problem, "A", cost=400.0), route(problem, "B", cost=800.0, vehicle=1), cost=1_201.0)
    everyone = frozenset({0, 1, 2})
    together, apart = (replace(problem, groups=[Group(clients=everyone, together=x)]) for x in (True, False))
    yield HOLDS, together, one
    yield {Broken.GROUP_PARTED}, together, two
    yield HOLDS, apart, two
    yield {Broken.GROUP_MIXED}, apart, one


def frozen() -> Iterator[Case]:
    """A route begins with what its vehicle has under way already; the vehicle may not stay at home."""
    problem = town("D.A.B.C", every=client(prize=1.0), vehicles=[Vehicle(frozen=(2, 0), trips=2), Vehicle()])
    yield HOLDS, problem, plan(problem, route(problem, "CAB", cost=1_600.0))
    yield HOLDS, problem, plan(problem, route(problem, "C", reload(), "AB", cost=2_000.0))
    yield HOLDS, problem, plan(problem, route(problem, "CA", cost=1_200.0), cost=1_201.0)
    yield {Broken.FROZEN}, problem, plan(problem, route(problem, "CBA", cost=1_200.0))
    yield {Broken.FROZEN}, problem, plan(problem, route(problem, "C", cost=1_200.0), cost=1_202.0)
    yield {Broken.FROZEN}, problem, plan(problem, cost=3.0)
    yield {Broken.FROZEN}, problem, plan(problem, route(problem, "CAB", vehicle=1, cost=1_600.0))


def published() -> Iterator[Case]:
    """Another vehicle costs the move, another one before it on the same vehicle the order, being left out the prize."""
    promise = Published(routes=((0, (0, 1)), (1, (2,))), move_cost=50.0, order_cost=20.0)
    vehicles = [Vehicle(trips=2), Vehicle()]
    problem = town("D.A.B.C.E", every=client(prize=9.0), vehicles=vehicles, published=promise)
    kept = plan(problem, route(problem, "AB", cost=800.0), route(problem, "CE", cost=1_600.0, vehicle=1), cost=2_400.0)
    yield HOLDS, problem, kept
    # both orders changed: A no longer first, B no longer behind A
    yield HOLDS, problem, plan(problem, route(problem, "BA", cost=840.0), cost=858.0)
    # C moved; B still behind A, a reload between them does not count; E was never promised
    yield HOLDS, problem, plan(problem, route(problem, "A", reload(), "BCE", cost=400.0 + 1_600.0 + 50.0))
    yield HOLDS, problem, plan(problem, route(problem, "B", cost=820.0), cost=847.0)
    yield {Broken.COST}, problem, plan(problem, route(problem, "BA", cost=800.0), cost=818.0)
    yield {Broken.COST}, problem, plan(problem, route(problem, "ABCE", cost=1_600.0))


def batteries() -> Iterator[Case]:
    """Every metre drains; never below the reserve; a station fills up and takes its time."""
    ev = Vehicle(battery=Battery(capacity_wh=600, wh_per_km=1_000))
    station = Station(location=3, power_w=3_600)  # a Wh per second
    problem = town("D.A.s.B", every=client(prize=1.0), vehicles=[ev], stations=[station])
    short = plan(problem, route(problem, "A", cost=400.0), cost=401.0)
    yield HOLDS, problem, short
    for battery, codes in (
        (replace(ev.battery, start_wh=400), HOLDS),
        (replace(ev.battery, start_wh=399), {Broken.BATTERY}),
        (replace(ev.battery, reserve_wh=200), HOLDS),
        (replace(ev.battery, reserve_wh=201), {Broken.BATTERY}),
    ):
        yield codes, with_vehicle(problem, battery=battery), short
    yield {Broken.BATTERY}, problem, plan(problem, route(problem, "AB", cost=1_200.0))

    def there_and_back(first: int = 400, level_wh: int = 200, wait_s: int = 0) -> Solution:
        once = charge(first, at=3, level_wh=level_wh, wait_s=wait_s)
        return plan(problem, route(problem, "A", once, "B", charge(400, at=3, level_wh=200), cost=1_200.0))

    yield HOLDS, problem, there_and_back()
    yield {Broken.CHARGE}, problem, there_and_back(first=399)
    yield {Broken.CHARGE}, problem, there_and_back(first=401)
    yield {Broken.CHARGE}, problem, there_and_back(wait_s=1)
    yield {Broken.FIGURES}, problem, there_and_back(level_wh=201)
    at_home = plan(problem, route(problem, "A", charge(200, at=1, level_wh=400), cost=400.0), cost=401.0)
    yield {Broken.CHARGE}, problem, at_home
    yield {Broken.CHARGE}, with_vehicle(problem, battery=None), there_and_back()
    thirsty = with_vehicle(problem, battery=replace(ev.battery, wh_per_km=1_001))
    odd = [charge(401, at=3, level_wh=199), "B", charge(401, at=3, level_wh=199)]  # 199.6 Wh left, 400.4 missing
    yield HOLDS, thirsty, plan(thirsty, route(thirsty, "A", *odd, cost=1_200.0))
    hauling = with_vehicle(problem, trips=2)
    yield HOLDS, hauling, plan(hauling, route(hauling, "A", reload(level_wh=200), cost=400.0), cost=401.0)
    yield {Broken.FIGURES}, hauling, plan(hauling, route(hauling, "A", reload(), cost=400.0), cost=401.0)
    at_once = plan(problem, route(problem, charge(400, at=3, level_wh=200), "A", cost=800.0), cost=801.0)
    yield HOLDS, problem, at_once
    one_way = with_vehicle(problem, end=None, battery=replace(ev.battery, start_wh=200))
    yield HOLDS, one_way, plan(one_way, route(one_way, "A", cost=200.0), cost=201.0)
    diesel = with_vehicle(hauling, battery=None)
    stated = plan(diesel, route(diesel, "A", reload(level_wh=1), cost=400.0), cost=401.0)
    yield {Broken.FIGURES}, diesel, stated
