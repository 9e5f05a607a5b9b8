"""OpenCV's keypoints as arrays, and their even spread over the picture. Shared by the local methods."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.features.base import Keypoints


def to_keypoints(found: Sequence[cv2.KeyPoint], descriptors: NDArray[np.uint8]) -> Keypoints:
    """Turn what OpenCV found into ours.

    Args:
        found: N keypoints, at least one.
        descriptors: (N, D) uint8.
    """
    values = [(point.pt[0], point.pt[1], point.size, point.angle) for point in found]
    table = np.array(values, np.float32)
    return Keypoints(
        points=np.ascontiguousarray(table[:, :2]),
        sizes=table[:, 2].copy(),
        angles=table[:, 3] % np.float32(360),
        descriptors=np.ascontiguousarray(descriptors),
    )


def none(width: int) -> Keypoints:
    """No keypoints, with empty arrays of the right shapes."""
    nothing = np.zeros(0, np.float32)
    return Keypoints(np.zeros((0, 2), np.float32), nothing, nothing.copy(), np.zeros((0, width), np.uint8))


def strongest(responses: NDArray[np.float32]) -> NDArray[np.intp]:
    """(N,) the order from the strongest response to the weakest; ties stay in place."""
    return np.argsort(-responses, kind="stable")


def spread(
    points: NDArray[np.float32],
    responses: NDArray[np.float32],
    shape: tuple[int, int],
    count: int,
    cells: int,
) -> NDArray[np.intp]:
    """Choose keypoints so that every part of the picture has its share.

    The picture is divided into cells, and keypoints are taken in rounds: first the strongest of every cell,
    then the second strongest, and so on. A textured corner cannot take all places from the rest.

    Args:
        points: (N, 2) float32, (x, y) in pixels.
        responses: (N,) float32, larger is stronger.
        shape: Height and width of the picture.
        count: How many to choose at most.
        cells: Cells along the long side.

    Returns:
        (min(N, count),) indices of the chosen, strongest first.
    """
    order = strongest(responses)
    if len(order) <= count:
        return order
    side = max(shape) / cells
    column, row = (points[order] / np.float32(side)).astype(np.intp).T
    cell = row * (cells + 1) + column
    chosen = np.argsort(_rank_within(cell), kind="stable")[:count]
    return order[np.sort(chosen)]


def _rank_within(cell: NDArray[np.intp]) -> NDArray[np.intp]:
    """(N,) how many earlier entries lie in the same cell."""
    by_cell = np.argsort(cell, kind="stable")
    ordered = cell[by_cell]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    lengths = np.diff(np.r_[starts, len(ordered)])
    rank = np.empty_like(by_cell)
    rank[by_cell] = np.arange(len(ordered)) - np.repeat(starts, lengths)
    return rank
