"""``twinsight watch``: keep the catalog up to date until it is interrupted."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from app.commands import running
from app.terminal import plural, printable
from core.catalog import Catalog
from core.events import Summary
from core.indexing import IndexOptions, index_library
from core.preset_names import named
from core.records import LibraryError
from core.scanning import resolve_library
from core.watching import watch


def run(arguments: argparse.Namespace, stop: threading.Event | None = None) -> int:
    """Index the folders, then again whatever changes.

    Args:
        arguments: What was typed.
        stop: Ends it, as Ctrl-C does.
    """
    options = IndexOptions(methods=named(arguments.preset).methods, hidden=arguments.hidden, workers=arguments.workers)
    folders = resolve_library(arguments.library)
    with running.open_catalog(arguments) as catalog:
        summary = running.follow(index_library(catalog, folders, options))
        running.list_skipped(summary.skipped)
        _say(f"{running.work_done(summary)}. Watching; Ctrl-C ends it.")
        for changed in watch(folders, stop or threading.Event()):
            if changed:
                _look_again(catalog, changed, options)
    return 0


def _look_again(catalog: Catalog, changed: Sequence[Path], options: IndexOptions) -> None:
    before = {info.folder: info.images for info in catalog.libraries()}
    try:
        summary = running.follow(index_library(catalog, changed, options))
    except LibraryError as error:
        # The drive is not there now; it may come back.
        _say(printable(str(error)))
        return
    _tell(summary, summary.images - sum(before.get(folder, 0) for folder in changed), changed)


def _tell(summary: Summary, more: int, changed: Sequence[Path]) -> None:
    if summary.decoded or more:
        names = ", ".join(printable(folder) for folder in changed)
        _say(f"{names}: {plural(summary.images, 'picture')} ({more:+,}), {plural(summary.decoded, 'file')} read.")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
