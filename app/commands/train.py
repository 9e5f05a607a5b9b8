"""``twinsight train``: train a method on pictures, or adapt the shipped descriptor to them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar, cast

from app.commands.running import list_skipped
from app.terminal import printable, size, table
from app.training_line import TrainingLine
from core.events import Progress, Skipped
from core.model_store import copy_model, import_model
from core.records import ModelError
from core.training.adapting import Adapted, AdaptEvent, AdaptOptions, Measured, adapt
from core.training.loop import read_metrics
from core.training.metrics import Recall, TrainingDone, TrainingMetrics
from core.training.process import keep_memory, share_cores
from core.training.producing import ModelWritten, ProduceOptions, check_out, default_run, produce
from core.training.settings import TrainingSettings, recipe_settings

T = TypeVar("T", Adapted, ModelWritten)


def run(arguments: argparse.Namespace) -> int:
    """Train or adapt, and say what came out."""
    share_cores()
    keep_memory()
    return _adapt(arguments) if arguments.adapt else _train(arguments)


# ---------------------------------------------------------------------- training


def _train(arguments: argparse.Namespace) -> int:
    if arguments.out is None:
        raise ModelError("Say with --out which file the model goes to; it ends in .onnx")
    options = ProduceOptions(arguments.out, arguments.name or "", precision=arguments.precision or "float16")
    settings = _settings(arguments, options)
    written = _follow(produce(settings, options), settings.run, ModelWritten)
    print(_in_words(written))
    if arguments.install:
        model = import_model(written.path)
        print(f"Installed as {model.name}, version {model.version}.")
    return 0


def _settings(arguments: argparse.Namespace, options: ProduceOptions) -> TrainingSettings:
    given = _given(
        arguments,
        steps="steps",
        pairs="pairs",
        backbone="backbone",
        weights="weights",
        dimension="dimension",
        learning_rate="learning_rate",
        held_out="held_out",
        patience="patience",
        seed="seed",
        device="device",
        threads="threads",
        workers="workers",
    )
    if arguments.side is not None:
        given["sides"] = ((0.0, arguments.side),)
    folder = arguments.run if arguments.run is not None else default_run(options.method)
    return recipe_settings(arguments.recipe, _library(arguments), folder, **given)


def _library(arguments: argparse.Namespace) -> tuple[Path, ...]:
    """The folders, as they are called wherever the command is given again."""
    return tuple(folder.expanduser().resolve() for folder in arguments.library)


def _given(arguments: argparse.Namespace, **names: str) -> dict[str, object]:
    """The options that were typed, under the names that the engine has for them."""
    values = {ours: getattr(arguments, typed) for ours, typed in names.items()}
    return {name: value for name, value in values.items() if value is not None}


def _in_words(written: ModelWritten) -> str:
    parts = [f"{printable(written.path)}: {written.name}, version {written.version}, {size(written.bytes)}"]
    if written.agreement is not None:
        parts.append(f"cosine to the network {written.agreement.descriptor:.4f} at least")
    if written.pictures_per_second is not None:
        parts.append(f"{written.pictures_per_second:.0f} pictures/s here")
    return "; ".join(parts) + "."


# ---------------------------------------------------------------------- adapting


def _adapt(arguments: argparse.Namespace) -> int:
    given = _given(
        arguments,
        name="name",
        run="run",
        steps="steps",
        pairs="pairs",
        side="side",
        learning_rate="learning_rate",
        precision="precision",
        held_out="held_out",
        seed="seed",
        device="device",
        threads="threads",
        workers="workers",
    )
    options = AdaptOptions(_library(arguments), arguments.adapt, **given)  # type: ignore[arg-type]
    if arguments.out is not None:
        check_out(arguments.out)
    adapted = _follow(adapt(options), options.folder, Adapted)
    print(f"{adapted.words[0].upper()}{adapted.words[1:]}.")
    for line in table(("copies found", "at 1", "at 10", "with regions at 1", "at 10"), _rows(options.base, adapted)):
        print(line)
    if arguments.out is not None:
        print(f"wrote {printable(copy_model(adapted.model, arguments.out)[0])}")
    if adapted.better or arguments.install:
        model = import_model(adapted.model)
        print(f"Installed as {model.name}, version {model.version}; scans and searches take --descriptor {model.name}.")
        print(f"`twinsight models remove {model.name}` undoes it.")
    else:
        print(f"It finds no more than before, so nothing was installed; the model is {printable(adapted.model)}.")
    return 0


def _rows(base: str, adapted: Adapted) -> list[tuple[str, ...]]:
    return [_row(f"before ({base})", adapted.before), _row("after", adapted.after)]


def _row(title: str, recall: Recall) -> tuple[str, ...]:
    numbers = (recall.at_1, recall.at_10, recall.regions_at_1, recall.regions_at_10)
    return (title, *(f"{number:.3f}" for number in numbers))


# ---------------------------------------------------------------------- following


def _follow(events: Iterator[AdaptEvent | ModelWritten], folder: Path, last: type[T]) -> T:
    """Pull a run to its end while its curves grow; an interruption closes it, and it can go on from there."""
    job = cast("Generator[AdaptEvent | ModelWritten, None, None]", events)
    skipped: list[Skipped] = []
    with closing(job), TrainingLine(sys.stderr, read_metrics(folder)) as line:
        for event in job:
            match event:
                case Progress():
                    line.show(event)
                case TrainingMetrics():
                    line.add(event)
                case Skipped():
                    skipped.append(event)
                case Measured():
                    line.say(f"{event.pictures:,} pictures to learn from, {event.held_out:,} to measure with")
                case TrainingDone():
                    line.say(f"best at step {event.best_step}: recall@1 {event.recall.at_1:.3f}")
            if isinstance(event, last):
                line.close()
                list_skipped(tuple(skipped))
                return event
    raise RuntimeError("the run ended without a result")
