"""Options that several commands share, and how a command joins the parser.

Imports argparse and nothing else, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

PRESETS = ("fast", "balanced", "thorough")
PAIRS = ("all", "other-folders", "same-folder")

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # the type has no public name


def add_command(commands: Commands, name: str, text: str) -> argparse.ArgumentParser:
    """A subcommand with its line of help."""
    described = f"{text[0].upper()}{text[1:]}."
    parser = commands.add_parser(name, help=text, description=described, allow_abbrev=False)
    # A default here would undo a --catalog that stands before the command.
    add_catalog(parser, default=argparse.SUPPRESS)
    return parser


def add_catalog(parser: argparse.ArgumentParser, default: str | None) -> None:
    """The catalog to use."""
    parser.add_argument(
        "--catalog",
        type=Path,
        default=default,
        metavar="FILE",
        help="another catalog than your own",
    )


def add_library(parser: argparse.ArgumentParser) -> None:
    """The folders to work on."""
    parser.add_argument("library", nargs="+", type=Path, metavar="LIBRARY", help="a folder with pictures")


def add_preset(parser: argparse.ArgumentParser, text: str) -> None:
    """The setting of the cascade; what is parsed is one name, see ``join_descriptor``."""
    parser.add_argument("--preset", choices=PRESETS, default="balanced", help=f"{text} (default: balanced)")
    parser.add_argument(
        "--descriptor",
        metavar="NAME",
        help="let this descriptor take the place of the preset's own, such as one adapted to your pictures",
    )


def join_descriptor(namespace: argparse.Namespace) -> None:
    """Make the name of the preset with its descriptor, as the engine knows it ("balanced:my-copies")."""
    if getattr(namespace, "descriptor", None):
        namespace.preset = f"{namespace.preset}:{namespace.descriptor}"


def add_method(parser: argparse.ArgumentParser, text: str, action: str = "append") -> None:
    """A registered method, by name."""
    parser.add_argument("--method", action=action, metavar="NAME", help=text)


def add_output(parser: argparse.ArgumentParser, what: str) -> None:
    """Where results go."""
    parser.add_argument("--csv", type=output, metavar="FILE", help=f"write the {what} as CSV; - is stdout")
    parser.add_argument("--json", type=output, metavar="FILE", help=f"write the {what} as JSON; - is stdout")


def add_running(parser: argparse.ArgumentParser) -> None:
    """How a long job runs."""
    parser.add_argument(
        "--hidden", action="store_true", help="also look at files and folders whose name starts with a dot"
    )
    parser.add_argument(
        "--workers", type=positive, metavar="N", help="processes that read pictures (default: one per core)"
    )


def add_scope(parser: argparse.ArgumentParser) -> None:
    """Which files count as copies of each other."""
    parser.add_argument(
        "--pairs", choices=PAIRS, default="all", help="which files count as copies of each other (default: all)"
    )
    parser.add_argument(
        "--against",
        action="append",
        type=Path,
        default=[],
        metavar="FOLDER",
        help="only files elsewhere that have a copy in this folder could go; may be repeated",
    )


def add_commit(parser: argparse.ArgumentParser, rehearse: str, commit: str) -> None:
    """Whether anything is touched."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--dry-run", action="store_true", help=rehearse)
    either.add_argument("--commit", action="store_true", help=commit)


def positive(text: str) -> int:
    """A whole number of at least 1."""
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return number


def output(text: str) -> Path:
    """A file to write, or ``-``."""
    if not text:
        raise argparse.ArgumentTypeError("name a file, or - for stdout")
    return Path(text)


def picture(text: str) -> Path:
    """A PNG file to write."""
    path = Path(text)
    if path.suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(f"{text!r} does not end in .png")
    return path
