"""Matrices turned by goals, block by block: a column of a large matrix is read far apart, a block lies together."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

SIDE: Final = 512


def by_goal(matrices: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return matrices (m, n, n) transposed, or themselves if that makes no difference."""
    starts = range(0, matrices.shape[1], SIDE)
    blocks = [(slice(a, a + SIDE), slice(b, b + SIDE)) for a in starts for b in starts]
    if all(
        np.array_equal(matrices[:, rows, columns], matrices[:, columns, rows].transpose(0, 2, 1))
        for rows, columns in blocks
        if rows.start <= columns.start
    ):
        return matrices
    turned = np.empty_like(matrices)
    for rows, columns in blocks:
        turned[:, rows, columns] = matrices[:, columns, rows].transpose(0, 2, 1)
    return turned
