"""What a terminal shows of a training run: its curves, and a line with rate and time left."""

from __future__ import annotations

import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self, TextIO

from app.terminal import ProgressLine, printable, progress_words
from app.terminal_plot import LivePlot
from core.events import Progress
from core.training.metrics import TrainingMetrics

_SECONDS_BETWEEN = 0.5


class TrainingLine:
    """Draws a run while it goes on; a context manager.

    Where there is no terminal, each evaluation is one line.

    Args:
        stream: Where to, usually stderr.
        before: What the run did before it was stopped.
    """

    def __init__(self, stream: TextIO, before: Sequence[TrainingMetrics] = ()) -> None:
        self._stream = stream
        self._line = ProgressLine(stream)
        self._plot = LivePlot(stream)
        self._metrics = list(before)
        self._progress: Progress | None = None
        self._drawn_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def show(self, progress: Progress) -> None:
        """Show how far a stage is."""
        self._progress = progress
        if progress.stage == "Training":
            self._draw(progress.done == progress.total)
        else:
            self._line.show(progress)

    def add(self, metrics: TrainingMetrics) -> None:
        """Add a step to the curves."""
        self._metrics = [kept for kept in self._metrics if kept.step < metrics.step]
        self._metrics.append(metrics)
        if metrics.recall is not None:
            if not self._plot.visible:
                loss = f"loss {metrics.loss:.3f}, " if metrics.step else ""
                self.say(f"step {metrics.step}: {loss}recall@1 {metrics.recall.at_1:.3f}")
            self._draw(True)

    def say(self, words: str) -> None:
        """A line that stays, where nothing is drawn over it."""
        if not self._plot.visible:
            self._stream.write(f"{printable(words)}\n")
            self._stream.flush()

    def close(self) -> None:
        """Take the line off the terminal; the curves stay."""
        self._line.close()

    def _draw(self, now: bool) -> None:
        if not now and time.monotonic() - self._drawn_at < _SECONDS_BETWEEN:
            return
        self._drawn_at = time.monotonic()
        self._line.close()
        measured = [metrics.recall.at_1 for metrics in self._metrics if metrics.recall is not None]
        last = self._metrics[-1] if self._metrics else None
        words = "" if self._progress is None else progress_words(self._progress)
        if last is not None and last.step:
            words += f"   loss {last.loss:.3f}"
        if measured:
            words += f"   recall@1 {measured[-1]:.3f}"
        losses = [metrics.loss for metrics in self._metrics]
        self._plot.draw([("loss", losses), ("recall@1 on held-out copies", measured)], words)
