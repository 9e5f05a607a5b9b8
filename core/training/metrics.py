"""What a training run reports while it goes on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from core.events import Progress, Skipped


@dataclass(frozen=True, slots=True)
class Recall:
    """How well copies of held-out pictures are found.

    For the recipes that train keypoints (DELF, LIFT) ``at_1`` and ``regions_at_1`` are the share of matched keypoints
    that are right within three pixels, and ``at_10`` and ``regions_at_10`` those right within ten.

    Attributes:
        at_1: Share of copies whose source comes first, by the descriptors alone.
        at_10: Share of copies whose source is among the first ten, likewise.
        regions_at_1: The same where the best region of either picture counts.
        regions_at_10: Likewise among the first ten.
        families: Recall@1 with regions by family of edits.
        wrong_median: Median similarity of the nearest wrong picture (descriptors alone).
        wrong_99: Its 99th percentile.
    """

    at_1: float
    at_10: float
    regions_at_1: float
    regions_at_10: float
    families: dict[str, float] = field(default_factory=dict)
    wrong_median: float = 0.0
    wrong_99: float = 0.0


@dataclass(frozen=True, slots=True)
class TrainingMetrics:
    """One step of a run.

    Attributes:
        step: Steps done, from 1; 0 is the untrained network.
        loss: The loss of this step (NaN at step 0).
        parts: Its terms by name.
        learning_rate: The backbone's rate in this step.
        pairs_per_second: Speed of this step, making of pairs included.
        recall: The evaluation after this step, if there was one.
    """

    step: int
    loss: float
    parts: dict[str, float]
    learning_rate: float
    pairs_per_second: float
    recall: Recall | None = None

    def to_row(self) -> dict[str, object]:
        """The values as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class TrainingDone:
    """The last event of a run that was not cancelled.

    Attributes:
        steps: Steps done.
        best_step: The step of the best weights.
        recall: Their evaluation.
        seconds: Time spent by this process.
    """

    steps: int
    best_step: int
    recall: Recall
    seconds: float


TrainingEvent = Progress | Skipped | TrainingMetrics | TrainingDone
