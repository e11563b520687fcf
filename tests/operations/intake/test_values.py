"""Single cells: windows, moments, quantities, choices, contacts."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zaguan.operations.intake.choices import (
    kind_of,
    priority_of,
    proofs_of,
    skills_of,
    vehicle_kinds_of,
    weekdays_of,
    yes_of,
)
from zaguan.operations.intake.contacts import degrees_of_pair, email_of, phone_of, point_of
from zaguan.operations.intake.model import BadCell, Cell
from zaguan.operations.intake.moments import Moment, date_of, day_order_of, moment_of
from zaguan.operations.intake.quantities import (
    box_volume_ml_of,
    cash_of,
    pieces_of,
    service_s_of,
    volume_ml_of,
    weight_g_of,
)
from zaguan.operations.intake.windows import spans_between, spans_of_text, window_of
from zaguan.records.orders.model import OrderKind, Priority, Proof

H = 3600


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("9-12", [(9, 12)]),
        ("09:00–12:00", [(9, 12)]),
        ("9am-1pm", [(9, 13)]),
        ("9 a.m. - 1 p.m.", [(9, 13)]),
        ("2-4pm", [(14, 16)]),
        ("9-1pm", [(9, 13)]),
        ("entre 10 y 12", [(10, 12)]),
        ("between 10:00 and 12:00", [(10, 12)]),
        ("das 9 às 12", [(9, 12)]),
        ("09h30 às 12h", [(9.5, 12)]),
        ("de 9 a 13 hrs.", [(9, 13)]),
        ("desde las 9 hasta las 12", [(9, 12)]),
        ("0900-1300", [(9, 13)]),
        ("9.30-12.30", [(9.5, 12.5)]),
        ("9-6", [(9, 18)]),
        ("22:00-02:00", [(22, 26)]),
        ("9-12 y 15-18", [(9, 12), (15, 18)]),
        ("15:00 - 18:00 / 09:00 - 12:00", [(9, 12), (15, 18)]),
        ("después de las 10", [(10, 24)]),
        ("until 14:30", [(0, 14.5)]),
        ("a partir das 14h", [(14, 24)]),
        ("tarde", [(13, 19)]),
        ("PM", [(13, 19)]),
        ("todo el día", []),
        ("00:00-23:59", []),
    ],
)
def test_windows_in_many_writings(text: str, spans: list[tuple[float, float]]) -> None:
    """A window is read however people write it, in three languages."""
    found, _ = spans_of_text(text)
    assert [(opens / H, closes / H) for opens, closes in found] == spans


@pytest.mark.parametrize("text", ["x", "18:00-09:00", "9:00 - 25:00", "9-12-15", "lunes 9-12", "14-13:30", "9:70-10"])
def test_windows_that_cannot_be(text: str) -> None:
    """What is no window is refused, not guessed."""
    with pytest.raises(BadCell):
        spans_of_text(text)


def test_a_single_hour_is_an_appointment() -> None:
    """An hour alone opens a window of one hour, and says that it was read so."""
    assert spans_of_text("10:00") == (((10 * H, 11 * H),), True)


def test_a_timeslot_of_two_moments() -> None:
    """CoopCycle's "2019-12-12 10:00 - 2019-12-12 11:00" gives day and window."""
    found = window_of("2019-12-12 10:00 - 2019-12-12 11:00", day_first=True, zone=None, wanted_on=None)
    assert found == (date(2019, 12, 12), ((10 * H, 11 * H),), False)


def test_a_span_of_days_takes_the_wanted_day() -> None:
    """Of a window over several days the planned day is taken; in the middle it is open all day."""
    opens = Moment(day=date(2026, 1, 5), time_s=10 * H)
    closes = Moment(day=date(2026, 1, 7), time_s=12 * H)
    assert spans_between(opens, closes, wanted_on=None) == (date(2026, 1, 5), ((10 * H, 24 * H),))
    assert spans_between(opens, closes, wanted_on=date(2026, 1, 6)) == (date(2026, 1, 6), ())
    assert spans_between(opens, closes, wanted_on=date(2026, 1, 7)) == (date(2026, 1, 7), ((0, 12 * H),))


