"""plan.html in a real browser: texts from outside stay texts, and everybody can read it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.builders import a_plan
from tests.web.conftest import Opened, Write
from tools import web
from zaguan.operations.planning.model import Plan, Stop

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]

MARKUP = "<img src=x onerror=\"window.owned=1;alert('owned')\"></script><script>window.owned=1</script><!--"


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of the accessibility checker, from the web's own packages."""
    web.install(web.find_node(), web.WEB)
    return (web.WEB / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def a_hostile_plan() -> Plan:
    """Return a plan whose names are markup."""
    plan = a_plan(routes=3, stops=6)

    def spoilt(stop: Stop) -> Stop:
        orders = tuple(
            replace(order, recipient=MARKUP, notes=MARKUP, barcodes=(MARKUP,), phone=MARKUP) for order in stop.orders
        )
        return replace(stop, address=f"{MARKUP} {stop.number}", commune=MARKUP, access_notes=MARKUP, orders=orders)

    routes = tuple(
        replace(each, driver_name=MARKUP, vehicle_ref=MARKUP, depot_name=MARKUP, stops=tuple(map(spoilt, each.stops)))
        for each in plan.routes
    )
    left_out = tuple(replace(each, ref=f"{MARKUP}{at}", address=MARKUP) for at, each in enumerate(plan.unassigned))
    return replace(plan, routes=routes, unassigned=left_out, region_name=MARKUP, attribution=MARKUP)


def violations(page: Page, axe: str) -> list[Any]:
    """Return what axe finds wrong with the page as it stands, best practices included."""
    page.evaluate(axe)
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [(each["id"], [node["html"][:160] for node in each["nodes"]]) for each in found["violations"]]


def test_names_that_are_markup_do_not_run(write: Write, open_page: Open) -> None:
    """Names, addresses, notes and the credit that spell scripts are shown as they are and run nowhere."""
    opened = open_page(write(a_hostile_plan(), "hostile"))
    page = opened.page
    page.locator("[data-row='1']").click(position={"x": 40, "y": 15})
    page.locator("[data-stop='2'] .stop").click()
    page.locator("[data-row='1']").hover(position={"x": 500, "y": 15})
    expect(page.locator(".facts").first).to_contain_text("<img src=x")
    page.locator("#tab-left_out").click()
    page.locator("#tab-notices").click()
    page.keyboard.press("Control+k")
    page.keyboard.type("owned")
    expect(page.get_by_role("option").first).to_be_visible()
    expect(page.locator(".credit")).to_contain_text("<img src=x")
    page.pdf()
    page.wait_for_timeout(300)
    assert page.evaluate("window.owned") is None
    assert page.locator("img[src=x]").count() == 0
    assert opened.dialogs == []
    assert opened.faults == []


def test_no_script_but_its_own_may_run(plan_file: Path, open_page: Open) -> None:
    """Even markup that found its way into the page could not run or load: the policy holds."""
    page = open_page(plan_file).page
    page.evaluate(
        """() => { const bad = document.createElement('script'); bad.textContent = 'window.owned = 1';
        document.body.append(bad); document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="owned = 1">') }"""
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.owned") is None
    answer = page.evaluate("fetch('https://example.org/').then(() => 'loaded', fault => fault.name)")
    assert answer == "TypeError"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_everybody_can_read_it(plan_file: Path, open_page: Open, axe: str, dark: bool) -> None:
    """axe finds nothing, in each language: as it opens, a late stop open, left out, notices, search, on a phone."""
    found = {}
    page = open_page(plan_file, dark=dark).page
    late = next(route for route in a_plan().routes if any(o.late_s for s in route.stops for o in s.orders))
    stop = next(stop for stop in late.stops if any(order.late_s for order in stop.orders))
    page.locator("summary").click()
    for locale in ("es", "en", "pt"):
        page.locator("select").first.select_option(locale)
        page.locator("#tab-routes").click()
        found[locale, "whole"] = violations(page, axe)
        page.locator(f"[data-route='{int(late.ref[1:]) - 1}'] .route").click()
        page.locator(f"[data-stop='{stop.number}'] .stop").click()
        found[locale, "stop"] = violations(page, axe)
        page.locator("#tab-left_out").click()
        page.locator(".order").first.click()
        found[locale, "left out"] = violations(page, axe)
        page.locator("#tab-notices").click()
        page.keyboard.press("Control+k")
        page.keyboard.type("los")
        found[locale, "search"] = violations(page, axe)
        page.keyboard.press("Escape")
    phone = open_page(plan_file, dark=dark, width=360, height=740).page
    for locale in ("es", "en", "pt"):
        phone.locator("select").first.select_option(locale)
        for pane in range(4):
            phone.locator("nav button").nth(pane).click()
            found[locale, f"phone {pane}"] = violations(phone, axe)
    assert {where: what for where, what in found.items() if what} == {}
