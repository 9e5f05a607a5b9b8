"""What ``twinsight train`` takes."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.arguments.options import Commands, add_command, add_library, positive

RECIPES = ("simclr", "contrastive", "triplet", "sscd", "delf", "lift")
WAYS = ("whiten", "train")
PRECISIONS = ("float32", "float16", "int8")

_EPILOG = """A run that was stopped, even by pulling the plug, goes on from its last checkpoint when the same command is
given again. Its folder holds settings.json, metrics.jsonl, the list of its pictures and the checkpoints."""


def add(commands: Commands) -> None:
    """Add ``train`` to the parser."""
    parser = add_command(commands, "train", "train a method on your own pictures, or adapt the one that ships to them")
    parser.epilog = _EPILOG
    add_library(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--recipe", choices=RECIPES, default="sscd", help="how it learns (default: sscd)")
    what.add_argument(
        "--adapt",
        choices=WAYS,
        metavar="WAY",
        help="adapt the shipped descriptor instead: whiten it anew (a minute), or train it on (longer); it is measured"
        " before and after on copies of your pictures, and installed if it finds more",
    )
    parser.add_argument("--out", type=Path, metavar="MODEL.onnx", help="write the model here, its card beside it")
    parser.add_argument("--name", metavar="NAME", help="of the method (default: that of the file)")
    parser.add_argument("--install", action="store_true", help="install what comes out as a method")
    parser.add_argument("--run", type=Path, metavar="FOLDER", help="keep the run here (default: with your data)")
    _add_training(parser)
    _add_machine(parser)


def _add_training(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("training")
    group.add_argument("--steps", type=positive, metavar="N", help="length of the run")
    group.add_argument("--pairs", type=positive, metavar="N", help="pairs of picture and copy per step")
    group.add_argument("--side", type=positive, metavar="PIXELS", help="side of the pictures while training")
    group.add_argument("--backbone", metavar="NAME", help="efficientnet-lite0 (the default), or timm:NAME")
    group.add_argument(
        "--weights", metavar="FILE", help="start from safetensors of the backbone or a model trained here; or: random"
    )
    group.add_argument("--dimension", type=positive, metavar="N", help="numbers of a descriptor (default: 256)")
    group.add_argument("--learning-rate", type=float, metavar="RATE", help="highest learning rate")
    group.add_argument("--held-out", type=positive, metavar="N", help="pictures kept from training, to measure with")
    group.add_argument("--patience", type=int, metavar="N", help="end after N evaluations without a better recall")
    group.add_argument("--seed", type=int, metavar="N", help="draws the split, the edits and the weights")
    group.add_argument("--precision", choices=PRECISIONS, help="of the model's weights (default: float16)")


def _add_machine(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("this computer")
    group.add_argument("--device", choices=("auto", "cpu", "cuda"), help="default: CUDA where there is one")
    group.add_argument("--threads", type=positive, metavar="N", help="threads of the trainer (default: 2)")
    group.add_argument(
        "--workers", type=int, metavar="N", help="processes that make pairs (default: 1); 0 makes them in the trainer"
    )