@pytest.mark.parametrize(
    ("cell", "day", "time_s"),
    [
        ("2026-01-05", date(2026, 1, 5), None),
        ("05/01/2026", date(2026, 1, 5), None),
        ("5.1.26", date(2026, 1, 5), None),
        ("20260105", date(2026, 1, 5), None),
        ("lunes, 5 de enero de 2026", date(2026, 1, 5), None),
        ("Jan 5, 2026", date(2026, 1, 5), None),
        ("5-fev-2026", date(2026, 2, 5), None),
        ("01/13/2026", date(2026, 1, 13), None),
        ("2026-01-05 10:30", date(2026, 1, 5), 10.5),
        ("05-01-2026 9:30 pm", date(2026, 1, 5), 21.5),
        (46027, date(2026, 1, 5), None),
        (46027.5, date(2026, 1, 5), 12),
        ("46027", date(2026, 1, 5), None),
        (0.375, None, 9),
        (9.5, None, 9.5),
        (1330, None, 13.5),
        (datetime(2026, 1, 5, 8, 15), date(2026, 1, 5), 8.25),  # noqa: DTZ001
        (time(8, 15), None, 8.25),
        (timedelta(hours=26), None, 26),
        ("24:00", None, 24),
    ],
)
def test_moments_in_many_writings(cell: Cell, day: date | None, time_s: float | None) -> None:
    """Dates and times are read from text, from a sheet's own types and from serial numbers."""
    expected = Moment(day=day, time_s=None if time_s is None else round(time_s * H))
    assert moment_of(cell, day_first=True) == expected


def test_a_moment_with_an_offset_becomes_local() -> None:
    """ "...Z" is turned into the region's wall time, summer time included."""
    found = moment_of("2026-01-05T13:00:00Z", day_first=True, zone=ZoneInfo("America/Santiago"))
    assert found == Moment(day=date(2026, 1, 5), time_s=10 * H)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("31/02/2026", "intake.row_impossible_date"),
        ("hoy", "intake.row_bad_date"),
        ("1999-01-01", None),
        ("9:30", None),
    ],
)
def test_dates_that_cannot_be(text: str, code: str | None) -> None:
    """A date that no calendar has, or of another century, is refused."""
    with pytest.raises(BadCell) as refused:
        date_of(text, day_first=True)
    assert code is None or refused.value.code == code


@pytest.mark.parametrize(
    ("text", "proof"), [("13/01/2026", "day"), ("01/13/2026", "month"), ("02/03/2026", "either"), ("2026-01-13", "")]
)
def test_what_a_date_proves(text: str, proof: str) -> None:
    """A written date may show whether the day or the month stands first."""
    assert day_order_of(text) == proof


@pytest.mark.parametrize(
    ("cell", "unit", "grams"),
    [("1,5", "", 1500), ("1.5 kg", "", 1500), ("500 g", "", 500), ("2 lb", "", 907), (1.25, "", 1250),
     ("250", "g", 250), ("1.234,5", "", 1_234_500), ("2.500 g", "", 2500), ("1,234.5", "", 1_234_500),
     ("0,100", "", 100)],
)  # fmt: skip
def test_weights(cell: Cell, unit: str, grams: int) -> None:
    """Weights take decimal commas, thousands and units; kilograms unless something else is said."""
    assert weight_g_of(cell, unit=unit) == grams


@pytest.mark.parametrize("cell", ["nan", "inf", float("nan"), float("inf"), "1e400", "-1", "abc", "3 cajas", "", True])
def test_weights_that_are_none(cell: Cell) -> None:
    """NaN, infinities, negative and other texts are refused."""
    with pytest.raises(BadCell):
        weight_g_of(cell)


def test_volumes_and_dimensions() -> None:
    """Volumes are cubic metres unless said otherwise; three sides in centimetres make one."""
    assert volume_ml_of("0,35 m3") == 350_000
    assert volume_ml_of("0,1 m³") == 100_000
    assert volume_ml_of("35 l") == 35_000
    assert volume_ml_of(1200.0, unit="cm3") == 1200
    assert box_volume_ml_of("30x20x10") == 6000
    assert box_volume_ml_of("0,3 x 0,2 x 0,1 m") == 6000


def test_service_times() -> None:
    """The time at the door is in minutes unless header or cell say otherwise."""
    assert service_s_of("10") == 600
    assert service_s_of("0:10") == 600
    assert service_s_of(time(0, 10)) == 600
    assert service_s_of("90", unit="s") == 90
    assert service_s_of("1 h") == 3600
    with pytest.raises(BadCell):
        service_s_of("13 h")


