"""What ``twinsight methods`` takes."""

from __future__ import annotations

from app.arguments.options import Commands, add_command


def add(commands: Commands) -> None:
    """Add ``methods`` to the parser."""
    add_command(commands, "methods", "list the methods that pictures can be described with")
