"""A plan that stands while the day runs, kept in arrays so that a question about one more stop takes milliseconds.

The arrays are laid out once, with a spare client at the end and, when a new place is asked for, a spare location. A
question writes the rows of the spare client and nothing else. What those rows are is not listed here: the client
asked about is flattened by the same code in a problem of its own, and the rows that differ are copied.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zaguan.engines.solver.fleet import Vehicle
from zaguan.engines.solver.layout import Layout, loaded_orders_of
from zaguan.engines.solver.limits import HORIZON_S, require
from zaguan.engines.solver.problem import Client, Problem
from zaguan.engines.solver.rules.battery import measure_to_station
from zaguan.engines.solver.search.data import Data, flatten
from zaguan.engines.solver.solution import Solution
from zaguan.engines.solver.travel import Travel
from zaguan.engines.solver.view import View

MATRICES: Final = ("durations", "distances", "durations_by_goal", "distances_by_goal")
PATTERN_WINDOWS: Final = ((0, HORIZON_S - 1), (HORIZON_S, HORIZON_S))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlace:
    """Travel between a place that the problem does not know and its n locations, by m matrices as in `Travel`.

    Attributes
    ----------
    to_s, to_m : seconds and metres from each location to the place, of shape (m, n), or (n,) where m is 1
    from_s, from_m : the same from the place to each location
    point : where it lies, for a problem whose travel has points instead of matrices; then the others are not used
    """

    to_s: ArrayLike = ()
    from_s: ArrayLike = ()
    to_m: ArrayLike = ()
    from_m: ArrayLike = ()
    point: tuple[float, float] | None = None


def with_place(travel: Travel, place: NewPlace) -> Travel:
    """Return the travel with one more location at the end."""
    if travel.points is not None:
        require(place.point is not None, "the travel has points, the new place has none")
        return replace(travel, points=np.vstack([travel.points, np.asarray([place.point], np.float64)]))
    grown = replace(travel, durations_s=_with_room(travel.durations_s), distances_m=_with_room(travel.distances_m))
    _write(grown.durations_s, place.to_s, place.from_s)
    _write(grown.distances_m, place.to_m, place.from_m)
    return grown


def _with_room(matrices: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the matrices with one more row and column of zeros."""
    count, n, _ = matrices.shape
    wide = np.zeros((count, n + 1, n + 1), np.int32)
    wide[:, :n, :n] = matrices
    return wide


def _write(matrix: NDArray[np.int32], to: ArrayLike, away: ArrayLike) -> None:
    """Write the last column and the last row."""
    shape = (matrix.shape[0], matrix.shape[1] - 1)
    column, row = (np.atleast_2d(np.asarray(values)) for values in (to, away))
    require(column.shape == shape and row.shape == shape, f"the new place's travel is not of shape {shape}")
    require(bool((column >= 0).all() and (row >= 0).all()), "travel to or from the new place is negative")
    matrix[:, :-1, -1], matrix[:, -1, :-1] = column, row


