"""The subcommands of the command line, one file each; none of them knows Qt."""

from __future__ import annotations

import argparse
from importlib import import_module

_READ_PICTURES = frozenset({"index", "scan", "search"})
"""Commands that will want worker processes, whose start takes as long as that of the engine."""


def run(arguments: argparse.Namespace) -> int:
    """Run the subcommand that was parsed and return its exit code.

    Args:
        arguments: What ``app.cli.parse`` returned, with a command; the file of that name runs it.

    Raises:
        TwinsightError: It failed in a way that a person can act on.
    """
    if arguments.command in _READ_PICTURES:
        from core.workers import start_early

        start_early()
    # The engine is imported only now: --help and wrong usage answer without it.
    code: int = import_module(f"app.commands.{arguments.command}").run(arguments)
    return code
