"""What the door for drivers' phones stands on: the routes, where files are kept, who stores positions."""

from typing import Final

from zaguan.adapters.objects.proxy import KeptObjects
from zaguan.adapters.objects.settings import ObjectsSettings
from zaguan.base.kit.bus import Bus
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.jobs import Jobs
from zaguan.base.kit.objects import Objects
from zaguan.base.kit.settings import Settings
from zaguan.doors.driver.ground import Ground
from zaguan.doors.frame.rate import Rate, RateLimit
from zaguan.operations.delivery.road import PlannedRoad
from zaguan.operations.tracking.gathering import Gatherer, PositionIntake
from zaguan.operations.tracking.watches import RouteWatches
from zaguan.records.accounts.devices import authenticate_device
from zaguan.records.accounts.model import Principal

CALLS_OF_A_PHONE: Final = Rate(per_minute=240, burst=120)
WRONG_TOKENS_OF_AN_ADDRESS: Final = Rate(per_minute=60, burst=60)


def phones_ground(database: Database, *, settings: Settings, jobs: Jobs, bus: Bus, clock: Clock) -> Ground:
    """Return what the door stands on, by the settings of this installation."""
    objects = KeptObjects(ObjectsSettings.of(settings.objects or "", data_folder=settings.data_dir))
    intake = PositionIntake(database=database, watches=RouteWatches(), jobs=jobs, bus=bus, clock=clock)
    return driver_ground(database, objects=objects, gatherer=Gatherer(intake.record), clock=clock)


def driver_ground(database: Database, *, objects: Objects, gatherer: Gatherer, clock: Clock) -> Ground:
    """Return what the door for drivers' phones stands on."""

    def identify(token: str, address: str) -> Principal:
        with database.system_session() as session:
            return authenticate_device(session, token, address=address, clock=clock)

    return Ground(
        database=database,
        clock=clock,
        road=PlannedRoad(),
        objects=objects,
        gatherer=gatherer,
        identify=identify,
        calls=RateLimit(CALLS_OF_A_PHONE),
        guesses=RateLimit(WRONG_TOKENS_OF_AN_ADDRESS),
    )
