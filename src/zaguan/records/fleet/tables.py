"""Tables of the room: vehicles."""

from zaguan.base.kit.shelf import KeptColumns
from zaguan.base.kit.tables import Base


class VehicleRow(KeptColumns, Base):
    """A vehicle of the fleet."""

    __tablename__ = "vehicles"
