"""Training of DELF's attention and of its few numbers, by the homography between two views of a picture.

The reduction starts from a PCA whitening of the features. Each place of one view must recognise its own place among all
places of the other; attention learns which places can, and pooled by attention the two views must recognise each other
among those of the batch, which is how the paper trains it from labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import Tensor

from core.edits.base import project
from core.features.base import Pixels
from core.training.delf_network import DIMENSION, OFFSET, STRIDE, DelfNetwork
from core.training.loader import Batch, batches
from core.training.local_evaluation import match_accuracy
from core.training.metrics import Recall
from core.training.projection import whitening
from core.training.samples import PairTask, read_picture, squared
from core.training.settings import TrainingSettings
from core.training.task import device_of, optimizer_of
from core.training.views import ViewPair, make_view_pair, make_views

_WHITENING_PICTURES = 300
_PAIRS_JUDGED = 60
_EVALUATED = 150
_FAR = 2.0
_NEVER = -1e4


class DelfTask:
    """See ``core.training.task.Task``."""

    network: DelfNetwork

    def __init__(self, settings: TrainingSettings, paths: Sequence[Path], held_out: Sequence[Path]) -> None:
        self._settings, self._paths = settings, paths
        self._held_out_paths = tuple(held_out)[:_PAIRS_JUDGED]
        self._device = device_of(settings)
        self.network = DelfNetwork(settings.weights != "random").to(self._device)
        self.optimizer = optimizer_of([(list(self.network.trained()), 1.0)], settings)

    def start(self) -> None:
        """Start the reduction from a PCA whitening of the features of some pictures."""
        side = self._settings.side_at(0)
        found = []
        for place in range(0, min(len(self._paths), _WHITENING_PICTURES), 32):
            some = [squared(read_picture(path), side) for path in self._paths[place : place + 32]]
            features = self.network.features(_stacked(some, self._device))[:, :, ::3, ::3]
            found.append(features.permute(0, 2, 3, 1).flatten(0, 2).double().cpu().numpy())
        matrix, offset = whitening(np.concatenate(found), DIMENSION)
        with torch.no_grad():
            self.network.reduction.weight.copy_(torch.from_numpy(matrix)[:, :, None, None])
            self.network.reduction.bias.copy_(torch.from_numpy(offset))  # type: ignore[union-attr]

    def batches(self, first: int) -> Iterator[Batch[ViewPair]]:
        """Pairs of views."""
        return batches(self._paths, self._settings, first, make_views)

    def terms(self, batch: Batch[ViewPair]) -> dict[str, Tensor]:
        """How well places, and views as a whole, recognise each other."""
        settings = self._settings
        pixels = _stacked([pair.first for pair in batch.items] + [pair.second for pair in batch.items], self._device)
        with torch.autocast(self._device, torch.bfloat16, enabled=settings.bfloat16):
            features = self.network.features(pixels)
        features = features.float()
        described = functional.normalize(self.network.reduction(features), dim=1)
        attention = self.network.attention(features)
        count = len(batch.items)
        places = [
            _place_term(described[slot], described[count + slot], attention[slot], pair, settings.temperature)
            for slot, pair in enumerate(batch.items)
        ]
        pooled = functional.normalize((described * attention).mean((2, 3)), dim=1)
        logits = pooled[:count] @ pooled[count:].T / settings.temperature
        target = torch.arange(count, device=logits.device)
        views = (functional.cross_entropy(logits, target) + functional.cross_entropy(logits.T, target)) / 2
        return {"places": torch.stack(places).mean(), "views": views}

    def evaluate(self) -> Recall:
        """The share of right matches between views of held-out pictures."""
        side = self._settings.side_at(self._settings.steps)
        tasks = [
            PairTask(self._settings.seed, 0, slot, side, self._held_out_paths)
            for slot in range(len(self._held_out_paths))
        ]
        return match_accuracy(self._detect, [make_view_pair(task) for task in tasks])

    def goodness(self, recall: Recall) -> float:
        """Matches that are right, nearly if not to the pixel: a place is eight pixels wide."""
        return recall.at_1 + recall.at_10

    def _detect(self, pixels: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        with torch.no_grad():
            described, attention = self.network(_stacked([pixels], self._device))
        strength = attention[0, 0].flatten()
        chosen = strength.topk(min(_EVALUATED, len(strength))).indices
        width = attention.shape[3]
        points = torch.stack([chosen % width, chosen // width], dim=1).float() * STRIDE + OFFSET
        return points.cpu().numpy(), described[0].flatten(1).T[chosen].float().cpu().numpy()


def _stacked(pictures: Sequence[Pixels], device: str) -> Tensor:
    """(N, 3, S, S) float32."""
    return torch.from_numpy(np.stack(pictures)).to(device).permute(0, 3, 1, 2).float()


def _place_term(first: Tensor, second: Tensor, attention: Tensor, pair: ViewPair, temperature: float) -> Tensor:
    """Cross entropy of each place's own place in the other view, weighted by attention.

    Args:
        first: (D, h, w) descriptors of the first view.
        second: (D, h, w) of the second.
        attention: (1, h, w) of the first view.
        pair: The views.
        temperature: Of the softmax.
    """
    height, width = first.shape[1:]
    down, across = np.mgrid[:height, :width].astype(np.float64)
    places = np.stack([across.ravel(), down.ravel()], axis=1)
    moved = (project(pair.homography, places * STRIDE + OFFSET) - OFFSET) / STRIDE
    seen = torch.from_numpy(((moved >= 0) & (moved <= [width - 1, height - 1])).all(1)).to(first.device)
    target = torch.from_numpy(moved.astype(np.float32)).to(first.device)
    if not bool(seen.any()):
        return first.sum() * 0
    queries, target = first.flatten(1).T[seen], target[seen]
    grid = (2 * target / target.new_tensor([width - 1, height - 1]) - 1)[None, None]
    own = functional.grid_sample(second[None], grid, align_corners=True)[0, :, 0].T
    positive = (queries * functional.normalize(own, dim=1)).sum(1) / temperature
    others = queries @ second.flatten(1) / temperature
    everywhere = torch.from_numpy(places.astype(np.float32)).to(first.device)
    others = others.masked_fill(torch.cdist(target, everywhere) < _FAR, _NEVER)
    cost = functional.softplus(others.logsumexp(1) - positive)
    weight = attention.flatten()[seen]
    return (weight * cost).sum() / (weight.sum() + 1e-6)
