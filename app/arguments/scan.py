"""What ``twinsight scan`` takes."""

from __future__ import annotations

from app.arguments.options import Commands, add_command, add_library, add_output, add_preset, add_running, add_scope


def add(commands: Commands) -> None:
    """Add ``scan`` to the parser."""
    parser = add_command(commands, "scan", "find the groups of copies in library folders")
    add_library(parser)
    add_preset(parser, "how far to look")
    add_scope(parser)
    parser.add_argument("--settled", action="store_true", help="also show groups that you decided to keep as they are")
    add_output(parser, "groups")
    add_running(parser)
