"""The subcommands of the command line, one file each; none of them knows Qt."""

from __future__ import annotations

import argparse


def run(arguments: argparse.Namespace) -> int:
    """Run the subcommand that was parsed and return its exit code.

    Args:
        arguments: What ``app.cli.parse`` returned, with a command.

    Raises:
        TwinsightError: It failed in a way that a person can act on.
    """
    # The engine is imported only now: --help and wrong usage answer without it.
    match arguments.command:
        case "index":
            from app.commands import index

            return index.run(arguments)
        case "scan":
            from app.commands import scan

            return scan.run(arguments)
        case "search":
            from app.commands import search

            return search.run(arguments)
        case "compare":
            from app.commands import compare

            return compare.run(arguments)
        case "methods":
            from app.commands import methods

            return methods.run(arguments)
        case unknown:
            raise ValueError(f"no command {unknown!r}")
