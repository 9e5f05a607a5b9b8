"""DELF (Noh 2017): keypoints where a network pays attention, described by its features.

The network, trained by ``core.training`` with recipe "delf", gives a descriptor and an attention for every eighth
pixel of the picture at five scales. Keypoints are the peaks of attention. They have a scale but no orientation: DELF
is for pictures that stand upright, or nearly.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.features import _learned_keypoints as learned
from core.features._keypoints import none, strongest
from core.features.base import Keypoints, Kind, MethodInfo, Metric, Pixels

_SCALES = (1.4142, 1.0, 0.7071, 0.5, 0.3536)
_STRIDE, _OFFSET = 8, 7.0
_MULTIPLE = 16
_LEAST_SIDE, _MOST_SIDE = 32, 1024
_SEEN = 48.0
"""Side in pixels of what a place of the feature map mostly sees."""

_DIMENSION = 64
_KEYPOINTS = 600

_INFO = MethodInfo(
    name="delf",
    version=1,
    kind=Kind.LOCAL,
    title="DELF keypoints (attention, trained here)",
    source="Noh et al., Large-Scale Image Retrieval with Attentive Deep Local Features, ICCV 2017",
    dimension=_DIMENSION,
    metric=Metric.L2,
    side=512,
    bytes_per_image=_KEYPOINTS * (_DIMENSION + 16),
    family="keypoints",
)


class Delf:
    """Runs one model.

    Args:
        keypoints: How many to keep at most.
        threads: Threads one run may use.

    Raises:
        ModelError: The model cannot be read, or is another file than its JSON describes.
    """

    info: ClassVar[MethodInfo]
    model: ClassVar[learned.LearnedModel]

    def __init__(self, keypoints: int = _KEYPOINTS, threads: int = 1) -> None:
        self._keypoints = keypoints
        self._session = learned.open_checked(self.model, threads)

    def detect(self, pixels: Pixels) -> Keypoints:
        """Find and describe keypoints, strongest first; see ``LocalMethod``."""
        levels = [level for scale in _SCALES if (level := self._level(pixels, scale)) is not None]
        if not levels:
            return none(_DIMENSION)
        points, sizes, strength, descriptors = (np.concatenate(column) for column in zip(*levels, strict=True))
        order = strongest(strength)[: self._keypoints]
        return Keypoints(
            np.ascontiguousarray(points[order]),
            np.ascontiguousarray(sizes[order]),
            np.zeros(len(order), np.float32),
            learned.as_bytes(descriptors[order]),
        )

    def _level(self, pixels: Pixels, scale: float) -> tuple[NDArray[np.float32], ...] | None:
        """Points, sizes, attention and descriptors at one scale, in pixels of the picture."""
        height, width = pixels.shape[:2]
        size = (round(width * scale), round(height * scale))
        if min(size) < _LEAST_SIDE or max(size) > _MOST_SIDE:
            return None
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        level = cv2.resize(np.ascontiguousarray(pixels), size, interpolation=method)
        right, below = -size[0] % _MULTIPLE, -size[1] % _MULTIPLE
        padded = cv2.copyMakeBorder(level, 0, below, 0, right, cv2.BORDER_REPLICATE)
        feed = np.ascontiguousarray(padded.transpose(2, 0, 1)[None], np.float32)
        described, attention = self._session.run(["descriptors", "attention"], {"pixels": feed})
        scores = np.asarray(attention[0, 0], np.float32)
        rows, columns = learned.peaks(scores, 1)
        places = learned.refined(scores, rows, columns) * _STRIDE + _OFFSET
        inside = (places <= np.array(size, np.float32) - 0.5).all(axis=1)
        rows, columns, places = rows[inside], columns[inside], places[inside]
        factors = np.array([width / size[0], height / size[1]], np.float32)
        points = ((places + 0.5) * factors - 0.5).astype(np.float32)
        sizes = np.full(len(points), _SEEN / scale, np.float32)
        return points, sizes, scores[rows, columns], np.asarray(described[0][:, rows, columns].T, np.float32)


def found_methods() -> tuple[type, ...]:
    """A method for each model of this kind."""
    return learned.methods_of("delf", Delf, _INFO)
