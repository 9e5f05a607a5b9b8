"""SIFT (Lowe 2004), compared as RootSIFT (Arandjelovic and Zisserman 2012).

A SIFT descriptor is a histogram, and histograms are better compared by the Hellinger kernel than by their
distance: divided by their sum and square-rooted, the L2 distance of two is the Hellinger distance. The values
lie in [0, 1] and are stored as uint8, times 255 and rounded.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.features._keypoints import none, strongest, to_keypoints
from core.features.base import Keypoints, Kind, MethodInfo, Metric, Pixels

_GRID = 4
_ORIENTATIONS = 8
_BYTES = _GRID * _GRID * _ORIENTATIONS


class Sift:
    """SIFT keypoints with RootSIFT descriptors.

    Args:
        keypoints: How many to keep at most.
        contrast_threshold: Lowe's threshold on the difference of Gaussians; lower finds more in flat areas.
        edge_threshold: Lowe's bound on the ratio of the principal curvatures.
    """

    info: ClassVar[MethodInfo] = MethodInfo(
        name="sift",
        version=1,
        kind=Kind.LOCAL,
        title="SIFT keypoints (RootSIFT)",
        source="Lowe, Distinctive Image Features from Scale-Invariant Keypoints, IJCV 2004; "
        "Arandjelovic and Zisserman, Three things everyone should know, CVPR 2012",
        dimension=_BYTES,
        metric=Metric.L2,
        side=512,
        bytes_per_image=800 * (_BYTES + 16),
        family="keypoints",
    )

    def __init__(self, keypoints: int = 800, contrast_threshold: float = 0.02, edge_threshold: float = 10.0) -> None:
        self._keypoints = keypoints
        # Without the precise upscaling OpenCV's keypoints lie a quarter of a pixel to the lower right.
        self._sift = cv2.SIFT.create(
            nfeatures=keypoints,
            contrastThreshold=contrast_threshold,
            edgeThreshold=edge_threshold,
            enable_precise_upscale=True,
        )

    def detect(self, pixels: Pixels) -> Keypoints:
        """Find and describe keypoints, strongest first; see ``LocalMethod``."""
        gray = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
        found, descriptors = self._sift.detectAndCompute(gray, None)
        if not found:
            return none(_BYTES)
        order = strongest(np.array([point.response for point in found], np.float32))[: self._keypoints]
        root = root_sift(np.asarray(descriptors, np.float32)[order])
        return to_keypoints([found[index] for index in order], root)


def root_sift(descriptors: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Turn SIFT descriptors into RootSIFT.

    Args:
        descriptors: (N, 128) float32, not negative.

    Returns:
        (N, 128) uint8, 255 times the square root of the L1-normalised values; all have an L2 norm of 255 but
        for the rounding.
    """
    total = np.maximum(descriptors.sum(axis=1, keepdims=True), np.float32(1e-7))
    return np.asarray(np.rint(255 * np.sqrt(descriptors / total)), np.uint8)


def mirror(descriptors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Descriptors as they would be in the mirrored picture, without detecting anything again.

    In the frame of its orientation a mirrored patch has its rows of cells in reverse and its gradients turned
    the other way, so mirroring permutes the bins. Keypoint ``(x, y)`` with angle ``a`` becomes
    ``(width - 1 - x, y)`` with angle ``180 - a``.

    Args:
        descriptors: (N, 128) uint8 or float32.
    """
    return np.ascontiguousarray(descriptors[:, _MIRRORED])


def _mirrored_bins() -> NDArray[np.intp]:
    """(128,) which bin of the picture each bin of its mirror image comes from (OpenCV's order)."""
    bins = np.arange(_BYTES).reshape(_GRID, _GRID, _ORIENTATIONS)
    turned_back = -np.arange(_ORIENTATIONS) % _ORIENTATIONS
    return bins[::-1, :, turned_back].ravel()


_MIRRORED = _mirrored_bins()
