"""A bundle of arrays that compiled code takes as one pointer.

Numba passes a named tuple of arrays by value: every call copies hundreds of words, and every kernel is compiled with
hundreds of arguments. A `View` is the address of a table that holds, for each field, the address and the shape of
its array; `view.field` in a kernel reads it from there. Kernels compile several times faster and need no reference
counts, because the Python object keeps the arrays alive.

In a kernel a field is a `Lane`: an array that knows its address and extents and nothing else. The table never
changes, and LLVM is told so: it may keep addresses in registers although kernels write to the arrays. An index into a
lane is never negative: Numba's own arrays look at each index for that, lanes do not.
"""

import operator
from typing import Any, Final, Protocol, cast

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.extending import models, register_model, typeof_impl, unbox
from numba.core.imputils import lower_builtin, lower_getattr, lower_getattr_generic
from numba.core.pythonapi import NativeValue
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, infer_global, signature
from numba.np import numpy_support

numba_types: Any = types  # its stubs know only some of its names
WORDS: Final = 4  # of a field in the table: address (or value), then up to three extents
WORD: Final = ir.IntType(64)


_WIDTHS: dict[type, dict[str, int]] = {}


def declare_widths(fields: type, **widths: int) -> None:
    """Say which arrays of a named tuple always have the same last extent: compiled code may rely on it."""
    _WIDTHS[fields] = widths


class Fields(Protocol):
    """A named tuple of arrays, whole numbers, truths and views."""

    def _asdict(self) -> dict[str, Any]: ...


class LaneType(types.Type):
    """The compiled type of an array's field. `width` is the last extent where it is always the same, else None."""

    def __init__(self, dtype: types.Type, ndim: int, width: int | None) -> None:
        self.dtype, self.ndim, self.width = dtype, ndim, width
        super().__init__(name=f"Lane({dtype}, {ndim}, {width})")


class ViewType(types.Type):
    """The compiled type: which fields there are, and of what type."""

    def __init__(self, fields: tuple[tuple[str, types.Type], ...]) -> None:
        self.fields = fields
        super().__init__(name="View(" + ", ".join(f"{name}: {kind}" for name, kind in fields) + ")")

    def place_of(self, name: str) -> int | None:
        """Return the row of a field in the table."""
        return next((row for row, (field, _) in enumerate(self.fields) if field == name), None)


class View[T: Fields]:
    """The Python side: keeps the arrays alive and knows the address of their table."""

    def __init__(self, fields: T) -> None:
        self.fields = fields
        self._table = np.zeros((len(fields._asdict()), WORDS), np.int64)
        kinds, widths = [], _WIDTHS.get(type(fields), {})
        for row, (name, value) in zip(self._table, fields._asdict().items(), strict=True):
            kinds.append((name, _register(row, name, value, widths.get(name))))
        self.kind = ViewType(tuple(kinds))
        self.address = int(self._table.ctypes.data)


def _register(row: np.ndarray[Any, np.dtype[np.int64]], name: str, value: object, width: int | None) -> types.Type:
    """Write one field into its row of the table and return its compiled type."""
    if isinstance(value, View):
        row[0] = value.address
        return value.kind
    if isinstance(value, bool | int):
        row[0] = int(value)
        return types.int64
    array = cast(np.ndarray[Any, np.dtype[Any]], value)
    if not (array.flags.c_contiguous and array.flags.writeable and array.ndim < WORDS):
        raise TypeError(f"field {name}: a view takes writable C arrays of at most {WORDS - 1} dimensions")
    if width is not None and array.shape[-1] != width:
        raise TypeError(f"field {name}: its last extent is {array.shape[-1]}, not {width}")
    row[0] = array.ctypes.data
    row[1 : 1 + array.ndim] = array.shape
    return LaneType(numpy_support.from_dtype(array.dtype), array.ndim, width)


@register_model(ViewType)
class _ViewModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, dmm: Any, fe_type: ViewType) -> None:
        super().__init__(dmm, fe_type, WORD)


@register_model(LaneType)
class _LaneModel(models.StructModel):  # type: ignore[misc]
    def __init__(self, dmm: Any, fe_type: LaneType) -> None:
        super().__init__(
            dmm, fe_type, [("address", types.int64), ("shape", numba_types.UniTuple(types.int64, fe_type.ndim))]
        )


@typeof_impl.register(View)  # type: ignore[untyped-decorator]
def _typeof_view(value: View[Any], _context: Any) -> ViewType:
    return value.kind


@unbox(ViewType)  # type: ignore[untyped-decorator]
def _unbox_view(_typ: ViewType, obj: Any, c: Any) -> NativeValue:
    address = c.pyapi.object_getattr_string(obj, "address")
    value = c.pyapi.long_as_longlong(address)
    c.pyapi.decref(address)
    return NativeValue(value, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))


