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
from core.averaging import average_to
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
        (descriptors,) = self.run(pictures, ("descriptor",))
        return descriptors

    def run(self, pictures: Sequence[Pixels], outputs: Sequence[str]) -> list[NDArray[np.float32]]:
        """Run the model on pictures, some at a time.

        Args:
            pictures: N pictures, (H, W, 3) uint8 RGB of any sizes.
            outputs: Names of the model's outputs.

        Returns:
            For each output (N, ..., D) float32 of unit L2 norm along D.
        """
        parts = [
            self._run_batch(pictures[start : start + _BATCH], outputs)
            for start in range(0, max(1, len(pictures)), _BATCH)
        ]
        return [np.concatenate(of_one_output) for of_one_output in zip(*parts, strict=True)]

    def _run_batch(self, pictures: Sequence[Pixels], outputs: Sequence[str]) -> list[NDArray[np.float32]]:
        # No pictures still have a shape: that of one, without it.
        some = pictures or [np.zeros((1, 1, 3), np.uint8)]
        batch = cv2.dnn.blobFromImages([square(pixels, self._side) for pixels in some])
        found = self._session.run(list(outputs), {"pixels": batch})
        return [_unit(np.asarray(values, np.float32)[: len(pictures)]) for values in found]


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)


def square(pixels: Pixels, side: int) -> Pixels:
    """Squash a picture to ``side`` x ``side``; nothing is cut off and no bars are added.

    Pictures with more pixels are averaged over areas, others are interpolated linearly, as in training.
    """
    return average_to(pixels, side, side)
