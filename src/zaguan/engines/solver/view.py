"""A bundle of arrays that compiled code takes as one pointer.

Numba passes a named tuple of arrays by value: every call copies hundreds of words, and every kernel is compiled with
hundreds of arguments. A `View` is the address of a table that holds, for each field, the address and the shape of
its array; `view.field` in a kernel reads it from there. Kernels compile several times faster and need no reference
counts, because the Python object keeps the arrays alive.
"""

from typing import Any, Final, Protocol, cast

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.extending import models, register_model, typeof_impl, unbox
from numba.core.imputils import lower_getattr_generic
from numba.core.pythonapi import NativeValue
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.np import numpy_support

WORDS: Final = 4  # of a field in the table: address (or value), then up to three extents


class Fields(Protocol):
    """A named tuple of arrays, whole numbers, truths and views."""

    def _asdict(self) -> dict[str, Any]: ...


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
        kinds = []
        for row, (name, value) in zip(self._table, fields._asdict().items(), strict=True):
            kinds.append((name, _register(row, name, value)))
        self.kind = ViewType(tuple(kinds))
        self.address = int(self._table.ctypes.data)


def _register(row: np.ndarray[Any, np.dtype[np.int64]], name: str, value: object) -> types.Type:
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
    row[0] = array.ctypes.data
    row[1 : 1 + array.ndim] = array.shape
    return types.Array(numpy_support.from_dtype(array.dtype), array.ndim, "C")


@register_model(ViewType)
class _ViewModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, dmm: Any, fe_type: ViewType) -> None:
        super().__init__(dmm, fe_type, ir.IntType(64))


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


@lower_getattr_generic(ViewType)  # type: ignore[untyped-decorator]
def _lower_attribute(context: Any, builder: Any, typ: ViewType, value: Any, name: str) -> Any:
    row = typ.place_of(name)
    assert row is not None, "typed before it is lowered"
    kind = typ.fields[row][1]
    word = ir.IntType(64)
    table = builder.inttoptr(value, word.as_pointer())

    def load(column: int) -> Any:
        return builder.load(builder.gep(table, [ir.Constant(word, row * WORDS + column)]))

    if not isinstance(kind, types.Array):
        return load(0)
    array = context.make_array(kind)(context, builder)
    item = context.get_abi_sizeof(context.get_data_type(kind.dtype))
    extents = [load(1 + axis) for axis in range(kind.ndim)]
    strides = [ir.Constant(word, item)]
    for extent in reversed(extents[1:]):
        strides.insert(0, builder.mul(strides[0], extent))
    count = extents[0]
    for extent in extents[1:]:
        count = builder.mul(count, extent)
    array.data = builder.inttoptr(load(0), array.data.type)
    array.shape = cgutils.pack_array(builder, extents)
    array.strides = cgutils.pack_array(builder, strides)
    array.itemsize = ir.Constant(word, item)
    array.nitems = count
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    array.parent = cgutils.get_null_value(array.parent.type)
    return array._getvalue()
