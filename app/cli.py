"""What can be typed: the parser of the command line.

Imports argparse and little else, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from app.arguments import (
    apply,
    catalog,
    compare,
    compression,
    decisions,
    evaluate,
    formats,
    index,
    methods,
    models,
    plan,
    scan,
    search,
    train,
    undo,
    watch,
)
from app.arguments.options import add_catalog, join_descriptor

STDOUT = Path("-")
"""What an output option says for standard output."""

_DESCRIPTION = "Find the copies of a picture and prove it. Without a command the window opens."
_EPILOG = """Everything runs on this computer. Pictures are only read, but by apply --commit and undo --commit.

Exit codes: 0 done (skipped files are listed), 1 failed, 2 wrong usage, 130 interrupted."""


class _ShowVersion(argparse.Action):
    """Looks the version up when it is asked for, not before."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,
    ) -> None:
        from importlib.metadata import version

        print(f"twinsight {version('twinsight')}")
        parser.exit()


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse what was typed after ``twinsight``; ``command`` is None where the window is meant.

    Raises:
        SystemExit: With 2 on wrong usage, with 0 after ``--help`` and ``--version``.
    """
    parser = build_parser()
    namespace = parser.parse_args(arguments)
    join_descriptor(namespace)
    if namespace.command == "search" and not namespace.query and not namespace.text:
        parser.error("name a picture, or words with --text")
    if sum(path == STDOUT for path in outputs(namespace)) > 1:
        parser.error("only one result can go to standard output; name a file for the others")
    return namespace


def outputs(namespace: argparse.Namespace) -> list[Path]:
    """The files that results are asked for in, ``-`` among them."""
    named = (getattr(namespace, option, None) for option in ("csv", "json", "submission", "overlay", "plot"))
    return [path for path in named if path is not None]


def build_parser() -> argparse.ArgumentParser:
    """The parser of ``twinsight``."""
    parser = argparse.ArgumentParser(
        prog="twinsight",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="print the version")
    add_catalog(parser, default=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for each in (
        index,
        watch,
        scan,
        search,
        compare,
        plan,
        apply,
        undo,
        decisions,
        evaluate,
        compression,
        catalog,
        methods,
        models,
        train,
        formats,
    ):
        each.add(commands)
    return parser


def build_window_parser() -> argparse.ArgumentParser:
    """The parser of ``twinsight-window``, which desktops start with folders to open."""
    parser = argparse.ArgumentParser(prog="twinsight-window", description="Open the window.", allow_abbrev=False)
    parser.add_argument("library", nargs="*", type=Path, metavar="LIBRARY", help="a folder with pictures")
    add_catalog(parser, default=None)
    return parser
