"""Drawings of the rules that are about who is where: chains of stops, maps, vehicles."""

from typing import Final

from tools.drawing import Drawing


def capacity(d: Drawing) -> None:
    for y, stops, loads, holds in (
        (28, ("B", "−5"), ("5", "0", "5"), True),
        (72, ("A", "+5"), ("5", "10", "5"), False),
    ):
        other = ("A", "+5") if stops[0] == "B" else ("B", "−5")
        d.chain(y, [(20, "", ""), (88, *stops), (156, *other), (224, "", "")])
        for x, load in zip((54, 122, 190), loads, strict=True):
            d.note(x, y - 7, load, "bad-text" if load == "10" else "soft")
        d.verdict(256, y, holds=holds)
    d.note(256, 94, "room 5")


def pairs(d: Drawing) -> None:
    for y, order, loads, holds in (
        (28, (("C", "−5"), ("A", "+5"), ("B", "−5")), ("5", "0", "5", "0"), True),
        (74, (("C", "−5"), ("B", "−5"), ("A", "+5")), ("5", "0", "?", "5"), False),
    ):
        d.chain(y, [(14, "", ""), *((66 + 54 * at, *stop) for at, stop in enumerate(order)), (226, "", "")])
        for x, load in zip((38, 93, 147, 202), loads, strict=True):
            d.note(x, y - 6, load, "bad-text" if load == "?" else "soft")
        d.verdict(256, y, holds=holds)
    d.note(256, 94, "room 5")
    d.path([(120, 17), (120, 9), (174, 9), (174, 17)], "two")
    d.path([(171, 13), (174, 17), (177, 13)], "two")


def trips(d: Drawing) -> None:
    d.path([(140, 52), (96, 20), (40, 34), (60, 74), (140, 52)])
    d.path([(140, 52), (186, 18), (242, 36), (216, 76), (140, 52)], "two")
    d.depot(140, 52)
    for x, y, letter, kind in (
        (96, 20, "A", "one"), (40, 34, "B", "one"), (60, 74, "C", "one"),
        (186, 18, "E", "two"), (242, 36, "F", "two"), (216, 76, "G", "two"),
    ):  # fmt: skip
        d.stop(x, y, letter, kind)
    d.note(140, 72, "loads")
    d.note(140, 84, "again")


def compactness(d: Drawing) -> None:
    spots = {"A": (22, 30), "C": (44, 66), "B": (86, 24), "E": (104, 70)}
    for left, routes in ((0, ("AB", "CE")), (160, ("AC", "BE"))):
        for route, kind, area in zip(routes, ("one", "two"), ("area", "area-two"), strict=True):
            (x1, y1), (x2, y2) = (spots[letter] for letter in route)
            low_x, low_y = left + min(x1, x2) - 12, min(y1, y2) - 12
            d.bar(low_x, low_y, abs(x2 - x1) + 24, area, height=abs(y2 - y1) + 24)
            d.path([(left + x1, y1), (left + x2, y2)], kind)
            for letter in route:
                d.stop(left + spots[letter][0], spots[letter][1], letter, kind)
    d.becomes(140, 48)


def zones(d: Drawing) -> None:
    spots = ((26, 26), (36, 64), (88, 24), (98, 62))
    for left, order, text in ((0, (0, 2, 1, 3), "3 changes"), (154, (0, 1, 3, 2), "1 change")):
        d.bar(left + 8, 8, 48, "area", height=72)
        d.bar(left + 66, 8, 50, "area-two", height=72)
        d.path([(left + spots[at][0], spots[at][1]) for at in order], "good" if left else "bad")
        for at, letter in enumerate("ABCE"):
            d.stop(left + spots[at][0], spots[at][1], letter, "one" if at < 2 else "two")
        d.note(left + 62, 93, text)
    d.becomes(136, 48)


def groups(d: Drawing) -> None:
    for left, upper, lower, text in ((0, "AC", "BE", "{A, C} together"), (146, "AB", "CE", "{A, C} apart")):
        for y, route, kind in ((24, upper, "one"), (58, lower, "two")):
            d.path([(left + 16, 41), (left + 44, y), (left + 110, y)], kind)
            for x, letter in zip((left + 62, left + 106), route, strict=True):
                d.stop(x, y, letter, kind)
        d.depot(left + 16, 41)
        d.note(left + 66, 88, text)


