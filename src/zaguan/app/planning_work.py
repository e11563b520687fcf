"""The worker's part of planning: a search as long work, on the roads of the region that is set."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from zaguan.adapters.osrm.network import OsrmNetwork
from zaguan.app.bootstrap import CACHE_FOLDER
from zaguan.app.platform import Platform
from zaguan.base.kit.clock import Clock, elapsed_s
from zaguan.base.kit.database import Database
from zaguan.base.kit.facts import Plain
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.jobs import Call, Handler, JobCancelled
from zaguan.base.kit.settings import Settings
from zaguan.engines.roads.region import open_region
from zaguan.operations.intake.locate import OFF_MAP_M
from zaguan.operations.planning.asking import PLAN_SEARCH, RegionMissing, asked_in, wish_for
from zaguan.operations.planning.making import PlanningCancelled, plan_day
from zaguan.operations.planning.service import Ground, SearchLimits
from zaguan.records.operations.running import operation_handler

PULSE_S: Final = 1.0  # between two looks at whether the search shall end
type OpenGround = Callable[[], AbstractContextManager[Ground]]


@dataclass(slots=True)
class Watched:
    """Tells how far a search is, and hears whether it shall end: it was cancelled, or its worker stops."""

    call: Call
    tell: Callable[[float], None]
    told_s: float = float("-inf")
    ends: bool = False

    def move_on(self, progress: float) -> bool:
        """Note the progress, once a second and at the end; True: end as soon as you can."""
        self.ends = self.ends or self.call.worker_stops()
        if self.ends or (progress < 1 and elapsed_s() - self.told_s < PULSE_S):
            return self.ends
        self.told_s = elapsed_s()
        try:
            self.tell(progress)
        except JobCancelled:
            self.ends = True
        return self.ends


@contextmanager
def region_ground(settings: Settings) -> Iterator[Ground]:
    """Give the region's roads while a search runs. Refused: RegionMissing, and what `open_region` refuses."""
    if settings.region is None:
        raise RegionMissing
    region = open_region(settings.region)
    cache = settings.cache_dir or region.folder / CACHE_FOLDER
    with OsrmNetwork(region.folder, region_hash=region.region_hash, box=region.box, cache_folder=cache) as network:
        yield Ground(
            network=network,
            name=region.name,
            region_hash=region.region_hash,
            attribution=region.attribution,
            box=region.box.grown_by(OFF_MAP_M),
        )


def planning_handler(database: Database, *, ground: OpenGround, clock: Clock) -> Handler:
    """Return what plans a day when somebody has asked for it."""
    return operation_handler(PLAN_SEARCH, partial(_plan, database, ground, clock), database=database, clock=clock)


def add_planning(platform: Platform) -> None:
    """Have whoever works on the platform plan too."""
    ground = partial(region_ground, platform.settings)
    platform.handlers.add(planning_handler(platform.database, ground=ground, clock=platform.clock))


def _plan(
    database: Database, ground: OpenGround, clock: Clock, call: Call, tell: Callable[[float], None]
) -> Mapping[str, Plain]:
    """Plan, and name what was kept. Begun again after a crash it may find a second version: nobody drives by either."""
    organisation_id, asked = OrganisationId(UUID(call.text("organisation_id"))), asked_in(call)
    with database.session(organisation_id) as session:
        wish = wish_for(session, organisation_id, asked)
    try:
        with ground() as opened:
            version = plan_day(
                database,
                organisation_id,
                wish,
                ground=opened,
                clock=clock,
                actor=asked.actor,
                limits=SearchLimits(seconds=float(asked.search_s)),
                operation=Watched(call, tell),
            )
    except PlanningCancelled:
        # nothing was kept: the operation ends as cancelled, or goes back to another worker
        raise JobCancelled from None
    totals = version.plan.totals
    return {
        "plan_id": str(version.plan_id),
        "version": version.version,
        "routes": totals.routes,
        "served": totals.served,
        "unassigned": totals.unassigned,
    }
