"""What ``twinsight formats`` takes."""

from __future__ import annotations

from app.arguments.options import Commands, add_command


def add(commands: Commands) -> None:
    """Add ``formats`` to the parser."""
    add_command(commands, "formats", "list the kinds of picture files that this install reads, and with what")
