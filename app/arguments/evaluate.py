"""What ``twinsight evaluate`` takes."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.arguments.options import Commands, add_command, add_output, add_running, positive


def add(commands: Commands) -> None:
    """Add ``evaluate`` to the parser."""
    parser = add_command(commands, "evaluate", "rank methods by how well they find what belongs together")
    parser.add_argument(
        "--dataset",
        action="append",
        required=True,
        type=Path,
        metavar="DIR",
        help="the folder that is searched; may be repeated",
    )
    parser.add_argument(
        "--queries",
        action="append",
        type=Path,
        metavar="DIR",
        help="the folder of the pictures that are searched with; may be repeated (default: the dataset)",
    )
    parser.add_argument(
        "--truth",
        required=True,
        metavar="CSV",
        help="what belongs to what: a CSV with the columns copy,original or query,picture or source,target or"
        " file,group; a folder of Oxford or Paris; or ukbench, holidays, copydays for what file names say",
    )
    parser.add_argument(
        "--methods",
        default="methods",
        metavar="NAME,NAME,...",
        help="methods with steps and fusions, or the groups 'methods' and 'all' (see: twinsight methods)",
    )
    parser.add_argument("--limit", type=positive, metavar="N", help="most queries, spread evenly over all of them")
    parser.add_argument("--sort", choices=SORTS, default="map", help="order of the rows (default: map)")
    add_output(parser, "leaderboard")
    parser.add_argument("--plot", type=drawing, metavar="FILE.svg", help="draw the precision-recall curves")
    add_running(parser)


SORTS = ("map", "recall@1", "recall@5", "recall@10", "pictures/s", "bytes", "ms", "name")


def drawing(text: str) -> Path:
    """An SVG file to write."""
    path = Path(text)
    if path.suffix.lower() != ".svg":
        raise argparse.ArgumentTypeError(f"{text!r} does not end in .svg")
    return path
