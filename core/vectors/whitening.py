"""PCA whitening (Jegou and Chum 2012): descriptors are centred, rotated and scaled so that all directions count alike.

It takes out what all pictures of a library share, so that similarity means something again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_MOST_SAMPLES = 20_000
_LEAST_SAMPLES = 32
_WIDE = 2048
"""Descriptors longer than this are whitened by the products of samples, at most so many."""


@dataclass(frozen=True, slots=True, eq=False)
class Whitening:
    """A fitted whitening.

    Attributes:
        mean: (D,) float32.
        projection: (D, K) float32.
    """

    mean: NDArray[np.float32]
    projection: NDArray[np.float32]

    def apply(self, descriptors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Whiten (N, D) float32 descriptors to (N, K) float32 of unit L2 norm."""
        return _unit(np.asarray((descriptors - self.mean) @ self.projection, np.float32))

    def pack(self) -> bytes:
        """The whitening as bytes, for the catalog."""
        shape = np.array(self.projection.shape, "<u4").tobytes()
        return shape + self.mean.astype("<f4").tobytes() + self.projection.astype("<f4").tobytes()

    @classmethod
    def unpack(cls, data: bytes) -> Whitening:
        """Read what ``pack`` wrote.

        Raises:
            ValueError: The bytes are no whitening.
        """
        rows, columns = (int(value) for value in np.frombuffer(data, "<u4", 2))
        if len(data) != 8 + 4 * rows * (columns + 1):
            raise ValueError("a packed whitening has the wrong length")
        floats = np.frombuffer(data, "<f4", offset=8).astype(np.float32)
        return cls(floats[:rows], floats[rows:].reshape(rows, columns))


def fit_whitening(descriptors: NDArray[np.float32], dimension: int = 256) -> Whitening:
    """Fit a whitening; the same descriptors in the same order give the same one.

    Args:
        descriptors: (N, D) float32. More than 20,000 are thinned out evenly.
        dimension: K at most; a third of N where there are few, as each direction needs samples. With
            fewer than 32 descriptors nothing is learned and they are only centred.
    """
    step = -(-len(descriptors) // _MOST_SAMPLES)
    sample = descriptors[:: max(1, step)].astype(np.float64)
    mean = sample.mean(axis=0) if len(sample) >= _LEAST_SAMPLES else np.zeros(descriptors.shape[1])
    if len(sample) < _LEAST_SAMPLES:
        return Whitening(mean.astype(np.float32), np.eye(descriptors.shape[1], dtype=np.float32))
    values, vectors = _principal_directions(sample - mean)
    kept = min(dimension, max(8, len(sample) // 3), len(values))
    values, vectors = values[:kept], vectors[:, :kept]
    # The weakest directions are mostly noise, which full whitening would blow up.
    floor = max(0.05 * float(values.mean()), 1e-9)
    projection = vectors / np.sqrt(np.maximum(values, 0) + floor)
    return Whitening(mean.astype(np.float32), projection.astype(np.float32))


def _principal_directions(centred: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(K,) variances, largest first, and (D, K) orthonormal directions of (N, D) centred samples."""
    count, width = centred.shape
    if width <= count and width <= _WIDE:
        values, vectors = np.linalg.eigh(centred.T @ centred / count)
        return values[::-1], vectors[:, ::-1]
    # The products of the samples with each other have the same variances, and are far fewer.
    some = centred[:: max(1, -(-count // _WIDE))]
    values, shares = np.linalg.eigh(some @ some.T / len(some))
    values, shares = values[::-1], shares[:, ::-1]
    known = values > 1e-9 * max(float(values[0]), 1e-30)
    directions = some.T @ shares[:, known]
    return values[known], directions / np.linalg.norm(directions, axis=0)


def _unit(descriptors: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(descriptors, axis=1, keepdims=True)
    return np.asarray(descriptors / np.maximum(norms, 1e-12), np.float32)
