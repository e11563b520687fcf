"""Drawings of the rules that are about hours: bars on a line of time, and curves."""

from typing import Final

from tools.drawing import Drawing


def time_windows(d: Drawing) -> None:
    d.path([(16, 34), (264, 34)], "axis")
    d.bar(70, 18, 40, "idle", "wait")
    d.bar(110, 18, 80, "open", "window")
    d.path([(70, 14), (70, 40)])
    d.note(70, 11, "arrives")
    d.verdict(226, 26, holds=False)
    d.words(16, 30, "hard", "loud")
    d.path([(16, 80), (264, 80)], "axis")
    d.bar(110, 64, 80, "open", "window")
    d.fill([(190, 80), (256, 80), (256, 58)], "late")
    d.note(222, 93, "late, at a price")
    d.words(16, 76, "soft", "loud")


def latest(d: Drawing) -> None:
    d.path([(16, 62), (264, 62)], "axis")
    d.bar(50, 46, 80, "open", "window")
    d.fill([(130, 62), (206, 62), (206, 34)], "late")
    d.note(168, 76, "late, at a price")
    d.path([(206, 18), (206, 68)], "bad")
    d.note(206, 12, "latest moment", "bad-text")
    d.verdict(236, 48, holds=False)
    d.note(238, 76, "refused")


def travel(d: Drawing) -> None:
    d.path([(58, 8), (58, 76), (268, 76)], "axis")
    d.path([(58, 66), (92, 66), (138, 22), (184, 22), (226, 58), (264, 58)])
    for x, y, clock in ((92, 66, "7:00"), (138, 22, "8:00"), (184, 22, "9:30"), (226, 58, "11:00")):
        d.path([(x, 76), (x, 79)], "axis")
        d.fill([(x - 3, y - 3), (x + 3, y - 3), (x + 3, y + 3), (x - 3, y + 3)], "work")
        d.note(x, 90, clock)
    d.words(52, 26, "30 min", "soft", anchor="end")
    d.words(52, 69, "10 min", "soft", anchor="end")


def shifts(d: Drawing) -> None:
    d.path([(16, 58), (264, 58)], "axis")
    d.bar(40, 40, 150, "open", "shift")
    d.bar(190, 40, 56, "idle", "overtime")
    d.fill([(190, 38), (246, 38), (246, 20)], "late")
    d.path([(246, 16), (246, 64)], "bad")
    d.bar(62, 22, 110, "work", "a route", height=14)
    for x, clock in ((40, "8:00"), (190, "17:00"), (246, "18:00")):
        d.note(x, 74, clock)


def breaks(d: Drawing) -> None:
    d.bar(82, 6, 130, "open", "window of the break", height=14)
    for y, word in ((34, "wait"), (68, "break")):
        d.path([(24, y + 8), (256, y + 8)], "one")
        d.stop(60, y + 8, "A")
        d.bar(122, y, 50, "idle" if word == "wait" else "late", word)
        d.stop(206, y + 8, "B")
    d.path([(16, 36), (10, 36), (10, 76), (16, 76)], "axis")
    d.path([(12, 72), (16, 76), (12, 80)], "axis")


def driving_hours(d: Drawing) -> None:
    d.path([(12, 14), (12, 8), (146, 8), (146, 14)], "axis")
    d.words(16, 24, "4:10 at the wheel, 4:30 allowed", "soft")
    d.path([(12, 50), (268, 50)], "axis")
    d.bar(22, 42, 50, "work", "2:10")
    d.stop(80, 50, "A")
    d.bar(90, 42, 46, "work", "2:00")
    d.stop(146, 50, "B")
    d.bar(158, 42, 32, "late", "rest")
    d.bar(193, 42, 44, "work", "1:30")
    d.stop(248, 50, "C")
    d.note(174, 74, "0:45")
    d.depot(14, 50)


def service(d: Drawing) -> None:
    for y, pace, wide, minutes in ((22, "100 %", 80, "4:00"), (60, "150 %", 120, "6:00")):
        d.words(12, y + 12, pace, "loud")
        d.path([(56, y + 16), (268, y + 16)], "axis")
        d.bar(66, y, 40, "idle", "parks")
        d.bar(106, y, wide, "work", minutes)
    d.note(166, 92, "at the door; parking takes all as long")


def setup(d: Drawing) -> None:
    d.words(12, 20, "two orders at one door", "soft")
    d.path([(12, 50), (268, 50)], "axis")
    d.bar(58, 34, 46, "idle", "parks")
    d.bar(104, 34, 46, "work", "A")
    d.bar(150, 34, 46, "work", "B")
    d.path([(104, 58), (104, 64), (196, 64), (196, 58)], "axis")
    d.note(150, 78, "same place: parked for once")


def releases(d: Drawing) -> None:
    for x, text in ((60, "A ready 8:00"), (160, "B ready 10:00")):
        d.path([(x, 16), (x, 92)], "dim")
        d.note(x, 11, text)
    d.words(6, 38, "two trips", "soft")
    d.words(6, 76, "one trip", "soft")
    d.bar(60, 26, 66, "work", "A")
    d.bar(126, 26, 34, "idle", "load")
    d.bar(160, 26, 66, "work", "B")
    d.bar(60, 64, 100, "idle", "both wait")
    d.bar(160, 64, 96, "work", "A, B")


def battery(d: Drawing) -> None:
    d.path([(56, 6), (56, 76), (272, 76)], "axis")
    d.path([(56, 64), (272, 64)], "bad")
    d.words(50, 67, "reserve", "bad-text", anchor="end")
    d.words(50, 17, "full", "soft", anchor="end")
    d.path([(56, 14), (104, 32), (158, 58)])
    d.path([(158, 58), (158, 14)], "good")
    d.path([(158, 14), (214, 34), (266, 54)])
    for x, letter in ((104, "A"), (214, "B")):
        d.path([(x, 76), (x, 79)], "axis")
        d.note(x, 91, letter)
    d.note(158, 91, "charges")
    d.depot(60, 88)
    d.depot(266, 88)


def balance(d: Drawing) -> None:
    for x, first, second in ((14, 96, 36), (160, 72, 60)):
        d.bar(x, 26, first, "work", f"{first // 12} h")
        d.bar(x, 54, second, "work", f"{second // 12} h")
        d.path([(x + 72, 18), (x + 72, 78)], "dim")
        d.note(x + 72, 91, "fair: 6 h")
    d.bar(86, 26, 24, "late", "+2")
    d.becomes(135, 48)


DRAWINGS: Final = (
    ("time-windows", "Time windows", "A hard window refuses a late start; a soft one prices it.", time_windows),
    ("latest-moments", "Latest moments", "Lateness costs up to the latest moment and is refused beyond.", latest),
    ("travel", "Travel", "The minutes of a leg over the hour of departure: even changes between knots.", travel),
    ("shifts", "Shifts", "A route lies in its shift; overtime costs extra and has a bound.", shifts),
    ("breaks", "Breaks", "A wait between two stops, inside the window of the break, becomes the break.", breaks),
    ("driving-hours", "Driving hours", "A rest comes before the leg that would pass the limit.", driving_hours),
    ("service", "Service", "A slower driver takes longer at the door, not for parking.", service),
    ("setup", "Setup", "Two orders at one place are parked for once.", setup),
    ("releases", "Releases", "With two trips only the second one waits for the goods that come late.", releases),
    ("battery", "Battery", "The level never falls below the reserve and is filled at a station.", battery),
    ("balance", "Balance", "A route of eight hours and one of three become one of six and one of five.", balance),
)  # fmt: skip
