"""The battery's level at every node, in thousandths of a watt-hour: metres times watt-hours per kilometre."""

from collections.abc import Iterator

from zaguan.engines.solver.audit.broken import Broken, Violation
from zaguan.engines.solver.audit.itinerary import Itinerary
from zaguan.engines.solver.audit.times import Driven
from zaguan.engines.solver.fleet import Battery
from zaguan.engines.solver.solution import Halt, HaltKind

MILLI = 1_000
SECONDS_PER_HOUR = 3_600


def energy(itinerary: Itinerary, driven: Driven) -> Iterator[Violation]:
    """Never below the reserve; charged at stations, to full, for as long as that takes; levels as stated."""
    battery = itinerary.vehicle.battery
    if battery is None:
        yield from _without(itinerary)
        return
    level = MILLI * (battery.capacity_wh if battery.start_wh is None else battery.start_wh)
    for node, (_, metres) in zip(itinerary.nodes, driven.legs[:-1], strict=True):
        level -= metres * battery.wh_per_km
        yield from _reserve(itinerary, battery, level, node.number)
        if not isinstance(node.stated, Halt):
            continue
        if node.stated.level_wh != level // MILLI:
            yield itinerary.broken(Broken.FIGURES, f"level {node.stated.level_wh} Wh, not {level // MILLI}")
        if node.stated.kind is HaltKind.CHARGE:
            yield from _charge(itinerary, battery, node.stated, level)
            level = MILLI * battery.capacity_wh
    level -= driven.legs[-1][1] * battery.wh_per_km
    yield from _reserve(itinerary, battery, level, -1)


def _without(itinerary: Itinerary) -> Iterator[Violation]:
    """A vehicle without battery has nothing to charge and no level."""
    for halt in itinerary.route.halts:
        if halt.kind is HaltKind.CHARGE:
            yield itinerary.broken(Broken.CHARGE, "nothing to charge")
        elif halt.level_wh:
            yield itinerary.broken(Broken.FIGURES, f"level {halt.level_wh} Wh without a battery")


def _reserve(itinerary: Itinerary, battery: Battery, level: int, client: int) -> Iterator[Violation]:
    if level < MILLI * battery.reserve_wh:
        yield itinerary.broken(Broken.BATTERY, f"{level / MILLI} Wh < {battery.reserve_wh} Wh", client)


def _charge(itinerary: Itinerary, battery: Battery, halt: Halt, level: int) -> Iterator[Violation]:
    powers = [station.power_w for station in itinerary.problem.stations if station.location == halt.location]
    if not powers:
        yield itinerary.broken(Broken.CHARGE, f"no station at location {halt.location}")
        return
    missing = MILLI * battery.capacity_wh - level
    takes = -(-missing * SECONDS_PER_HOUR // (MILLI * powers[0]))
    if halt.leaves_s - halt.starts_s != takes:
        yield itinerary.broken(Broken.CHARGE, f"charges for {halt.leaves_s - halt.starts_s} s, not {takes}")
