"""How the kernels of this engine are compiled: cached on disk, free of the interpreter's lock, no reference counts."""

from numba import njit

# the kernels never allocate, so counting references to the arrays they share would be all cost and no use
kernel = njit(cache=True, nogil=True, _nrt=False, error_model="numpy")
