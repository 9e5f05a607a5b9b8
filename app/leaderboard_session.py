"""What a person does with methods: list them, rank them, measure what compression costs. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from app import words
from app.job_threads import Failure
from app.jobs import Jobs
from app.leaderboard_engine import (
    CompressionWish,
    EvaluationWish,
    LeaderboardEngine,
    Offered,
    WeightsFetched,
    WeightsFound,
)
from core.evaluation.values import (
    CompressionDone,
    CompressionMeasured,
    CompressionPoint,
    EvaluationDone,
    EvaluationSummary,
    MethodEvaluated,
    MethodFailed,
    MethodResult,
)
from core.events import Skipped


class LeaderboardSession(QObject):
    """Evaluates in the lane for it, one thing at a time.

    Args:
        jobs: The lanes.
        engine: What the lane runs; for tests.
        parent: The Qt owner.

    Signals:
        offers_listed(list): Every Offer there is.
        compressible_listed(list): Title and name of the methods whose descriptors can be compressed.
        weights_found(str, str): A method, and what would be fetched for it, to be asked about.
        weights_fetched(): Weights are on this computer now: the methods are others.
        specification_read(str, str): What a person typed, as it is written, and its title.
        specification_refused(str): Why what a person typed is no method.
        evaluation_began(): Methods are being ranked.
        evaluated(list): MethodEvaluated and MethodFailed events as they stream in.
        evaluation_ended(object): The EvaluationSummary, or None where it was stopped or failed.
        compression_began(): Compression is being measured.
        measured(list): CompressionPoint values as they stream in.
        compression_ended(object): CompressionDone, or None where it was stopped or failed.
        skipped(list): Files that could not be read, as known by now.
        said(str): A sentence about something that is done.
        failed(object): A Failure that has no lane of its own.
    """

    offers_listed = Signal(list)
    compressible_listed = Signal(list)
    weights_found = Signal(str, str)
    weights_fetched = Signal()
    specification_read = Signal(str, str)
    specification_refused = Signal(str)
    evaluation_began = Signal()
    evaluated = Signal(list)
    evaluation_ended = Signal(object)
    compression_began = Signal()
    measured = Signal(list)
    compression_ended = Signal(object)
    skipped = Signal(list)
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, jobs: Jobs, engine: LeaderboardEngine | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._engine = engine or LeaderboardEngine()
        self._lane = jobs.evaluation
        self._under_way = ""
        self._done: EvaluationSummary | CompressionDone | None = None
        self._skipped: list[Skipped] = []
        self._lane.batch.connect(self._on_batch)
        self._lane.finished.connect(self._on_finished)
        self._lane.failed.connect(self._on_failed)
        jobs.models.batch.connect(self._on_models_batch)

    def list_offers(self) -> None:
        """See what methods there are."""
        self._jobs.models.start(lambda _: self._engine.offer())

    def find_weights(self, method: str) -> None:
        """Find out what would have to be fetched for a method; nothing is fetched."""
        self._jobs.models.start(lambda _: self._engine.find_weights(method))

    def fetch_weights(self, method: str) -> None:
        """Fetch the weights of a method; the person has agreed."""
        self._jobs.models.start(lambda _: self._engine.fetch_weights(method))

    def read_specification(self, text: str) -> None:
        """Find out whether what a person typed is a method."""

        def work() -> tuple[str, str]:
            from core.retrieval.specification import parse

            one = parse(text)
            return str(one), one.title

        def refuse(failure: Failure) -> None:
            self.specification_refused.emit(failure.sentence)

        self._jobs.desk.do(work, lambda answer: self.specification_read.emit(*answer), refuse)

    def evaluate(self, wish: EvaluationWish) -> None:
        """Rank methods."""
        self._begin("evaluation")
        self.evaluation_began.emit()
        self._lane.start(lambda _: self._engine.evaluate(wish))

    def compress(self, library: Sequence[Path], method: str, queries: int) -> None:
        """Measure what compression costs on a library."""
        wish = CompressionWish(self._jobs.catalog_path, tuple(library), method, queries)
        self._begin("compression")
        self.compression_began.emit()
        self._lane.start(lambda _: self._engine.compress(wish))

    def stop(self) -> None:
        """End what runs; rows that are there stay."""
        self._lane.cancel()

    def _begin(self, what: str) -> None:
        self._lane.cancel()
        self._under_way, self._done, self._skipped = what, None, []
        self.skipped.emit([])

    @Slot(list)
    def _on_models_batch(self, events: list[object]) -> None:
        for event in events:
            if isinstance(event, Offered):
                self.offers_listed.emit(list(event.offers))
                self.compressible_listed.emit(list(event.compressible))
            elif isinstance(event, WeightsFound):
                self.weights_found.emit(event.method, event.words)
            elif isinstance(event, WeightsFetched):
                self.said.emit(self.tr("The weights are at {path}.").format(path=event.path))
                self.weights_fetched.emit()

    @Slot(list)
    def _on_batch(self, events: list[object]) -> None:
        rows = [event for event in events if isinstance(event, MethodEvaluated | MethodFailed)]
        points = [event.point for event in events if isinstance(event, CompressionMeasured)]
        unread = [event for event in events if isinstance(event, Skipped)]
        for event in events:
            if isinstance(event, EvaluationDone):
                self._done = event.summary
            elif isinstance(event, CompressionDone):
                self._done = event
        if unread:
            self._skipped += unread
            self.skipped.emit(list(self._skipped))
        if rows:
            self.evaluated.emit(rows)
        if points:
            self.measured.emit(points)

    @Slot(object)
    def _on_finished(self) -> None:
        done = self._done
        if done is None:
            self.said.emit(self.tr("Stopped. What is done is kept."))
        else:
            self.skipped.emit(list(done.skipped))
            self.said.emit(_in_words(done))
        self._end()

    @Slot(str)
    def _on_failed(self) -> None:
        self._end()

    def _end(self) -> None:
        what, self._under_way = self._under_way, ""
        if what == "evaluation":
            self.evaluation_ended.emit(self._done)
        elif what == "compression":
            self.compression_ended.emit(self._done)

    # ------------------------------------------------------------------ exporting

    def export_results(self, path: Path, results: Sequence[MethodResult]) -> None:
        """Write the leaderboard as CSV, or its curves as SVG where the name ends so."""

        def write(stream: TextIO) -> None:
            from core.evaluation.export import curves_as_svg, write_leaderboard_csv

            if path.suffix.lower() == ".svg":
                stream.write(curves_as_svg(results))
            else:
                write_leaderboard_csv(stream, results)

        self._export(path, write)

    def export_points(self, path: Path, points: Sequence[CompressionPoint]) -> None:
        """Write what was measured of compression as CSV."""

        def write(stream: TextIO) -> None:
            from core.evaluation.export import write_compression_csv

            write_compression_csv(stream, points)

        self._export(path, write)

    def _export(self, path: Path, write: object) -> None:
        def save() -> None:
            from core.export import save_text

            save_text(path, write)  # type: ignore[arg-type]

        sentence = self.tr("Wrote {path}").format(path=path)
        self._jobs.desk.do(save, lambda _: self.said.emit(sentence), self.failed.emit)


def _in_words(done: EvaluationSummary | CompressionDone) -> str:
    """What was measured ("12 methods · 140 queries in 140 pictures · 34.1 s")."""
    if isinstance(done, CompressionDone):
        first = QCoreApplication.translate("LeaderboardSession", "{count} indexes").format(
            count=words.number(len(done.points))
        )
    else:
        first = methods_in_words(len(done.results))
    where = QCoreApplication.translate("LeaderboardSession", "{queries} queries in {pictures}").format(
        queries=words.number(done.queries), pictures=words.pictures(done.pictures)
    )
    return f"{first} · {where} · {words.decimal(done.seconds)} s"


def methods_in_words(count: int) -> str:
    """Methods, counted ("1 method", "12 methods")."""
    if count == 1:
        return QCoreApplication.translate("LeaderboardSession", "1 method")
    return QCoreApplication.translate("LeaderboardSession", "{count} methods").format(count=words.number(count))
