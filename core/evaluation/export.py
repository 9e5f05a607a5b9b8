"""Leaderboards and curves as tables and as a drawing."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict
from typing import TextIO
from xml.sax.saxutils import escape

from core.evaluation.values import CompressionPoint, EvaluationSummary, MethodResult

LEADERBOARD_COLUMNS = (
    "method",
    "title",
    "family",
    "queries",
    "pictures",
    "recall_at_1",
    "recall_at_5",
    "recall_at_10",
    "mean_average_precision",
    "micro_average_precision",
    "pictures_per_second",
    "bytes_per_picture",
    "milliseconds_per_query",
)
COMPRESSION_COLUMNS = (
    "index",
    "title",
    "bytes_per_picture",
    "recall_at_1",
    "recall_at_10",
    "milliseconds_per_query",
    "build_seconds",
)
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999")
"""Told apart by most people who see few colours (Okabe and Ito 2008)."""
_DASHES = ("", "7 3", "2 3")
_SIDE, _MARGIN, _LINE = 480, 56, 20


def write_leaderboard_csv(stream: TextIO, results: Sequence[MethodResult]) -> None:
    """Write one row per method, in the order given."""
    _write(stream, LEADERBOARD_COLUMNS, results)


def write_compression_csv(stream: TextIO, points: Sequence[CompressionPoint]) -> None:
    """Write one row per index, in the order given."""
    _write(stream, COMPRESSION_COLUMNS, points)


def leaderboard_as_dict(summary: EvaluationSummary) -> dict[str, object]:
    """A finished evaluation in the form of its JSON, curves and all."""
    return {
        "queries": summary.queries,
        "pictures": summary.pictures,
        "seconds": round(summary.seconds, 3),
        "methods": [asdict(result) for result in summary.results],
        "failed": [asdict(one) for one in summary.failed],
        "skipped": [{"path": str(item.path), "reason": item.reason} for item in summary.skipped],
    }


def _write(stream: TextIO, columns: Sequence[str], rows: Sequence[MethodResult | CompressionPoint]) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(getattr(row, column)) for column in columns])


def _cell(value: object) -> object:
    if value is None:
        return ""
    return round(value, 5) if isinstance(value, float) else value


def curves_as_svg(results: Sequence[MethodResult]) -> str:
    """Draw the precision-recall curves of methods, with a legend in the order given.

    Returns:
        The text of an SVG file.
    """
    width, height = _SIDE + 2 * _MARGIN, _SIDE + 2 * _MARGIN + _LINE * len(results)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif"'
        ' font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        *_axes(),
        *(line for number, result in enumerate(results) for line in _curve(number, result)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _place(recall: float, precision: float) -> tuple[float, float]:
    return _MARGIN + _SIDE * recall, _MARGIN + _SIDE * (1 - precision)


def _axes() -> list[str]:
    lines = []
    for tenth in range(0, 11, 2):
        share = tenth / 10
        (left, y), (x, bottom) = _place(0, share), _place(share, 0)
        lines += [
            f'<path d="M{left:.1f} {y:.1f}h{_SIDE}M{x:.1f} {bottom:.1f}v{-_SIDE}" stroke="#ddd"/>',
            f'<text x="{left - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{share:.1f}</text>',
            f'<text x="{x:.1f}" y="{bottom + 18:.1f}" text-anchor="middle">{share:.1f}</text>',
        ]
    middle = _MARGIN + _SIDE / 2
    return [
        *lines,
        f'<text x="{middle}" y="{2 * _MARGIN + _SIDE - 14}" text-anchor="middle">recall</text>',
        f'<text x="14" y="{middle}" text-anchor="middle" transform="rotate(-90 14 {middle})">precision</text>',
    ]


def _curve(number: int, result: MethodResult) -> list[str]:
    colour = _COLOURS[number % len(_COLOURS)]
    dash = _DASHES[number // len(_COLOURS) % len(_DASHES)]
    style = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"'
    places = " ".join("{:.1f},{:.1f}".format(*_place(point.recall, point.precision)) for point in result.curve)
    y = 2 * _MARGIN + _SIDE + _LINE * number + 8
    words = escape(f"{result.method} ({result.micro_average_precision:.3f})")
    return [
        f'<polyline points="{places}" {style}/>',
        f'<path d="M{_MARGIN} {y}h28" {style}/>',
        f'<text x="{_MARGIN + 36}" y="{y + 4}">{words}</text>',
    ]
