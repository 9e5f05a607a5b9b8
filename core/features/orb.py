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
_SCALE = 1.3
_LEVELS = 6
"""Six levels of 1.3 reach as far as the customary eight of 1.2 and find as much, at three quarters of the cost."""
_PATCH = 31
"""Side of what a descriptor looks at, in pixels of its level."""
_NOMINAL = np.float32(_SCALE) ** np.arange(_LEVELS, dtype=np.float32)
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
        version=3,
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
        gray = np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY), np.uint8)
        if min(gray.shape) <= 2 * self._edge:
            return none(_BYTES)
        for detector in self._detectors:
            found = detector.detect(gray, None)
            if len(found) >= _ENOUGH * self._keypoints:
                break
        if not found:
            return none(_BYTES)
        responses = np.array([point.response for point in found], np.float32)
        places = np.asarray(cv2.KeyPoint.convert(found), np.float32)
        chosen = spread(places, responses, gray.shape[:2], self._keypoints, self._cells)
        return self._described(gray, [found[index] for index in chosen])

    def detect_mirrored(self, pixels: Pixels, keypoints: Keypoints) -> Keypoints:
        """What ``detect`` would find in the mirrored picture, from what it found in the picture.

        Corners and their orientations are mirrored with it; only the descriptors are made anew.

        Args:
            pixels: (H, W, 3) uint8, the picture as it is.
            keypoints: What ``detect`` found in it.
        """
        gray = np.asarray(cv2.flip(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY), 1), np.uint8)
        if not len(keypoints):
            return keypoints
        levels = np.rint(np.log(keypoints.sizes / _PATCH) / np.log(_SCALE)).astype(np.intp).clip(0, _LEVELS - 1)
        sides, scales = _pyramid(gray.shape[:2])
        in_level = np.rint((keypoints.points + 0.5) / scales[levels] - 0.5)
        in_level[:, 0] = sides[levels, 0] - 1 - in_level[:, 0]
        places = in_level * _NOMINAL[levels, None]
        angles = (180 - keypoints.angles) % 360
        mirrored = [
            cv2.KeyPoint(x, y, size, angle, 0.0, octave)
            for (x, y), size, angle, octave in zip(
                places.tolist(),
                (_PATCH * _NOMINAL[levels]).tolist(),
                angles.tolist(),
                levels.tolist(),
                strict=True,
            )
        ]
        return self._described(gray, mirrored)

    def _described(self, gray: NDArray[np.uint8], chosen: Sequence[cv2.KeyPoint]) -> Keypoints:
        kept, descriptors = self._detectors[0].compute(gray, chosen)
        if not kept:
            return none(_BYTES)
        levels = np.array([point.octave for point in kept])
        keypoints = to_keypoints(kept, np.asarray(descriptors, np.uint8))
        return replace(keypoints, points=_full_size_points(keypoints.points, levels, gray.shape[:2]))


def _full_size_points(
    points: NDArray[np.float32], levels: NDArray[np.intp], shape: tuple[int, int]
) -> NDArray[np.float32]:
    """(N, 2) float32, where the keypoints lie in the picture.

    OpenCV multiplies the position in a pyramid level by the nominal scale. That forgets that the level's
    sides were rounded and that pixel centres lie at half pixels: up to two pixels in the smallest levels.
    """
    _, scales = _pyramid(shape)
    return np.asarray((points / _NOMINAL[levels, None] + 0.5) * scales[levels] - 0.5, np.float32)


def _pyramid(shape: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Width and height of each level, (8, 2), and how many pixels of the picture one of its pixels takes."""
    size = np.array([shape[1], shape[0]], np.float32)
    sides = np.asarray(np.rint(size / _NOMINAL[:, None]), np.float32)
    return sides, np.asarray(size / sides, np.float32)
