"""LIFT (Yi 2016): keypoints of a learned detector, turned upright by a spatial transformer, with a learned descriptor.

The network, trained by ``core.training`` with recipe "lift", scores every pixel of a pyramid of grey pictures. Around
each of the best peaks it estimates the orientation, cuts out a square that is turned by it, and describes that.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.features import _learned_keypoints as learned
from core.features._keypoints import none, strongest
from core.features.base import Keypoints, Kind, MethodInfo, Metric, Pixels

_STEP = 2**-0.5
_LEVELS = 6
_LEAST_SIDE = 24
_PATCH = 32.0
_REACH = 2
_BORDER = 3
_DIMENSION = 128
_KEYPOINTS = 800

_INFO = MethodInfo(
    name="lift",
    version=1,
    kind=Kind.LOCAL,
    title="LIFT keypoints (learned detector, orientation and descriptor, trained here)",
    source="Yi et al., LIFT: Learned Invariant Feature Transform, ECCV 2016",
    dimension=_DIMENSION,
    metric=Metric.L2,
    side=512,
    bytes_per_image=_KEYPOINTS * (_DIMENSION + 16),
    family="keypoints",
)

_Level = tuple[NDArray[np.uint8], float]
"""A grey picture and its scale."""


class Lift:
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
        import onnxruntime

        self._keypoints = keypoints
        self._session = learned.open_checked(self.model, threads)
        self._only_asked = onnxruntime.RunOptions()
        self._only_asked.only_execute_path_to_fetches = True

    def detect(self, pixels: Pixels) -> Keypoints:
        """Find and describe keypoints, strongest first; see ``LocalMethod``."""
        levels = _pyramid(pixels)
        found = [self._peaks(grey) for grey, _ in levels]
        strength = np.concatenate([scores for _, scores in found]) if found else np.zeros(0, np.float32)
        order = strongest(strength)[: self._keypoints]
        if not len(order):
            return none(_DIMENSION)
        chosen = np.zeros(len(strength), np.bool_)
        chosen[order] = True
        parts = np.split(chosen, np.cumsum([len(points) for points, _ in found])[:-1])
        described = [
            self._described(grey, scale, points[part], pixels.shape[:2])
            for (grey, scale), (points, _), part in zip(levels, found, parts, strict=True)
        ]
        points, sizes, angles, descriptors = (np.concatenate(column) for column in zip(*described, strict=True))
        rank = np.argsort(-strength[chosen], kind="stable")
        return Keypoints(
            np.ascontiguousarray(points[rank]),
            np.ascontiguousarray(sizes[rank]),
            np.ascontiguousarray(angles[rank]),
            learned.as_bytes(descriptors[rank]),
        )

    def _run(
        self, outputs: list[str], grey: NDArray[np.uint8], points: NDArray[np.float32]
    ) -> list[NDArray[np.float32]]:
        sizes = np.full(len(points), _PATCH, np.float32)
        feeds = {"pixels": grey[None, None].astype(np.float32), "points": points, "sizes": sizes}
        return [np.asarray(values, np.float32) for values in self._session.run(outputs, feeds, self._only_asked)]

    def _peaks(self, grey: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(N, 2) places of a level and their scores."""
        (scores,) = self._run(["scores"], grey, np.zeros((1, 2), np.float32))
        rows, columns = learned.peaks(scores[0, 0], _REACH)
        down, across = np.minimum(rows, grey.shape[0] - 1 - rows), np.minimum(columns, grey.shape[1] - 1 - columns)
        inside = np.minimum(down, across) >= _BORDER
        rows, columns = rows[inside], columns[inside]
        return learned.refined(scores[0, 0], rows, columns), scores[0, 0][rows, columns]

    def _described(
        self, grey: NDArray[np.uint8], scale: float, places: NDArray[np.float32], shape: tuple[int, ...]
    ) -> tuple[NDArray[np.float32], ...]:
        """Points, sizes, angles in degrees and descriptors, in pixels of the picture."""
        if not len(places):
            nothing = np.zeros(0, np.float32)
            return np.zeros((0, 2), np.float32), nothing, nothing, np.zeros((0, _DIMENSION), np.float32)
        angles, descriptors = self._run(["angles", "descriptors"], grey, places)
        factors = np.array([shape[1] / grey.shape[1], shape[0] / grey.shape[0]], np.float32)
        points = ((places + 0.5) * factors - 0.5).astype(np.float32)
        sizes = np.full(len(places), _PATCH / scale, np.float32)
        # A tiny negative angle becomes 360 in single precision, which is 0.
        degrees = np.rad2deg(angles) % np.float32(360)
        return points, sizes, np.where(degrees >= 360, 0, degrees).astype(np.float32), descriptors


def _pyramid(pixels: Pixels) -> list[_Level]:
    """Grey pictures, each smaller than the one before by a factor of 1.41, as long as there is something to see."""
    grey = np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY), np.uint8)
    levels: list[_Level] = []
    for level in range(_LEVELS):
        scale = _STEP**level
        size = (round(grey.shape[1] * scale), round(grey.shape[0] * scale))
        if min(size) < _LEAST_SIDE:
            break
        smaller = grey if level == 0 else np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
        levels.append((smaller, scale))
    return levels


def found_methods() -> tuple[type, ...]:
    """A method for each model of this kind."""
    return learned.methods_of("lift", Lift, _INFO)
