"""plan.html in a real browser: offline, one selection, by mouse and keyboard, light and dark, wide and narrow."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.builders import a_plan
from tests.web.conftest import Opened, Write

pytestmark = pytest.mark.browser
Open = Callable[..., Opened]


def colours_of(page: Page, part: str = ".map") -> dict[tuple[int, int, int], int]:
    """Return how many pixels of each colour a part of the page shows."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    image = Image.open(io.BytesIO(page.locator(part).screenshot())).convert("RGB")
    return {colour: many for many, colour in image.getcolors(image.width * image.height) or []}  # type: ignore[misc]


def settled(page: Page) -> dict[tuple[int, int, int], int]:
    """Return the map's colours once two pictures are the same."""
    before: dict[tuple[int, int, int], int] = {}
    for _ in range(40):
        now = colours_of(page)
        if now == before:
            return now
        before = now
        page.wait_for_timeout(150)
    raise AssertionError("the map does not come to rest")


def rgb(text: str) -> tuple[int, int, int]:
    """Return a computed colour, such as "rgb(1, 2, 3)"."""
    red, green, blue = map(int, re.findall(r"\d+", text)[:3])
    return red, green, blue


def dot_colour(page: Page, route: int) -> tuple[int, int, int]:
    dot = page.locator(f"[data-route='{route}'] .dot")
    return rgb(dot.evaluate("each => getComputedStyle(each).backgroundColor"))


def test_it_opens_from_a_disk_and_asks_nothing(plan_file: Path, open_page: Open) -> None:
    """The page opens from file:// and asks for nothing but itself: no network, no fault in the console."""
    opened = open_page(plan_file)
    settled(opened.page)
    opened.page.locator(".route").first.click()
    settled(opened.page)
    outside = [url for url in opened.requests if url != plan_file.as_uri() and not url.startswith(("blob:", "data:"))]
    assert outside == []
    assert opened.faults == []


def test_the_map_is_drawn(plan_file: Path, open_page: Open) -> None:
    """The map shows streets, water colour or land, and every route in the colour that the list gives it."""
    page = open_page(plan_file).page
    colours = settled(page)
    assert len(colours) > 200
    assert colours[(255, 255, 255)] > 500  # streets
    for route in range(6):
        wanted = dot_colour(page, route)
        near = sum(many for found, many in colours.items() if max(map(abs, map(int.__sub__, found, wanted))) <= 26)
        assert near > 60, f"route {route} is not on the map"


def test_a_click_in_the_list_selects_everywhere(plan_file: Path, open_page: Open) -> None:
    """A route clicked in the list is selected in list, timeline and on the map, and its stops are shown."""
    page = open_page(plan_file).page
    before = settled(page)
    page.locator("[data-route='2'] .route").click()
    expect(page.locator("[data-route='2'] .route")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-row='2']")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".detail .badge")).to_have_text("R03")
    expect(page.locator(".detail .stop")).to_have_count(12)
    assert settled(page) != before
    page.get_by_role("button", name="Cerrar").click()
    expect(page.locator(".detail")).to_have_count(0)
    expect(page.locator("[data-row='2']")).to_have_attribute("aria-pressed", "false")


def test_a_click_on_the_map_selects_everywhere(plan_file: Path, open_page: Open) -> None:
    """A route clicked on the map is selected in the list and in the timeline."""
    page = open_page(plan_file).page
    colours, wanted = settled(page), dot_colour(page, 3)
    assert wanted in colours
    image = Image.open(io.BytesIO(page.locator(".map").screenshot())).convert("RGB")
    spots = [
        (x, y)
        for x in range(60, image.width - 60)
        for y in range(130, image.height - 60)
        if all(image.getpixel((x + dx, y + dy)) == wanted for dx in (-1, 0, 1) for dy in (-1, 0, 1))
    ]
    assert spots
    x, y = spots[len(spots) // 2]
    page.locator(".map").click(position={"x": x, "y": y})
    expect(page.locator("[data-route='3'] .route")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-row='3']")).to_have_attribute("aria-pressed", "true")


def test_a_click_in_the_timeline_opens_the_stop(plan_file: Path, open_page: Open) -> None:
    """A stop clicked in the timeline is opened in the route's list, with its promised window."""
    page = open_page(plan_file).page
    row = page.locator("[data-row='1']")
    row.click(position={"x": 40, "y": 15})
    page.locator("[data-stop='4'] .stop").click()
    expect(page.locator("[data-stop='4'] .facts")).to_contain_text("Ventana prometida")
    ring = row.locator(".ring").bounding_box()
    assert ring is not None
    page.locator("[data-stop='4'] .stop").click()
    expect(row.locator(".ring")).to_have_count(0)
    page.mouse.click(ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2)
    expect(page.locator("[data-stop='4'] .stop")).to_have_attribute("aria-expanded", "true")


def test_it_works_by_keyboard(plan_file: Path, open_page: Open) -> None:
    """Arrows move through the routes and the stops of a row, Enter opens, Escape lets go step by step."""
    page = open_page(plan_file).page
    page.locator("[data-route='0'] .route").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".detail .badge")).to_have_text("R02")
    page.locator("[data-row='1']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-stop='2'] .stop")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator(".facts")).to_have_count(0)
    expect(page.locator(".detail")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".detail")).to_have_count(0)


