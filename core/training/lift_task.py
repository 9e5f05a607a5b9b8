"""Training of LIFT's three parts together, by the homography between two views of a picture.

The paper trains one part after the other on points that structure from motion found. A known homography says all that
is needed at once: where a keypoint must be found again (detector: repeatable and peaked scores, Revaud 2019), by how
much its orientation must turn, and which patches show the same (descriptor: hardest others of a batch, Mishchuk 2017).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from numpy.typing import NDArray
from torch import Tensor

from core._cv import cv2
from core.edits.base import project
from core.features.base import Pixels
from core.training.lift_network import PATCH, LiftNetwork
from core.training.loader import Batch, batches
from core.training.local_evaluation import match_accuracy
from core.training.metrics import Recall
from core.training.samples import PairTask
from core.training.settings import TrainingSettings
from core.training.task import device_of, optimizer_of
from core.training.views import ViewPair, inside, make_view_pair, make_views, turn_of

_KEYPOINTS = 64
_EVALUATED = 150
_MARGIN = 12
_NEAR = 8.0
_SQUARE = 16
_PAIRS_JUDGED = 60


class LiftTask:
    """See ``core.training.task.Task``."""

    network: LiftNetwork

    def __init__(self, settings: TrainingSettings, paths: Sequence[Path], held_out: Sequence[Path]) -> None:
        self._settings, self._paths = settings, paths
        self._held_out_paths = tuple(held_out)[:_PAIRS_JUDGED]
        self._device = device_of(settings)
        self.network = LiftNetwork().to(self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = optimizer_of([(list(self.network.parameters()), 1.0)], settings)

    def start(self) -> None:
        """Nothing comes before the first step."""

    def batches(self, first: int) -> Iterator[Batch[ViewPair]]:
        """Pairs of views."""
        return batches(self._paths, self._settings, first, make_views)

    def terms(self, batch: Batch[ViewPair]) -> dict[str, Tensor]:
        """The terms of detector, orientation and descriptor."""
        settings = self._settings
        rng = np.random.default_rng([settings.seed, 5, batch.step])
        first = _grey([pair.first for pair in batch.items], self._device)
        second = _grey([pair.second for pair in batch.items], self._device)
        with torch.autocast(self._device, torch.bfloat16, enabled=settings.bfloat16):
            scores, others = self.network.detector(first).float(), self.network.detector(second).float()
        repeated, peaked = _detector_terms(scores, others, batch.items)
        found = _keypoints(scores.detach(), batch.items, rng)
        points, moved, sizes, moved_sizes, turns = (torch.from_numpy(values).to(self._device) for values in found)
        with torch.autocast(self._device, torch.bfloat16, enabled=settings.bfloat16):
            upright, described = self.network.describe(first, points, sizes)
            turned, redescribed = self.network.describe(second, moved, moved_sizes)
        return {
            "repeatability": repeated,
            "peaks": 0.5 * peaked,
            "orientation": _orientation_term(upright, turned, turns.reshape(-1)),
            "descriptor": _descriptor_term(described, redescribed, points, moved),
        }

    def evaluate(self) -> Recall:
        """The share of right matches between views of held-out pictures."""
        side = self._settings.side_at(self._settings.steps)
        tasks = [
            PairTask(self._settings.seed, 0, slot, side, self._held_out_paths)
            for slot in range(len(self._held_out_paths))
        ]
        return match_accuracy(self._detect, [make_view_pair(task) for task in tasks])

    def goodness(self, recall: Recall) -> float:
        """Matches that are right."""
        return recall.at_1

    def _detect(self, pixels: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        with torch.no_grad():
            grey = _grey([pixels], self._device)
            points = _strongest(self.network.detector(grey).float(), _EVALUATED)
            sizes = torch.full(points.shape[:2], float(PATCH), device=self._device)
            _, described = self.network.describe(grey, points, sizes)
        return points[0].cpu().numpy(), described.cpu().numpy()


def _grey(pictures: Sequence[Pixels], device: str) -> Tensor:
    """(N, 1, S, S) float32."""
    grey = np.stack([cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) for pixels in pictures])
    return torch.from_numpy(grey)[:, None].float().to(device)


def _strongest(scores: Tensor, count: int) -> Tensor:
    """(N, count, 2) the strongest local maxima, (x, y); weak places fill up where there are too few."""
    width = scores.shape[3]
    kept = scores * (scores == functional.max_pool2d(scores, 5, 1, 2))
    kept = kept[:, :, _MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
    places = kept.flatten(1).topk(min(count, kept[0].numel()), dim=1).indices
    inner = width - 2 * _MARGIN
    return torch.stack([places % inner, places // inner], dim=2).float() + _MARGIN


def _keypoints(scores: Tensor, pairs: Sequence[ViewPair], rng: np.random.Generator) -> tuple[NDArray[np.float32], ...]:
    """For each pair keypoints of the first view, half of them strong ones and half anywhere, and where they are again.

    Returns:
        (B, M, 2) points, (B, M, 2) points in the second view, (B, M) sizes, (B, M) sizes there, (B, M) radians by
        which the second view is turned.
    """
    side = scores.shape[2]
    strong = _strongest(scores, 3 * _KEYPOINTS).cpu().numpy().astype(np.float64)
    rows = [_keypoints_of(pair, strong[number], side, rng) for number, pair in enumerate(pairs)]
    return tuple(np.stack(column).astype(np.float32) for column in zip(*rows, strict=True))


def _keypoints_of(
    pair: ViewPair, strong: NDArray[np.float64], side: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], ...]:
    anywhere = rng.uniform(_MARGIN, side - 1 - _MARGIN, (8 * _KEYPOINTS, 2))
    strong = strong[inside(project(pair.homography, strong), side, 4.0)][: _KEYPOINTS // 2]
    anywhere = anywhere[inside(project(pair.homography, anywhere), side, 4.0)]
    chosen = np.concatenate([strong, anywhere])[:_KEYPOINTS]
    if not len(chosen):  # the views do not meet; the middle is at least a point
        chosen = np.full((1, 2), (side - 1) / 2)
    chosen = np.resize(chosen, (_KEYPOINTS, 2))
    turns, zooms = turn_of(pair.homography, chosen)
    sizes = PATCH * 2 ** rng.uniform(-0.25, 0.25, _KEYPOINTS)
    moved_sizes = sizes * zooms * 2 ** rng.uniform(-0.25, 0.25, _KEYPOINTS)
    return chosen, project(pair.homography, chosen), sizes, moved_sizes, turns


def _detector_terms(scores: Tensor, others: Tensor, pairs: Sequence[ViewPair]) -> tuple[Tensor, Tensor]:
    """Scores of the two views agree where they show the same, and have peaks everywhere (Revaud 2019)."""
    side = scores.shape[2]
    down, across = np.mgrid[:side, :side].astype(np.float64)
    everywhere = np.stack([across.ravel(), down.ravel()], axis=1)
    moved = np.stack([project(pair.homography, everywhere) for pair in pairs]).reshape(len(pairs), side, side, 2)
    # What lies beyond the horizon has no place; somewhere outside will do.
    places = np.clip(np.nan_to_num(2 * moved / (side - 1) - 1, nan=2.0), -2, 2)
    grid = torch.from_numpy(places.astype(np.float32)).to(scores.device)
    seen = (grid.abs() <= 1).all(3)[:, None].float()
    again = functional.grid_sample(others, grid, align_corners=True)
    first, second = (functional.unfold(values * seen, _SQUARE, stride=_SQUARE // 2) for values in (scores, again))
    shown = functional.unfold(seen, _SQUARE, stride=_SQUARE // 2).mean(1)
    agreement = (functional.normalize(first, dim=1) * functional.normalize(second, dim=1)).sum(1)
    repeated = (shown * (1 - agreement)).sum() / shown.sum().clamp(min=1)
    peaks = [
        functional.max_pool2d(values, _SQUARE + 1, 4, _SQUARE // 2)
        - functional.avg_pool2d(values, _SQUARE + 1, 4, _SQUARE // 2, count_include_pad=False)
        for values in (scores, others)
    ]
    return repeated, 1 - (peaks[0].mean() + peaks[1].mean()) / 2


def _orientation_term(first: Tensor, second: Tensor, turns: Tensor) -> Tensor:
    """The orientation of a keypoint turns with the picture."""
    cosine, sine = torch.cos(turns), torch.sin(turns)
    across, down = first.T
    expected = torch.stack([cosine * across - sine * down, sine * across + cosine * down], dim=1)
    return (1 - (expected * second).sum(1)).mean()


def _descriptor_term(first: Tensor, second: Tensor, points: Tensor, moved: Tensor) -> Tensor:
    """The hardest other of the batch is farther than the keypoint found again; points nearby are no others."""
    distances = (2 - 2 * first @ second.T).clamp(min=1e-6).sqrt()
    count, many = points.shape[:2]
    view = torch.arange(count, device=points.device).repeat_interleave(many)
    same = view[:, None] == view[None, :]
    near = torch.cdist(moved.reshape(-1, 2), moved.reshape(-1, 2)) < _NEAR
    near |= torch.cdist(points.reshape(-1, 2), points.reshape(-1, 2)) < _NEAR
    others = distances.masked_fill(same & near, 4.0)
    hardest = torch.minimum(others.min(1).values, others.min(0).values)
    return (1 + distances.diagonal() - hardest).clamp(min=0).mean()
