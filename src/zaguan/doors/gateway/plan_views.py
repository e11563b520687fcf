"""How plans and routes are told to programs."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field

from zaguan.base.kit.words import say
from zaguan.doors.frame.cursors import Page
from zaguan.operations.planning.live import LiveRoute, LiveStop, RouteId, RouteState, StopId, StopState
from zaguan.operations.planning.model import Route, Unassigned
from zaguan.operations.planning.publishing import Publication
from zaguan.operations.planning.versions import Cause, DayPlan, PlanId, PlanVersion


class PointOnMap(BaseModel):
    """WGS 84."""

    lon: float
    lat: float


class PlanHead(BaseModel):
    """A plan of a day; its versions count from 1 and never change."""

    id: PlanId
    revision: int = Field(description="Counts every change, new versions and publications; the number of its ETag.")
    service_on: date
    depot_refs: list[str] = Field(description="None: of all depots.")
    name: str
    is_what_if: bool = Field(description="Made to look at: it cannot be published.")
    latest_version: int
    published_version: int | None = None
    created_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, plan: DayPlan) -> Self:
        """Return a plan as programs see it."""
        facts = {name: getattr(plan, name) for name in cls.model_fields if name != "revision"}
        return cls(**{**facts, "depot_refs": list(plan.depot_refs)}, revision=revision_of(plan))


class PlannedStopView(BaseModel):
    """A stop as a version has it."""

    number: int
    point: PointOnMap
    arrives_at: datetime
    leaves_at: datetime
    order_ids: list[UUID]


class PlannedRouteView(BaseModel):
    """A route as a version has it; it is driven once the version is published."""

    ref: str
    driver_ref: str
    vehicle_ref: str
    depot_ref: str
    leaves_at: datetime
    returns_at: datetime
    distance_m: int
    duration_s: int
    cost_minor: int
    stops: list[PlannedStopView]

    @classmethod
    def of(cls, route: Route, version: PlanVersion) -> Self:
        """Return a route of a version."""
        plain = (name for name in cls.model_fields if name != "stops")
        stops = [
            PlannedStopView(
                number=stop.number,
                point=PointOnMap(lon=stop.point.lon, lat=stop.point.lat),
                arrives_at=stop.arrives_at,
                leaves_at=stop.leaves_at,
                order_ids=[version.order_ids[order.ref] for order in stop.orders],
            )
            for stop in route.stops
        ]
        return cls(**{name: getattr(route, name) for name in plain}, stops=stops)


class RemedyView(BaseModel):
    """What would let an order in, confirmed by trying it."""

    code: str
    says: str


class UnassignedView(BaseModel):
    """An order left out: why, and what would let it in."""

    order_id: UUID
    reason: str = Field(description="A stable code: planning.reason.…")
    says: str = Field(description="The reason in the language of Accept-Language.")
    remedies: list[RemedyView]

    @classmethod
    def of(cls, left_out: Unassigned, version: PlanVersion) -> Self:
        """Return an order that a version leaves out."""
        return cls(
            order_id=version.order_ids[left_out.ref],
            reason=left_out.reason,
            says=say(left_out.reason, None, **left_out.facts),
            remedies=[
                RemedyView(code=remedy.code, says=say(remedy.code, None, **remedy.facts))
                for remedy in left_out.remedies
            ],
        )


class FiguresView(BaseModel):
    """A version in figures, beside the plain plan that goes to the nearest stop."""

    orders: int
    served: int
    unassigned: int
    routes: int
    stops: int
    distance_m: int
    driving_s: int
    duration_s: int
    overtime_s: int
    late_stops: int
    on_time_share: float
    cost_minor: int
    emission_g: int
    violations: int = Field(description="Found by the independent checker: a plan with any is not kept.")
    baseline_distance_m: int
    baseline_cost_minor: int


class PlanView(PlanHead):
    """A plan with one of its versions."""

    version: int
    based_on: int | None = Field(default=None, description="The version that was published when this was made.")
    cause: Cause
    made_at: datetime
    currency: str
    totals: FiguresView
    routes: list[PlannedRouteView]
    unassigned: list[UnassignedView]

    @classmethod
    def with_version(cls, plan: DayPlan, version: PlanVersion) -> Self:
        """Return a plan with one of its versions."""
        found = version.plan
        return cls(
            **PlanHead.of(plan).model_dump(),
            version=version.version,
            based_on=version.based_on,
            cause=version.cause,
            made_at=version.made_at,
            currency=found.currency,
            totals=FiguresView.model_validate(found.totals, from_attributes=True),
            routes=[PlannedRouteView.of(route, version) for route in found.routes],
            unassigned=[UnassignedView.of(each, version) for each in found.unassigned],
        )


class PlanList(Page):
    """A page of plans, oldest first."""

    plans: list[PlanHead]


class PublicationView(BaseModel):
    """What publishing did."""

    plan: PlanHead
    route_ids: list[RouteId] = Field(description="In force now.")
    planned_order_ids: list[UUID]
    released_order_ids: list[UUID] = Field(description="Stood on a route, and wait for a plan again.")
    passed_over_order_ids: list[UUID] = Field(description="Had changed too much since the version was made.")

    @classmethod
    def of(cls, publication: Publication) -> Self:
        """Return what publishing did."""
        return cls(
            plan=PlanHead.of(publication.plan),
            route_ids=[route.id for route in publication.routes],
            planned_order_ids=list(publication.planned),
            released_order_ids=list(publication.released),
            passed_over_order_ids=list(publication.passed_over),
        )


class RouteHead(BaseModel):
    """A route that is driven; an empty driver: nobody has taken it yet."""

    id: RouteId
    version: int
    ref: str
    plan_id: PlanId
    plan_version: int
    service_on: date
    state: RouteState
    driver_ref: str
    vehicle_ref: str
    shift_ref: str
    is_locked: bool
    is_broken: bool
    stop_count: int
    leaves_at: datetime
    returns_at: datetime
    distance_m: int
    changed_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @classmethod
    def of(cls, route: LiveRoute) -> Self:
        """Return a route without its stops."""
        return cls(**_facts_of(route))


class StopView(BaseModel):
    """A stop of a route: as planned, and as it came."""

    id: StopId
    number: int
    state: StopState
    address: str
    commune: str
    point: PointOnMap
    arrives_at: datetime = Field(description="As planned.")
    leaves_at: datetime = Field(description="As planned.")
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    order_ids: list[UUID]

    @classmethod
    def of(cls, stop: LiveStop) -> Self:
        """Return a stop as programs see it."""
        sheet = stop.sheet
        return cls(
            id=stop.id,
            number=stop.number,
            state=stop.state,
            address=sheet.address,
            commune=sheet.commune,
            point=PointOnMap(lon=sheet.point.lon, lat=sheet.point.lat),
            arrives_at=sheet.arrives_at,
            leaves_at=sheet.leaves_at,
            arrived_at=stop.arrived_at,
            left_at=stop.left_at,
            order_ids=list(stop.order_ids),
        )


class RouteView(RouteHead):
    """A route with its stops, in the order of driving."""

    stops: list[StopView]

    @classmethod
    def of(cls, route: LiveRoute) -> Self:
        """Return a route with its stops."""
        return cls(**_facts_of(route), stops=[StopView.of(stop) for stop in route.stops])


class RouteList(Page):
    """A page of routes, by their refs."""

    routes: list[RouteHead]


def revision_of(plan: DayPlan) -> int:
    """Return a number that grows with every change: a version more, or a later one published.

    A version can be published only on top of the one it was made from, so the published number never falls.
    """
    return plan.latest_version + (plan.published_version or 0)


def _facts_of(route: LiveRoute) -> dict[str, Any]:
    derived = ("stop_count", "leaves_at", "returns_at", "distance_m")
    facts: dict[str, Any] = {name: getattr(route, name) for name in RouteHead.model_fields if name not in derived}
    sheet = route.sheet
    return {
        **facts,
        "stop_count": len(route.stops),
        "leaves_at": sheet.leaves_at,
        "returns_at": sheet.returns_at,
        "distance_m": sheet.distance_m,
    }
