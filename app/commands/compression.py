"""``twinsight compression``: recall against bytes and milliseconds on a library of one's own."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from dataclasses import asdict

from app.commands import running
from app.terminal import ProgressLine, plural, table
from core import export
from core.catalog import Catalog
from core.evaluation.compression import INDEXES, CompressionOptions, measure_compression
from core.evaluation.export import write_compression_csv
from core.evaluation.values import CompressionDone, CompressionPoint
from core.events import Progress

_TITLES = ("index", "bytes", "recall@1", "recall@10", "ms/query", "build", "what it is")


def run(arguments: argparse.Namespace) -> int:
    """Measure the indexes and report the curve."""
    running.check_outputs(arguments)
    options = CompressionOptions(
        library=tuple(arguments.library),
        method=arguments.method or "twinsight-copy",
        indexes=tuple(arguments.indexes.split(",")) if arguments.indexes else INDEXES,
        queries=arguments.queries,
        hidden=arguments.hidden,
        workers=arguments.workers,
    )
    with running.open_catalog(arguments) as catalog:
        done = _follow(catalog, options)
    running.write(arguments.csv, lambda stream: write_compression_csv(stream, done.points))
    document: dict[str, object] = {
        "method": done.method,
        "pictures": done.pictures,
        "queries": done.queries,
        "indexes": [asdict(point) for point in done.points],
    }
    running.write(arguments.json, lambda stream: export.write_json(stream, document))
    if running.wants_table(arguments):
        for line in table(_TITLES, [_cells(point) for point in done.points]):
            sys.stdout.write(f"{line}\n")
    running.list_skipped(done.skipped)
    pictures = plural(done.pictures, "picture")
    running.say(arguments, f"{done.method}: {pictures}, {plural(done.queries, 'query', 'queries')}.")
    return 0


def _follow(catalog: Catalog, options: CompressionOptions) -> CompressionDone:
    with closing(measure_compression(catalog, options)) as events, ProgressLine(sys.stderr) as line:  # type: ignore[type-var]
        for event in events:
            match event:
                case Progress():
                    line.show(event)
                case CompressionDone():
                    return event
    raise RuntimeError("the measuring ended without a result")


def _cells(point: CompressionPoint) -> tuple[str, ...]:
    return (
        point.index,
        f"{point.bytes_per_picture:,.0f}",
        f"{point.recall_at_1:.3f}",
        f"{point.recall_at_10:.3f}",
        f"{point.milliseconds_per_query:.3f}",
        f"{point.build_seconds:.1f} s",
        point.title,
    )
