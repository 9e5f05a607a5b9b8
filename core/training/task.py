"""What the loop asks of a recipe: what is trained, on which batches, by which loss, and how it is judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from core.records import ModelError
from core.training.loader import Batch
from core.training.metrics import Recall
from core.training.settings import DESCRIPTOR_RECIPES, TrainingSettings

if TYPE_CHECKING:
    from torch import Tensor, nn
    from torch.optim import Optimizer


class Task(Protocol):
    """One recipe on the pictures of one run."""

    @property
    def network(self) -> nn.Module:
        """What is trained."""
        ...

    @property
    def optimizer(self) -> Optimizer:
        """Its groups carry "share", by which the rate of the settings is multiplied."""
        ...

    def start(self) -> None:
        """Do what comes before the first step of a new run, such as a whitening."""
        ...

    def batches(self, first: int) -> Iterator[Batch[Any]]:
        """The batches from step ``first`` to the end of the run; closing it stops its processes."""
        ...

    def terms(self, batch: Batch[Any]) -> dict[str, Tensor]:
        """The named terms of the loss of a batch; their sum is minimised."""
        ...

    def evaluate(self) -> Recall:
        """How good the network is on held-out pictures."""
        ...

    def goodness(self, recall: Recall) -> float:
        """One number to compare two evaluations by; larger is better."""
        ...


def device_of(settings: TrainingSettings) -> str:
    """The device that a run uses: "cpu" or "cuda".

    Raises:
        ModelError: CUDA is asked for and missing.
    """
    import torch

    if settings.device == "cpu":
        return "cpu"
    if torch.cuda.is_available():
        return "cuda"
    if settings.device == "cuda":
        raise ModelError("This computer has no CUDA device; train on the CPU")
    return "cpu"


def optimizer_of(groups: Sequence[tuple[Sequence[nn.Parameter], float]], settings: TrainingSettings) -> Optimizer:
    """AdamW for groups of parameters and the share of the learning rate that each gets."""
    import torch

    given: list[dict[str, Any]] = [{"params": list(parameters), "share": share} for parameters, share in groups]
    return torch.optim.AdamW(given, settings.learning_rate, weight_decay=settings.weight_decay)


def make_task(settings: TrainingSettings, paths: Sequence[Path], held_out: Sequence[Path]) -> Task:
    """The task of the settings' recipe, with its starting weights.

    Args:
        settings: Of the run; its seed draws the weights.
        paths: The pictures to train on.
        held_out: The pictures to judge by.

    Raises:
        ModelError: Weights or the device are missing.
    """
    import torch

    if settings.threads:
        torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    if settings.recipe in DESCRIPTOR_RECIPES:
        from core.training.descriptor_task import DescriptorTask

        return DescriptorTask(settings, paths, held_out)
    if settings.recipe == "delf":
        from core.training.delf_task import DelfTask

        return DelfTask(settings, paths, held_out)
    from core.training.lift_task import LiftTask

    return LiftTask(settings, paths, held_out)
