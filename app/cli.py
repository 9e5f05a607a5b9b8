"""What can be typed: the parser of the command line.

Imports argparse and nothing else, so that ``--help`` answers at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

PRESETS = ("fast", "balanced", "thorough")
STDOUT = Path("-")
"""What an output option says for standard output."""

_DESCRIPTION = "Find the copies of a picture and prove it. Without a command the window opens."
_EPILOG = """Everything runs on this computer. Pictures are only ever read.

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
    if sum(path == STDOUT for path in outputs(namespace)) > 1:
        parser.error("only one result can go to standard output; name a file for the others")
    return namespace


def outputs(namespace: argparse.Namespace) -> list[Path]:
    """The files that results are asked for in, ``-`` among them."""
    named = (getattr(namespace, option, None) for option in ("csv", "json", "submission", "overlay"))
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
    _add_catalog(parser, default=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_index(commands)
    _add_scan(commands)
    _add_search(commands)
    _add_compare(commands)
    _add_methods(commands)
    return parser


def build_window_parser() -> argparse.ArgumentParser:
    """The parser of ``twinsight-window``, which desktops start with folders to open."""
    parser = argparse.ArgumentParser(prog="twinsight-window", description="Open the window.", allow_abbrev=False)
    parser.add_argument("library", nargs="*", type=Path, metavar="LIBRARY", help="a folder with pictures")
    _add_catalog(parser, default=None)
    return parser


_Commands = argparse._SubParsersAction  # the type has no public name


def _add_command(commands: _Commands[argparse.ArgumentParser], name: str, text: str) -> argparse.ArgumentParser:
    described = f"{text[0].upper()}{text[1:]}."
    parser = commands.add_parser(name, help=text, description=described, allow_abbrev=False)
    # A default here would undo a --catalog that stands before the command.
    _add_catalog(parser, default=argparse.SUPPRESS)
    return parser


def _add_index(commands: _Commands[argparse.ArgumentParser]) -> None:
    parser = _add_command(commands, "index", "build or update the catalog of library folders")
    _add_library(parser)
    _add_preset(parser, "describe pictures as this preset needs them")
    _add_method(parser, "describe pictures with this method instead; may be repeated")
    _add_running(parser)


def _add_scan(commands: _Commands[argparse.ArgumentParser]) -> None:
    parser = _add_command(commands, "scan", "find the groups of copies in library folders")
    _add_library(parser)
    _add_preset(parser, "how far to look")
    _add_output(parser, "groups")
    _add_running(parser)


def _add_search(commands: _Commands[argparse.ArgumentParser]) -> None:
    parser = _add_command(commands, "search", "find the copies of pictures in a library")
    parser.add_argument("query", nargs="+", type=Path, metavar="QUERY", help="a picture, or a folder of them")
    parser.add_argument(
        "--library",
        action="append",
        required=True,
        type=Path,
        metavar="LIBRARY",
        help="the folder to search in; may be repeated",
    )
    _add_preset(parser, "how far to look")
    _add_method(parser, "rank by this method alone (see: twinsight methods)", action="store")
    parser.add_argument("--top", type=_positive, default=20, metavar="K", help="most matches per query (default: 20)")
    _add_output(parser, "matches")
    parser.add_argument(
        "--submission",
        type=_output,
        metavar="FILE",
        help="write the best match of each query as CSV with the columns source,target; - is stdout",
    )
    _add_running(parser)


def _add_compare(commands: _Commands[argparse.ArgumentParser]) -> None:
    parser = _add_command(commands, "compare", "say what two pictures are to each other")
    parser.add_argument("first", type=Path, metavar="A", help="a picture")
    parser.add_argument("second", type=Path, metavar="B", help="another picture")
    parser.add_argument("--json", type=_output, metavar="FILE", help="write the evidence; - is stdout")
    parser.add_argument(
        "--overlay", type=_picture, metavar="FILE.png", help="draw both pictures with their matched keypoints"
    )


def _add_methods(commands: _Commands[argparse.ArgumentParser]) -> None:
    _add_command(commands, "methods", "list the methods that pictures can be described with")


# ---------------------------------------------------------------------- shared options


def _add_catalog(parser: argparse.ArgumentParser, default: str | None) -> None:
    parser.add_argument(
        "--catalog",
        type=Path,
        default=default,
        metavar="FILE",
        help="another catalog than your own",
    )


def _add_library(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("library", nargs="+", type=Path, metavar="LIBRARY", help="a folder with pictures")


def _add_preset(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("--preset", choices=PRESETS, default="balanced", help=f"{text} (default: balanced)")


def _add_method(parser: argparse.ArgumentParser, text: str, action: str = "append") -> None:
    parser.add_argument("--method", action=action, metavar="NAME", help=text)


def _add_output(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--csv", type=_output, metavar="FILE", help=f"write the {what} as CSV; - is stdout")
    parser.add_argument("--json", type=_output, metavar="FILE", help=f"write the {what} as JSON; - is stdout")


def _add_running(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--hidden", action="store_true", help="also look at files and folders whose name starts with a dot"
    )
    parser.add_argument(
        "--workers", type=_positive, metavar="N", help="processes that read pictures (default: one per core)"
    )


def _positive(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return number


def _output(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("name a file, or - for stdout")
    return Path(text)


def _picture(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(f"{text!r} does not end in .png")
    return path
