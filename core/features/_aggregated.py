"""What the methods share that aggregate SIFT keypoints by a codebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core.features import codebooks
from core.features.base import MethodInfo, Pixels
from core.features.sift import Sift
from core.records import ModelError


class Aggregated:
    """A descriptor aggregated from SIFT keypoints; a subclass learns arrays and uses them."""

    info: ClassVar[MethodInfo]
    local: ClassVar[str] = Sift.info.name

    def __init__(self) -> None:
        self._sift = Sift()
        self._arrays: dict[str, NDArray[np.float32]] = {}

    def fit(self, sample: Sequence[NDArray[np.uint8]]) -> None:
        """Learn from a sample of a library; see ``TrainableMethod``."""
        self._arrays = self._learn(sample)

    def dumps(self) -> bytes:
        """What was learned, to be stored; see ``TrainableMethod``."""
        return codebooks.pack(self.info.key, self._learned())

    def loads(self, data: bytes) -> None:
        """Take what ``dumps`` gave; see ``TrainableMethod``."""
        self._arrays = codebooks.unpack(self.info.key, data)

    def describe(self, pixels: Pixels) -> NDArray[np.float32]:
        """Describe a picture: (D,) float32 of unit L2 norm, or zeros when it has no keypoints."""
        self._learned()
        return self.aggregate(self._sift.detect(pixels).descriptors)

    def aggregate(self, descriptors: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Describe a picture by its local descriptors; see ``TrainableMethod``."""
        learned = self._learned()
        if not len(descriptors):
            return np.zeros(self.info.dimension, np.float32)
        return unit(self._pool(codebooks.as_floats(descriptors), learned))

    def _learned(self) -> dict[str, NDArray[np.float32]]:
        if not self._arrays:
            raise ModelError(f"{self.info.name} needs a codebook: train it on a library first")
        return self._arrays

    def _learn(self, sample: Sequence[NDArray[np.uint8]]) -> dict[str, NDArray[np.float32]]:
        """The arrays that ``_pool`` will get."""
        raise NotImplementedError

    def _pool(self, points: NDArray[np.float32], learned: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """(D,) of any length, from (N, 128) float32 with N at least 1."""
        raise NotImplementedError


def unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """(D,) float32 of unit L2 norm; zeros stay zeros."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)
