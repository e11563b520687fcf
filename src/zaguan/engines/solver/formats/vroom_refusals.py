"""What of VROOM's JSON is refused, one class per reason. Nothing that a file asks for is overlooked."""

from zaguan.base.kit.errors import ZaguanError


class InvalidVroom(ZaguanError):
    """The file contradicts itself, as VROOM would say too; the root of these refusals."""


class NotExpressible(ZaguanError):
    """VROOM knows this, our model does not; the root of these refusals."""


class NoVehicles(InvalidVroom):
    """There is nobody to drive."""

    code = "vroom.no_vehicles"


class NoTasks(InvalidVroom):
    """There is nothing to do."""

    code = "vroom.no_tasks"


class IdTwice(InvalidVroom):
    """Two objects of one kind have the same id."""

    code = "vroom.id_twice"


class NoEnds(InvalidVroom):
    """A vehicle has neither a start nor an end."""

    code = "vroom.no_ends"


class ReversedWindow(InvalidVroom):
    """A window closes before it opens."""

    code = "vroom.reversed_window"


class OverlappingWindows(InvalidVroom):
    """Two windows of one task overlap."""

    code = "vroom.overlapping_windows"


class NoWindows(InvalidVroom):
    """A list of windows without a window."""

    code = "vroom.no_windows"


class OtherWidth(InvalidVroom):
    """Loads and capacities have different numbers of dimensions."""

    code = "vroom.other_width"


class OlderName(InvalidVroom):
    """A field under its older name beside what replaced it: VROOM would overlook it."""

    code = "vroom.older_name"


class NoMatrix(InvalidVroom):
    """A profile has no travel times."""

    code = "vroom.no_matrix"


class NoPoint(InvalidVroom):
    """Straight lines need coordinates."""

    code = "vroom.no_point"


class NoDistances(InvalidVroom):
    """A price or limit of distance without distances."""

    code = "vroom.no_distances"


class OutsideMatrix(InvalidVroom):
    """An index that a matrix has no row for."""

    code = "vroom.outside_matrix"


class CostsTwice(InvalidVroom):
    """A matrix of costs beside prices by time or distance."""

    code = "vroom.costs_twice"


class MatricesThere(InvalidVroom):
    """Straight lines are asked for, but the file has matrices."""

    code = "vroom.matrices_there"


class TooFarApart(NotExpressible):
    """The moments of the file span more than the horizon."""

    code = "vroom.too_far_apart"


class LegTooLong(NotExpressible):
    """A leg's distance or price passes what a matrix holds."""

    code = "vroom.leg_too_long"


class SetupInWindow(NotExpressible):
    """A set-up that begins inside a window, at a place that others share."""

    code = "vroom.setup_in_window"


class PricedSharedSetup(NotExpressible):
    """A price on a set-up that is spent or not depending on the stop before."""

    code = "vroom.priced_shared_setup"


class TimesPerType(NotExpressible):
    """Times by type of vehicle that no percentage of each vehicle gives."""

    code = "vroom.times_per_type"


class BreakWithoutLength(NotExpressible):
    """A break of no length."""

    code = "vroom.break_without_length"


class BreakOutsideShift(InvalidVroom):
    """A break that cannot be taken within its vehicle's working hours."""

    code = "vroom.break_outside_shift"


class BreakWindows(NotExpressible):
    """A break with several windows."""

    code = "vroom.break_windows"


class BreaksOverlap(NotExpressible):
    """Windows of two breaks that overlap."""

    code = "vroom.breaks_overlap"


class BreakMaxLoad(NotExpressible):
    """A break that may only be taken with little aboard."""

    code = "vroom.break_max_load"


class DistanceBesideTime(NotExpressible):
    """A limit of distance where the price is not one of distance alone."""

    code = "vroom.distance_beside_time"


class GivenSteps(NotExpressible):
    """A route to begin the search with."""

    code = "vroom.given_steps"
