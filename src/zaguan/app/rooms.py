"""The rooms of operations, bound: what they do about each other's facts, and their work."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from zaguan.adapters.objects.proxy import KeptObjects
from zaguan.adapters.objects.settings import ObjectsSettings
from zaguan.app.roads import roads_at_hand
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.jobs import Call, Handler, Jobs
from zaguan.base.kit.objects import Objects
from zaguan.base.kit.reactions import Reaction
from zaguan.base.kit.settings import Settings
from zaguan.operations.delivery import forgetting
from zaguan.operations.dispatch import reactions as dispatch
from zaguan.operations.planning import reactions as planning
from zaguan.operations.tracking import reactions as tracking
from zaguan.operations.tracking.forecasting import RoadsOf
from zaguan.operations.tracking.jobs import TrackingWork
from zaguan.operations.tracking.jobs import handlers as tracking_handlers
from zaguan.operations.tracking.keeping import Retention
from zaguan.operations.tracking.road_times import PlannedTimes

FORGET_PROOFS: Final = "proofs.forget"
_EVERY_NIGHT: Final = "47 3 * * *"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the work of the rooms takes from outside of the database."""

    roads_of: RoadsOf = PlannedTimes


@contextmanager
def outside(settings: Settings) -> Iterator[Outside]:
    """Give what the settings name. Refused: what `roads_at_hand` refuses."""
    with roads_at_hand(settings) as roads_of:
        yield Outside(roads_of=roads_of)


def room_reactions(jobs: Jobs, clock: Clock) -> list[Reaction[Any]]:
    """Return what the rooms do about each other's facts."""
    return [*planning.reactions(), *dispatch.reactions(clock), *tracking.reactions(jobs, clock)]


def installed_handlers(
    settings: Settings, database: Database, around: Outside, *, jobs: Jobs, clock: Clock
) -> list[Handler]:
    """Return the work of the rooms, as this installation is set."""
    objects = KeptObjects(ObjectsSettings.of(settings.objects or "", data_folder=settings.data_dir))
    keep = Retention(positions_days=settings.positions_days)
    work = TrackingWork(database=database, jobs=jobs, clock=clock, roads_of=around.roads_of, keep=keep)
    return room_handlers(work, objects=objects, proofs_days=settings.proofs_days)


def room_handlers(work: TrackingWork, *, objects: Objects, proofs_days: int) -> list[Handler]:
    """Return the work of the rooms: forecasts, and what forgets each night what was kept long enough."""
    forget = partial(_forget_proofs, work.database, objects, work.clock, proofs_days)
    return [*tracking_handlers(work), Handler(name=FORGET_PROOFS, run=forget, every=_EVERY_NIGHT)]


def _forget_proofs(database: Database, objects: Objects, clock: Clock, kept_days: int, _call: Call) -> None:
    with database.system_session() as session:
        organisations = forgetting.organisations_to_look_at(session, kept_days=kept_days, clock=clock)
    for organisation_id in organisations:
        forgotten = 1
        while forgotten:
            with database.session(organisation_id) as session:
                forgotten = forgetting.forget_old_orders(
                    session, organisation_id, kept_days=kept_days, objects=objects, clock=clock
                )
