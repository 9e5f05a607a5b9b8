"""Train, export and measure from the command line: ``python -m core.training train --help``."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields, replace
from pathlib import Path

import numpy as np

from core.records import TwinsightError
from core.scanning import FileEntry, resolve_library, walk
from core.training.benchmark import method_describer, run_benchmark
from core.training.export import PRECISIONS, open_model, run_model
from core.training.keypoint_benchmark import confirm_copies, match_pairs
from core.training.loop import train
from core.training.made_copies import make_copies
from core.training.metrics import TrainingDone, TrainingMetrics
from core.training.process import keep_memory, share_cores
from core.training.producing import ProduceOptions, pictures_per_second, write_model
from core.training.reports import benchmark_table, copies_line, pair_line
from core.training.settings import TrainingSettings, read_settings

logger = logging.getLogger("core.training")


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
    exporting.add_argument("--name", help="of the method (default: that of the file)")
    exporting.add_argument("--version", type=int, default=1)
    measuring = commands.add_parser("evaluate", help="measure a descriptor on a benchmark of copies")
    described = measuring.add_mutually_exclusive_group(required=True)
    described.add_argument("--model", type=Path)
    described.add_argument("--method", help="a registered method instead of a model file")
    measuring.add_argument("--copies", type=Path, required=True, help="refs, copies, distractors and truth.csv")
    measuring.add_argument("--side", type=int, default=224)
    measuring.add_argument("--whiten", action="store_true", help="whiten a method on the pictures that are searched")
    measuring.add_argument("--by", default="transform", help="column of truth.csv that the rows are by")
    making = commands.add_parser("copies", help="make a benchmark of copies from pictures")
    making.add_argument("--pictures", type=Path, required=True)
    making.add_argument("--distractors", type=Path, help="a folder (default: of the same pictures)")
    making.add_argument("--originals", type=int, default=30)
    making.add_argument("--most", type=int, default=500, help="distractors")
    making.add_argument("--out", type=Path, required=True)
    judging = commands.add_parser("keypoints", help="measure keypoints on known homographies and on copies")
    judging.add_argument("--methods", required=True, help="NAME,NAME,...")
    judging.add_argument("--pairs", type=Path, help="a folder with pairs_homography.csv")
    judging.add_argument("--copies", type=Path, help="refs, copies and truth.csv")
    judging.add_argument("--every", type=int, default=1, help="take one copy in so many")
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
    options = ProduceOptions(values.model, values.name or "", values.version, values.precision, values.side)
    logger.info("%s", write_model(values.run, options))


def _evaluate(values: argparse.Namespace) -> None:
    if values.model is not None:
        session = open_model(values.model)
        result = run_benchmark(lambda pictures: run_model(session, pictures), values.copies, values.side, by=values.by)
        speed = pictures_per_second(values.model, values.side)
        sys.stdout.write(benchmark_table(result) + f"{speed:.0f} pictures/s\n")
    else:
        describer = method_describer(values.method)
        result = run_benchmark(describer, values.copies, values.side, values.whiten, values.by)
        sys.stdout.write(benchmark_table(result))


def _copies(values: argparse.Namespace) -> None:
    found = [entry.path for entry in walk(resolve_library([values.pictures])) if isinstance(entry, FileEntry)]
    order = np.random.default_rng(1).permutation(len(found))
    shuffled = [found[place] for place in order]
    originals, rest = shuffled[: values.originals], shuffled[values.originals :]
    if values.distractors is not None:
        folder = resolve_library([values.distractors])
        distractors, guests = [entry.path for entry in walk(folder) if isinstance(entry, FileEntry)], rest
    else:
        distractors, guests = rest[: values.most], rest[values.most :]
    for event in make_copies(originals, distractors[: values.most], guests, values.out):
        logger.info("%s %d of %s", event.stage, event.done, event.total)


def _keypoints(values: argparse.Namespace) -> None:
    for method in values.methods.split(","):
        for pair in match_pairs(method, values.pairs) if values.pairs else ():
            sys.stdout.write(pair_line(method, pair))
        if values.copies:
            sys.stdout.write(copies_line(method, confirm_copies(method, values.copies, values.every)))


_COMMANDS = {"train": _train, "export": _export, "evaluate": _evaluate, "copies": _copies, "keypoints": _keypoints}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 0 on success, 1 with one sentence on an error."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    logging.getLogger("faiss").setLevel(logging.WARNING)
    values = _parser().parse_args(arguments)
    try:
        _COMMANDS[values.command](values)
    except TwinsightError as error:
        logger.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    share_cores()
    keep_memory()
    sys.exit(main())
