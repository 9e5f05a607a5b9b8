"""ORB (Rublee 2011): oriented FAST corners with rotated BRIEF descriptors of 256 bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.features._keypoints import none, spread, to_keypoints
from core.features.base import Keypoints, Kind, MethodInfo, Metric, Pixels

_BYTES = 32
_SCALE = 1.2
_LEVELS = 8
_ENOUGH = 1.6
"""Corners found for each keypoint kept, so that there is a choice when they are spread."""


class Orb:
    """ORB, with the keypoints spread over the picture.

    Args:
        keypoints: How many to keep at most.
        fast_threshold: Contrast in gray levels a FAST corner needs.
        flat_threshold: The same for pictures that have too few corners of the first kind.
        edge_threshold: Pixels next to the border of each pyramid level without keypoints. OpenCV's 31 leaves
            little of the small levels, and of crops.
        surplus: How many times more to detect, so that there is a choice when they are spread.
        cells: Cells along the long side between which the keypoints are divided.
    """

    info: ClassVar[MethodInfo] = MethodInfo(
        name="orb",
        version=2,
        kind=Kind.LOCAL,
        title="ORB keypoints",
        source="Rublee et al., ORB: an efficient alternative to SIFT or SURF, ICCV 2011",
        dimension=_BYTES,
        metric=Metric.HAMMING,
        side=512,
        bytes_per_image=500 * (_BYTES + 16),
        family="keypoints",
    )

    def __init__(
        self,
        keypoints: int = 500,
        fast_threshold: int = 14,
        flat_threshold: int = 7,
        edge_threshold: int = 20,
        surplus: float = 2.0,
        cells: int = 8,
    ) -> None:
        self._keypoints = keypoints
        self._edge = edge_threshold
        self._cells = cells
        # Low thresholds find corners everywhere and sort most of them out again, at half the cost of the whole.
        self._detectors = [
            cv2.ORB.create(
                nfeatures=round(keypoints * surplus),
                scaleFactor=_SCALE,
                nlevels=_LEVELS,
                edgeThreshold=edge_threshold,
                fastThreshold=threshold,
            )
            for threshold in (fast_threshold, flat_threshold)
        ]

    def detect(self, pixels: Pixels) -> Keypoints:
        """Find and describe keypoints, strongest first; see ``LocalMethod``."""
        gray = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
        if min(gray.shape) <= 2 * self._edge:
            return none(_BYTES)
        for detector in self._detectors:
            found = detector.detect(gray, None)
            if len(found) >= _ENOUGH * self._keypoints:
                break
        if not found:
            return none(_BYTES)
        responses = np.array([point.response for point in found], np.float32)
        places = _full_size_points(found, gray.shape[:2])
        chosen = spread(places, responses, gray.shape[:2], self._keypoints, self._cells)
        kept, descriptors = detector.compute(gray, [found[index] for index in chosen])
        if not kept:
            return none(_BYTES)
        keypoints = to_keypoints(kept, np.asarray(descriptors, np.uint8))
        return replace(keypoints, points=_full_size_points(kept, gray.shape[:2]))


def _full_size_points(found: Sequence[cv2.KeyPoint], shape: tuple[int, int]) -> NDArray[np.float32]:
    """(N, 2) float32, where the keypoints lie in the picture.

    OpenCV multiplies the position in a pyramid level by the nominal scale. That forgets that the level's
    sides were rounded and that pixel centres lie at half pixels: up to two pixels in the smallest levels.
    """
    levels = np.array([point.octave for point in found])
    nominal = np.float32(_SCALE) ** np.arange(_LEVELS, dtype=np.float32)
    size = np.array([shape[1], shape[0]], np.float32)
    scales = size / np.rint(size / nominal[:, None])
    in_level = np.array([point.pt for point in found], np.float32) / nominal[levels, None]
    return np.asarray((in_level + 0.5) * scales[levels] - 0.5, np.float32)
