"""Train, export and measure from the command line: ``python -m core.training train --help``."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields, replace
from pathlib import Path

from core.records import TwinsightError
from core.training.benchmark import BenchmarkResult, run_benchmark
from core.training.export import (
    PRECISIONS,
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
from core.training.metrics import TrainingDone, TrainingMetrics
from core.training.process import keep_memory, share_cores
from core.training.settings import TrainingSettings, read_settings

logger = logging.getLogger("core.training")

_CALIBRATION_PICTURES = 200
_CHECKED_PICTURES = 64


def _sides(text: str) -> tuple[tuple[float, int], ...]:
    """Parse "0:128,0.4:160"."""
    return tuple((float(share), int(side)) for share, side in (part.split(":") for part in text.split(",")))


def _folders(text: str) -> tuple[Path, ...]:
    """Parse folders that the system's path separator divides."""
    return tuple(Path(part) for part in text.split(os.pathsep))


def _switch(text: str) -> bool:
    return text.lower() in ("1", "true", "yes", "on")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="core.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    _add_train(commands.add_parser("train", help="train, or go on with a run that was stopped"))
    exporting = commands.add_parser("export", help="write the best network of a run as an ONNX model")
    exporting.add_argument("--run", type=Path, required=True)
    exporting.add_argument("--model", type=Path, required=True)
    exporting.add_argument("--precision", choices=PRECISIONS, default="float16")
    exporting.add_argument("--side", type=int, default=224, help="input side that the product shall use")
    exporting.add_argument("--version", type=int, default=1)
    measuring = commands.add_parser("evaluate", help="measure a model on a benchmark of copies")
    measuring.add_argument("--model", type=Path, required=True)
    measuring.add_argument("--copies", type=Path, required=True, help="refs, copies, distractors and truth.csv")
    measuring.add_argument("--side", type=int, default=224)
    return parser


def _add_train(command: argparse.ArgumentParser) -> None:
    """One option for every field of the settings."""
    command.add_argument("--run", type=Path, required=True)
    kinds: dict[str, Callable[[str], object]] = {
        "int": int,
        "float": float,
        "str": str,
        "Path": Path,
        "bool": _switch,
        "tuple[Path, ...]": _folders,
    }
    for field in fields(TrainingSettings):
        if field.name != "run":
            known = None if field.default is MISSING else f"{field.default}"
            kind = kinds.get(str(field.type), _sides)
            command.add_argument(f"--{field.name.replace('_', '-')}", type=kind, help=known)


def _settings(values: argparse.Namespace) -> TrainingSettings:
    """Settings from the options, over those of the run if it exists already."""
    given = {key: value for key, value in vars(values).items() if value is not None}
    for key in ("command", "run"):
        given.pop(key, None)
    if (values.run / "settings.json").exists():
        return replace(read_settings(values.run), **given)
    return TrainingSettings(run=values.run, **given)


def _train(values: argparse.Namespace) -> None:
    for event in train(_settings(values)):
        if isinstance(event, TrainingMetrics) and (event.recall or event.step % 20 == 0):
            parts = " ".join(f"{name} {value:.3f}" for name, value in event.parts.items())
            speed = f"{event.pairs_per_second:.1f} pairs/s"
            logger.info("step %d loss %.3f (%s) %s", event.step, event.loss, parts, speed)
        if isinstance(event, TrainingMetrics | TrainingDone) and event.recall:
            logger.info("%s", event.recall)


def _export(values: argparse.Namespace) -> None:
    network, settings = load_network(values.run)
    paths, held_out = split_pictures(settings)
    calibration = square_pictures(paths[:_CALIBRATION_PICTURES], values.side)
    export(network, values.model, values.precision, calibration, values.side)
    name = values.model.stem
    write_manifest(values.model, name, values.version, values.side, values.precision, settings.dimension)
    checked = square_pictures(held_out[:_CHECKED_PICTURES], values.side)
    logger.info("%s: %s", values.model, agreement(network, values.model, checked))


def _table(result: BenchmarkResult) -> str:
    """The result as lines of text."""
    lines = [f"{'edit':20} {'copies':>6} {'R@1':>6} {'R@10':>6} {'R@1 r':>6} {'R@10 r':>6} {'cos':>6} {'cos r':>6}"]
    for name, row in [*result.edits.items(), ("all", result.overall)]:
        numbers = (
            row.at_1,
            row.at_10,
            row.regions_at_1,
            row.regions_at_10,
            row.similarity,
            row.regions_similarity,
        )
        lines.append(f"{name:20} {row.copies:6d} " + " ".join(f"{number:6.3f}" for number in numbers))
    for title, wrong in (("descriptors", result.wrong), ("with regions", result.wrong_regions)):
        lines.append(f"nearest wrong, {title}: median {wrong[0]:.3f}, 99% {wrong[1]:.3f}, highest {wrong[2]:.3f}")
    return "\n".join(lines) + "\n"


def _evaluate(values: argparse.Namespace) -> None:
    session = open_model(values.model)
    result = run_benchmark(lambda pictures: run_model(session, pictures), values.copies, values.side)
    sys.stdout.write(_table(result))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 on success, 1 with one sentence on an error."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    values = _parser().parse_args(arguments)
    try:
        {"train": _train, "export": _export, "evaluate": _evaluate}[values.command](values)
    except TwinsightError as error:
        logger.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    share_cores()
    keep_memory()
    sys.exit(main())
