"""What the commands that work on a library share: the catalog, the progress line, and where results go."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import TextIO, cast

from app.cli import STDOUT, outputs
from app.terminal import ProgressLine, plural, printable
from core import export
from core.catalog import Catalog, default_catalog_path
from core.events import Done, Event, Progress, Skipped, Summary
from core.images import EXTENSIONS
from core.records import ExportError
from core.scanning import resolve_library
from core.scope import Mode, Scope


def open_catalog(arguments: argparse.Namespace) -> Catalog:
    """The catalog named with ``--catalog``, else the user's own.

    Raises:
        CatalogError: It cannot be opened.
    """
    return Catalog(arguments.catalog or default_catalog_path())


def scope(arguments: argparse.Namespace) -> Scope:
    """Which files count as copies of each other.

    Raises:
        LibraryError: A folder to compare against is missing.
    """
    if arguments.against:
        return Scope(Mode.AGAINST, resolve_library(arguments.against))
    return Scope(Mode(arguments.pairs))


def follow(events: Iterator[Event]) -> Summary:
    """Pull a job to its end while a line on stderr shows how far it is.

    An interruption closes the job first, which leaves the catalog consistent.

    Args:
        events: A job of the engine, which is a generator.

    Returns:
        The summary it ended with.
    """
    job = cast("Generator[Event, None, None]", events)
    with closing(job), ProgressLine(sys.stderr) as line:
        for event in job:
            match event:
                case Progress():
                    line.show(event)
                case Done(summary):
                    return summary
    raise RuntimeError("the job ended without a summary")


# ---------------------------------------------------------------------- results


def check_outputs(arguments: argparse.Namespace) -> None:
    """Find out before the work whether its results can be written.

    Raises:
        ExportError: One of the files cannot be written, or looks like a picture that would be lost.
    """
    for path in outputs(arguments):
        if path == STDOUT:
            continue
        if path != getattr(arguments, "overlay", None) and path.suffix.lower() in EXTENSIONS:
            raise ExportError(f"{path} is the name of a picture; name a text file for the result.")
        export.check_writable(path)


def write(path: Path | None, writer: Callable[[TextIO], None]) -> None:
    """Write a result to its file, to standard output for ``-``, or nowhere for None.

    Raises:
        ExportError: The file cannot be written.
    """
    if path is None:
        return
    if path != STDOUT:
        export.save_text(path, writer)
        return
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape", newline="")
    writer(sys.stdout)


def wants_table(arguments: argparse.Namespace) -> bool:
    """Whether people read the result here: no file was asked for, or a table as well."""
    return getattr(arguments, "table", False) or not outputs(arguments)


def say(arguments: argparse.Namespace, text: str) -> None:
    """Print a sentence for people: to stdout, or to stderr where stdout is for a machine."""
    print(text, file=sys.stderr if STDOUT in outputs(arguments) else sys.stdout)


def list_skipped(skipped: tuple[Skipped, ...]) -> None:
    """Print one line for each file that could not be read."""
    for item in skipped:
        print(f"skipped: {printable(item.path)}: {printable(item.reason)}", file=sys.stderr)


def work_done(summary: Summary) -> str:
    """What a job looked at, in words ("132 pictures in 3.2 s, 2 files skipped")."""
    words = f"{plural(summary.images, 'picture')} in {summary.seconds:.1f} s"
    if summary.skipped:
        words += f", {plural(len(summary.skipped), 'file')} skipped"
    return words
