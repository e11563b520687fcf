"""What happens to plans."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade:
    """A version of a plan was found and checked. Nobody drives it before it is published."""

    type: ClassVar[str] = "plan.made"
    plan_id: UUID
    version: int
    based_on: int | None  # the version that was published when it was made
    service_on: date
    is_what_if: bool
    orders: int
    served: int
    unassigned: int
    routes: int
    distance_m: int
    cost_minor: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPublished:
    """A version became what is driven. Orders that had changed meanwhile were left out of it."""

    type: ClassVar[str] = "plan.published"
    plan_id: UUID
    version: int
    previous_version: int | None
    service_on: date
    route_ids: tuple[UUID, ...]
    changed_route_ids: tuple[UUID, ...]
    planned_order_ids: tuple[UUID, ...]
    unassigned_order_ids: tuple[UUID, ...]
    passed_over_order_ids: tuple[UUID, ...]
