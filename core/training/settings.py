"""The settings of a training run; they go into its folder as JSON, so that a run explains itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core.records import ModelError

DESCRIPTOR_RECIPES = ("simclr", "contrastive", "triplet", "sscd")
LOCAL_RECIPES = ("delf", "lift")
RECIPES = (*DESCRIPTOR_RECIPES, *LOCAL_RECIPES)
DEVICES = ("auto", "cpu", "cuda")


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """What is trained, on what and how.

    Attributes:
        pictures: Folders of pictures, searched with their subfolders; no labels needed.
        run: Folder of the run: settings, list of pictures, metrics, checkpoints, the best weights.
        recipe: A descriptor of whole pictures by "simclr" (Chen 2020), "contrastive" (Hadsell 2006), "triplet"
            (Schroff 2015) or "sscd" (Pizzi 2022); or keypoints by "delf" (Noh 2017) or "lift" (Yi 2016).
        backbone: "efficientnet-lite0", or "timm:NAME" for any model of timm.
        weights: Where to start: a safetensors file for the backbone, an ONNX model that this loop wrote, "" for the
            published weights, "random" for none.
        dimension: Length of the descriptor.
        pairs: Pairs of picture and copy per step.
        steps: Length of the run; the learning rate falls to zero over it.
        sides: (share of the run, input side) from then on; multiples of 32.
        seed: Draws the split, the edits and the weights.
        learning_rate: Highest rate of the backbone.
        head_rate: Highest rate of the projection.
        warm_up: Steps over which the rate rises.
        weight_decay: Of AdamW.
        temperature: Of the softmax in "simclr" and "sscd".
        entropy: Weight of the differential-entropy term of "sscd".
        region: Weight of the region terms of "sscd".
        margin: Of "contrastive" and "triplet".
        frozen_blocks: Leading blocks of the backbone that stay as they are.
        train_depthwise: Whether depthwise kernels are trained; costly on a CPU, see
            core/training/depthwise.py.
        whiten: Start the projection from a PCA whitening of the untrained features.
        most_pictures: Of larger libraries so many are drawn.
        held_out: Pictures kept from training and used to evaluate.
        distractors: Training pictures among which held-out ones must be found.
        evaluate_every: Steps between evaluations.
        checkpoint_every: Steps between checkpoints.
        patience: Evaluations without a better recall before the run ends early; 0 never ends early.
        device: "cpu", "cuda", or "auto" for CUDA where there is one.
        bfloat16: Whether the forward pass runs in bfloat16.
        threads: Threads of torch; 0 leaves its default.
        workers: Processes that make the pairs; 0 makes them in this process.
    """

    pictures: tuple[Path, ...]
    run: Path
    recipe: str = "sscd"
    backbone: str = "efficientnet-lite0"
    weights: str = ""
    dimension: int = 256
    pairs: int = 64
    steps: int = 2000
    sides: tuple[tuple[float, int], ...] = ((0.0, 128), (0.4, 160))
    seed: int = 1
    learning_rate: float = 3e-4
    head_rate: float = 5e-4
    warm_up: int = 100
    weight_decay: float = 1e-4
    temperature: float = 0.05
    entropy: float = 5.0
    region: float = 0.5
    margin: float = 0.5
    frozen_blocks: int = 3
    train_depthwise: bool = False
    whiten: bool = True
    most_pictures: int = 20_000
    held_out: int = 300
    distractors: int = 700
    evaluate_every: int = 150
    checkpoint_every: int = 100
    patience: int = 0
    device: str = "auto"
    bfloat16: bool = True
    threads: int = 2
    workers: int = 1

    def __post_init__(self) -> None:
        if self.recipe not in RECIPES:
            raise ModelError(f"There is no recipe {self.recipe!r}; known are {', '.join(RECIPES)}")
        if any(side % 32 or side < 32 for _, side in self.sides):
            raise ModelError(f"The input sides {self.sides} must be multiples of 32")
        if self.device not in DEVICES:
            raise ModelError(f"There is no device {self.device!r}; known are {', '.join(DEVICES)}")
        if min(self.steps, self.pairs, self.dimension, self.evaluate_every, self.checkpoint_every) < 1:
            raise ModelError("Steps, pairs, dimension and the steps between evaluations must be at least 1")

    def side_at(self, step: int) -> int:
        """The input side in pixels at a step (from 0)."""
        return [side for share, side in self.sides if step >= share * self.steps][-1]

    def to_json(self) -> str:
        """The settings as JSON text."""
        return json.dumps(asdict(self), indent=1, default=str)


_OF_RECIPE: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "sscd": {"entropy": 15.0},
        "delf": {"steps": 400, "pairs": 12, "sides": ((0.0, 192),), "learning_rate": 1e-3, "warm_up": 30},
        "lift": {"steps": 2000, "pairs": 8, "sides": ((0.0, 160),), "learning_rate": 2e-3, "warm_up": 30},
    }
)


def recipe_settings(recipe: str, pictures: tuple[Path, ...], run: Path, **given: Any) -> TrainingSettings:
    """Settings that suit a recipe, with those that are given over them.

    Raises:
        ModelError: There is no such recipe, or a setting makes no sense.
    """
    values: dict[str, Any] = {"steps": 1600, **_OF_RECIPE.get(recipe, {}), **given}
    steps = int(values["steps"])
    # A short run evaluates and keeps its state as often for its length as a long one.
    rhythm = {
        "warm_up": max(1, min(values.get("warm_up", 100), steps // 10)),
        "evaluate_every": max(1, min(150, steps // 8)),
        "checkpoint_every": max(1, min(50, steps // 8)),
        "patience": 5,
    }
    return TrainingSettings(pictures, run, recipe, **{**rhythm, **values, "warm_up": rhythm["warm_up"]})


def read_settings(run: Path) -> TrainingSettings:
    """The settings that a run folder was started with.

    Raises:
        ModelError: There is no such file, or it is not ours.
    """
    try:
        values = json.loads((run / "settings.json").read_text(encoding="utf-8"))
        known = {field.name for field in fields(TrainingSettings)}
        values = {key: value for key, value in values.items() if key in known}
        values.update(pictures=tuple(Path(folder) for folder in values["pictures"]), run=run)
        values["sides"] = tuple((float(share), int(side)) for share, side in values["sides"])
        return TrainingSettings(**values)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{run}: not a training run ({error})") from error
