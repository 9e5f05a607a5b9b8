"""What ``twinsight search`` takes."""

from __future__ import annotations

from pathlib import Path

from app.arguments.options import (
    Commands,
    add_command,
    add_method,
    add_output,
    add_preset,
    add_running,
    output,
    positive,
)


def add(commands: Commands) -> None:
    """Add ``search`` to the parser."""
    parser = add_command(commands, "search", "find the copies of pictures in a library")
    parser.add_argument("query", nargs="*", type=Path, metavar="QUERY", help="a picture, or a folder of them")
    parser.add_argument(
        "--text", action="append", metavar="WORDS", help="search with words, by a CLIP method; may be repeated"
    )
    parser.add_argument(
        "--library",
        action="append",
        required=True,
        type=Path,
        metavar="LIBRARY",
        help="the folder to search in; may be repeated",
    )
    add_preset(parser, "how far to look")
    add_method(parser, "rank by this method, with steps and fusion, alone (see: twinsight methods)", action="store")
    parser.add_argument(
        "--region",
        metavar="LEFT,TOP,WIDTH,HEIGHT",
        help="search with this part of the one query, in pixels of the upright picture",
    )
    parser.add_argument("--top", type=positive, default=20, metavar="K", help="most matches per query (default: 20)")
    add_output(parser, "matches")
    parser.add_argument(
        "--submission",
        type=output,
        metavar="FILE",
        help="write the best match of each query as CSV with the columns source,target; - is stdout",
    )
    add_running(parser)
