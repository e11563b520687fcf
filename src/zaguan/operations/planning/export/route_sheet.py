"""The route sheet: a PDF for one driver, in the driver's language, that works where no phone does."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Final
from zoneinfo import ZoneInfo

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from zaguan.base.kit.words import Locale, as_locale, say
from zaguan.engines.roads.tiles import BaseMap
from zaguan.operations.planning.export.sheet_blocks import TEXT_X, TIME_X, Block, blocks_of, clock, decimal
from zaguan.operations.planning.export.sheet_map import draw_map
from zaguan.operations.planning.export.sheet_type import (
    ACCENT,
    BOLD,
    INK,
    LINE,
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    REGULAR,
    SOFT,
    WIDTH,
    clipped,
    load_fonts,
    width_of,
)
from zaguan.operations.planning.model import Plan, Route
from zaguan.operations.planning.stand_ins import money_text

HEAD_HEIGHT: Final = 17 * mm
FIGURES_HEIGHT: Final = 12 * mm
MAP_HEIGHT: Final = 100 * mm
COLUMNS_HEIGHT: Final = 6 * mm
FOOT_HEIGHT: Final = 7 * mm
RUNNING_HEAD: Final = 8 * mm


def route_sheet(plan: Plan, route: Route, base_map: BaseMap) -> bytes:
    """Return the PDF (A4) of one route; the same plan gives the same bytes."""
    load_fonts()
    locale: Locale = as_locale(route.driver_locale) or "en"
    first_room = PAGE_HEIGHT - 2 * MARGIN - HEAD_HEIGHT - FIGURES_HEIGHT - MAP_HEIGHT - COLUMNS_HEIGHT - FOOT_HEIGHT
    other_room = PAGE_HEIGHT - 2 * MARGIN - RUNNING_HEAD - COLUMNS_HEIGHT - FOOT_HEIGHT
    pages = paged(list(blocks_of(route, locale, plan.currency)), first_room, other_room)
    content = BytesIO()
    canvas = Canvas(content, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, lang=locale)
    canvas.setTitle(f"{say('sheet.title', locale, ref=route.ref)} – {route.driver_name} – {plan.service_on}")
    canvas.setCreator("Zaguán")
    for number, blocks in enumerate(pages, start=1):
        top = PAGE_HEIGHT - MARGIN
        if number == 1:
            _head(canvas, plan, route, locale, top)
            _figures(canvas, plan, route, locale, top - HEAD_HEIGHT)
            top -= HEAD_HEIGHT + FIGURES_HEIGHT + MAP_HEIGHT
            draw_map(canvas, route, base_map, x=MARGIN, y=top, width=WIDTH, height=MAP_HEIGHT)
        else:
            _running_head(canvas, plan, route, locale, top)
            top -= RUNNING_HEAD
        _columns(canvas, locale, top)
        top -= COLUMNS_HEIGHT
        for block in blocks:
            block.draw(canvas, top)
            top -= block.height
        _foot(canvas, plan, route, locale, number, len(pages))
        canvas.showPage()
    canvas.save()
    return content.getvalue()


def paged(blocks: Sequence[Block], first_room: float, other_room: float) -> list[list[Block]]:
    """Return the rows by page, none of them cut. A row higher than a page runs over the foot of its own."""
    pages: list[list[Block]] = [[]]
    room = first_room
    for block in blocks:
        if block.height > room and (pages[-1] or len(pages) == 1):
            pages.append([])
            room = other_room
        pages[-1].append(block)
        room -= block.height
    return pages


def long_date(day: date, locale: Locale) -> str:
    """Return a date with its weekday, as the language writes it."""
    weekday = say(f"sheet.weekday.{day.weekday()}", locale)
    return say("sheet.date", locale, weekday=weekday, year=day.year, month=f"{day:%m}", day=f"{day:%d}")


def _head(canvas: Canvas, plan: Plan, route: Route, locale: Locale, top: float) -> None:
    canvas.setFillColor(ACCENT)
    canvas.setFont(BOLD, 21)
    canvas.drawString(MARGIN, top - 7.5 * mm, route.ref)
    left = MARGIN + width_of(route.ref, BOLD, 21) + 5 * mm
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 13)
    canvas.drawString(left, top - 5 * mm, clipped(route.driver_name, BOLD, 13, WIDTH * 0.5))
    canvas.setFillColor(SOFT)
    canvas.setFont(REGULAR, 8.4)
    kind = say(f"sheet.kind.{route.vehicle_kind}", locale)
    vehicle = f"{say('sheet.vehicle', locale)}: {route.vehicle_ref} ({kind})"
    canvas.drawString(left, top - 9.6 * mm, clipped(vehicle, REGULAR, 8.4, WIDTH * 0.55))
    depot = f"{say('sheet.depot', locale)}: {route.depot_name}"
    canvas.drawString(left, top - 13.4 * mm, clipped(depot, REGULAR, 8.4, WIDTH * 0.55))
    right = MARGIN + WIDTH
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 10.5)
    canvas.drawRightString(right, top - 5 * mm, long_date(plan.service_on, locale))
    canvas.setFillColor(SOFT)
    canvas.setFont(REGULAR, 8.4)
    shift = f"{clock(route.shift_starts_at)}–{clock(route.shift_ends_at)}"
    canvas.drawRightString(right, top - 9.6 * mm, f"{say('sheet.shift', locale)}: {shift}")
    canvas.drawRightString(right, top - 13.4 * mm, clipped(plan.region_name, REGULAR, 8.4, WIDTH * 0.35))


def _figures(canvas: Canvas, plan: Plan, route: Route, locale: Locale, top: float) -> None:
    orders = [order for stop in route.stops for order in stop.orders]
    cash = sum(order.cash_minor for order in orders)
    hours, minutes = divmod(round(route.duration_s / 60), 60)
    weight = sum(order.load.weight_g for order in orders)
    figures = [
        ("leaves", clock(route.leaves_at)),
        ("returns" if route.ends_at_depot else "ends", clock(route.returns_at)),
        ("stops", str(len(route.stops))),
        ("orders", str(len(orders))),
        ("parcels", str(sum(order.load.pieces for order in orders))),
        ("weight", f"{decimal(weight / 1000, locale, 0)} kg"),
        ("distance", f"{decimal(route.distance_m / 1000, locale)} km"),
        ("duration", f"{hours}:{minutes:02d} h"),
    ]
    if cash:
        figures.append(("cash", money_text(cash, plan.currency, locale)))
    step = WIDTH / len(figures)
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, top, MARGIN + WIDTH, top)
    for number, (name, value) in enumerate(figures):
        x = MARGIN + number * step
        canvas.setFillColor(SOFT)
        canvas.setFont(REGULAR, 6.4)
        canvas.drawString(x, top - 3.6 * mm, clipped(say(f"sheet.{name}", locale), REGULAR, 6.4, step - 3))
        size = 11.0
        while width_of(value, BOLD, size) > step - 4 and size > 6:
            size -= 0.5
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, size)
        canvas.drawString(x, top - 8.4 * mm, value)


def _running_head(canvas: Canvas, plan: Plan, route: Route, locale: Locale, top: float) -> None:
    canvas.setFillColor(ACCENT)
    canvas.setFont(BOLD, 10)
    canvas.drawString(MARGIN, top - 4 * mm, route.ref)
    canvas.setFillColor(INK)
    left = MARGIN + width_of(route.ref, BOLD, 10) + 3 * mm
    canvas.drawString(left, top - 4 * mm, clipped(route.driver_name, BOLD, 10, WIDTH * 0.5))
    canvas.setFont(REGULAR, 8.4)
    canvas.drawRightString(MARGIN + WIDTH, top - 4 * mm, long_date(plan.service_on, locale))


def _columns(canvas: Canvas, locale: Locale, top: float) -> None:
    canvas.setFillColor(SOFT)
    canvas.setFont(REGULAR, 6.6)
    baseline = top - 4.2 * mm
    canvas.drawString(TIME_X, baseline, say("sheet.eta", locale))
    canvas.drawString(TEXT_X, baseline, say("sheet.place", locale))
    canvas.drawRightString(MARGIN + WIDTH, baseline, say("sheet.code", locale))


def _foot(canvas: Canvas, plan: Plan, route: Route, locale: Locale, number: int, pages: int) -> None:
    canvas.setFillColor(SOFT)
    canvas.setFont(REGULAR, 6.4)
    baseline = MARGIN
    made = plan.made_at.astimezone(ZoneInfo(plan.time_zone))
    left = say("sheet.made", locale, made=f"{made:%Y-%m-%d %H:%M}")
    if route.estimated_legs:
        left += f" · {say('sheet.straight', locale, count=route.estimated_legs)}"
    page = say("sheet.page", locale, page=number, pages=pages)
    room = WIDTH - width_of(page, REGULAR, 6.4) - 6 * mm
    canvas.drawString(MARGIN, baseline, clipped(f"{left} · {plan.attribution}", REGULAR, 6.4, room))
    canvas.drawRightString(MARGIN + WIDTH, baseline, page)
