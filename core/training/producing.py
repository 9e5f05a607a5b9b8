"""From pictures to a model file in one go: train, export, compare with the network, describe on a card."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.events import Progress
from core.model_files import checked_name
from core.records import ModelError
from core.training.calibration import matched_threshold
from core.training.cards import write_card
from core.training.export import (
    PRECISIONS,
    Agreement,
    agreement,
    export,
    load_network,
    open_model,
    run_model,
    square_pictures,
    write_manifest,
)
from core.training.loader import split_pictures
from core.training.loop import train
from core.training.metrics import TrainingDone, TrainingEvent
from core.training.settings import LOCAL_RECIPES, TrainingSettings, read_settings

LEAST_AGREEMENT = {"float32": 0.9999, "float16": 0.999, "int8": 0.95}
"""Lowest cosine between descriptors of model and network that an export may have."""

_CALIBRATION_PICTURES = 200
_CHECKED_PICTURES = 64


@dataclass(frozen=True, slots=True)
class ProduceOptions:
    """What model to make of a run.

    Attributes:
        out: The ONNX file to write; its JSON and card are written beside it.
        name: Of the method, "" for the name of the file.
        version: Of the method.
        precision: "float32", "float16" or "int8" (int8 for descriptors of whole pictures only).
        side: Input side in pixels that the product shall use.
    """

    out: Path
    name: str = ""
    version: int = 1
    precision: str = "float16"
    side: int = 224

    @property
    def method(self) -> str:
        """The name of the method.

        Raises:
            ModelError: No method can have it.
        """
        return checked_name(self.name or self.out.stem.lower().replace("_", "-").replace(" ", "-"))


@dataclass(frozen=True, slots=True)
class ModelWritten:
    """A model is written and checked.

    Attributes:
        path: The ONNX file.
        name: Of the method.
        version: Of the method.
        bytes: Size of the file.
        agreement: How close it is to the network it was exported from; None for keypoints.
        pictures_per_second: Speed of the descriptor in ONNX Runtime on this computer, two threads; None for keypoints.
    """

    path: Path
    name: str
    version: int
    bytes: int
    agreement: Agreement | None
    pictures_per_second: float | None


def produce(settings: TrainingSettings, options: ProduceOptions) -> Iterator[TrainingEvent | ModelWritten]:
    """Train, or go on with a run that was stopped, and write its best network as a model.

    Yields:
        What ``core.training.loop.train`` yields, then Progress of the export and ModelWritten.

    Raises:
        LibraryError: A folder of pictures is missing.
        ModelError: There are too few pictures, weights are missing, or the model cannot be written.
    """
    check_options(settings, options)
    done: TrainingDone | None = None
    for event in train(settings):
        done = event if isinstance(event, TrainingDone) else done
        yield event
    yield Progress("Exporting", 0, None, 0.0)
    written = write_model(settings.run, options)
    if done is not None:
        write_card(options.out, settings, written, done)
    yield written


def check_options(settings: TrainingSettings, options: ProduceOptions) -> None:
    """Find out before hours of work whether its result can be written.

    Raises:
        ModelError: It cannot.
    """
    if options.precision not in PRECISIONS:
        raise ModelError(f"There is no precision {options.precision!r}; known are {', '.join(PRECISIONS)}")
    if options.precision == "int8" and settings.recipe in LOCAL_RECIPES:
        raise ModelError("Keypoints are exported as float32 or float16 only")
    if options.side % 32 or not 32 <= options.side <= 1024:
        raise ModelError(f"The input side {options.side} must be a multiple of 32 from 32 to 1024")
    options.method  # noqa: B018 - says now that a name is impossible
    check_out(options.out)


def check_out(out: Path) -> None:
    """Find out whether a model can be written to a file.

    Raises:
        ModelError: It cannot.
    """
    if out.suffix.lower() != ".onnx":
        raise ModelError(f"{out}: the name of a model ends in .onnx")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        probe = out.with_name(out.name + ".new")
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ModelError(f"{out}: cannot be written ({error.strerror})") from error


def write_model(run: Path, options: ProduceOptions) -> ModelWritten:
    """Write the best network of a run as a model, with its JSON beside it.

    Raises:
        ModelError: The run has no weights, or the model does not agree with the network.
    """
    settings = read_settings(run)
    if settings.recipe in LOCAL_RECIPES:
        from core.training.local_export import export_local

        dimension = export_local(run, options.out, options.precision)
        write_manifest(
            options.out, options.method, options.version, options.side, options.precision, dimension, settings.recipe
        )
        return ModelWritten(options.out, options.method, options.version, options.out.stat().st_size, None, None)
    return _write_descriptor(settings, options)


def _write_descriptor(settings: TrainingSettings, options: ProduceOptions) -> ModelWritten:
    network, _ = load_network(settings.run)
    paths, held_out = split_pictures(settings)
    calibration = square_pictures(paths[:_CALIBRATION_PICTURES], options.side) if options.precision == "int8" else None
    export(network, options.out, options.precision, calibration, options.side)
    checked = square_pictures((held_out or paths)[:_CHECKED_PICTURES], options.side)
    found = agreement(network, options.out, checked)
    least = LEAST_AGREEMENT[options.precision]
    if found.descriptor < least:
        raise ModelError(
            f"{options.out}: the {options.precision} model is too far from what was trained "
            f"(cosine {found.descriptor:.3f}, at least {least}); export it as float16"
        )
    threshold = matched_threshold(options.out, options.side, held_out + paths)
    write_manifest(
        options.out,
        options.method,
        options.version,
        options.side,
        options.precision,
        settings.dimension,
        threshold=threshold,
    )
    size = options.out.stat().st_size
    return ModelWritten(
        options.out, options.method, options.version, size, found, pictures_per_second(options.out, options.side)
    )


def pictures_per_second(model: Path, side: int, count: int = 48, threads: int = 2) -> float:
    """Pictures that ONNX Runtime describes in a second, descriptor alone, in batches of 8: the best of three."""
    session = open_model(model, threads)
    pictures = np.random.default_rng(0).integers(0, 256, (count, side, side, 3)).astype(np.uint8)
    run_model(session, pictures[:8])
    best = 0.0
    for _ in range(3):
        start = time.perf_counter()
        run_model(session, pictures)
        best = max(best, count / (time.perf_counter() - start))
    return best


def default_run(name: str) -> Path:
    """Where the run of a model lies, unless people say otherwise."""
    from core.models import training_folder

    return training_folder() / checked_name(name)
