"""The eight ways to lay a picture down: four quarter turns, each also mirrored."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray


def orient(pixels: NDArray[np.uint8], turns: int, mirrored: bool) -> NDArray[np.uint8]:
    """A picture mirrored left to right if asked, then turned counter-clockwise by quarters."""
    return np.ascontiguousarray(np.rot90(pixels[:, ::-1] if mirrored else pixels, turns))


@lru_cache(maxsize=8192)
def orientation_homography(
    turns: int, mirrored: bool, size_a: tuple[int, int], size_b: tuple[int, int]
) -> NDArray[np.float64]:
    """The map from a whole picture to its turned, mirrored and resized copy.

    Args:
        turns: Quarter turns counter-clockwise, after mirroring.
        mirrored: Whether it is mirrored left to right first.
        size_a: Width and height of the picture.
        size_b: Width and height of the copy.

    Returns:
        (3, 3) float64 between pixel centres, read-only.
    """
    flip = -1.0 if mirrored else 1.0
    # In coordinates from -1 to 1 with y down, a quarter turn counter-clockwise takes (x, y) to (y, -x).
    quarter = np.array([[0.0, 1.0], [-1.0, 0.0]])
    inner = np.eye(3)
    inner[:2, :2] = np.linalg.matrix_power(quarter, turns % 4) @ np.diag([flip, 1.0])
    homography = np.asarray(np.linalg.inv(_to_unit(size_b)) @ inner @ _to_unit(size_a), np.float64)
    homography.flags.writeable = False
    return homography


def _to_unit(size: tuple[int, int]) -> NDArray[np.float64]:
    """Pixel centres to the square from -1 to 1 that the picture's area fills."""
    width, height = size
    return np.array([[2 / width, 0, 1 / width - 1], [0, 2 / height, 1 / height - 1], [0, 0, 1.0]])


def mirror_homography(width: int) -> NDArray[np.float64]:
    """The map from a picture to its mirror image: x to width - 1 - x."""
    return np.array([[-1.0, 0, width - 1], [0, 1, 0], [0, 0, 1]])
