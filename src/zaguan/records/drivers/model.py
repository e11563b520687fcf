"""The driver: shift, breaks, hours of service, skills."""

from dataclasses import dataclass, field

from zaguan.base.kit.words import Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A pause of a given length that starts inside its window; seconds after local midnight."""

    earliest_s: int
    latest_s: int
    duration_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A driver's working period, in seconds after local midnight; overtime after its end costs extra."""

    starts_s: int
    ends_s: int
    overtime_s: int = 0  # at most this much after the end
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursOfService:
    """The limits of the law on one day. None: no such limit."""

    name: str
    max_driving_s: int | None = None  # at the wheel in a day
    max_duty_s: int | None = None  # from the first act to the last
    max_driving_without_rest_s: int | None = None
    rest_s: int = 0  # a pause at least this long makes fresh


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """Who drives. Costs are in minor units of the fleet's currency."""

    ref: str
    name: str
    vehicle_ref: str
    shift: Shift
    locale: Locale = "es"
    skills: frozenset[str] = frozenset()
    hours: HoursOfService = field(default_factory=lambda: HoursOfService(name="none"))
    zone_refs: tuple[str, ...] = ()  # knows these zones well
    starts_at_depot: bool = True
    ends_at_depot: bool = True
    cost_per_hour_minor: int = 0
    overtime_per_hour_minor: int = 0
