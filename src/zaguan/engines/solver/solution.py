"""What comes out: routes with their times, and the clients left out."""

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One client served. `window` is the index of the window that the start lies in, the last if it is late, 0 if the
    client has none; `late_s` counts from the end of the last one."""

    client: int
    leg_duration_s: int
    leg_distance_m: int
    arrives_s: int
    starts_s: int
    leaves_s: int
    window: int
    late_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A break of the shift or a rest of the driving hours, after so many visits and halts; `before_leg`: at the one
    just left (or at the start), otherwise on arrival at the next one."""

    after: int
    starts_s: int
    ends_s: int
    is_rest: bool
    before_leg: bool


class HaltKind(StrEnum):
    """Why a vehicle goes where no client is."""

    RELOAD = "reload"
    CHARGE = "charge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """A reload, which begins the next trip, or a charge; `after` so many visits and other halts of the route.

    A reload may wait for its goods (`starts_s`), a charge begins on arrival or behind the pauses there. Nobody parks.
    """

    kind: HaltKind
    after: int
    location: int
    leg_duration_s: int
    leg_distance_m: int
    arrives_s: int
    starts_s: int
    leaves_s: int
    level_wh: int  # on arrival, rounded down; 0 for a vehicle without battery


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The work of one vehicle. Its cost is exact; waiting is time that is neither leg, service, setup nor pause."""

    vehicle: int
    visits: tuple[Visit, ...]
    pauses: tuple[Pause, ...]
    halts: tuple[Halt, ...]
    departs_s: int
    returns_s: int
    last_leg_duration_s: int
    last_leg_distance_m: int
    distance_m: int
    driving_s: int
    waiting_s: int
    overtime_s: int
    late_s: int
    peak: tuple[int, ...]  # the most aboard at one time, per dimension
    cost: float

    @property
    def duration_s(self) -> int:
        """From departure to return."""
        return self.returns_s - self.departs_s


class Reason(StrEnum):
    """Why a client is left out."""

    CAPACITY = "capacity"  # heavier or larger than any allowed vehicle
    SKILLS = "skills"  # no vehicle has them
    VEHICLE = "vehicle"  # the vehicles it allows lack something else it needs, or do not exist
    UNREACHABLE = "unreachable"  # no way leads there and back
    WINDOW = "window"  # no vehicle can be there inside its windows, even driving there alone
    SHIFT = "shift"  # there and back takes longer than any shift, duty or driving limit
    RANGE = "range"  # no battery lasts there and back, with the stations there are
    FLEET_FULL = "fleet_full"  # it would fit alone, but not beside the others
    PRICE = "price"  # it would fit, but costs more than leaving it out


class RemedyKind(StrEnum):
    """A change that would let a client in."""

    MORE_CAPACITY = "more_capacity"  # vehicle, dimension, missing
    ADD_SKILL = "add_skill"  # vehicle, skill
    ALLOW_VEHICLE = "allow_vehicle"  # vehicle
    WIDER_WINDOW = "wider_window"  # opens_s, closes_s, by_s
    EARLIER_SHIFT = "earlier_shift"  # vehicle, by_s
    LONGER_SHIFT = "longer_shift"  # vehicle, by_s: regular time, duty and driving limits
    ONE_MORE_VEHICLE = "one_more_vehicle"  # like vehicle
    HIGHER_PRIZE = "higher_prize"  # by
    SPLIT = "split"  # parts: as even as they can be, each a stop of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A smallest change of its kind, confirmed by a plan that holds with it."""

    kind: RemedyKind
    facts: dict[str, int | float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unassigned:
    """A client left out, why, and what would let it in."""

    client: int
    reason: Reason
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """The best found: used routes only, and every client that is on none."""

    routes: tuple[Route, ...]
    unassigned: tuple[int, ...]
    cost: float  # routes and prizes of the clients left out
    iterations: int
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How the search stands, for bars and live maps."""

    cost: float
    routes: int
    unassigned: int
    iterations: int
    elapsed_s: float
    share: float  # of the budget, 0 to 1
