"""Curves on a terminal that grow while a job runs; one line for each evaluation where there is no terminal."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from itertools import pairwise
from types import TracebackType
from typing import Self, TextIO

_LEVELS = " \u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
_ROWS = 5
_LABEL = 10
_WIDEST = 100
_UP, _CLEAR = "\x1b[{}A", "\x1b[2K"


def chart(values: Sequence[float], width: int, rows: int = _ROWS) -> list[str]:
    """Values as columns of blocks, the lowest and highest named on the left.

    Args:
        values: In order; numbers that are none are left out. More than fit are averaged.
        width: Characters of a line.
        rows: Lines.

    Returns:
        ``rows`` lines of at most ``width`` characters; empty ones while there is nothing to draw.
    """
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return [""] * rows
    columns = _thinned(finite, max(1, width - _LABEL - 1))
    low, high = min(columns), max(columns)
    span = (high - low) or 1.0
    # The lowest still shows, so that it can be told from what was not measured.
    heights = [1 + (value - low) / span * (rows * 8 - 1) for value in columns]
    lines = []
    for row in range(rows):
        base = (rows - 1 - row) * 8
        label = f"{high:.3g}" if row == 0 else f"{low:.3g}" if row == rows - 1 else ""
        blocks = "".join(_LEVELS[max(0, min(8, round(height - base)))] for height in heights)
        lines.append(f"{label:>{_LABEL}} {blocks}".rstrip())
    return lines


def _thinned(values: Sequence[float], most: int) -> list[float]:
    if len(values) <= most:
        return list(values)
    edges = [round(place * len(values) / most) for place in range(most + 1)]
    return [sum(values[low:high]) / (high - low) for low, high in pairwise(edges)]


class LivePlot:
    """Some curves under each other with a line of text, drawn again in place; a context manager.

    Args:
        stream: Where to, usually stderr; nothing is drawn where it is no terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.visible = stream.isatty()
        self._drawn = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """What was drawn last stays to be looked at."""

    def draw(self, curves: Sequence[tuple[str, Sequence[float]]], words: str) -> None:
        """Draw titled curves and a line under them in place of what was drawn before."""
        if not self.visible:
            return
        width = min(_WIDEST, shutil.get_terminal_size().columns - 1)
        lines = [line for title, values in curves for line in (title, *chart(values, width))]
        lines.append(words[:width])
        back = f"\r{_UP.format(self._drawn)}" if self._drawn else ""
        self._stream.write(back + "".join(f"{_CLEAR}{line}\n" for line in lines))
        self._stream.flush()
        self._drawn = len(lines)