@infer_getattr
class _ViewAttributes(AttributeTemplate):  # type: ignore[misc]
    key = ViewType

    def generic_resolve(self, typ: ViewType, name: str) -> types.Type | None:
        """Type `view.name`."""
        row = typ.place_of(name)
        return None if row is None else typ.fields[row][1]


@infer_getattr
class _LaneAttributes(AttributeTemplate):  # type: ignore[misc]
    key = LaneType

    def resolve_shape(self, typ: LaneType) -> Any:
        """Type `lane.shape`."""
        return numba_types.UniTuple(types.int64, typ.ndim)


@lower_getattr_generic(ViewType)  # type: ignore[untyped-decorator]
def _lower_attribute(context: Any, builder: Any, typ: ViewType, value: Any, name: str) -> Any:
    row = typ.place_of(name)
    assert row is not None, "typed before it is lowered"
    kind = typ.fields[row][1]
    table = builder.inttoptr(value, WORD.as_pointer())

    def read(column: int) -> Any:
        loaded = builder.load(builder.gep(table, [ir.Constant(WORD, row * WORDS + column)]))
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
        return loaded

    if not isinstance(kind, LaneType):
        return read(0)
    lane = cgutils.create_struct_proxy(kind)(context, builder)
    lane.address = read(0)
    extents = [read(1 + axis) for axis in range(kind.ndim)]
    if kind.width is not None:
        extents[-1] = ir.Constant(WORD, kind.width)
    lane.shape = cgutils.pack_array(builder, extents)
    return lane._getvalue()


@lower_getattr(LaneType, "shape")  # type: ignore[untyped-decorator]
def _lower_shape(context: Any, builder: Any, typ: LaneType, value: Any) -> Any:
    return cgutils.create_struct_proxy(typ)(context, builder, value).shape


def _indices(index: types.Type) -> int | None:
    """Return how many whole numbers an index is made of, None if it is something else."""
    if isinstance(index, types.Integer):
        return 1
    if isinstance(index, numba_types.BaseTuple) and all(isinstance(one, types.Integer) for one in index):
        return len(index)
    return None


@infer_global(operator.getitem)
class _ReadPlace(AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Any, kws: Any) -> Any:
        """Type `lane[i, j]`, a number, and `lane[i]` of a table, a row."""
        if kws or len(args) != 2 or not isinstance(args[0], LaneType):
            return None
        lane, count = args[0], _indices(args[1])
        if count is None or count > lane.ndim:
            return None
        result = lane.dtype if count == lane.ndim else LaneType(lane.dtype, lane.ndim - count, lane.width)
        return signature(result, *args)


@infer_global(operator.setitem)
class _WritePlace(AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Any, kws: Any) -> Any:
        """Type `lane[i, j] = number`."""
        if kws or len(args) != 3 or not isinstance(args[0], LaneType) or _indices(args[1]) != args[0].ndim:
            return None
        return signature(types.none, args[0], args[1], args[0].dtype)


def _address(
    context: Any, builder: Any, typ: LaneType, value: Any, index_type: Any, index: Any
) -> tuple[Any, Any, int]:
    """Return the lane, the address of an item or row, and how many indices were used."""
    lane = cgutils.create_struct_proxy(typ)(context, builder, value)
    extents = cgutils.unpack_tuple(builder, lane.shape, typ.ndim)
    kinds = [index_type] if isinstance(index_type, types.Integer) else list(index_type)
    places = [index] if isinstance(index_type, types.Integer) else cgutils.unpack_tuple(builder, index, len(kinds))
    places = [context.cast(builder, place, kind, types.int64) for place, kind in zip(places, kinds, strict=True)]
    flat = places[0]
    for place, extent in zip(places[1:], extents[1:], strict=False):
        flat = builder.add(builder.mul(flat, extent, flags=["nsw"]), place, flags=["nsw"])
    for extent in extents[len(places) :]:
        flat = builder.mul(flat, extent, flags=["nsw"])
    item = context.get_value_type(typ.dtype)
    start = builder.inttoptr(lane.address, item.as_pointer())
    return lane, builder.gep(start, [flat], inbounds=True), len(places)


def _lower_get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    typ = sig.args[0]
    lane, address, used = _address(context, builder, typ, args[0], sig.args[1], args[1])
    if used == typ.ndim:
        return builder.load(address)
    row = cgutils.create_struct_proxy(sig.return_type)(context, builder)
    row.address = builder.ptrtoint(address, WORD)
    extents = cgutils.unpack_tuple(builder, lane.shape, typ.ndim)
    row.shape = cgutils.pack_array(builder, extents[used:])
    return row._getvalue()


def _lower_set(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    _, address, _ = _address(context, builder, sig.args[0], args[0], sig.args[1], args[1])
    builder.store(args[2], address)
    return context.get_dummy_value()


for _index in (types.Integer, numba_types.BaseTuple):
    lower_builtin(operator.getitem, LaneType, _index)(_lower_get)
    lower_builtin(operator.setitem, LaneType, _index, types.Any)(_lower_set)
