"""The work of `zaguan plan` and `zaguan sample fleet`. Imported when it is asked for: it brings the solver along."""

import csv
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zaguan.app.bootstrap import City, city_of
from zaguan.app.cli.plan_summary import print_summary, summary_json
from zaguan.app.cli.terminal import TerminalProgress, interrupt_heard, out
from zaguan.app.day import DayInput, DayResult, plan_file
from zaguan.base.geo.point import Point, distance_m
from zaguan.base.kit.clock import SystemClock, elapsed_s
from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.files import write_whole
from zaguan.base.kit.progress import Progress, SilentProgress
from zaguan.base.kit.words import current_locale, say
from zaguan.engines.roads.geocoder.geocoder import Geocoder
from zaguan.engines.roads.geocoder.sources import AddressRow
from zaguan.engines.roads.region import Region, open_region
from zaguan.operations.intake.fix_me import write_fix_me
from zaguan.operations.intake.locate import Review
from zaguan.operations.planning.export.folder import (
    FIX_ME_FILE,
    MARK,
    REVIEW_FILE,
    require_free,
    require_page,
    require_writable,
    write_plan_folder,
)
from zaguan.operations.planning.export.stops_csv import neutral
from zaguan.operations.planning.fleet_sample import sample_fleet
from zaguan.operations.planning.mapping.search import Standing
from zaguan.operations.planning.service import SearchLimits

SAMPLED: Final = 300
SEARCH_PULSE_S: Final = 2.0  # a search that is under way reports more often than that


class ThereAlready(ZaguanError):
    """A file that the user may have edited is not written over."""

    kind = Kind.CONFLICT
    code = "plan_cli.there_already"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What becomes of a plan: a folder, or nothing; texts for people, or JSON."""

    to: Path | None
    as_json: bool = False


def run_plan(region_folder: Path, wanted: DayInput, *, limits: SearchLimits, shown: Shown) -> DayResult:
    """Plan, write, show."""
    if shown.to is not None:  # better told now than after a minute of search
        require_free(shown.to)
        require_writable(shown.to)
        require_page()
    region = open_region(region_folder)
    progress = SilentProgress() if shown.as_json else TerminalProgress()
    with city_of(region) as city:
        result = searched(wanted, city, limits=limits, progress=progress)
    if shown.to is not None:
        write_out(result, region, shown.to, progress=progress)
    if shown.as_json:
        sys.stdout.write(summary_json(result, folder=shown.to))
    else:
        print_summary(result, folder=shown.to)
    return result


def searched(wanted: DayInput, city: City, *, limits: SearchLimits, progress: Progress) -> DayResult:
    """Plan with Ctrl-C ending only the search: the best plan so far is kept."""
    with _ended_by_interrupt() as is_ended:
        return plan_file(
            wanted,
            city,
            clock=SystemClock(),
            limits=limits,
            progress=progress,
            on_search=lambda standing: is_ended(standing),
        )


def write_out(result: DayResult, region: Region, to: Path, *, progress: Progress) -> None:
    """Write the plan's folder, with the refused rows and the orders to review beside the plan."""

    def also(folder: Path) -> None:
        if result.report.rejected:
            write_fix_me(result.report, folder / FIX_ME_FILE)
        if result.review:
            write_whole(folder / REVIEW_FILE, MARK + review_csv(result.review))

    write_plan_folder(
        result.plan, base_map=region.base_map, out=to, locale=current_locale(), progress=progress, also=also
    )


def review_csv(reviews: tuple[Review, ...]) -> str:
    """Return the orders that a person must look at as a table, with what they may be."""
    text = io.StringIO()
    writer = csv.writer(text)
    names = ("order", "address", "commune", "problem", "remedy", "candidates")
    writer.writerow([say(f"plan_cli.review.{name}") for name in names])
    for review in reviews:
        candidates = "; ".join(
            f"{each.label} ({each.point.lat:.6f}, {each.point.lon:.6f})" for each in review.candidates
        )
        place = review.order.place
        problem, remedy = say(review.code, None, **review.facts), say(f"{review.code}.hint", None, **review.facts)
        cells = (review.order.ref, place.address, place.commune, problem, remedy, candidates)
        writer.writerow([neutral(cell) for cell in cells])
    return text.getvalue()


def write_sample_fleet(region_folder: Path, to: Path, *, vehicles: int, mixed: bool) -> None:
    """Write a sample fleet whose depot stands in the middle of the region's addresses."""
    region = open_region(region_folder)
    if to.exists():
        raise ThereAlready(file=str(to))
    depot = middle_of(region)
    text = sample_fleet(
        vehicles=vehicles,
        mixed=mixed,
        depot=depot.point,
        address=f"{depot.street} {depot.number}".strip(),
        country=region.country,
        locale=current_locale(),
        file=to.name,
    )
    write_whole(to, text)
    out.print(say("plan_cli.fleet_written", file=to), highlight=False, soft_wrap=True, markup=False)


def middle_of(region: Region) -> AddressRow:
    """Return the address that is nearest to all others of a sample; the region's middle where there are none."""
    with Geocoder(region.streets) as geocoder:
        rows = geocoder.sample(SAMPLED, seed=0)
    if not rows:
        box = region.box
        middle = Point(lon=(box.west + box.east) / 2, lat=(box.south + box.north) / 2)
        return AddressRow(street="", number="", commune="", city="", postcode="", point=middle)
    return min(rows, key=lambda row: sum(distance_m(row.point, other.point) for other in rows))


@contextmanager
def _ended_by_interrupt() -> Iterator[Callable[[Standing], bool]]:
    """Let Ctrl-C end the search while one is under way; before and after, it interrupts as ever."""
    last_seen_s = -SEARCH_PULSE_S
    with interrupt_heard(say("plan_cli.stopping"), may_end=lambda: elapsed_s() - last_seen_s < SEARCH_PULSE_S) as heard:

        def is_ended(_: Standing) -> bool:
            nonlocal last_seen_s
            last_seen_s = elapsed_s()
            return heard()

        yield is_ended