class Standing:
    """A plan, ready to be asked about one more client. Not for two threads at a time.

    Raises ImpossibleRoute if the plan has a route that cannot be driven.
    """

    def __init__(self, problem: Problem, plan: Solution) -> None:
        self.problem, self.plan = problem, plan
        self.spare = len(problem.clients)
        self._last = Client(location=0, vehicles=frozenset(range(len(problem.vehicles))))
        self.alike = _alike(problem)
        # what a client's rows are does not depend on where anything is: its own small problem has one location
        travel = problem.travel
        nowhere = np.zeros((travel.durations_s.shape[0], 1, 1), np.int32)
        self._travel = Travel(durations_s=nowhere, distances_m=nowhere, slots=travel.slots, knots_s=travel.knots_s)
        self._bare = [_without_place(vehicle) for vehicle in problem.vehicles]
        width = problem.dimensions
        pattern = Client(
            location=0, windows=PATTERN_WINDOWS, late_cost_per_s=0.0, delivery=(1,) * width, pickup=(1,) * width
        )
        self._lay(pattern)

    def _lay(self, pattern: Client) -> None:
        """Lay the plan out with a spare client like the pattern."""
        clients = [*self.problem.clients, pattern, self._last]
        preference = self.problem.preference
        if preference is not None:
            preference = np.vstack([preference, np.zeros((2, preference.shape[1]))])
        wide = replace(self.problem, clients=clients, preference=preference)
        self.layout = Layout(wide, loaded_orders_of(self.plan))
        self._pattern = self._flat(pattern)
        longer = flatten(self._small([pattern, self._last, self._last], None), with_neighbours=False)
        self._per_client = [
            name
            for name, value in self._pattern._asdict().items()
            if isinstance(value, np.ndarray) and len(getattr(longer, name)) == len(value) + 1
        ]
        self._written = self._pattern

    def _small(self, clients: Sequence[Client], preference: Sequence[float] | None) -> Problem:
        prices = None
        if self.problem.preference is not None or preference is not None:
            prices = np.zeros((len(clients), len(self._bare)))
            prices[0] = 0.0 if preference is None else preference
        return Problem(clients=clients, vehicles=self._bare, travel=self._travel, preference=prices)

    def _flat(self, client: Client, preference: Sequence[float] | None = None) -> Data:
        # the last client names every vehicle, as in the standing plan's arrays: each is a class of its own
        return flatten(self._small([client, self._last], preference), with_neighbours=False)

    def seat(self, client: Client, place: NewPlace | None = None, preference: Sequence[float] | None = None) -> None:
        """Make the spare client this one. With a new place the client's location must be the next free number."""
        located = self._locate(client, place)
        wanted = replace(client, location=0)
        flat = self._flat(wanted, preference)
        if not self._takes(flat):
            # the client brings in a rule that nobody in the plan has: lay the plan out with such a client
            self._lay(wanted)
            flat = self._flat(wanted, preference)
            assert self._takes(flat), "a plan laid out for a client takes that client"
            located = self._locate(client, place)
        data = self.layout.data.fields
        for name in self._per_client:
            row = getattr(flat, name)[0]
            if not np.array_equal(row, getattr(self._written, name)[0]):
                getattr(data, name)[self.spare] = row
        self._written = flat
        data.location[self.spare] = located

    def _takes(self, flat: Data) -> bool:
        """Tell whether a client differs from the spare one in its own rows alone."""
        for name, value in flat._asdict().items():
            other = getattr(self._pattern, name)
            if not isinstance(value, np.ndarray):
                if value != other:
                    return False
            elif value.shape != other.shape or (name not in self._per_client and not np.array_equal(value, other)):
                return False
        return True

    def _locate(self, client: Client, place: NewPlace | None) -> int:
        """Return the client's location, after the travel of a new place was written."""
        n = self.problem.travel.locations
        if place is None:
            require(client.location < n, f"the client is at location {client.location} of {n}")
            return client.location
        require(client.location == n, f"a new place is location {n}, not {client.location}")
        if self.problem.travel.points is not None:
            grown = with_place(self.problem.travel, place)
            self.layout.data = View(flatten(replace(self.layout.problem, travel=grown), with_neighbours=False))
            self._written = self._pattern
            return n
        data = self.layout.data.fields
        if data.durations.shape[1] == n:
            wide: dict[str, Any] = {name: _with_room(getattr(data, name)) for name in MATRICES}
            wide["to_station"] = np.pad(data.to_station, ((0, 0), (0, 1)))
            data = data._replace(**wide)
            self.layout.data = View(data)
        _write(data.durations, place.to_s, place.from_s)
        _write(data.distances, place.to_m, place.from_m)
        _write(data.durations_by_goal, place.from_s, place.to_s)
        _write(data.distances_by_goal, place.from_m, place.to_m)
        if data.has_batteries:
            measure_to_station(data, n)
        return n


def _without_place(vehicle: Vehicle) -> Vehicle:
    """Return a vehicle for a problem with one location and other clients."""
    start, end, reload_at = (None if at is None else 0 for at in (vehicle.start, vehicle.end, vehicle.reload_at))
    return replace(vehicle, start=start, end=end, reload_at=reload_at, frozen=())


def _alike(problem: Problem) -> list[int]:
    """Return for each vehicle the first one that is the same in all but its number."""
    named = {v for client in problem.clients if client.vehicles is not None for v in client.vehicles}
    first: dict[object, int] = {}
    alike = []
    for v, vehicle in enumerate(problem.vehicles):
        prices = problem.preference[:, v].tobytes() if problem.preference is not None else None
        alike.append(first.setdefault((vehicle, prices, v if v in named else -1), v))
    return alike
