"""Adapting the copy descriptor to a library: whitened anew or trained on, and measured before and after.

The measure is made from the library itself: some of its pictures are set aside, edited as people edit pictures, and
searched for among the rest. Nothing that was set aside is trained on, and what is chosen is chosen on other pictures
than those that are reported.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.events import Progress
from core.model_files import Manifest, checked_name, read_manifest
from core.model_store import find_installed
from core.records import ModelError
from core.training.calibration import matched_threshold
from core.training.cards import write_adapted_card
from core.training.evaluation import HeldOut, make_held_out, recall_of
from core.training.export import open_model, run_model, square_pictures, write_manifest
from core.training.loader import split_pictures
from core.training.loop import begin
from core.training.metrics import Recall, TrainingEvent, TrainingMetrics
from core.training.pictures import gather
from core.training.producing import ProduceOptions, default_run, produce
from core.training.rewhitening import add_whitening, partial_whitening
from core.training.settings import TrainingSettings

WAYS = ("whiten", "train")
BASE = "twinsight-copy"

_STRENGTHS = (0.0, 0.25, 0.5, 1.0)
_MOST_WHITENED = 5000
_PART = 64
_FEWEST = 40


@dataclass(frozen=True, slots=True)
class AdaptOptions:
    """How to adapt.

    Attributes:
        library: Folders of pictures.
        way: "whiten", which takes a minute, or "train", which takes as long as ``steps`` say.
        name: Of the method that comes out.
        run: Folder of the run; None for one under the user's data, called as the model.
        base: Name of the installed model to start from.
        steps: Training steps of "train".
        pairs: Pairs of picture and copy per step of "train".
        side: Input side of "train" in pixels.
        learning_rate: Of "train"; low, as the base knows much already.
        precision: Of the model that "train" writes.
        held_out: Pictures set aside to measure with, at most a fifth of the library.
        seed: Draws what is set aside, and the edits.
        device: "auto", "cpu" or "cuda".
        threads: Threads of torch and ONNX Runtime.
        workers: Processes that make pairs.
    """

    library: tuple[Path, ...]
    way: str = "whiten"
    name: str = "my-copies"
    run: Path | None = None
    base: str = BASE
    steps: int = 200
    pairs: int = 32
    side: int = 160
    learning_rate: float = 1e-4
    precision: str = "float16"
    held_out: int = 150
    seed: int = 1
    device: str = "auto"
    threads: int = 2
    workers: int = 1

    def __post_init__(self) -> None:
        if self.way not in WAYS:
            raise ModelError(f"There is no way {self.way!r} to adapt; known are {', '.join(WAYS)}")
        checked_name(self.name)

    @property
    def folder(self) -> Path:
        """The folder of the run."""
        return self.run if self.run is not None else default_run(self.name)


@dataclass(frozen=True, slots=True)
class Adapted:
    """The last event: how well held-out copies of the library are found before and after.

    Attributes:
        model: The ONNX file that came out, not installed yet; ``core.model_store.import_model`` installs it.
        name: Of its method.
        before: The base model, on copies of pictures that were set aside.
        after: The adapted model, on the same copies.
        better: Whether the adapted model finds more; if not, people do well to keep the base.
        words: What was done, in one sentence.
        seconds: Time spent by this process.
    """

    model: Path
    name: str
    before: Recall
    after: Recall
    better: bool
    words: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The base model is measured; comes before the work begins.

    Attributes:
        before: On copies of pictures that were set aside.
        pictures: Pictures that are trained on.
        held_out: Pictures that were set aside.
    """

    before: Recall
    pictures: int
    held_out: int


AdaptEvent = TrainingEvent | Measured | Adapted


def adapt(options: AdaptOptions) -> Iterator[AdaptEvent]:
    """Adapt a model to a library, or go on with a run that was stopped.

    Yields:
        Progress, Skipped for each file that cannot be read, Measured, TrainingMetrics where it is trained, and
        Adapted at the end.

    Raises:
        LibraryError: A folder is missing.
        ModelError: There are too few pictures, or the base is no model that can be adapted.
    """
    start = time.monotonic()
    base = find_installed(options.base).path
    manifest = read_manifest(base)
    if manifest is None or manifest.kind != "descriptor":
        raise ModelError(f"{options.base} describes no whole pictures and cannot be adapted")
    settings = _settings(options, base, manifest)
    begin(settings)
    yield from gather(settings)
    training, held_out = split_pictures(settings)
    if len(training) + len(held_out) < _FEWEST:
        raise ModelError(f"Adapting needs at least {_FEWEST} different pictures, found {len(training) + len(held_out)}")
    yield Progress("Measuring", 0, 2, 0.0)
    measure = _Measure(training, held_out, manifest.side, options.seed)
    before = measure.recall(base, options.threads)
    yield Measured(before, len(training), len(held_out))
    out = settings.run / f"{options.name}.onnx"
    if options.way == "whiten":
        words = yield from _whiten(base, manifest, out, training, options)
    else:
        words = yield from _train(settings, out, manifest, options)
    yield Progress("Measuring", 1, 2, time.monotonic() - start)
    after = measure.recall(out, options.threads)
    better = goodness(after) > goodness(before)
    write_adapted_card(out, options.base, words, before, after, len(training), len(held_out))
    yield Adapted(out, options.name, before, after, better, words, time.monotonic() - start)


