"""Who works on a day, from the drivers' usual shifts and the calendars: a first proposal, to be changed by hand."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from zaguan.base.kit.clock import Clock
from zaguan.base.kit.ids import OrganisationId
from zaguan.base.kit.kept import Kept
from zaguan.records.drivers import service as drivers
from zaguan.records.drivers import shifts
from zaguan.records.drivers.model import DatedShift, ShiftsOverlap
from zaguan.records.fleet import service as vehicles
from zaguan.records.network import service as network


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The shifts that were put on a day, and the drivers who got none."""

    made: tuple[Kept[DatedShift], ...]
    resting: tuple[str, ...]  # it is no work day of theirs
    without_vehicle: tuple[str, ...]  # their usual vehicle is not in use, or somebody else has it then


def schedule_day(session: Session, organisation_id: OrganisationId, on: date, *, clock: Clock, actor: str) -> Roster:
    """Put the usual shift of each driver on a day, if it is a work day and the driver has no shift on it yet.

    The driver's calendar decides, without one that of the vehicle's depot. Done twice it changes nothing.
    """
    depots = {kept.ref: kept.value for kept in network.all_depots(session, organisation_id)}
    cars = {kept.ref: kept.value for kept in vehicles.all_vehicles(session, organisation_id)}
    there = {kept.value.driver_ref for kept in shifts.shifts_on(session, organisation_id, on)}
    made: list[Kept[DatedShift]] = []
    resting: list[str] = []
    without_vehicle: list[str] = []
    for kept in drivers.all_drivers(session, organisation_id):
        driver = kept.value
        if driver.ref in there:
            continue
        vehicle = cars.get(driver.vehicle_ref)
        depot = None if vehicle is None else depots.get(vehicle.depot_ref)
        calendar_ref = driver.calendar_ref or ("" if depot is None else depot.calendar_ref)
        if depot is None:
            without_vehicle.append(driver.ref)
            continue
        if calendar_ref and not network.get_work_calendar(session, organisation_id, calendar_ref).value.is_worked(on):
            resting.append(driver.ref)
            continue
        shift = DatedShift(
            ref=f"{driver.ref}@{on.isoformat()}",
            driver_ref=driver.ref,
            vehicle_ref=driver.vehicle_ref,
            on=on,
            shift=driver.shift,
        )
        try:
            made.append(shifts.save_shift(session, organisation_id, shift, clock=clock, actor=actor))
        except ShiftsOverlap:
            without_vehicle.append(driver.ref)
    return Roster(made=tuple(made), resting=tuple(resting), without_vehicle=tuple(without_vehicle))