def frozen(d: Drawing) -> None:
    d.bar(12, 26, 128, "area", height=42)
    d.chain(46, [(22, "", ""), (66, "A", ""), (116, "B", "")], "one")
    d.path([(124, 46), (264, 46)], "dim")
    d.stop(184, 46, "C", "two")
    d.stop(232, 46, "E", "two")
    d.note(76, 84, "frozen: stays as it is")
    d.note(208, 84, "may change")
    d.note(150, 20, "new work from here on")
    d.path([(140, 24), (140, 70)], "bad")


def published(d: Drawing) -> None:
    d.words(8, 29, "promised", "soft")
    d.words(8, 73, "now", "soft")
    d.chain(26, [(70, "", ""), (114, "A", ""), (158, "B", ""), (202, "C", "")])
    d.chain(70, [(70, "", ""), (114, "A", ""), (158, "C", ""), (202, "B", "")])
    d.path([(124, 70), (150, 70)], "two")
    d.path([(168, 70), (194, 70)], "two")
    for x in (136, 180):
        d.note(x, 90, "+ 1", "two-text")
    d.words(220, 73, "2 changes", "soft")


def skills(d: Drawing) -> None:
    d.stop(238, 48, "A", "two")
    d.note(238, 74, "needs: cold")
    for y, text, holds in ((40, "cold, lift", True), (86, "lift", False)):
        d.van(14, y, "one" if holds else "dim")
        d.words(60, y - 7, text, "soft")
        d.path([(114, y - 10), (220, 46 if holds else 52)], "one" if holds else "dim")
        d.verdict(166, 30 if holds else 66, holds=holds)


def priorities(d: Drawing) -> None:
    d.path([(30, 52), (76, 22), (128, 34), (112, 72), (30, 52)])
    d.path([(128, 34), (226, 40)], "dim")
    d.depot(30, 52)
    d.stop(76, 22, "A")
    d.stop(128, 34, "B")
    d.stop(112, 72, "C")
    d.stop(236, 42, "E", "bad")
    d.note(182, 31, "costs 7 more")
    d.note(236, 66, "prize 4")
    d.note(236, 80, "left out", "bad-text")


def preference(d: Drawing) -> None:
    d.stop(140, 46, "A", "two")
    d.van(20, 54)
    d.van(224, 54)
    d.path([(64, 46), (130, 46)])
    d.path([(150, 46), (216, 46)], "dim")
    d.words(8, 74, "knows the zone", "soft")
    d.note(236, 74, "does not")
    d.note(98, 40, "+ 0")
    d.note(184, 40, "+ 6", "two-text")


def fleet(d: Drawing) -> None:
    for y, long, room, prices in ((32, 16, "room 4", "10 a day, 0.2 a km"), (78, 40, "room 12", "25 a day, 0.4 a km")):
        d.van(16, y, long=long)
        d.words(82, y - 7, room, "loud")
        d.words(138, y - 7, prices, "soft")


def depots(d: Drawing) -> None:
    d.path([(30, 62), (66, 24), (112, 40), (92, 78), (30, 62)])
    d.path([(246, 26), (210, 68), (160, 58), (154, 22)], "two")
    d.depot(30, 62)
    d.depot(246, 26)
    for x, y, letter, kind in (
        (66, 24, "A", "one"), (112, 40, "B", "one"), (92, 78, "C", "one"),
        (210, 68, "E", "two"), (160, 58, "F", "two"), (154, 22, "G", "two"),
    ):  # fmt: skip
        d.stop(x, y, letter, kind)
    d.words(168, 18, "open end", "soft")


DRAWINGS: Final = (
    ("capacity", "Capacity", "A full van delivers before it fetches; otherwise ten would be aboard.", capacity),
    ("pairs", "Pairs", "What is fetched at A is brought to B, on one trip and in this order.", pairs),
    ("trips", "Trips", "One vehicle makes two trips from its depot and loads between them.", trips),
    ("compactness", "Compactness", "Routes with small boxes beside each other instead of wide ones.", compactness),
    ("zones", "Zones", "One change of zone instead of three.", zones),
    ("groups", "Groups", "A and C on one vehicle, or on different ones.", groups),
    ("frozen", "Frozen", "The beginning of a route stays; new work comes behind it.", frozen),
    ("published", "Published", "B and C stand behind other stops than promised: two changes.", published),
    ("skills", "Skills", "Only the van that has what the client needs may come.", skills),
    ("priorities", "Priorities", "E costs more than its prize and is left out.", priorities),
    ("preference", "Preference", "Of two vans the one that does not know the zone costs six more.", preference),
    ("fleet", "Mixed fleet", "Vehicles with capacities and prices of their own.", fleet),
    ("depots", "Depots", "Two depots in one plan; one route ends at its last client.", depots),
)  # fmt: skip
