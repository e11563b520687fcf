"""What is aboard on each trip, and where and when it came aboard."""

from collections.abc import Iterator

from zaguan.engines.solver.audit.broken import Broken, Violation
from zaguan.engines.solver.audit.itinerary import Itinerary, Node


def loads(itinerary: Itinerary) -> Iterator[Violation]:
    """No dimension above capacity on any leg of any trip, and the peaks as stated."""
    capacity, stated = itinerary.vehicle.capacity, itinerary.route.peak
    peaks = [_peak(itinerary, k) for k in range(itinerary.problem.dimensions)]
    for k, (peak, room) in enumerate(zip(peaks, capacity, strict=False)):
        if peak > room:
            yield itinerary.broken(Broken.CAPACITY, f"dimension {k}: {peak} > {room}")
    # a problem without loads may state a peak of nothing
    if stated[: len(peaks)] != tuple(peaks) or any(stated[len(peaks) :]):
        yield itinerary.broken(Broken.FIGURES, f"peaks of {stated}, not {peaks}")


def _peak(itinerary: Itinerary, k: int) -> int:
    """Return the most aboard in one dimension.

    A trip begins with all that it delivers from the depot; what a pair brings comes aboard where it is fetched.
    """
    peak, brought = 0, itinerary.terms.brought
    for trip in range(len(itinerary.departures_s)):
        nodes = [node for node in itinerary.nodes if node.trip == trip and node.client is not None]
        aboard = sum(_delivered(node, k) for node in nodes if node.number not in brought)
        peak = max(peak, aboard)
        for node in nodes:
            aboard += _fetched(node, k) - _delivered(node, k)
            peak = max(peak, aboard)
    return peak


def _delivered(node: Node, k: int) -> int:
    return node.client.delivery[k] if node.client is not None and k < len(node.client.delivery) else 0


def _fetched(node: Node, k: int) -> int:
    return node.client.pickup[k] if node.client is not None and k < len(node.client.pickup) else 0


def trips(itinerary: Itinerary) -> Iterator[Violation]:
    """So many trips as allowed, loaded where and as long as that takes, none before its goods are ready."""
    vehicle, departures = itinerary.vehicle, itinerary.departures_s
    if len(departures) > vehicle.trips:
        yield itinerary.broken(Broken.TRIPS, f"{len(departures)} trips > {vehicle.trips}")
    place = vehicle.start if vehicle.reload_at is None else vehicle.reload_at
    for node in itinerary.nodes:
        if not node.is_reload:
            continue
        if node.location != place:
            yield itinerary.broken(Broken.RELOAD, f"loads at location {node.location}, not {place}")
        takes = node.stated.leaves_s - node.stated.starts_s
        if takes != vehicle.reload_s:
            yield itinerary.broken(Broken.RELOAD, f"loads for {takes} s, not {vehicle.reload_s}")
    for node in itinerary.nodes:
        if node.client is not None and departures[node.trip] < node.client.release_s:
            text = f"trip leaves at {departures[node.trip]}, goods are ready at {node.client.release_s}"
            yield itinerary.broken(Broken.RELEASE, text, node.number)
