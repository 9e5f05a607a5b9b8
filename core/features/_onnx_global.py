"""A global descriptor computed by an ONNX model; the methods that are one model each share it.

The model's input "pixels" is (N, 3, S, S) float32, RGB in [0, 255], which the model normalises itself; its
output "descriptor" is (N, D) float32.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import models
from core._cv import cv2
from core.features.base import Pixels

_BATCH = 16


class OnnxGlobal:
    """Runs one model.

    Args:
        path: The ONNX file.
        side: The S above, in pixels.
        threads: Threads one run may use.

    Raises:
        ModelError: The file is missing or is no ONNX model.
    """

    def __init__(self, path: Path, side: int, threads: int = 1) -> None:
        self._session = models.onnx_session(path, threads)
        self._side = side
        self._dimension = int(self._session.get_outputs()[0].shape[-1])

    def describe(self, pixels: Pixels) -> NDArray[np.float32]:
        """Describe a picture: (D,) float32 of unit L2 norm."""
        descriptor: NDArray[np.float32] = self.describe_batch([pixels])[0]
        return descriptor

    def describe_batch(self, pictures: Sequence[Pixels]) -> NDArray[np.float32]:
        """Describe several pictures at once, which is faster than one by one.

        Args:
            pictures: N pictures, (H, W, 3) uint8 RGB of any sizes.

        Returns:
            (N, D) float32, rows of unit L2 norm.
        """
        if not pictures:
            return np.zeros((0, self._dimension), np.float32)
        parts = [self._run(pictures[start : start + _BATCH]) for start in range(0, len(pictures), _BATCH)]
        return np.concatenate(parts)

    def _run(self, pictures: Sequence[Pixels]) -> NDArray[np.float32]:
        squares = [square(pixels, self._side) for pixels in pictures]
        batch = cv2.dnn.blobFromImages(squares)
        (descriptors,) = self._session.run(["descriptor"], {"pixels": batch})
        found = np.asarray(descriptors, np.float32)
        length = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(length, 1e-12), np.float32)


def square(pixels: Pixels, side: int) -> Pixels:
    """Squash a picture to ``side`` x ``side``; nothing is cut off and no bars are added."""
    return np.asarray(cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
