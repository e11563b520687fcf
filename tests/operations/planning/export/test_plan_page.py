"""The page's file: filled in safely, whole or not at all."""

import base64
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.builders import a_plan
from zaguan.base.kit.words import LOCALES, say
from zaguan.operations.planning.export.map_cut import BaseMapUnreadable, cut_base_map
from zaguan.operations.planning.export.plan_page import PageNotBuilt, filled, harmless, texts_of, write_plan_page
from zaguan.operations.planning.model import Plan, Stop

TEMPLATE = (
    '<html lang="%zaguan:lang%"><title>%zaguan:title%</title>'
    '<script type="application/json" id="zaguan-data">%zaguan:data%</script>'
    '<script type="text/plain" id="zaguan-tiles">%zaguan:tiles%</script></html>'
)
HOSTILE = "</script><script>alert(1)</script><!-- %zaguan:tiles% & \u2028 \"'"


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.html"
    path.write_text(TEMPLATE, "utf-8")
    return path


def written(plan: Plan, template: Path, base_map: Path, **rest: Any) -> str:
    out = template.with_name("plan.html")
    write_plan_page(plan, base_map=base_map, out=out, template=template, **{"locale": "en", **rest})
    return out.read_text("utf-8")


def data_of(page: str) -> Any:
    found = re.search(r'id="zaguan-data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return orjson.loads(found[1])


def a_hostile_plan() -> Plan:
    """Return a plan in which every text that comes from outside tries to become markup."""
    plan = a_plan(routes=2, stops=4)

    def spoilt(stop: Stop) -> Stop:
        orders = tuple(replace(order, recipient=HOSTILE, notes=HOSTILE, ref=HOSTILE) for order in stop.orders)
        return replace(stop, address=HOSTILE, access_notes=HOSTILE, orders=orders)

    routes = tuple(
        replace(each, driver_name=HOSTILE, depot_name=HOSTILE, stops=tuple(map(spoilt, each.stops)))
        for each in plan.routes
    )
    left_out = tuple(replace(each, ref=HOSTILE, address=HOSTILE) for each in plan.unassigned)
    return replace(plan, routes=routes, unassigned=left_out, region_name=HOSTILE, attribution=HOSTILE)


def test_the_page_carries_plan_words_and_tiles(template: Path, base_map: Path) -> None:
    """Plan, texts in three languages and the cut of the base map are in the file."""
    plan = a_plan(routes=2, stops=4)
    page = written(plan, template, base_map, locale="pt")
    data = data_of(page)
    assert data["plan"]["routes"][1]["ref"] == "R02"
    assert data["locale"] == "pt"
    assert data["minor_units"] == 1  # of a Chilean peso
    assert set(data["texts"]) == set(LOCALES)
    assert '<html lang="pt">' in page
    assert base64.b64encode(cut_base_map(base_map, plan).archive).decode() in page


def test_texts_from_outside_cannot_leave_their_place(template: Path, base_map: Path) -> None:
    """Names that spell end tags, comments or the template's own marks stay text and come out unharmed."""
    page = written(a_hostile_plan(), template, base_map)
    assert page.count("<script") == TEMPLATE.count("<script")
    assert page.count("</script") == TEMPLATE.count("</script")
    assert "<!--" not in page
    assert data_of(page)["plan"]["region_name"] == HOSTILE
    assert page.count("&lt;/script&gt;") == 2  # both in the title


def test_the_texts_say_reasons_remedies_and_notices() -> None:
    """Every code of the plan is said in the wanted language, its facts filled in."""
    plan = a_plan(routes=1, stops=3)
    texts = texts_of(plan, "en")
    assert texts["unassigned"][0] == {
        "reason": say("planning.reason.capacity_weight", "en", load="1150", most="900"),
        "remedies": [say("planning.remedy.more_capacity_weight", "en", missing="250", vehicle="truck-4")],
    }
    assert len(texts["notices"]) == len(plan.notices)
    assert texts["because"] == {"planning.because.cheapest": say("planning.because.cheapest", "en")}


def test_a_page_that_was_not_built_is_refused(tmp_path: Path, base_map: Path) -> None:
    """Without the template there is a refusal that says how to build it, and no file."""
    out = tmp_path / "plan.html"
    with pytest.raises(PageNotBuilt, match=r"tools/web\.py"):
        write_plan_page(a_plan(), base_map=base_map, out=out, locale="en", template=tmp_path / "none.html")
    assert not out.exists()


def test_a_refused_page_leaves_the_old_one(template: Path, base_map: Path, tmp_path: Path) -> None:
    """Where the base map cannot be read, the page of before stays as it was."""
    before = written(a_plan(routes=1, stops=2), template, base_map)
    with pytest.raises(BaseMapUnreadable):
        written(a_plan(), template, tmp_path / "none.pmtiles")
    assert (tmp_path / "plan.html").read_text("utf-8") == before


def test_filling_does_not_search_what_was_filled_in() -> None:
    """A value that spells another mark is not filled again."""
    assert filled("a %x% b %y% c", {"%x%": "%y%", "%y%": "2"}) == "a %y% b 2 c"


def test_a_template_with_a_mark_twice_is_refused() -> None:
    """A template that would be filled twice is a fault of the build."""
    with pytest.raises(ValueError, match="unpack"):
        filled("%x% %x%", {"%x%": "1"})


def test_harmless_json_reads_the_same() -> None:
    """What is made harmless is still the same JSON."""
    value = {"text": HOSTILE}
    assert orjson.loads(harmless(orjson.dumps(value).decode())) == value
