"""The improved Fisher vector (Perronnin 2010): power- and L2-normalised gradients of a Gaussian mixture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from core.features._aggregated import Aggregated
from core.features.base import Kind, MethodInfo, Metric
from core.features.codebooks import Mixture, Projection, principal_components, stack, train_mixture

_GAUSSIANS = 64
_COMPONENTS = 64
_DIMENSION = 2 * _GAUSSIANS * _COMPONENTS


class FisherVector(Aggregated):
    """How descriptors pull at the means and deviations of 64 Gaussians, in 64 principal components."""

    info: ClassVar[MethodInfo] = MethodInfo(
        name="fisher-vector",
        version=1,
        kind=Kind.GLOBAL,
        title="Fisher vector (SIFT, 64 Gaussians)",
        source="Perronnin et al., Improving the Fisher Kernel for Large-Scale Image Classification, ECCV 2010",
        dimension=_DIMENSION,
        metric=Metric.COSINE,
        side=512,
        bytes_per_image=_DIMENSION * 4,
        family="keypoints",
    )

    def _learn(self, sample: Sequence[NDArray[np.uint8]]) -> dict[str, NDArray[np.float32]]:
        points = stack(sample)
        projection = principal_components(points, _COMPONENTS)
        mixture = train_mixture(projection(points), _GAUSSIANS)
        return {
            "mean": projection.mean,
            "axes": projection.axes,
            "weights": mixture.weights,
            "means": mixture.means,
            "variances": mixture.variances,
        }

    def _pool(self, points: NDArray[np.float32], learned: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        projected = Projection(learned["mean"], learned["axes"])(points)
        mixture = Mixture(learned["weights"], learned["means"], learned["variances"])
        gradients = fisher_gradients(projected, mixture)
        return np.asarray(np.sign(gradients) * np.sqrt(np.abs(gradients)), np.float32)


def fisher_gradients(points: NDArray[np.float32], mixture: Mixture) -> NDArray[np.float32]:
    """The gradients of the log-likelihood, divided by the root of their Fisher information.

    Args:
        points: (N, P) float32, N at least 1.
        mixture: K Gaussians in P dimensions.

    Returns:
        (2 K P,) float32, first those of the means, then those of the standard deviations, each Gaussian by
        Gaussian.
    """
    posteriors = mixture.posteriors(points)
    total = posteriors.sum(axis=0)[:, None]
    first, second = posteriors.T @ points, posteriors.T @ points**2
    deviations = np.sqrt(mixture.variances)
    of_means = (first - total * mixture.means) / deviations
    of_deviations = (second - 2 * mixture.means * first + total * mixture.means**2) / mixture.variances - total
    scale = len(points) * np.sqrt(np.maximum(mixture.weights, 1e-12))[:, None]
    return np.concatenate([(of_means / scale).ravel(), (of_deviations / (np.sqrt(2) * scale)).ravel()])
