"""What is learned from a library's local descriptors: visual words by k-means, a Gaussian mixture by EM.

Everything is seeded: the same sample gives the same codebook. Descriptors are float32 here; bytes are divided
by 255 first.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.records import ModelError

_Floats = NDArray[np.float32]

_SEED = 20_040_601
_K_MEANS_ROUNDS = 20
_LEAST_POINTS_PER_WORD = 48
_POINTS = 100_000
_EM_ROUNDS = 25
_LEAST_VARIANCE = 1e-4
_FAR_AWAY = 1e3
"""Where words lie that a small sample has no use for: no descriptor is ever nearest to them."""


def as_floats(descriptors: NDArray[np.uint8]) -> _Floats:
    """(N, D) uint8 as (N, D) float32 in [0, 1]."""
    return np.asarray(descriptors, np.float32) / np.float32(255)


def stack(sample: Sequence[NDArray[np.uint8]]) -> _Floats:
    """All descriptors of a sample of pictures as one (N, D) float32.

    Raises:
        ModelError: There are none.
    """
    filled = [descriptors for descriptors in sample if len(descriptors)]
    if not filled:
        raise ModelError("a codebook cannot be trained: no picture of the library has keypoints")
    return as_floats(np.concatenate(filled))


def k_means(points: _Floats, words: int) -> _Floats:
    """Cluster descriptors (Lloyd 1982), or a sample of them when there are very many.

    Args:
        points: (N, D) float32.
        words: How many centroids.

    Returns:
        (words, D) float32; with fewer points than words each point is a word and the rest lie far away.
    """
    if len(points) <= words:
        far = np.full((words - len(points), points.shape[1]), _FAR_AWAY, np.float32)
        return np.concatenate([points, far])
    import faiss

    clustering = faiss.Kmeans(
        points.shape[1],
        words,
        niter=_K_MEANS_ROUNDS,
        seed=_SEED,
        min_points_per_centroid=1,
        max_points_per_centroid=max(_LEAST_POINTS_PER_WORD, _POINTS // words),
    )
    clustering.train(np.ascontiguousarray(points))
    return np.asarray(clustering.centroids, np.float32)


def nearest_words(points: _Floats, centroids: _Floats) -> NDArray[np.intp]:
    """(N,) which of the (K, D) centroids is nearest to each of the (N, D) points."""
    squares = (centroids**2).sum(axis=1)
    return np.asarray((squares - 2 * points @ centroids.T).argmin(axis=1), np.intp)


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Principal components.

    Attributes:
        mean: (D,) float32.
        axes: (P, D) float32, orthonormal rows, the largest variance first.
    """

    mean: _Floats
    axes: _Floats

    def __call__(self, points: _Floats) -> _Floats:
        """(N, D) to (N, P) float32."""
        return np.asarray((points - self.mean) @ self.axes.T, np.float32)


def principal_components(points: _Floats, count: int) -> Projection:
    """The ``count`` directions in which (N, D) points vary most; ``count`` at most D."""
    mean = points.mean(axis=0)
    centred = points - mean
    _, axes = np.linalg.eigh(centred.T @ centred)
    largest_first = np.asarray(axes[:, ::-1][:, :count].T, np.float32)
    signs = np.sign(largest_first[np.arange(count), np.abs(largest_first).argmax(axis=1)])
    return Projection(np.asarray(mean, np.float32), largest_first * signs[:, None])


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """A mixture of K Gaussians with diagonal covariances.

    Attributes:
        weights: (K,) float32, their sum is 1.
        means: (K, D) float32.
        variances: (K, D) float32, positive.
    """

    weights: _Floats
    means: _Floats
    variances: _Floats

    def posteriors(self, points: _Floats) -> _Floats:
        """(N, K) float32, the probability of each Gaussian for each of the (N, D) points; rows sum to 1."""
        precisions = 1 / self.variances
        quadratic = (
            points**2 @ precisions.T
            - 2 * points @ (self.means * precisions).T
            + (self.means**2 * precisions).sum(axis=1)
        )
        constant = np.log(np.maximum(self.weights, 1e-12)) - 0.5 * np.log(self.variances).sum(axis=1)
        logarithms = constant - 0.5 * quadratic
        likelihoods = np.exp(logarithms - logarithms.max(axis=1, keepdims=True))
        return np.asarray(likelihoods / likelihoods.sum(axis=1, keepdims=True), np.float32)


def train_mixture(points: _Floats, components: int) -> Mixture:
    """Fit a mixture by expectation and maximisation (Dempster 1977), started from k-means."""
    means = k_means(points, components)
    spread = np.maximum(points.var(axis=0), _LEAST_VARIANCE).astype(np.float32)
    mixture = Mixture(np.full(components, 1 / components, np.float32), means, np.tile(spread, (components, 1)))
    for _ in range(_EM_ROUNDS):
        mixture = _maximise(points, mixture.posteriors(points), mixture)
    return mixture


def _maximise(points: _Floats, posteriors: _Floats, before: Mixture) -> Mixture:
    """The mixture that suits the posteriors best; a Gaussian that nothing belongs to stays as it was."""
    shares = posteriors.sum(axis=0)
    used = (shares > 1e-3)[:, None]
    divisor = np.maximum(shares, 1e-3)[:, None]
    means = np.where(used, posteriors.T @ points / divisor, before.means)
    variances = np.where(used, posteriors.T @ points**2 / divisor - means**2, before.variances)
    return Mixture(
        np.asarray(shares / len(points), np.float32),
        np.asarray(means, np.float32),
        np.asarray(np.maximum(variances, _LEAST_VARIANCE), np.float32),
    )


def pack(key: str, arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    """Write named arrays to bytes, under the key of the method and version they belong to."""
    stream = io.BytesIO()
    np.savez_compressed(stream, key=np.array(key), **dict(arrays))  # type: ignore[arg-type]
    return stream.getvalue()


def unpack(key: str, data: bytes) -> dict[str, NDArray[np.float32]]:
    """Read what ``pack`` wrote.

    Raises:
        ModelError: The bytes are damaged, or were written under another key.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(f"the stored codebook of {key} is damaged: train it again") from error
    found = str(arrays.pop("key", ""))
    if found != key:
        raise ModelError(f"the stored codebook belongs to {found or 'something else'}, not to {key}: train it again")
    return arrays
