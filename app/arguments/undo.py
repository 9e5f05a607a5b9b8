"""What ``twinsight undo`` takes."""

from __future__ import annotations

from app.arguments.options import Commands, add_command, add_commit, positive


def add(commands: Commands) -> None:
    """Add ``undo`` to the parser."""
    parser = add_command(commands, "undo", "bring back what a clean-up removed")
    parser.add_argument(
        "operation", nargs="?", type=positive, metavar="N", help="number of the clean-up (default: the last one)"
    )
    parser.add_argument("--list", action="store_true", help="list all clean-ups")
    add_commit(parser, "only say what would come back (the default)", "really bring it back")
