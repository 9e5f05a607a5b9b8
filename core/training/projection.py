"""Where the projection starts: at a PCA whitening of the untrained features (Jegou and Chum 2012)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.training.samples import read_picture, squared

if TYPE_CHECKING:
    from core.training.network import DescriptorNetwork

_SHRINKAGE = 0.05


def whitening(features: NDArray[np.float64], dimension: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The (D, C) matrix and (D,) offset that whiten (N, C) features to their first D components.

    Small variances are lifted by a share of the mean one, since few samples underestimate them. Rows are
    scaled so that an entry of the matrix is about as large as that of a freshly drawn linear layer.
    """
    mean = features.mean(0)
    _, values, vectors = np.linalg.svd(features - mean, full_matrices=False)
    count = min(dimension, len(vectors))
    variance = values[:count] ** 2 / max(1, len(features) - 1)
    matrix = np.zeros((dimension, features.shape[1]))
    matrix[:count] = vectors[:count] / np.sqrt(variance + _SHRINKAGE * variance.mean())[:, None]
    matrix *= features.shape[1] ** -0.5 / matrix.std()
    return matrix, -matrix @ mean


def start_projection(
    network: DescriptorNetwork, paths: Sequence[Path], side: int, device: str, bfloat16: bool, batch: int = 32
) -> None:
    """Set the network's projection to the whitening of the features of some pictures."""
    import torch

    features = []
    with torch.no_grad(), torch.autocast(device, torch.bfloat16, enabled=bfloat16):
        for place in range(0, len(paths), batch):
            pictures = np.stack([squared(read_picture(path), side) for path in paths[place : place + batch]])
            pixels = torch.from_numpy(pictures).to(device).permute(0, 3, 1, 2).float()
            features.append(network.pooled(pixels)[:, 0].double().cpu().numpy())
        matrix, offset = whitening(np.concatenate(features), network.projection.out_features)
        network.projection.weight.copy_(torch.from_numpy(matrix))
        network.projection.bias.copy_(torch.from_numpy(offset))
