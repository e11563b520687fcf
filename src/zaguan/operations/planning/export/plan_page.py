"""plan.html: the plan as one page that opens anywhere, offline: map, routes, timeline, orders left out.

The page is built from web/apps/plan into a template. Here it gets the plan, the words that the plan's codes stand
for, and its part of the base map. Everything that comes from outside travels as data, never as markup.
"""

import base64
import html
from pathlib import Path
from typing import Any, ClassVar, Final

import orjson

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.files import write_whole
from zaguan.base.kit.words import LOCALES, Locale, say
from zaguan.operations.planning.export.map_cut import cut_base_map
from zaguan.operations.planning.model import Plan
from zaguan.operations.planning.stand_ins import minor_units

TEMPLATE: Final = Path(__file__).parent / "page" / "plan.html"
# what the template leaves open, each exactly once
LANGUAGE, TITLE, DATA, TILES = "%zaguan:lang%", "%zaguan:title%", "%zaguan:data%", "%zaguan:tiles%"


class PageNotBuilt(ZaguanError):
    """The template of the page is not there: the web part of a source checkout has not been built yet."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "plan_page.not_built"


def write_plan_page(plan: Plan, *, base_map: Path, out: Path, locale: Locale, template: Path = TEMPLATE) -> None:
    """Write the page to `out`. The locale is the one that it opens in; all three can be chosen in it.

    Refused: PageNotBuilt, BaseMapUnreadable.
    """
    try:
        text = template.read_text("utf-8")
    except FileNotFoundError:
        raise PageNotBuilt(file=str(template)) from None
    cut = cut_base_map(base_map, plan)
    data = {
        "locale": locale,
        "plan": plan,
        "texts": {language: texts_of(plan, language) for language in LOCALES},
        "minor_units": minor_units(plan.currency),
        "map_box": [cut.box.west, cut.box.south, cut.box.east, cut.box.north],
    }
    title = say("plan_page.title", locale, region=plan.region_name, day=plan.service_on.isoformat())
    page = filled(
        text,
        {
            LANGUAGE: locale,
            TITLE: html.escape(title),
            DATA: harmless(orjson.dumps(data).decode("utf-8")),
            TILES: base64.b64encode(cut.archive).decode("ascii"),
        },
    )
    write_whole(out, page)


def texts_of(plan: Plan, locale: Locale) -> dict[str, Any]:
    """Return what the plan's codes say in a language, in the order of the plan."""
    codes = {code for route in plan.routes for stop in route.stops for order in stop.orders for code in order.because}
    return {
        "unassigned": [
            {
                "reason": say(each.reason, locale, **each.facts),
                "remedies": [say(remedy.code, locale, **remedy.facts) for remedy in each.remedies],
            }
            for each in plan.unassigned
        ],
        "notices": [say(notice.code, locale, **notice.facts) for notice in plan.notices],
        "because": {code: say(code, locale) for code in sorted(codes)},
    }


def harmless(text: str) -> str:
    """Return JSON that no HTML parser can leave: neither an end tag nor a comment is spelled in it."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def filled(template: str, values: dict[str, str]) -> str:
    """Return the template with each mark replaced once; what is filled in is not searched for marks."""
    pieces = [template]
    for mark in values:
        position = next(index for index, piece in enumerate(pieces) if mark in piece)
        before, after = pieces[position].split(mark)
        pieces[position : position + 1] = [before, mark, after]
    # marks stand at the odd places
    return "".join(values[piece] if index % 2 else piece for index, piece in enumerate(pieces))
