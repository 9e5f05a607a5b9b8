"""``twinsight search``: find the copies of pictures in a library."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.commands import running
from app.terminal import match_lines, plural
from core import export
from core.cropping import Box, cut_out
from core.events import Summary
from core.records import LibraryError
from core.search import SearchOptions, search


def run(arguments: argparse.Namespace) -> int:
    """Search the library for each query and report the ranked matches."""
    running.check_outputs(arguments)
    options = SearchOptions(
        top=arguments.top,
        preset=arguments.preset,
        method=arguments.method,
        texts=tuple(arguments.text or ()),
        hidden=arguments.hidden,
        workers=arguments.workers,
    )
    with running.open_catalog(arguments) as catalog, _queries(arguments) as queries:
        summary = running.follow(search(catalog, arguments.library, queries, options))
    if arguments.region:
        summary = replace(summary, matches=tuple((arguments.query[0], found) for _, found in summary.matches))
    running.write(arguments.csv, lambda stream: export.write_search_csv(stream, summary.matches))
    running.write(arguments.submission, lambda stream: export.write_submission(stream, summary.matches))
    document = export.search_as_dict(summary)
    running.write(arguments.json, lambda stream: export.write_json(stream, document))
    if running.wants_table(arguments):
        _print_table(summary)
    running.list_skipped(summary.skipped)
    running.say(arguments, f"{in_words(summary)} {running.work_done(summary)}.")
    return 0


@contextmanager
def _queries(arguments: argparse.Namespace) -> Iterator[list[Path]]:
    """What to search with: what was named, or the region of it that was asked for."""
    if not arguments.region:
        yield arguments.query
        return
    (query, *others) = arguments.query
    if others or not query.is_file():
        raise LibraryError("--region takes one picture to search with, not several or a folder.")
    try:
        box = Box.parse(arguments.region)
    except ValueError as error:
        raise LibraryError(f"--region {error}.") from error
    with tempfile.TemporaryDirectory(prefix="twinsight-region-") as folder:
        yield [cut_out(query, box, Path(folder))]


def _print_table(summary: Summary) -> None:
    for query, matches in summary.matches:
        for line in match_lines(query, matches):
            sys.stdout.write(f"{line}\n")
        sys.stdout.write("\n")


def in_words(summary: Summary) -> str:
    """What a search found ("Proven copies for 3 of 4 queries.")."""
    proven = sum(any(match.verified for match in matches) for _, matches in summary.matches)
    return f"Proven matches for {proven:,} of {plural(len(summary.matches), 'query', 'queries')}."
