"""What is refused at the drivers' door itself."""

from zaguan.base.kit.errors import Kind
from zaguan.doors.frame.refusals import DoorRefusal


class NotYourVehicle(DoorRefusal):
    """The vehicle is not one that the driver drives now, or drove yesterday."""

    status = 403
    kind = Kind.FORBIDDEN
    code = "door.not_your_vehicle"