def goodness(recall: Recall) -> float:
    """One number to compare two models by: copies found, as a whole or by a region."""
    return recall.at_1 + recall.regions_at_1 + 0.5 * (recall.at_10 + recall.regions_at_10)


def _settings(options: AdaptOptions, base: Path, manifest: Manifest) -> TrainingSettings:
    return TrainingSettings(
        pictures=options.library,
        run=options.folder,
        recipe="sscd",
        weights=str(base),
        dimension=manifest.dimension,
        pairs=options.pairs,
        steps=options.steps,
        sides=((0.0, options.side),),
        seed=options.seed,
        learning_rate=options.learning_rate,
        head_rate=options.learning_rate,
        warm_up=max(1, options.steps // 10),
        entropy=15.0,
        held_out=options.held_out,
        evaluate_every=max(1, options.steps // 5),
        checkpoint_every=max(1, min(20, options.steps // 5)),
        patience=3,
        device=options.device,
        threads=options.threads,
        workers=options.workers,
    )


class _Measure:
    """Copies of pictures that were set aside, searched for among pictures of the same library."""

    def __init__(self, training: list[Path], held_out: list[Path], side: int, seed: int) -> None:
        half = len(training) // 2
        self._held_out: HeldOut = make_held_out(
            held_out, training[: min(half, 1000)], training[half : half + 1000], seed, side=side
        )

    def recall(self, model: Path, threads: int) -> Recall:
        """Of a model file."""
        session = open_model(model, threads)
        return recall_of(lambda pictures: run_model(session, pictures), self._held_out)


def _train(
    settings: TrainingSettings, out: Path, manifest: Manifest, options: AdaptOptions
) -> Generator[AdaptEvent, None, str]:
    """Train on from the base; returns what was done."""
    producing = ProduceOptions(out, options.name, 1, options.precision, manifest.side)
    steps = 0
    for event in produce(settings, producing):
        if isinstance(event, TrainingMetrics):
            steps = event.step
        if isinstance(event, TrainingEvent):
            yield event
    return f"trained on from {options.base} for {steps} steps of {options.pairs} pairs"


def _whiten(
    base: Path, manifest: Manifest, out: Path, training: list[Path], options: AdaptOptions
) -> Generator[AdaptEvent, None, str]:
    """Whiten with the strength that serves best on a part of the training pictures; returns what was done."""
    session = open_model(base, options.threads)
    chosen = training[:_MOST_WHITENED]
    judged = min(len(chosen) // 5, 100)
    parts: list[NDArray[np.float32]] = []
    start = time.monotonic()
    for place in range(judged, len(chosen), _PART):
        parts.append(run_model(session, square_pictures(chosen[place : place + _PART], manifest.side))[0])
        yield Progress("Describing", min(place + _PART, len(chosen)), len(chosen), time.monotonic() - start)
    described = np.concatenate(parts)
    measure = _Measure(chosen[judged:], chosen[:judged], manifest.side, options.seed + 1)
    dimension = min(manifest.dimension, max(8, len(described) // 2))
    best: tuple[float, float] | None = None
    for number, alpha in enumerate(_STRENGTHS):
        yield Progress("Whitening", number, len(_STRENGTHS), time.monotonic() - start)
        candidate = out.with_suffix(f".{number}.onnx")
        add_whitening(base, candidate, partial_whitening(described, alpha, dimension))
        found = goodness(measure.recall(candidate, options.threads))
        if best is None or found > best[0]:
            best = found, alpha
            candidate.replace(out)
        candidate.unlink(missing_ok=True)
    assert best is not None
    yield Progress("Measuring", 0, None, time.monotonic() - start)
    threshold = matched_threshold(out, manifest.side, training, options.threads)
    write_manifest(out, options.name, 1, manifest.side, manifest.precision, dimension, threshold=threshold)
    return f"whitened {options.base} on {len(described):,} pictures, strength {best[1]:g}, {dimension} numbers"
