"""Use cases of asking for a plan: noted as long work for a worker, and done by it."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.facts import Plain, from_plain, to_plain
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Call, Jobs
from zaguan.operations.planning.fleet import Settings
from zaguan.operations.planning.making import PlanWish
from zaguan.records.accounts.service import get_organisation
from zaguan.records.operations.model import Operation
from zaguan.records.operations.running import operation_arguments
from zaguan.records.operations.service import ask_for_operation

PLAN_SEARCH: Final = "plan.search"
DEFAULT_SEARCH_S: Final = 30
MAX_SEARCH_S: Final = 3_600


class RegionMissing(ZaguanError):
    """No region is set: there are no roads to plan on."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "planning.region_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAsked:
    """What somebody wants to be planned, as it waits for a worker. `depot_refs` empty: all depots."""

    service_on: date
    depot_refs: tuple[str, ...] = ()
    name: str = ""
    is_what_if: bool = False
    search_s: int = DEFAULT_SEARCH_S
    move_cost_minor: int = 0
    order_cost_minor: int = 0
    actor: str


def ask_for_plan(
    session: Session, organisation_id: OrganisationId, asked: PlanAsked, *, owner: str, jobs: Jobs, clock: Clock
) -> Operation:
    """Have a worker plan a day; the operation's result names the plan and its version.

    Of one day one search runs at a time: the second goes on from what the first has left.
    """
    operation = ask_for_operation(session, organisation_id, PLAN_SEARCH, owner=owner, clock=clock)
    arguments: dict[str, Plain] = {**operation_arguments(organisation_id, operation.id), "asked": to_plain(asked)}
    jobs.defer(session, PLAN_SEARCH, arguments, lock=f"plan:{organisation_id}:{asked.service_on.isoformat()}")
    return operation


def asked_in(call: Call) -> PlanAsked:
    """Return what a job was given."""
    return from_plain(PlanAsked, call.arguments["asked"])


def wish_for(session: Session, organisation_id: OrganisationId, asked: PlanAsked) -> PlanWish:
    """Return what is to be planned, in the organisation's time zone and currency."""
    organisation = get_organisation(session, organisation_id)
    return PlanWish(
        service_on=asked.service_on,
        zone=ZoneInfo(organisation.time_zone),
        depot_refs=asked.depot_refs,
        name=asked.name,
        is_what_if=asked.is_what_if,
        settings=Settings(currency=organisation.currency),
        move_cost_minor=asked.move_cost_minor,
        order_cost_minor=asked.order_cost_minor,
    )
