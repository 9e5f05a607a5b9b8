"""``twinsight evaluate``: the leaderboard of methods."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from app.commands import running
from app.terminal import ProgressLine, plural, printable, table
from core import export
from core.catalog import Catalog
from core.evaluation.export import curves_as_svg, leaderboard_as_dict, write_leaderboard_csv
from core.evaluation.leaderboard import EvaluationOptions, evaluate, evaluation_catalog_path
from core.evaluation.values import EvaluationDone, EvaluationSummary, MethodFailed, MethodResult
from core.events import Progress
from core.retrieval.offers import specifications

_TITLES = ("method", "recall@1", "recall@5", "recall@10", "mAP", "micro AP", "pictures/s", "bytes", "ms/query")

_ORDERS: Mapping[str, Callable[[MethodResult], Any]] = {
    "map": lambda result: -result.mean_average_precision,
    "recall@1": lambda result: -result.recall_at_1,
    "recall@5": lambda result: -result.recall_at_5,
    "recall@10": lambda result: -result.recall_at_10,
    "pictures/s": lambda result: -(result.pictures_per_second or 0),
    "bytes": lambda result: result.bytes_per_picture,
    "ms": lambda result: result.milliseconds_per_query,
    "name": lambda result: result.method,
}


def run(arguments: argparse.Namespace) -> int:
    """Evaluate the methods and report the leaderboard; 1 where none of them could be evaluated."""
    running.check_outputs(arguments)
    options = EvaluationOptions(
        dataset=tuple(arguments.dataset),
        queries=tuple(arguments.queries or arguments.dataset),
        truth=arguments.truth,
        methods=specifications(arguments.methods),
        limit=arguments.limit,
        hidden=arguments.hidden,
        workers=arguments.workers,
    )
    with Catalog(arguments.catalog or evaluation_catalog_path()) as catalog:
        summary = _follow(catalog, options)
    ranked = sorted(summary.results, key=_ORDERS[arguments.sort])
    running.write(arguments.csv, lambda stream: write_leaderboard_csv(stream, ranked))
    running.write(arguments.json, lambda stream: export.write_json(stream, leaderboard_as_dict(summary)))
    running.write(arguments.plot, lambda stream: print(curves_as_svg(ranked), end="", file=stream))
    if running.wants_table(arguments):
        for line in table(_TITLES, [_cells(result) for result in ranked]):
            sys.stdout.write(f"{line}\n")
    running.list_skipped(summary.skipped)
    running.say(arguments, in_words(summary))
    return 0 if summary.results else 1


def _follow(catalog: Catalog, options: EvaluationOptions) -> EvaluationSummary:
    """Pull the evaluation to its end; a method that fails is named at once."""
    with closing(evaluate(catalog, options)) as events, ProgressLine(sys.stderr) as line:  # type: ignore[type-var]
        for event in events:
            match event:
                case Progress():
                    line.show(event)
                case MethodFailed(method, reason):
                    line.close()
                    print(f"left out: {printable(method)}: {printable(reason)}", file=sys.stderr)
                case EvaluationDone(summary):
                    return summary
    raise RuntimeError("the evaluation ended without a summary")


def _cells(result: MethodResult) -> tuple[str, ...]:
    rate = result.pictures_per_second
    return (
        result.method,
        f"{result.recall_at_1:.3f}",
        f"{result.recall_at_5:.3f}",
        f"{result.recall_at_10:.3f}",
        f"{result.mean_average_precision:.3f}",
        f"{result.micro_average_precision:.3f}",
        "" if rate is None else f"{rate:,.0f}" if rate >= 9.95 else f"{rate:.1f}",
        f"{result.bytes_per_picture:,.0f}",
        f"{result.milliseconds_per_query:,.1f}",
    )


def in_words(summary: EvaluationSummary) -> str:
    """What was evaluated ("12 methods, 140 queries in 140 pictures, 34 s.")."""
    return (
        f"{plural(len(summary.results), 'method')}, {plural(summary.queries, 'query', 'queries')} in "
        f"{plural(summary.pictures, 'picture')}, {summary.seconds:.0f} s."
    )
