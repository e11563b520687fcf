"""The rows of a route sheet: halts, their orders, pauses. Each knows its height, so that pages break between them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from zaguan.base.geo.place import Grade
from zaguan.base.kit.words import Locale, say
from zaguan.operations.planning.export.sheet_type import (
    ACCENT,
    ALERT,
    BOLD,
    INK,
    LINE,
    MARGIN,
    PALE,
    REGULAR,
    SOFT,
    WHITE,
    WIDTH,
    clipped,
    printable,
    wrapped,
)
from zaguan.operations.planning.model import PlannedBreak, Route, ServedOrder, Stop
from zaguan.operations.planning.stand_ins import money_text

TIME_X: Final = MARGIN + 9 * mm
TEXT_X: Final = MARGIN + 25 * mm
CODE_WIDTH: Final = 50 * mm
CODE_X: Final = MARGIN + WIDTH - CODE_WIDTH
TICK: Final = 4.2 * mm
TEXT_WIDTH: Final = CODE_X - TEXT_X - TICK - 6 * mm
BARCODE_HEIGHT: Final = 7.5 * mm
THINNEST_BAR: Final = 0.19 * mm  # what cheap scanners still read from paper
WIDEST_BAR: Final = 0.30 * mm
QUIET_MODULES: Final = 20  # white on both sides
LEADING: Final = 1.28

Draw = Callable[[Canvas, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A row: `draw` gets the canvas and the height of the row's upper edge on the page."""

    height: float
    draw: Draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text in a row."""

    text: str
    font: str = REGULAR
    size: float = 7.6
    is_alert: bool = False


def clock(moment: datetime) -> str:
    """Return hours and minutes."""
    return f"{moment:%H:%M}"


def blocks_of(route: Route, locale: Locale, currency: str) -> Iterator[Block]:
    """Yield the rows of a route from loading to the way back."""
    yield note_block(say("sheet.load", locale, depot=route.depot_name, time=clock(route.leaves_at)))
    yield from breaks_after(route, 0, locale)
    for stop in route.stops:
        first, *others = stop.orders
        yield stop_block(stop, first, locale, currency)
        for order in others:
            yield order_block(order, locale, currency)
        yield from breaks_after(route, stop.number, locale)
    end = "back" if route.ends_at_depot else "end_here"
    yield note_block(say(f"sheet.{end}", locale, depot=route.depot_name, time=clock(route.returns_at)))


def stop_block(stop: Stop, first: ServedOrder, locale: Locale, currency: str) -> Block:
    """Return the row that says where and when, with the first order of the stop."""
    where = stop.address.strip() or f"{stop.point.lat:.5f}, {stop.point.lon:.5f}"  # what a phone's map understands
    lines = [Line(text=text, font=BOLD, size=9.2) for text in wrapped(where, BOLD, 9.2, TEXT_WIDTH, most=2)]
    if stop.commune:
        lines.append(Line(text=clipped(stop.commune, REGULAR, 7.6, TEXT_WIDTH)))
    if stop.grade in (Grade.STREET, Grade.COMMUNE):
        lines.append(Line(text=say("sheet.approximate", locale), is_alert=True))
    if stop.access_notes:
        text = say("sheet.access", locale, notes=stop.access_notes)
        lines += [Line(text=each) for each in wrapped(text, REGULAR, 7.6, TEXT_WIDTH, most=3)]
    lines += _all_lines(first, locale, currency)
    times = [Line(text=clock(stop.arrives_at), font=BOLD, size=11)]
    if (stop.starts_at - stop.arrives_at).total_seconds() >= 300:
        times.append(Line(text=say("sheet.waits", locale, time=clock(stop.starts_at)), size=6.2))
    times.append(Line(text=say("sheet.until", locale, time=clock(stop.leaves_at)), size=6.6))
    times = [each for line in times for each in _wrapped_line(line, TEXT_X - TIME_X - 1 * mm)]
    code = barcode(first.ref)
    height = max(_height(lines) + 1.2 * mm, _height(times) + 1.2 * mm, _code_height(code) + 1.2 * mm) + 1.8 * mm

    def draw(canvas: Canvas, top: float) -> None:
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.6)
        canvas.line(MARGIN, top, MARGIN + WIDTH, top)
        canvas.setFillColor(ACCENT)
        canvas.circle(MARGIN + 4 * mm, top - 4.6 * mm, 3.3 * mm, stroke=0, fill=1)
        canvas.setFillColor(WHITE)
        size = 9 if stop.number < 100 else 7
        canvas.setFont(BOLD, size)
        canvas.drawCentredString(MARGIN + 4 * mm, top - 4.6 * mm - size * 0.36, str(stop.number))
        _write(canvas, lines, TEXT_X, top - 1.2 * mm)
        _write(canvas, times, TIME_X, top - 1.2 * mm)
        _draw_code(canvas, first.ref, code, top - 1.2 * mm)

    return Block(height=height, draw=draw)


def order_block(order: ServedOrder, locale: Locale, currency: str) -> Block:
    """Return the row of a further order of a stop."""
    lines = _all_lines(order, locale, currency)
    code = barcode(order.ref)
    height = max(_height(lines), _code_height(code)) + 2.2 * mm

    def draw(canvas: Canvas, top: float) -> None:
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.3)
        canvas.setDash([1, 2])
        canvas.line(TEXT_X, top, MARGIN + WIDTH, top)
        canvas.setDash([])
        _write(canvas, lines, TEXT_X, top - 0.8 * mm)
        _draw_code(canvas, order.ref, code, top - 0.8 * mm)

    return Block(height=height, draw=draw)


def _all_lines(order: ServedOrder, locale: Locale, currency: str) -> list[Line]:
    return [each for line in _order_lines(order, locale, currency) for each in _wrapped_line(line, TEXT_WIDTH)]


def _code_height(code: Code128 | None) -> float:
    """With bars, the ref stands below them; without, alone."""
    return float(BARCODE_HEIGHT + 4 * mm if code is not None else TICK + 1 * mm)


def _draw_code(canvas: Canvas, ref: str, code: Code128 | None, top: float) -> None:
    """Draw the square to tick, the bars and the ref."""
    canvas.setStrokeColor(SOFT)
    canvas.setLineWidth(0.8)
    canvas.rect(CODE_X - TICK - 3 * mm, top - TICK - 0.6 * mm, TICK, TICK, stroke=1, fill=0)
    baseline = top - 4 * mm
    if code is not None:
        canvas.setFillColor(INK)
        code.drawOn(canvas, CODE_X + (CODE_WIDTH - code.width) / 2, top - BARCODE_HEIGHT - 0.4 * mm)
        baseline = top - BARCODE_HEIGHT - 3.2 * mm
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 7)
    canvas.drawCentredString(CODE_X + CODE_WIDTH / 2, baseline, clipped(ref, BOLD, 7, CODE_WIDTH))


def _order_lines(order: ServedOrder, locale: Locale, currency: str) -> Iterator[Line]:
    who = " · ".join(part for part in (order.recipient, order.phone) if part)
    if who:
        yield Line(text=who, font=BOLD, size=7.8)
    pieces = order.load.pieces
    count = say("sheet.pieces_one", locale) if pieces == 1 else say("sheet.pieces", locale, count=pieces)
    what = [say(f"sheet.{order.kind}", locale), count]
    if order.load.weight_g:
        what.append(f"{decimal(order.load.weight_g / 1000, locale)} kg")
    yield Line(text=" · ".join([_window(order, locale), *what]))
    if order.late_s >= 60:
        yield Line(text=say("sheet.late", locale, minutes=order.late_s // 60), font=BOLD, is_alert=True)
    if order.proofs:
        yield Line(text="✓ " + ", ".join(say(f"sheet.proof.{proof}", locale) for proof in order.proofs))
    if order.cash_minor:
        text = say("sheet.collect", locale, amount=money_text(order.cash_minor, currency, locale))
        yield Line(text=text, font=BOLD, size=8.4, is_alert=True)
    if order.notes:
        yield Line(text=say("sheet.notes", locale, notes=order.notes))


def _window(order: ServedOrder, locale: Locale) -> str:
    if order.window_opens_at is None or order.window_closes_at is None:
        return say("sheet.any_time", locale)
    key = "window" if order.window_is_hard else "soft_window"
    return say(f"sheet.{key}", locale, opens=clock(order.window_opens_at), closes=clock(order.window_closes_at))


def barcode(ref: str) -> Code128 | None:
    """Return the Code 128 bars of a ref, or None where they could not be scanned: odd letters, or too long."""
    if not ref or not all(" " <= letter <= "~" for letter in ref):
        return None
    modules = Code128(ref, barWidth=1, barHeight=1, quiet=0).width
    thickness = min(WIDEST_BAR, CODE_WIDTH / (modules + QUIET_MODULES))
    if thickness < THINNEST_BAR:
        return None
    return Code128(ref, barWidth=thickness, barHeight=BARCODE_HEIGHT, quiet=0)


def breaks_after(route: Route, number: int, locale: Locale) -> Iterator[Block]:
    """Yield the pauses that are taken after a stop (0: before the first)."""
    for pause in route.breaks:
        if pause.after_stop == number:
            yield note_block(_pause_text(pause, locale))


def _pause_text(pause: PlannedBreak, locale: Locale) -> str:
    return say(f"sheet.{pause.kind}", locale, starts=clock(pause.starts_at), ends=clock(pause.ends_at))


def note_block(text: str) -> Block:
    """Return a pale row across the page."""

    def draw(canvas: Canvas, top: float) -> None:
        canvas.setFillColor(PALE)
        canvas.rect(MARGIN, top - 5.6 * mm, WIDTH, 5.6 * mm, stroke=0, fill=1)
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 7.8)
        canvas.drawString(TIME_X, top - 3.8 * mm, clipped(text, BOLD, 7.8, WIDTH - 12 * mm))

    return Block(height=6.6 * mm, draw=draw)


def decimal(value: float, locale: Locale, digits: int = 1) -> str:
    """Return a number as the language writes it, without idle zeros."""
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"
    return text if locale == "en" else text.replace(".", ",")


def _wrapped_line(line: Line, room: float) -> Iterator[Line]:
    for text in wrapped(line.text, line.font, line.size, room):
        yield Line(text=text, font=line.font, size=line.size, is_alert=line.is_alert)


def _height(lines: list[Line]) -> float:
    return sum(line.size * LEADING for line in lines)


def _write(canvas: Canvas, lines: list[Line], x: float, top: float) -> None:
    y = top
    for line in lines:
        y -= line.size * LEADING
        canvas.setFillColor(ALERT if line.is_alert else INK)
        canvas.setFont(line.font, line.size)
        canvas.drawString(x, y + line.size * 0.3, printable(line.text))
