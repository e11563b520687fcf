"""The route driven again from its departure: legs by the travel's own definition, and every moment compared."""

from collections.abc import Iterator
from dataclasses import dataclass

from zaguan.engines.solver.audit.broken import Broken, Violation
from zaguan.engines.solver.audit.itinerary import Itinerary, Node
from zaguan.engines.solver.limits import UNREACHABLE_S
from zaguan.engines.solver.problem import Client
from zaguan.engines.solver.solution import Halt, HaltKind, Visit


@dataclass(frozen=True, slots=True)
class Driven:
    """What driving again has shown: (seconds, metres) of each leg, the last included; parking; what is wrong."""

    legs: tuple[tuple[int, int], ...]
    setups_s: int
    violations: tuple[Violation, ...]

    @property
    def driving_s(self) -> int:
        """Seconds at the wheel."""
        return sum(seconds for seconds, _ in self.legs)

    @property
    def distance_m(self) -> int:
        """Metres driven."""
        return sum(metres for _, metres in self.legs)


def drive(itinerary: Itinerary) -> Driven:
    """Drive a route from its departure with its pauses as stated.

    After each node one goes on from the moment stated there, so that one wrong figure is reported once.
    """
    route, legs, setups, found = itinerary.route, [], 0, list[Violation]()
    now, at = route.departs_s, itinerary.vehicle.start
    for position, node in enumerate(itinerary.nodes):
        stated = node.stated
        now = _pause(itinerary, position, now, found, before_leg=True)
        legs.append(_leg(itinerary, at, node.location, now))
        now += legs[-1][0]
        said = (stated.leg_duration_s, stated.leg_distance_m)
        found += _compare(itinerary, legs[-1], said, now, stated.arrives_s, node.number)
        now = _pause(itinerary, position, now, found, before_leg=False)
        if isinstance(stated, Visit):
            setup = node.client.setup_s if node.client is not None and at != node.location else 0
            setups += setup
            found += _service(itinerary, node, stated, now + setup)
        else:
            found += _halt(itinerary, stated, now)
        now, at = stated.leaves_s, node.location
    position = len(itinerary.nodes)
    now = _pause(itinerary, position, now, found, before_leg=True)
    legs.append(_leg(itinerary, at, itinerary.vehicle.end, now))
    now = _pause(itinerary, position, now + legs[-1][0], found, before_leg=False)
    said = (route.last_leg_duration_s, route.last_leg_distance_m)
    found += _compare(itinerary, legs[-1], said, now, route.returns_s, -1)
    return Driven(tuple(legs), setups, tuple(found))


def _compare(
    itinerary: Itinerary, leg: tuple[int, int], said: tuple[int, int], now: int, stated: int, client: int
) -> Iterator[Violation]:
    if leg[0] >= UNREACHABLE_S:
        yield itinerary.broken(Broken.TRAVEL, "no way leads there", client)
    if leg != said:
        yield itinerary.broken(Broken.TRAVEL, f"leg of {leg} (s, m), not {said}", client)
    if now != stated:
        yield itinerary.broken(Broken.TRAVEL, f"there at {now}, not {stated}", client)


def _pause(itinerary: Itinerary, position: int, now: int, found: list[Violation], *, before_leg: bool) -> int:
    """Return when one goes on after the pauses stated for this moment of the route; waiting for them is allowed."""
    for pause in itinerary.pauses(position, before_leg=before_leg):
        if pause.starts_s < now or pause.ends_s <= pause.starts_s:
            found.append(itinerary.broken(Broken.PAUSE, f"a pause {pause.starts_s}..{pause.ends_s} at {now}"))
        now = pause.ends_s
    return now


def _service(itinerary: Itinerary, node: Node, visit: Visit, ready: int) -> Iterator[Violation]:
    """One is there and has parked, stays as long as this driver takes, inside a window and before the last moment."""
    client = itinerary.problem.clients[visit.client]
    takes = client.service_s * itinerary.vehicle.service_percent // 100
    if visit.starts_s < ready:
        yield itinerary.broken(Broken.SERVICE, f"starts at {visit.starts_s}, ready only at {ready}", node.number)
    if visit.leaves_s - visit.starts_s != takes:
        text = f"service of {visit.leaves_s - visit.starts_s} s, not {takes}"
        yield itinerary.broken(Broken.SERVICE, text, node.number)
    if client.latest_s is not None and visit.starts_s > client.latest_s:
        yield itinerary.broken(Broken.LATEST, f"starts at {visit.starts_s} > {client.latest_s}", node.number)
    if not client.windows and visit.window:
        yield itinerary.broken(Broken.FIGURES, f"window {visit.window} of none", node.number)
    if client.windows and not _holds(client, visit):
        text = f"starts at {visit.starts_s}, not in window {visit.window} of {client.windows}"
        yield itinerary.broken(Broken.WINDOW, text, node.number)
    late = lateness(client, visit.starts_s)
    if late != visit.late_s:
        yield itinerary.broken(Broken.FIGURES, f"late by {late} s, not {visit.late_s}", node.number)


def lateness(client: Client, starts_s: int) -> int:
    """Return how long after the last window service starts."""
    return max(0, starts_s - client.windows[-1][1]) if client.windows else 0


def _holds(client: Client, visit: Visit) -> bool:
    """Tell whether service starts in the window stated; after the last one only if it is soft."""
    if not 0 <= visit.window < len(client.windows):
        return False
    opens, closes = client.windows[visit.window]
    is_last = visit.window == len(client.windows) - 1
    return opens <= visit.starts_s and (visit.starts_s <= closes or (is_last and client.late_cost_per_s is not None))


def _halt(itinerary: Itinerary, halt: Halt, now: int) -> Iterator[Violation]:
    """A reload may wait for its goods, a charge waits for nothing."""
    if halt.kind is HaltKind.RELOAD and halt.starts_s < now:
        yield itinerary.broken(Broken.RELOAD, f"loads at {halt.starts_s}, there only at {now}")
    if halt.kind is HaltKind.CHARGE and halt.starts_s != now:
        yield itinerary.broken(Broken.CHARGE, f"charges at {halt.starts_s}, there at {now}")


def _leg(itinerary: Itinerary, origin: int | None, goal: int | None, now: int) -> tuple[int, int]:
    """Return seconds and metres of a leg that begins now; an open end is no leg."""
    if origin is None or goal is None:
        return 0, 0
    travel = itinerary.problem.travel
    block = itinerary.vehicle.profile * travel.slots
    if travel.slots == 1:
        return travel.leg(block, origin, goal)
    knots = travel.knots_s
    nearest = min(knots, key=lambda knot: (abs(knot[0] - now), -knot[0]))[1]
    metres = travel.leg(block + nearest, origin, goal)[1]
    earlier = [knot for knot in knots if knot[0] <= now] or [knots[0]]
    later = [knot for knot in knots if knot[0] > now] or [knots[-1]]
    (t0, slot0), (t1, slot1) = earlier[-1], later[0]
    first, second = (travel.leg(block + slot, origin, goal)[0] for slot in (slot0, slot1))
    if t1 <= t0 or now < t0:
        return first, metres
    return first + (second - first) * (now - t0) // (t1 - t0), metres
