"""Training of a descriptor for whole pictures and their regions, by any of the four recipes of ``losses``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.training.evaluation import HeldOut, evaluate, make_held_out
from core.training.loader import Batch, batches
from core.training.losses import LOSSES, Described
from core.training.metrics import Recall
from core.training.network import DescriptorNetwork, build
from core.training.projection import start_projection
from core.training.relations import relate
from core.training.samples import Pair, make_pairs
from core.training.settings import TrainingSettings
from core.training.starting import is_model, load_model_weights
from core.training.task import device_of, optimizer_of

_WHITENING_PICTURES = 1500


class DescriptorTask:
    """See ``core.training.task.Task``."""

    network: DescriptorNetwork

    def __init__(self, settings: TrainingSettings, paths: Sequence[Path], held_out: Sequence[Path]) -> None:
        self._settings, self._paths, self._held_out_paths = settings, paths, held_out
        self._device = device_of(settings)
        self._held_out: HeldOut | None = None
        self._continues = is_model(settings.weights)
        self.network = build(
            settings.backbone,
            "random" if self._continues else settings.weights,
            settings.dimension,
            settings.frozen_blocks,
            settings.train_depthwise,
        )
        if self._continues:
            load_model_weights(Path(settings.weights), self.network)
        self.network.to(self._device)
        body = [parameter for parameter in self.network.backbone.parameters() if parameter.requires_grad]
        head = list(self.network.projection.parameters())
        self.optimizer = optimizer_of([(body, 1.0), (head, settings.head_rate / settings.learning_rate)], settings)

    def start(self) -> None:
        """Start the projection from a whitening, unless the weights bring one or mean nothing yet."""
        settings = self._settings
        if settings.whiten and settings.weights != "random" and not self._continues:
            chosen = self._paths[:_WHITENING_PICTURES]
            start_projection(self.network, chosen, settings.side_at(0), self._device, settings.bfloat16)

    def batches(self, first: int) -> Iterator[Batch[Pair]]:
        """Pictures and edited copies of them."""
        return batches(self._paths, self._settings, first, make_pairs)

    def terms(self, batch: Batch[Pair]) -> dict[str, Tensor]:
        """The terms of the recipe's loss."""
        settings = self._settings
        stacked = np.stack([pair.picture for pair in batch.items] + [pair.copy for pair in batch.items])
        pixels = torch.from_numpy(stacked).to(self._device).permute(0, 3, 1, 2).float()
        with torch.autocast(self._device, torch.bfloat16, enabled=settings.bfloat16):
            whole, regions = self.network(pixels)
        count = len(batch.items)
        described = Described(whole[:count], whole[count:], regions[:count], regions[count:])
        return LOSSES[settings.recipe](described, relate(batch.items), settings)

    def evaluate(self) -> Recall:
        """Recall of the sources of held-out copies."""
        settings = self._settings
        if self._held_out is None:
            count = min(settings.distractors, len(self._paths) // 2)
            distractors, guests = self._paths[:count], self._paths[count : 2 * count]
            self._held_out = make_held_out(self._held_out_paths, distractors, guests, settings.seed)
        return evaluate(self.network, self._held_out, self._device, settings.bfloat16)

    def goodness(self, recall: Recall) -> float:
        """Copies that are found; for "sscd", which spreads descriptors out, also how little others look alike.

        Without the second no threshold helps. Other recipes have no term for it: their descriptors come to lie nearer
        together than those of the network they started from, while more copies are found.
        """
        spread = recall.wrong_median if self._settings.recipe == "sscd" else 0.0
        return recall.at_1 + recall.regions_at_1 - spread
