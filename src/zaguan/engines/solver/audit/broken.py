"""What can be wrong with a plan: one code per promise."""

from dataclasses import dataclass
from enum import StrEnum


class Broken(StrEnum):
    """Which promise does not hold."""

    SERVED_TWICE = "served_twice"
    FORGOTTEN = "forgotten"
    VEHICLE_TWICE = "vehicle_twice"
    UNKNOWN = "unknown"  # a client or vehicle that does not exist
    MISPLACED = "misplaced"  # a halt or pause that stands nowhere on its route
    EMPTY = "empty"  # a route that serves nobody
    CAPACITY = "capacity"
    SKILLS = "skills"
    EXCLUDED = "excluded"  # a vehicle that the client does not allow
    WINDOW = "window"
    LATEST = "latest"  # service after the client's last moment
    SERVICE = "service"  # service before parking is done, or of another length
    SHIFT = "shift"
    DURATION = "duration"
    CLIENTS = "clients"  # more of them than the vehicle may serve
    BREAK = "break"
    PAUSE = "pause"  # a pause that begins before one is there, ends before it begins, or is too short for a rest
    DRIVING = "driving"
    TRAVEL = "travel"  # a leg or an arrival that is not so
    TRIPS = "trips"  # more of them than the vehicle may make
    RELOAD = "reload"  # loading elsewhere, too early, or for another time than it takes
    RELEASE = "release"  # a trip that leaves before its goods are ready
    PAIR_SPLIT = "pair_split"  # one half left out, or on another trip
    PAIR_ORDER = "pair_order"  # brought before it is fetched
    GROUP_PARTED = "group_parted"  # on several vehicles, though they belong together
    GROUP_MIXED = "group_mixed"  # on one vehicle, though they belong apart
    FROZEN = "frozen"  # a route that does not begin with what is fixed already
    BATTERY = "battery"  # below the reserve
    CHARGE = "charge"  # charging where or as long as one cannot
    FIGURES = "figures"  # a sum, level or peak that is not so
    COST = "cost"  # a price that is not the sum of what it is made of


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken promise; route and client are indices into the solution and the problem, -1 for none."""

    code: Broken
    route: int
    client: int
    text: str
