"""What ``twinsight plan`` takes."""

from __future__ import annotations

from pathlib import Path

from app.arguments.options import Commands, add_command, add_library, add_output, add_preset, add_running, add_scope

ACTIONS = ("trash", "folder", "quarantine", "hard-link", "reflink", "delete")


def add(commands: Commands) -> None:
    """Add ``plan`` to the parser."""
    parser = add_command(commands, "plan", "say which copies could go, and why; touches nothing")
    add_library(parser)
    add_preset(parser, "how far to look")
    parser.add_argument(
        "--rules",
        default="best",
        metavar="RULES",
        help="keep rules by name (best, originals, oldest, newest, quick, or your own) or in order with commas"
        " between them, such as covers-most,folder:/home/me/Best,oldest (default: best)",
    )
    parser.add_argument(
        "--save-rules", metavar="NAME", help="keep these rules under a name, for this command and the window"
    )
    parser.add_argument(
        "--also",
        action="append",
        choices=("edited", "crop"),
        default=[],
        help="also let such copies go; may be repeated",
    )
    parser.add_argument(
        "--action", choices=ACTIONS, default="trash", help="what happens to the files that go (default: trash)"
    )
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="the folder for --action folder")
    parser.add_argument(
        "--protect",
        action="append",
        type=Path,
        default=[],
        metavar="FOLDER",
        help="compare with what lies here, but touch nothing of it; may be repeated",
    )
    add_scope(parser)
    parser.add_argument(
        "--without-companions",
        action="store_true",
        help="leave sidecars, RAW files and videos where they are",
    )
    parser.add_argument(
        "--merge-metadata",
        action="store_true",
        help="let files that stay take over date, place, rating, tags and caption that they lack",
    )
    add_output(parser, "plan")
    add_running(parser)