def test_orders_are_found_without_accents_and_case(plan_file: Path, open_page: Open) -> None:
    """Search finds an order by ref, a driver without accents, and an order left out; Enter opens it."""
    page = open_page(plan_file).page
    page.keyboard.press("Control+k")
    page.keyboard.type("p-1063")
    page.keyboard.press("Enter")
    expect(page.locator(".detail .badge")).to_have_text("R02")
    expect(page.locator("[data-stop='3'] .stop")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Control+k")
    page.keyboard.type("nunez")
    expect(page.get_by_role("option").first).to_contain_text("Fabio Núñez")
    page.keyboard.press("Control+k")
    page.keyboard.type("punta de piedra")
    page.keyboard.press("Enter")
    expect(page.locator("[data-order='1'] .order")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+k")
    page.keyboard.type("zzz")
    expect(page.get_by_role("status")).to_contain_text("zzz")


def test_counters_are_filters(plan_file: Path, open_page: Open) -> None:
    """The counter of late stops leaves the routes that run late in list and timeline; again, and all are back."""
    page = open_page(plan_file).page
    late = sum(any(o.late_s for s in r.stops for o in s.orders) for r in a_plan().routes)
    assert 0 < late < 6
    page.locator(".chip.warn").click()
    expect(page.locator(".route")).to_have_count(late)
    expect(page.locator(".row")).to_have_count(late)
    page.locator(".chip.warn").click()
    expect(page.locator(".route")).to_have_count(6)


def test_what_is_left_out_says_why_and_what_would_help(plan_file: Path, open_page: Open) -> None:
    """The orders left out are listed with reason and remedy, also one that is nowhere on the map."""
    page = open_page(plan_file).page
    page.locator(".chip.bad").click()
    expect(page.locator(".order")).to_have_count(3)
    expect(page.locator("[data-order='0']")).to_contain_text("1150 kg")
    expect(page.locator("[data-order='0'] .remedy")).to_contain_text("250 kg")
    expect(page.locator("[data-order='2']")).to_contain_text("No está en el mapa")


def test_straight_legs_are_said(plan_file: Path, write: Write, open_page: Open) -> None:
    """A plan with legs that are straight lines says so on the map and in the route; one without does not."""
    page = open_page(plan_file).page
    expect(page.locator(".straight")).to_contain_text("línea recta")
    page.locator("[data-route='1'] .route").click()
    expect(page.locator(".detail")).to_contain_text("1 tramo estimado en línea recta")
    other = open_page(write(a_plan(routes=1, stops=4), "no-straight-legs")).page
    expect(other.locator(".straight")).to_have_count(0)


def test_the_credit_is_always_visible(plan_file: Path, open_page: Open) -> None:
    """The credit to OpenStreetMap is seen with a route open, on a wide and a narrow screen."""
    for width in (1440, 800):
        page = open_page(plan_file, width=width).page
        page.locator("[data-route='1'] .route").click()
        credit = page.locator(".credit")
        expect(credit).to_have_text("© OpenStreetMap contributors")
        covered = credit.evaluate(
            """each => { const b = each.getBoundingClientRect(); each.style.pointerEvents = 'auto';
            return document.elementFromPoint(b.left + b.width / 2, b.top + b.height / 2) !== each }"""
        )
        assert not covered


def test_it_speaks_three_languages(plan_file: Path, open_page: Open) -> None:
    """The page opens in the language it was written in and changes all of its words, the plan's codes included."""
    page = open_page(plan_file).page
    expect(page.locator("html")).to_have_attribute("lang", "es")
    for code, routes, reason in (("en", "Routes", "weighs 1150 kg"), ("pt", "Rotas", "pesa 1150 kg")):
        page.locator("select").first.select_option(code)
        expect(page.locator("html")).to_have_attribute("lang", code)
        expect(page.locator("#tab-routes")).to_contain_text(routes)
        page.locator("#tab-left_out").click()
        expect(page.locator("[data-order='0']")).to_contain_text(reason)
        page.locator("#tab-routes").click()


def test_it_is_dark_with_the_system_and_by_the_switch(plan_file: Path, open_page: Open) -> None:
    """Page and map follow the system's darkness; the switch overrules it and is remembered."""

    def shades(page: Page) -> tuple[int, float]:
        ground = rgb(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
        colours = settled(page)
        mean = sum(sum(colour) * many for colour, many in colours.items()) / 3 / sum(colours.values())
        return ground[0], mean

    light, dark = open_page(plan_file).page, open_page(plan_file, dark=True).page
    assert shades(light)[0] > 240
    assert shades(light)[1] > 180
    assert shades(dark)[0] < 40
    assert shades(dark)[1] < 70
    switch = dark.get_by_role("button", name=re.compile("Apariencia"))
    switch.click()
    assert shades(dark)[0] > 240
    dark.reload()
    dark.wait_for_selector(".map[data-ready=true]", state="attached")
    assert shades(dark)[0] > 240


@pytest.mark.parametrize("locale", ["es", "pt"])
def test_a_phone_scrolls_one_way_only(plan_file: Path, open_page: Open, locale: str) -> None:
    """At 360 pixels nothing sticks out to the side, on any of the four panes, with a stop open as well."""
    page = open_page(plan_file, width=360, height=740, has_touch=True).page
    page.locator("select").first.select_option(locale)
    wide = """() => [...document.querySelectorAll('body *')].filter(each => {
        const b = each.getBoundingClientRect();
        return b.width > 0 && b.right > 361 && getComputedStyle(each).visibility !== 'hidden'
            && !each.closest('.canvas, svg, .unseen') }).map(each => each.outerHTML.slice(0, 120))"""
    for pane in range(4):
        page.locator("nav button").nth(pane).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.evaluate(wide) == []
    page.locator("nav button").first.click()
    page.locator(".route").nth(1).click()
    page.locator(".stop").nth(1).click()
    assert page.evaluate(wide) == []
    small = page.evaluate(
        """() => [...document.querySelectorAll('nav button, .detail .close, .stop, .tabs button')]
        .filter(each => each.getBoundingClientRect().height > 0 && each.getBoundingClientRect().height < 40).length"""
    )
    assert small == 0  # what one touches is large enough


def test_it_prints_every_stop(plan_file: Path, open_page: Open) -> None:
    """On paper there are the figures, a picture of the map, every route with its stops, and what was left out."""
    page = open_page(plan_file).page
    settled(page)
    reader = PdfReader(io.BytesIO(page.pdf(format="A4", print_background=True)))
    text = " ".join(sheet.extract_text() for sheet in reader.pages)
    plan = a_plan()
    assert all(route.ref in text for route in plan.routes)
    assert all(order.ref in text for route in plan.routes for stop in route.stops for order in stop.orders)
    assert all(each.ref in text for each in plan.unassigned)
    assert any(sheet.images for sheet in reader.pages)


def test_a_plan_without_routes_is_shown(write: Write, open_page: Open) -> None:
    """A plan that serves nobody opens, says so, and shows what was left out and why."""
    opened = open_page(write(a_plan(routes=0), "empty"))
    expect(opened.page.locator(".none").first).to_contain_text("no tiene rutas")
    opened.page.locator("#tab-left_out").click()
    expect(opened.page.locator(".order")).to_have_count(3)
    assert opened.faults == []


def test_a_large_plan_is_shown_whole(write: Write, open_page: Open) -> None:
    """Thirty routes of thirty-four stops are all there, each with a colour of its own."""
    opened = open_page(write(a_plan(routes=30, stops=34), "large"))
    expect(opened.page.locator(".route")).to_have_count(30)
    colours = {dot_colour(opened.page, route) for route in range(30)}
    assert len(colours) == 30
    opened.page.locator("[data-row='29']").click(position={"x": 40, "y": 15})
    expect(opened.page.locator(".detail .stop")).to_have_count(34)
    assert opened.faults == []
