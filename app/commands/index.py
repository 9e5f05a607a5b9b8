"""``twinsight index``: bring the catalog up to date with library folders."""

from __future__ import annotations

import argparse

from app.commands import running
from app.terminal import plural
from core.indexing import IndexOptions, index_library
from core.preset_names import named


def run(arguments: argparse.Namespace) -> int:
    """Index the folders and say what was new."""
    methods = tuple(arguments.method) if arguments.method else named(arguments.preset).methods
    options = IndexOptions(methods=methods, hidden=arguments.hidden, workers=arguments.workers)
    with running.open_catalog(arguments) as catalog:
        summary = running.follow(index_library(catalog, arguments.library, options))
    running.list_skipped(summary.skipped)
    running.say(arguments, f"{running.work_done(summary)}, {plural(summary.decoded, 'file')} read.")
    return 0