def test_pieces() -> None:
    """Pieces are whole and at least one."""
    assert pieces_of(2.0) == 2
    for bad in (0, -3, 1.5, "x"):
        with pytest.raises(BadCell):
            pieces_of(bad)


@pytest.mark.parametrize(
    ("text", "country", "money"),
    [("$ 12.990", "CL", (12_990, "CLP")), ("R$ 1.234,56", "BR", (123_456, "BRL")), ("US$ 20", "CL", (2000, "USD")),
     ("12.990 CLP", "BR", (12_990, "CLP")), ("$12.990.-", "CL", (12_990, "CLP")), ("19.90", "US", (1990, "USD"))],
)  # fmt: skip
def test_money(text: str, country: str, money: tuple[int, str]) -> None:
    """Money is read in the country's habit, in minor units; pesos of Chile have none."""
    assert cash_of(text, currency="", country=country) == money


def test_money_without_currency_is_refused() -> None:
    """Where neither cell, column nor country tell the currency, none is invented."""
    with pytest.raises(BadCell, match="row_no_currency"):
        cash_of("20", currency="", country="ZZ")


def test_choices() -> None:
    """Kinds, priorities, proofs, vehicles and skills are understood in three languages."""
    assert kind_of("Devolución") == (OrderKind.PICKUP, False)
    assert kind_of("T") == (OrderKind.DELIVERY, True)
    assert [priority_of(word) for word in ("L", "M", "H", "C")] == list(Priority)
    assert proofs_of("firma y foto") == {Proof.SIGNATURE, Proof.PHOTO}
    assert vehicle_kinds_of("Moto / Bicicleta") == {"motorcycle", "bicycle"}
    assert skills_of("Frío; 2 personas, Grúa") == {"cold", "two-person", "grua"}
    assert [yes_of(cell) for cell in ("SÍ", "x", True, "não", "0", "-")] == [True, True, True, False, False, False]


@pytest.mark.parametrize(
    ("text", "days"),
    [("lunes y jueves", "mon,thu"), ("segunda-feira, quinta-feira", "mon,thu"), ("mon-wed", "mon,tue,wed"),
     ("viernes a lunes", "mon,fri,sat,sun"), ("diario", "mon,tue,wed,thu,fri,sat,sun"), ("Lun, Mié", "mon,wed")],
)  # fmt: skip
def test_weekdays(text: str, days: str) -> None:
    """C32: weekdays are read as names, lists and spans."""
    assert weekdays_of(text) == days


def test_phones() -> None:
    """Phones become E.164 with the country's habit; others stay as given; "no tiene" is none."""
    assert phone_of("9 0012 3456", "CL") == ("+56900123456", True)
    assert phone_of("56900123456", "CL") == ("+56900123456", True)
    assert phone_of("(11) 90012-3456", "BR") == ("+5511900123456", True)
    assert phone_of("+1 555 555 0101", "CL") == ("+15555550101", True)
    assert phone_of("no tiene", "CL") == ("", True)
    assert phone_of("12", "CL") == ("12", False)
    assert email_of("ana@example.org")[1]
    assert not email_of("ana")[1]


def test_coordinates() -> None:
    """A pair is read with points or commas; what is not on the globe is refused or put right."""
    assert degrees_of_pair("-33.45, -70.65") == (-33.45, -70.65)
    assert degrees_of_pair("-33,45; -70,65") == (-33.45, -70.65)
    assert point_of(0, 0) == (None, "intake.coordinates_zero")
    assert point_of(-99.1, 19.4)[1] == "intake.coordinates_swapped"
    for lat, lon in ((float("nan"), 1), (1, float("inf")), (200, 200)):
        with pytest.raises(BadCell):
            point_of(lat, lon)


@given(st.text(max_size=30))
def test_no_text_breaks_a_reader(text: str) -> None:
    """Any text at all is read or refused as a bad cell, by every reader."""
    readers = (
        spans_of_text, weight_g_of, volume_ml_of, box_volume_ml_of, service_s_of, pieces_of, yes_of, kind_of,
        priority_of, proofs_of, vehicle_kinds_of, weekdays_of, skills_of, degrees_of_pair,
    )  # fmt: skip
    for reader in readers:
        try:
            reader(text)
        except BadCell:
            continue
    with suppress(BadCell):
        moment_of(text, day_first=False, zone=ZoneInfo("America/Santiago"))
    phone_of(text, "CL")
