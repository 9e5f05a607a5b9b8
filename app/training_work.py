"""Does what a wish says, for a process of its own, and leaves in the folder of the run what came of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from app.training_runs import Baseline, Result, Wish, curve_so_far, read_run, write_result, write_wish
from core.records import ModelError
from core.training.metrics import Recall, TrainingMetrics

if TYPE_CHECKING:
    from core.training.adapting import AdaptOptions
    from core.training.producing import ProduceOptions
    from core.training.settings import TrainingSettings


def train(wish: Wish) -> Iterator[object]:
    """Do what was wanted, or go on with it; for a process of its own.

    Yields:
        Progress, Skipped, TrainingMetrics, Baseline, and Result at the end.

    Raises:
        LibraryError: A folder is missing.
        ModelError: The wish makes no sense, there are too few pictures, or another run has this name.
    """
    from core.training.process import keep_memory, share_cores

    share_cores()
    keep_memory()
    folder = _prepared(wish)
    for event in _adapted(wish, folder) if wish.adapts else _produced(wish, folder):
        if isinstance(event, Result):
            write_result(folder, event)
        yield event


def _prepared(wish: Wish) -> Path:
    """The folder of the run, ready to begin or to go on in."""
    from core.training.producing import default_run

    folder = default_run(wish.name)
    run = read_run(folder)
    if run is not None and run.result is None and run.wish != wish:
        raise ModelError(
            f"There is an unfinished run called {wish.name} with other settings: go on with it, remove it, or choose"
            " another name."
        )
    if run is not None and run.result is not None:
        shutil.rmtree(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_wish(folder, wish)
    except OSError as error:
        raise ModelError(f"{folder}: cannot be written ({error.strerror})") from error
    return folder


def _adapted(wish: Wish, folder: Path) -> Iterator[object]:
    from core.training.adapting import Adapted, Measured, adapt

    for event in adapt(_adapting_options(wish, folder)):
        match event:
            case Measured(before, pictures, held_out):
                yield Baseline(before, pictures, held_out)
            case Adapted():
                words = f"{event.words[:1].upper()}{event.words[1:]}."
                yield Result(event.model, event.name, event.before, event.after, event.better, words)
            case _:
                yield event


def _adapting_options(wish: Wish, folder: Path) -> AdaptOptions:
    from core.training.adapting import AdaptOptions

    return AdaptOptions(
        library=wish.folders, way=wish.way, name=wish.name, run=folder, steps=wish.steps, pairs=wish.pairs
    )


def _produced(wish: Wish, folder: Path) -> Iterator[object]:
    from core.training.adapting import goodness
    from core.training.metrics import TrainingDone
    from core.training.producing import ModelWritten, produce

    begun = next((one.recall for one in curve_so_far(wish) if one.recall is not None), None)
    if begun is not None:
        yield Baseline(begun)
    after: Recall | None = None
    for event in produce(*_producing_options(wish, folder)):
        match event:
            case TrainingMetrics(recall=Recall() as recall) if begun is None:
                begun = recall
                yield Baseline(begun)
                yield event
            case TrainingDone(recall=recall):
                after = recall
            case ModelWritten(path=path, name=name) if begun is not None and after is not None:
                yield Result(path, name, begun, after, goodness(after) > goodness(begun), _done_in_words(wish, event))
            case _:
                yield event


def _producing_options(wish: Wish, folder: Path) -> tuple[TrainingSettings, ProduceOptions]:
    from core.training.producing import ProduceOptions
    from core.training.settings import TrainingSettings

    settings = TrainingSettings(
        pictures=wish.folders,
        run=folder,
        recipe=wish.way,
        backbone=wish.backbone,
        weights=wish.weights,
        steps=wish.steps,
        pairs=wish.pairs,
        warm_up=max(1, wish.steps // 10),
        evaluate_every=max(1, wish.steps // 10),
        checkpoint_every=max(1, min(20, wish.steps // 10)),
    )
    return settings, ProduceOptions(out=folder / f"{wish.name}.onnx", name=wish.name)


def _done_in_words(wish: Wish, event: object) -> str:
    speed = getattr(event, "pictures_per_second", None)
    told = "" if speed is None else f", {speed:.0f} pictures/s"
    return f"Trained by {wish.way} from {wish.backbone} for {wish.steps} steps{told}."
