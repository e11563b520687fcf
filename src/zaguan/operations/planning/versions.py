"""The versions of a plan: what was found for a day, on what it was based, and how two of them differ."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final, NewType
from uuid import UUID

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.operations.planning.model import Plan

PlanId = NewType("PlanId", UUID)

MAX_VERSIONS: Final = 10_000
UNASSIGNED: Final = ""  # where an order stands that no route has


class PlanNotFound(ZaguanError):
    """There is no plan `plan`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "planning.plan_not_found"


class VersionNotFound(ZaguanError):
    """The plan has no version `version`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "planning.version_not_found"


class PlanStale(ZaguanError):
    """A version was made from version `based_on`; meanwhile version `current` was published."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "planning.plan_stale"


class PlanIsWhatIf(ZaguanError):
    """A plan made to look at cannot be published."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "planning.plan_is_what_if"


class PlansOfDifferentDays(ZaguanError):
    """Two versions of different days are not compared."""

    code: ClassVar = "planning.plans_of_different_days"


class Cause(StrEnum):
    """Why a version was made."""

    PLANNED = "planned"  # the day, from its orders and shifts
    REPLANNED = "replanned"  # from the routes that stand
    BREAKDOWN = "breakdown"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPlan:
    """A plan of a service day and of some depots; none named: of all. Its versions count from 1."""

    id: PlanId
    service_on: date
    depot_refs: tuple[str, ...]
    name: str = ""
    is_what_if: bool = False
    latest_version: int = 0
    published_version: int | None = None
    created_at: datetime
    changed_at: datetime

    def with_version(self, at: datetime) -> "DayPlan":
        """Return the plan with one more version."""
        assert self.latest_version < MAX_VERSIONS, "a plan has a bound of versions"
        return replace(self, latest_version=self.latest_version + 1, changed_at=at)

    def published(self, version: int, based_on: int | None, at: datetime) -> "DayPlan":
        """Return the plan with a version published. Refused: a plan to look at, a version of an older state."""
        if self.is_what_if:
            raise PlanIsWhatIf(name=self.name, day=self.service_on.isoformat())
        if based_on != self.published_version:
            raise PlanStale(version=version, based_on=based_on or "–", current=self.published_version or "–")
        return replace(self, published_version=version, changed_at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Who drives one shift of the day, by external ids; `starts_s` tells two shifts of a driver apart."""

    driver_ref: str
    vehicle_ref: str
    shift_ref: str
    starts_s: int
    driver_id: UUID
    vehicle_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVersion:
    """One plan that was found: routes, orders left out with their reasons, figures, the checker's verdict.

    `order_ids` names the orders of the plan, which calls them by their refs; `order_versions` tells as which version
    each was planned.
    """

    plan_id: PlanId
    version: int
    based_on: int | None
    cause: Cause
    plan: Plan
    order_ids: Mapping[str, UUID]
    order_versions: Mapping[str, int]
    crews: tuple[Crew, ...]
    made_at: datetime
    made_by: str

    @property
    def is_sound(self) -> bool:
        """The checker's verdict: no rule is broken."""
        return self.plan.totals.violations == 0

    def crew_of(self, driver_ref: str, vehicle_ref: str, starts_s: int) -> Crew:
        """Return who drives a route of this version."""
        wanted = (driver_ref, vehicle_ref, starts_s)
        return next(crew for crew in self.crews if (crew.driver_ref, crew.vehicle_ref, crew.starts_s) == wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedOrder:
    """An order that stands elsewhere, or is reached at another time; an empty driver: on no route."""

    order_ref: str
    from_driver_ref: str
    to_driver_ref: str
    by_s: int | None  # later is positive; None where one of the plans leaves it out

    @property
    def changes_driver(self) -> bool:
        """Whether somebody else comes."""
        return self.from_driver_ref != self.to_driver_ref


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanComparison:
    """What one version has that another has not; figures are the second minus the first."""

    first_version: int
    second_version: int
    moved: tuple[MovedOrder, ...]  # other driver, or other time
    added: tuple[str, ...]  # served by the second only
    dropped: tuple[str, ...]  # served by the first only
    routes: int
    stops: int
    distance_m: int
    driving_s: int
    duration_s: int
    overtime_s: int
    cost_minor: int
    emission_g: int
    late_stops: int
    unassigned: int


def compare_versions(first: PlanVersion, second: PlanVersion) -> PlanComparison:
    """Tell what changes from one version to another. Refused: versions of different days."""
    if first.plan.service_on != second.plan.service_on:
        raise PlansOfDifferentDays(first=first.plan.service_on.isoformat(), second=second.plan.service_on.isoformat())
    before, after = _served(first), _served(second)
    names = {order_id: ref for version in (first, second) for ref, order_id in version.order_ids.items()}
    moved = []
    for order_id in sorted(before.keys() & after.keys(), key=lambda each: names[each]):
        (old_driver, old_at), (new_driver, new_at) = before[order_id], after[order_id]
        by_s = round((new_at - old_at).total_seconds())
        if old_driver != new_driver or by_s:
            moved.append(
                MovedOrder(order_ref=names[order_id], from_driver_ref=old_driver, to_driver_ref=new_driver, by_s=by_s)
            )
    a, b = first.plan.totals, second.plan.totals
    return PlanComparison(
        first_version=first.version,
        second_version=second.version,
        moved=tuple(moved),
        added=tuple(sorted(names[each] for each in after.keys() - before.keys())),
        dropped=tuple(sorted(names[each] for each in before.keys() - after.keys())),
        routes=b.routes - a.routes,
        stops=b.stops - a.stops,
        distance_m=b.distance_m - a.distance_m,
        driving_s=b.driving_s - a.driving_s,
        duration_s=b.duration_s - a.duration_s,
        overtime_s=b.overtime_s - a.overtime_s,
        cost_minor=b.cost_minor - a.cost_minor,
        emission_g=b.emission_g - a.emission_g,
        late_stops=b.late_stops - a.late_stops,
        unassigned=b.unassigned - a.unassigned,
    )


def _served(version: PlanVersion) -> dict[UUID, tuple[str, datetime]]:
    """Return by order who serves it and when; where its parcels are fetched on the way does not count."""
    return {
        version.order_ids[order.ref]: (route.driver_ref, stop.arrives_at)
        for route in version.plan.routes
        for stop in route.stops
        for order in stop.orders
    }
