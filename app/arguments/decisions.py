"""What ``twinsight decisions`` takes."""

from __future__ import annotations

from pathlib import Path

from app.arguments.options import Commands, add_command, add_commit, output, positive

KINDS = ("duplicate", "not-duplicate", "keep-both", "alternate")


def add(commands: Commands) -> None:
    """Add ``decisions`` to the parser."""
    parser = add_command(commands, "decisions", "list, make, take back, export and import decisions about copies")
    parser.add_argument("--search", default="", metavar="TEXT", help="only those about files with this in their path")
    parser.add_argument("--json", type=output, metavar="FILE", help="export all decisions; - is stdout")
    change = parser.add_mutually_exclusive_group()
    change.add_argument(
        "--make",
        nargs="+",
        metavar=("KIND", "PICTURE"),
        help=f"decide about two or more indexed pictures; KIND is {', '.join(KINDS)}",
    )
    change.add_argument("--undo", type=positive, metavar="N", help="take a decision back")
    change.add_argument("--import", type=Path, dest="source", metavar="FILE", help="take over exported decisions")
    add_commit(parser, "only say what would change (the default)", "really change it")
