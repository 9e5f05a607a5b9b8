"""What ``twinsight watch`` takes."""

from __future__ import annotations

from app.arguments.options import Commands, add_command, add_library, add_preset, add_running


def add(commands: Commands) -> None:
    """Add ``watch`` to the parser."""
    parser = add_command(commands, "watch", "keep the catalog up to date while pictures come, change and go")
    add_library(parser)
    add_preset(parser, "describe pictures as this preset needs them")
    add_running(parser)
