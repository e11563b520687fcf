"""All SQL of the room: the shelf of vehicles."""

from typing import Final

from zaguan.base.kit.shelf import Shelf
from zaguan.records.fleet.model import Vehicle, VehicleNotFound
from zaguan.records.fleet.tables import VehicleRow

VEHICLES: Final = Shelf(VehicleRow, Vehicle, missing=VehicleNotFound)
