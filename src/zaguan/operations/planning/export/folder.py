"""Writes a plan's folder as a whole: page, data, tables and route sheets, old or new but never half."""

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import orjson

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.files import write_whole
from zaguan.base.kit.folders import replacing_folder
from zaguan.base.kit.progress import Progress
from zaguan.base.kit.words import Locale, say
from zaguan.engines.roads.tiles import BaseMap
from zaguan.operations.planning.export.plan_json import dump_plan
from zaguan.operations.planning.export.plan_page import TEMPLATE, PageNotBuilt, write_plan_page
from zaguan.operations.planning.export.route_sheet import route_sheet
from zaguan.operations.planning.export.routes_geojson import routes_geojson
from zaguan.operations.planning.export.stops_csv import stops_csv
from zaguan.operations.planning.model import Plan, Route

PLAN_FILE: Final = "plan.json"
PAGE_FILE: Final = "plan.html"
STOPS_FILE: Final = "stops.csv"
ROUTES_FILE: Final = "routes.geojson"
SHEETS_FOLDER: Final = "sheets"
REVIEW_FILE: Final = "review.csv"
FIX_ME_FILE: Final = "fix-me.xlsx"
KNOWN: Final = frozenset(
    {PLAN_FILE, PAGE_FILE, STOPS_FILE, ROUTES_FILE, SHEETS_FOLDER, REVIEW_FILE, FIX_ME_FILE, ".DS_Store"}
)
MARK: Final = "\ufeff"  # without which Excel takes the table for Latin-1


class FolderNotOurs(ZaguanError):
    """The folder holds something else than a plan, which would be lost."""

    kind = Kind.CONFLICT
    code = "planning.out_not_ours"


class FolderNotWritable(ZaguanError):
    """The disk does not let us write there."""

    kind = Kind.CONFLICT
    code = "planning.out_not_writable"


def require_free(out: Path) -> None:
    """Refuse (FolderNotOurs) a path that holds anything but an older plan or nothing."""
    if out.is_dir():
        names = {path.name for path in out.iterdir()}
        if not names or (PLAN_FILE in names and names <= KNOWN and _is_plan(out / PLAN_FILE)):
            return
    elif not out.exists() and not out.is_symlink():
        return
    raise FolderNotOurs(out=str(out))


def require_writable(out: Path) -> None:
    """Refuse (FolderNotWritable) a path beside which no folder can be made."""
    parent = next(folder for folder in out.absolute().parents if folder.exists())
    try:
        with TemporaryDirectory(dir=parent, prefix=".zaguan-"):
            pass
    except OSError as error:
        raise FolderNotWritable(out=str(out), why=error.strerror or str(error)) from error


def require_page() -> None:
    """Refuse (PageNotBuilt) where plan.html could not be written."""
    if not TEMPLATE.is_file():
        raise PageNotBuilt(file=str(TEMPLATE))


def write_plan_folder(
    plan: Plan,
    *,
    base_map: Path,
    out: Path,
    locale: Locale,
    progress: Progress,
    also: Callable[[Path], None] | None = None,
) -> None:
    """Write everything into a folder beside, then put it in the place of `out`.

    `also` may write further files into the folder before it is shown. Refused: FolderNotOurs, and what
    `write_plan_page` refuses.
    """
    require_free(out)
    with replacing_folder(out) as folder:
        write_whole(folder / PLAN_FILE, dump_plan(plan))
        write_whole(folder / STOPS_FILE, MARK + stops_csv(plan))
        write_whole(folder / ROUTES_FILE, routes_geojson(plan))
        sheets = folder / SHEETS_FOLDER
        sheets.mkdir()
        with (
            progress.step(say("planning.step.sheets"), total=len(plan.routes) or None) as step,
            BaseMap(base_map) as tiles,
        ):
            for route in plan.routes:
                write_whole(sheets / f"{sheet_name(route)}.pdf", route_sheet(plan, route, tiles))
                step.advance()
        write_plan_page(plan, base_map=base_map, out=folder / PAGE_FILE, locale=locale)
        if also is not None:
            also(folder)


def sheet_name(route: Route) -> str:
    """Return a file name that every system takes: the route's ref and the driver's name in plain letters."""
    plain = unicodedata.normalize("NFKD", route.driver_name).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:40]
    return f"{route.ref}-{name}" if name else route.ref


def _is_plan(path: Path) -> bool:
    try:
        facts = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(facts, dict) and {"schema_version", "service_on", "routes"} <= facts.keys()
