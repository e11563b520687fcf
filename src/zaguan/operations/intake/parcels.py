"""The parcels of one row: weight, volume, pieces, barcodes, and lists of goods inside a cell."""

import json
import re
from functools import partial
from typing import Final

from zaguan.operations.intake.cells import text_of
from zaguan.operations.intake.model import BadCell, Cell, shown
from zaguan.operations.intake.quantities import (
    MAX_PIECES,
    box_volume_ml_of,
    length_cm_of,
    pieces_of,
    volume_ml_of,
    weight_g_of,
)
from zaguan.operations.intake.row import Row
from zaguan.records.orders.model import Parcel

Goods = list[tuple[str, str, int]]  # barcode, description, pieces
MAX_PARCELS_PER_ROW: Final = 200

_SIZE: Final = re.compile(r"([\w.-]+)\s*[=:x×]\s*(\d{1,6})")
_LEADING: Final = re.compile(r"^(\d{1,6})\s*[xX×*]\s+(.+)$|^(\d{1,6})\s*[xX×*](\D.*)$")
_TRAILING: Final = re.compile(r"^(.+?)\s*[xX×*=]\s*(\d{1,6})$")
_JSON_NAMES: Final = ("name", "description", "nombre", "nome", "product")
_JSON_CODES: Final = ("code", "barcode", "sku", "codigo")
_JSON_PIECES: Final = ("quantity", "qty", "cantidad", "quantidade")


def parcels_of(row: Row) -> tuple[Parcel, ...]:
    """Return the row's parcels; none where it says nothing of goods. Weight and volume are of all pieces."""
    pieces = row.read("pieces", pieces_of, 1)
    load_weight_g, load_volume_ml, pieces = _loads(row, pieces)
    weight_g = _weight_g(row, pieces) or load_weight_g
    volume_ml = _volume_ml(row, pieces) or load_volume_ml
    lines: Goods = row.read("packages", _sizes_in, Goods()) or row.read("items", _goods_in, Goods())
    description = row.text("description")
    barcodes = _barcodes(row)
    if not lines and row.has("pallets") and not row.has("pieces"):
        lines = [("", "pallet", row.read("pallets", pieces_of, 1))]
    if lines:
        return _shared_out(lines, weight_g, volume_ml)
    if len(barcodes) > 1:
        each = pieces // len(barcodes) if pieces > len(barcodes) else 1
        return _shared_out([(code, description, each) for code in barcodes], weight_g, volume_ml)
    if not (weight_g or volume_ml or description or barcodes or row.has("pieces") or pieces > 1):
        return ()
    barcode = barcodes[0] if barcodes else ""
    return (Parcel(barcode=barcode, description=description, pieces=pieces, weight_g=weight_g, volume_ml=volume_ml),)


def _weight_g(row: Row, pieces: int) -> int:
    if row.has("weight"):
        return row.read("weight", partial(weight_g_of, unit=row.unit("weight")), 0)
    return pieces * row.read("unit_weight", partial(weight_g_of, unit=row.unit("unit_weight")), 0)


def _volume_ml(row: Row, pieces: int) -> int:
    if row.has("volume"):
        return row.read("volume", partial(volume_ml_of, unit=row.unit("volume")), 0)
    if row.has("dimensions"):
        return pieces * row.read("dimensions", partial(box_volume_ml_of, unit=row.unit("dimensions")), 0)
    if not row.has("length"):
        return 0
    sides = [row.read(side, partial(length_cm_of, unit=row.unit(side)), 0.0) for side in ("length", "width", "height")]
    return round(pieces * sides[0] * sides[1] * sides[2])


def _loads(row: Row, pieces: int) -> tuple[int, int, int]:
    """Read the loads of programs that leave their meaning to the user: kilograms, cubic metres, pieces."""
    weight_g = 0 if row.has("weight") else row.read("load_1", weight_g_of, 0)
    volume_ml = 0 if row.has("volume") else row.read("load_2", volume_ml_of, 0)
    if not row.has("pieces") and row.has("load_3"):
        pieces = row.read("load_3", lambda cell: 1 if text_of(cell) == "0" else pieces_of(cell), 1)
    return weight_g, volume_ml, pieces


def _barcodes(row: Row) -> list[str]:
    codes = [code.strip() for code in re.split(r"[;,|\n]|\s{2,}", row.text("barcode")) if code.strip()]
    return codes[:MAX_PARCELS_PER_ROW]


def _pieces_in(text: str, whole: str) -> int:
    if not 1 <= (pieces := int(text)) <= MAX_PIECES:
        raise BadCell("intake.row_bad_pieces", value=shown(whole))
    return pieces


def _sizes_in(cell: Cell) -> Goods:
    """Read CoopCycle's "small-box=1 big-box=2"; a bare number is that many pieces."""
    text = text_of(cell)
    if text.isdigit():
        return [("", "", _pieces_in(text, text))] if int(text) else []
    found = _SIZE.findall(text)
    if not found or _SIZE.sub("", text).strip(" ,;"):
        raise BadCell("intake.row_bad_packages", value=shown(text))
    return [("", name, _pieces_in(count, text)) for name, count in found[:MAX_PARCELS_PER_ROW] if int(count)]


def _goods_in(cell: Cell) -> Goods:
    """Read a list of goods: JSON objects with name, code and quantity, or "2 x Silla; Mesa"."""
    text = text_of(cell)
    if text.startswith(("[", "{")):
        return _goods_in_json(text)
    goods = []
    for part in re.split(r"[;\n|]", text)[:MAX_PARCELS_PER_ROW]:
        if not (part := part.strip()):
            continue
        if found := _LEADING.match(part):
            goods.append(("", found[2] or found[4], _pieces_in(found[1] or found[3], part)))
        elif found := _TRAILING.match(part):
            goods.append(("", found[1], _pieces_in(found[2], part)))
        else:
            goods.append(("", part, 1))
    return goods


def _goods_in_json(text: str) -> Goods:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadCell("intake.row_bad_goods", value=shown(text)) from error
    goods = []
    for entry in (parsed if isinstance(parsed, list) else [parsed])[:MAX_PARCELS_PER_ROW]:
        if not isinstance(entry, dict):
            raise BadCell("intake.row_bad_goods", value=shown(text))
        name, code, count = (_first(entry, keys) for keys in (_JSON_NAMES, _JSON_CODES, _JSON_PIECES))
        goods.append((code, name, pieces_of(count or "1")))
    return goods


def _first(entry: dict[str, object], keys: tuple[str, ...]) -> str:
    return next((str(entry[key])[:200] for key in keys if entry.get(key) not in (None, "")), "")


def _shared_out(lines: Goods, weight_g: int, volume_ml: int) -> tuple[Parcel, ...]:
    """Share a row's weight and volume among its parcels by pieces, so that the sums stay exact."""
    total = sum(pieces for _, _, pieces in lines)
    parcels, before = [], 0
    for barcode, description, pieces in lines:
        after = before + pieces
        parcels.append(
            Parcel(
                barcode=barcode,
                description=description,
                pieces=pieces,
                weight_g=weight_g * after // total - weight_g * before // total,
                volume_ml=volume_ml * after // total - volume_ml * before // total,
            )
        )
        before = after
    return tuple(parcels)
