"""How wrong an ETA may be: a stated model, to be replaced by one that is learned from days that were driven."""

import math
from dataclasses import dataclass, replace
from datetime import datetime
from statistics import NormalDist
from typing import Final, Protocol, Self

_NORMAL: Final = NormalDist()


@dataclass(frozen=True, slots=True, kw_only=True)
class Margins:
    """How much before and after an ETA the arrival may be."""

    early_s: float
    late_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What lies between the last certain moment and an arrival: all that a model of errors may look at."""

    drive_s: float = 0.0  # of driving
    leg_squares: float = 0.0  # sum of the squares of the legs' seconds
    service_squares: float = 0.0  # sum of the squares of the service times' seconds
    stops: int = 0  # in between
    silent_s: float = 0.0  # since the newest position, where the vehicle is under way
    late_s: float = 0.0  # margin that the last wait for a window left over

    def after_leg(self, seconds: float) -> Self:
        """Return what it is after one more leg."""
        return replace(self, drive_s=self.drive_s + seconds, leg_squares=self.leg_squares + seconds**2)

    def after_service(self, seconds: float) -> Self:
        """Return what it is after one more stop."""
        return replace(self, service_squares=self.service_squares + seconds**2, stops=self.stops + 1)

    def after_wait(self, slack_s: float, margins: Margins) -> Self:
        """Return what a wait for a window leaves: nobody begins early, and the slack takes up what was late."""
        return type(self)(late_s=max(0.0, margins.late_s - slack_s))


class ErrorModel(Protocol):
    """What tells how wrong an ETA may be."""

    @property
    def coverage(self) -> float:
        """The share of arrivals that shall fall between the margins."""
        ...

    def margins(self, spread: Spread) -> Margins:
        """Return the margins of an arrival."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedErrorModel:
    """Assumptions, written down: no day was measured for them.

    The error of an arrival has four sources that do not depend on each other: a moment's noise; the pace of the day's
    traffic, which is the same on all legs; each leg by itself; each service by itself. Delays are longer than gains.
    """

    coverage: float = 0.8
    noise_s: float = 45.0
    pace_share: float = 0.08  # of all driving that lies before
    leg_share: float = 0.25  # of each leg
    service_share: float = 0.5  # of each service time
    silence_share: float = 0.3  # of the time without a position
    early_factor: float = 0.9
    late_factor: float = 1.3

    def margins(self, spread: Spread) -> Margins:
        """Return the margins of an arrival."""
        deviation_s = math.sqrt(
            self.noise_s**2
            + (self.pace_share * spread.drive_s) ** 2
            + self.leg_share**2 * spread.leg_squares
            + self.service_share**2 * spread.service_squares
            + (self.silence_share * spread.silent_s) ** 2
        )
        reach_s = _NORMAL.inv_cdf(0.5 + self.coverage / 2) * deviation_s
        return Margins(
            early_s=self.early_factor * reach_s, late_s=math.hypot(self.late_factor * reach_s, spread.late_s)
        )


def chance_of_later(than: datetime, *, expected_at: datetime, margins: Margins, coverage: float) -> float:
    """Return the probability of an arrival after a moment: a normal distribution, each side with its own width."""
    reach = _NORMAL.inv_cdf(0.5 + coverage / 2)
    slack_s = (than - expected_at).total_seconds()
    width_s = (margins.late_s if slack_s >= 0 else margins.early_s) / reach
    return 1.0 - _NORMAL.cdf(slack_s / max(width_s, 1.0))
