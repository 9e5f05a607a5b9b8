"""What ``twinsight apply`` takes."""

from __future__ import annotations

from pathlib import Path

from app.arguments.options import Commands, add_command, add_commit


def add(commands: Commands) -> None:
    """Add ``apply`` to the parser."""
    parser = add_command(commands, "apply", "carry out a plan, or go on with one that was interrupted")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("plan", nargs="?", type=Path, metavar="PLAN", help="a file that `twinsight plan --json` wrote")
    which.add_argument("--resume", action="store_true", help="go on with the clean-up that was interrupted")
    parser.add_argument(
        "--confirm", default="", metavar="TEXT", help='to delete for good: the words "delete N files" with their number'
    )
    add_commit(parser, "only check every file, touch nothing (the default)", "really do it")
