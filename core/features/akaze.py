"""AKAZE (Alcantarilla 2013): corners of a nonlinear scale space with binary M-LDB descriptors of 486 bits."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from core._cv import cv2
from core.features._keypoints import none, spread, to_keypoints
from core.features.base import Keypoints, Kind, MethodInfo, Metric, Pixels

_BYTES = 61
_SMALLEST_SIDE = 16


class Akaze:
    """AKAZE, with the keypoints spread over the picture.

    Args:
        keypoints: How many to keep at most.
        threshold: Response a keypoint needs; lower finds more in flat pictures.
        cells: Cells along the long side between which the keypoints are divided.
    """

    info: ClassVar[MethodInfo] = MethodInfo(
        name="akaze",
        version=1,
        kind=Kind.LOCAL,
        title="AKAZE keypoints",
        source="Alcantarilla et al., Fast Explicit Diffusion for Accelerated Features in Nonlinear Scale "
        "Spaces, BMVC 2013",
        dimension=_BYTES,
        metric=Metric.HAMMING,
        side=512,
        bytes_per_image=500 * (_BYTES + 16),
        family="keypoints",
    )

    def __init__(self, keypoints: int = 500, threshold: float = 0.0005, cells: int = 8) -> None:
        self._keypoints = keypoints
        self._cells = cells
        self._akaze = cv2.AKAZE.create(threshold=threshold)

    @staticmethod
    def available() -> bool:
        """Whether this OpenCV has AKAZE; OpenCV 5 moved it out of its main package."""
        return hasattr(cv2, "AKAZE")

    def detect(self, pixels: Pixels) -> Keypoints:
        """Find and describe keypoints, strongest first; see ``LocalMethod``."""
        gray = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
        if min(gray.shape) < _SMALLEST_SIDE:
            return none(_BYTES)
        found, descriptors = self._akaze.detectAndCompute(gray, None)
        if not found:
            return none(_BYTES)
        points = np.array([point.pt for point in found], np.float32)
        responses = np.array([point.response for point in found], np.float32)
        chosen = spread(points, responses, gray.shape[:2], self._keypoints, self._cells)
        return to_keypoints([found[index] for index in chosen], np.asarray(descriptors, np.uint8)[chosen])
