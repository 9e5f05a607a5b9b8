"""The leaderboard: every method ranks the same dataset for the same queries, and is measured.

A picture is read once for all methods. Descriptors stay in the catalog, so a second evaluation of the same pictures
only ranks.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.catalog import Catalog
from core.evaluation.described import Box, Pictures, describe_boxes
from core.evaluation.measures import Judged, judge, merged, precision_recall
from core.evaluation.speed import Stopwatch
from core.evaluation.truth import QueryTruth, read_truth
from core.evaluation.values import (
    EvaluationDone,
    EvaluationEvent,
    EvaluationSummary,
    MethodEvaluated,
    MethodFailed,
    MethodResult,
)
from core.events import Done, Progress, Skipped
from core.features import registry
from core.images import Limits
from core.indexing import IndexOptions, index_library
from core.records import LibraryError, MethodError, ModelError
from core.retrieval.building import build_ranker
from core.retrieval.gallery import Query
from core.retrieval.rankers import Ranker
from core.retrieval.specification import Specification, needed_methods, parse
from core.scanning import resolve_library
from core.stopwatch import Stage

_QUERIES_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class EvaluationOptions:
    """What to evaluate.

    Attributes:
        dataset: The folders that are searched.
        queries: The folders of the pictures that are searched with; may be those of the dataset.
        truth: What belongs to what; see ``core.evaluation.truth``.
        methods: Specifications, in the order in which they are evaluated.
        limit: Queries at most, spread evenly over all there are, or None.
        hidden: Whether files and folders whose name starts with a dot are looked at.
        workers: Number of worker processes; None for one per core, at most eight.
        limits: What is too large to decode.
    """

    dataset: tuple[Path, ...]
    queries: tuple[Path, ...]
    truth: Path | str
    methods: tuple[str, ...]
    limit: int | None = None
    hidden: bool = False
    workers: int | None = None
    limits: Limits = field(default_factory=Limits)


def evaluation_catalog_path() -> Path:
    """The catalog of evaluations, apart from the user's own: folders of queries are no libraries.

    It is a cache and may be deleted at any time.
    """
    import platformdirs

    return platformdirs.user_cache_path("twinsight", appauthor=False) / "evaluation.sqlite3"


def evaluate(catalog: Catalog, options: EvaluationOptions) -> Iterator[EvaluationEvent]:
    """Evaluate methods one after the other.

    Args:
        catalog: Keeps what pictures were described with.
        options: What to evaluate.

    Yields:
        Progress, Skipped, MethodEvaluated or MethodFailed for each method, and EvaluationDone.

    Raises:
        LibraryError: A folder is missing or has no picture.
        TruthError: The truth cannot be read, or fits none of the pictures.
        MethodError: There is no such method.
        CatalogError: The catalog cannot be read or written.
    """
    started = time.monotonic()
    chosen = [parse(text) for text in dict.fromkeys(options.methods)]
    usable, failed = _usable(chosen)
    yield from failed
    skipped: dict[Path, Skipped] = {}
    needed = tuple(dict.fromkeys(name for one in usable for name in needed_methods(one)))
    yield from _described(catalog, options, needed, skipped)
    run = _Run(catalog, options, needed)
    yield from run.crop(skipped)
    results: list[MethodResult] = []
    with Stopwatch() as stopwatch:
        for one in usable:
            try:
                results.append((yield from run.evaluated(one, stopwatch)))
                yield MethodEvaluated(results[-1])
            except (MethodError, ModelError) as error:
                failed.append(MethodFailed(str(one), str(error)))
                yield failed[-1]
    ranked = tuple(sorted(results, key=lambda result: (-result.mean_average_precision, result.method)))
    yield EvaluationDone(
        EvaluationSummary(
            ranked,
            tuple(failed),
            tuple(skipped.values()),
            len(run.truth),
            len(run.pictures.gallery),
            time.monotonic() - started,
        )
    )


def _usable(chosen: Sequence[Specification]) -> tuple[list[Specification], list[MethodFailed]]:
    """Those whose methods can be made here, and why the others cannot."""
    usable, failed = [], []
    for one in chosen:
        try:
            for name in needed_methods(one):
                registry.prepare(name)
                registry.create(name)
            usable.append(one)
        except ModelError as error:
            failed.append(MethodFailed(str(one), str(error)))
    return usable, failed


def _described(
    catalog: Catalog, options: EvaluationOptions, needed: tuple[str, ...], skipped: dict[Path, Skipped]
) -> Iterator[EvaluationEvent]:
    folders = resolve_library([*options.dataset, *options.queries])
    indexing = IndexOptions(needed, options.hidden, options.workers, options.limits)
    for event in index_library(catalog, folders, indexing):
        if isinstance(event, Skipped):
            skipped[event.path] = event
            yield event
        elif isinstance(event, Progress):
            yield event
        elif isinstance(event, Done):
            skipped.update({item.path: item for item in event.summary.skipped})


class _Run:
    """One evaluation of described pictures."""

    def __init__(self, catalog: Catalog, options: EvaluationOptions, needed: tuple[str, ...]) -> None:
        self._options = options
        self._needed = needed
        dataset = resolve_library(options.dataset)
        files = Pictures.files(catalog, dataset)
        asked = Pictures.files(catalog, resolve_library(options.queries))
        if not files or not asked:
            raise LibraryError("There is no readable picture to evaluate with; check the folders.")
        truth = read_truth(options.truth, files, asked)
        self.truth = _thinned(truth, options.limit)
        self.pictures = Pictures(catalog, _searched(files, asked, truth))
        places = [self.pictures.places(one.right) for one in self.truth]
        junk = [self.pictures.places(one.junk) for one in self.truth]
        self._right = places
        self._junk = [np.setdiff1d(some, good) for some, good in zip(junk, places, strict=True)]
        self._cropped: dict[tuple[Path, Box | None], Query] = {}
        self._rates: dict[tuple[str, ...], float | None] = {}

    def crop(self, skipped: dict[Path, Skipped]) -> Iterator[EvaluationEvent]:
        """Describe the parts of pictures that are searched with."""
        boxes = [(one.query, one.box) for one in self.truth if one.box is not None]
        if boxes:
            yield from describe_boxes(boxes, self._needed, self._options.limits, self._cropped, skipped)

    def evaluated(self, one: Specification, stopwatch: Stopwatch) -> Generator[EvaluationEvent, None, MethodResult]:
        """Rank the dataset for all queries by one method, and return its row."""
        stage = Stage(f"Ranking by {one}")
        yield stage.progress(0, len(self.truth))
        ranker = build_ranker(self.pictures.gallery, one)
        needed = needed_methods(one)
        parts, seconds = [], 0.0
        for start in range(0, len(self.truth), _QUERIES_AT_ONCE):
            part, spent = self._ranked(ranker, needed, slice(start, start + _QUERIES_AT_ONCE))
            parts.append(part)
            seconds += spent
            yield stage.progress(min(start + _QUERIES_AT_ONCE, len(self.truth)), len(self.truth))
        if needed not in self._rates:
            sample = self.pictures.sample()
            self._rates[needed] = stopwatch.pictures_per_second(needed, sample, self._options.limits)
        return self._row(one, ranker, merged(parts), seconds, self._rates[needed])

    def _ranked(self, ranker: Ranker, needed: Sequence[str], chosen: slice) -> tuple[Judged, float]:
        queries = [self._query(one, needed) for one in self.truth[chosen]]
        started = time.perf_counter()
        scores = ranker.scores(queries)
        spent = time.perf_counter() - started
        return judge(scores, self._right[chosen], self._junk[chosen]), spent

    def _query(self, one: QueryTruth, needed: Sequence[str]) -> Query:
        return self._cropped.get((one.query, one.box)) or self.pictures.query(one.query, needed)

    def _row(
        self, one: Specification, ranker: Ranker, judged: Judged, seconds: float, rate: float | None
    ) -> MethodResult:
        area, curve = precision_recall(judged)
        return MethodResult(
            method=str(one),
            title=one.title,
            family=one.family,
            queries=len(self.truth),
            pictures=len(self.pictures.gallery),
            recall_at_1=judged.recall_at(1),
            recall_at_5=judged.recall_at(5),
            recall_at_10=judged.recall_at(10),
            mean_average_precision=float(judged.precisions.mean()),
            micro_average_precision=area,
            pictures_per_second=rate,
            bytes_per_picture=ranker.bytes_per_picture,
            milliseconds_per_query=1000 * seconds / max(1, len(self.truth)),
            curve=curve,
        )


def _searched(files: Sequence[Path], queries: Sequence[Path], truth: Sequence[QueryTruth]) -> list[Path]:
    """The files that are searched: queries are among them only where some are right for others."""
    asked = set(queries)
    right = {path for one in truth for path in one.right}
    return list(files) if right & asked else [path for path in files if path not in asked]


def _thinned(truth: Sequence[QueryTruth], limit: int | None) -> Sequence[QueryTruth]:
    if limit is None or len(truth) <= limit:
        return truth
    chosen: NDArray[np.intp] = np.linspace(0, len(truth) - 1, limit).round().astype(np.intp)
    return [truth[place] for place in chosen]
