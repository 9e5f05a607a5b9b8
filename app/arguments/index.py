"""What ``twinsight index`` takes."""

from __future__ import annotations

from app.arguments.options import Commands, add_command, add_library, add_method, add_preset, add_running


def add(commands: Commands) -> None:
    """Add ``index`` to the parser."""
    parser = add_command(commands, "index", "build or update the catalog of library folders")
    add_library(parser)
    add_preset(parser, "describe pictures as this preset needs them")
    add_method(parser, "describe pictures with this method instead; may be repeated")
    add_running(parser)
