"""Use cases of plans: made for a day from the records, looked at, compared.

A search takes long, so it holds no transaction: what it needs is gathered in one, what it found is kept in another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from zaguan.base.events.plan import PlanMade
from zaguan.base.kit import journal
from zaguan.base.kit.chain import Stream
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.ids import OrganisationId, new_id
from zaguan.base.kit.kept import MAX_PAGE, Page
from zaguan.operations.planning import store
from zaguan.operations.planning.fleet import Settings
from zaguan.operations.planning.gathering import Gathered, gather
from zaguan.operations.planning.mapping.search import Standing
from zaguan.operations.planning.model import Plan
from zaguan.operations.planning.ports import Operation, Unwatched
from zaguan.operations.planning.replanning import Day, replan_day
from zaguan.operations.planning.service import Ground, SearchLimits
from zaguan.operations.planning.service import plan_day as search_day
from zaguan.operations.planning.versions import (
    Cause,
    DayPlan,
    PlanComparison,
    PlanId,
    PlanVersion,
    compare_versions,
)


class PlanningCancelled(ZaguanError):
    """Whoever asked for the plan wanted the search to end; nothing was kept."""

    kind: ClassVar = Kind.GONE
    code: ClassVar = "planning.cancelled"


SEARCH_SHARE: Final = 0.95  # of the whole work; the rest is ways, reasons and keeping


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWish:
    """What is to be planned. `depot_refs` empty: all depots. A what-if plan is only looked at.

    `settings` are the prices and times of this plan; the prices on changes hold where routes stand already.
    """

    service_on: date
    zone: ZoneInfo
    depot_refs: tuple[str, ...] = ()
    name: str = ""
    is_what_if: bool = False
    settings: Settings = field(default_factory=Settings)
    move_cost_minor: int = 0
    order_cost_minor: int = 0


def plan_day(
    database: Database,
    organisation_id: OrganisationId,
    wish: PlanWish,
    *,
    ground: Ground,
    clock: Clock,
    actor: str,
    limits: SearchLimits | None = None,
    operation: Operation | None = None,
    search: Callable[..., Plan] | None = None,
) -> PlanVersion:
    """Plan a day from its orders and shifts, or plan on from the routes that stand, and keep what was found.

    Nothing is driven by it before it is published. Refused: a depot that is not there, a day without shifts or
    without orders, a plan in which the checker finds a violation, a search that was cancelled. `search` is called as
    `find_plan` is.
    """
    with database.session(organisation_id) as session:
        gathered = gather_for(session, organisation_id, wish, clock=clock)
    plan = (search or find_plan)(
        gathered, ground=ground, clock=clock, limits=limits, operation=operation or Unwatched()
    )
    with database.session(organisation_id) as session:
        return keep_plan(session, organisation_id, wish, gathered, plan, clock=clock, actor=actor)


def gather_for(session: Session, organisation_id: OrganisationId, wish: PlanWish, *, clock: Clock) -> Gathered:
    """Read what the search needs; it holds nothing of the database and may go to another process."""
    standing = store.find_plan_of_day(session, organisation_id, wish.service_on, wish.depot_refs)
    return gather(
        session,
        organisation_id,
        service_on=wish.service_on,
        depot_refs=wish.depot_refs,
        zone=wish.zone,
        settings=wish.settings,
        plan=standing,
        now=clock.now(),
        move_cost_minor=wish.move_cost_minor,
        order_cost_minor=wish.order_cost_minor,
    )


def find_plan(
    gathered: Gathered,
    *,
    ground: Ground,
    clock: Clock,
    limits: SearchLimits | None = None,
    operation: Operation | None = None,
) -> Plan:
    """Search for the plan and tell how far it is. A search that is cancelled meanwhile is refused."""
    watched = operation or Unwatched()
    cancelled = False

    def on_search(standing: Standing) -> bool:
        nonlocal cancelled
        cancelled = watched.move_on(standing.share * SEARCH_SHARE)
        return cancelled

    plan = _searched(gathered, ground, clock, limits, on_search)
    if cancelled or watched.move_on(1.0):
        raise PlanningCancelled(day=gathered.day.on.isoformat())
    return plan


def _searched(
    gathered: Gathered,
    ground: Ground,
    clock: Clock,
    limits: SearchLimits | None,
    on_search: Callable[[Standing], bool],
) -> Plan:
    if gathered.situation is None:
        return search_day(
            gathered.orders,
            fleet=gathered.fleet,
            day=gathered.day,
            ground=ground,
            clock=clock,
            limits=limits,
            on_search=on_search,
            notices=gathered.notices,
            held=gathered.held,
        )
    return replan_day(
        Day(orders=gathered.orders, fleet=gathered.fleet, day=gathered.day, ground=ground),
        gathered.situation,
        clock=clock,
        limits=limits,
        on_search=on_search,
        notices=gathered.notices,
        held=gathered.held,
    )


def keep_plan(
    session: Session,
    organisation_id: OrganisationId,
    wish: PlanWish,
    gathered: Gathered,
    plan: Plan,
    *,
    clock: Clock,
    actor: str,
    cause: Cause | None = None,
) -> PlanVersion:
    """Keep what a search found as the next version of the day's plan; a what-if plan is one of its own."""
    now = clock.now()
    day_plan = None
    if not wish.is_what_if:
        day_plan = store.find_plan_of_day(session, organisation_id, wish.service_on, wish.depot_refs)
    if day_plan is None:
        day_plan = DayPlan(
            id=PlanId(new_id(clock)),
            service_on=wish.service_on,
            depot_refs=tuple(sorted(wish.depot_refs)),
            name=wish.name,
            is_what_if=wish.is_what_if,
            created_at=now,
            changed_at=now,
        )
        store.insert_plan(session, organisation_id, day_plan)
    day_plan = day_plan.with_version(now)
    store.update_plan(session, organisation_id, day_plan)
    version = PlanVersion(
        plan_id=day_plan.id,
        version=day_plan.latest_version,
        based_on=gathered.based_on,
        cause=cause or (Cause.PLANNED if gathered.situation is None else Cause.REPLANNED),
        plan=plan,
        order_ids=gathered.order_ids,
        order_versions=gathered.order_versions,
        crews=gathered.crews,
        made_at=now,
        made_by=actor,
    )
    store.add_version(session, organisation_id, version)
    totals = plan.totals
    fact = PlanMade(
        plan_id=day_plan.id,
        version=version.version,
        based_on=version.based_on,
        service_on=day_plan.service_on,
        is_what_if=day_plan.is_what_if,
        orders=totals.orders,
        served=totals.served,
        unassigned=totals.unassigned,
        routes=totals.routes,
        distance_m=totals.distance_m,
        cost_minor=totals.cost_minor,
        currency=plan.currency,
    )
    journal.append(session, organisation_id, Stream("plan", day_plan.id), [fact], occurred_at=now, actor=actor)
    return version


def get_plan(session: Session, organisation_id: OrganisationId, plan_id: PlanId) -> DayPlan:
    """Return a plan."""
    return store.get_plan(session, organisation_id, plan_id)


def list_plans(
    session: Session,
    organisation_id: OrganisationId,
    *,
    service_on: date | None = None,
    after: str = "",
    limit: int = MAX_PAGE,
) -> Page[DayPlan]:
    """Return a page of plans, oldest first."""
    return store.list_plans(session, organisation_id, service_on=service_on, after=after, limit=limit)


def get_version(session: Session, organisation_id: OrganisationId, plan_id: PlanId, version: int) -> PlanVersion:
    """Return a version of a plan: routes, orders left out with their reasons, figures, verdict."""
    return store.get_version(session, organisation_id, plan_id, version)


def compare_plans(
    session: Session, organisation_id: OrganisationId, versions: Sequence[tuple[PlanId, int]]
) -> PlanComparison:
    """Tell how a version differs from another one, of the same plan or of a what-if plan of the same day."""
    assert len(versions) == 2, "two versions are compared"
    first, second = (store.get_version(session, organisation_id, plan_id, number) for plan_id, number in versions)
    return compare_versions(first, second)
