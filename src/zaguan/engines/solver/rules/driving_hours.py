"""Driving hours: so long at the wheel in a day, so long without a rest; a long enough break is a rest."""

from zaguan.engines.solver.compiled import kernel


@kernel
def rest_needed(data, vehicle, since_rest, leg):  # type: ignore[no-untyped-def]
    """Tell whether a rest must come before a leg."""
    return since_rest > 0 and since_rest + leg > data.max_driving_on[vehicle]


@kernel
def refreshes(data, vehicle, length):  # type: ignore[no-untyped-def]
    """Tell whether a pause of this length makes fresh."""
    return data.rest[vehicle] > 0 and length >= data.rest[vehicle]


@kernel
def too_much_driving(data, vehicle, driving, since_rest):  # type: ignore[no-untyped-def]
    """Tell whether a limit is passed."""
    return driving > data.max_driving[vehicle] or since_rest > data.max_driving_on[vehicle]
