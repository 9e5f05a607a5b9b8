"""What compression costs: recall against bytes and milliseconds, on the descriptors of a library."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.catalog import Catalog
from core.evaluation.values import CompressionDone, CompressionEvent, CompressionMeasured, CompressionPoint
from core.events import Done, Progress, Skipped
from core.features.base import Metric
from core.images import Limits
from core.indexing import IndexOptions, index_library
from core.ranking import Ranking, stored_method
from core.records import LibraryError, MethodError
from core.retrieval.steps import STEPS, Shelf
from core.scanning import resolve_library
from core.stopwatch import Stage
from core.vectors.indexes import VectorIndex, build_index

FLAT = "flat"
INDEXES = (
    "pq@8",
    "pq@16",
    "pq@32",
    "pq@64",
    "pq@128",
    "opq@16",
    "opq@64",
    "sq",
    "ivf@1",
    "ivf@4",
    "ivf@16",
    "ivf-pq@64",
    "hnsw@16",
    "hnsw@32",
    "binary@128",
    "binary@256",
)
"""What is measured where nothing is said."""

_NEAREST = 10
_LEAST_PICTURES = 20


@dataclass(frozen=True, slots=True)
class CompressionOptions:
    """What to measure.

    Attributes:
        library: The folders.
        method: A method whose descriptors are compared by cosine.
        indexes: Steps of compression and acceleration, each with its number ("pq@64").
        queries: Pictures of the library that are searched with at most.
        hidden: Whether files and folders whose name starts with a dot are looked at.
        workers: Number of worker processes; None for one per core, at most eight.
        limits: What is too large to decode.
    """

    library: tuple[Path, ...]
    method: str = "twinsight-copy"
    indexes: tuple[str, ...] = INDEXES
    queries: int = 500
    hidden: bool = False
    workers: int | None = None
    limits: Limits = field(default_factory=Limits)


def measure_compression(catalog: Catalog, options: CompressionOptions) -> Iterator[CompressionEvent]:
    """Build each index over a library's descriptors and search it with some of them.

    Each query is a picture of the library, which is not counted as its own neighbour; what the exact search finds is
    the truth.

    Args:
        catalog: Brought up to date with the library first.
        options: What to measure.

    Yields:
        Progress, Skipped, CompressionMeasured for each index, and CompressionDone.

    Raises:
        LibraryError: A folder is missing, or there are too few pictures to tell anything.
        MethodError: There is no such method or index, or its descriptors are not compared by cosine.
        CatalogError: The catalog cannot be read or written.
    """
    started = time.monotonic()
    wanted = [_parsed(text) for text in options.indexes]
    folders = resolve_library(options.library)
    skipped: tuple[Skipped, ...] = ()
    indexing = IndexOptions((stored_method(options.method),), options.hidden, options.workers, options.limits)
    for event in index_library(catalog, folders, indexing):
        if isinstance(event, Done):
            skipped = event.summary.skipped
        elif isinstance(event, Progress | Skipped):
            yield event
    base = _descriptors(catalog, folders, options.method)
    rows = np.unique(np.linspace(0, len(base) - 1, min(options.queries, len(base))).astype(np.int64))
    points: list[CompressionPoint] = []
    stage = Stage("Measuring indexes")
    exact = _found(build_index(FLAT, 0, base), base, rows)[0]
    for number, (text, name, parameter) in enumerate([(FLAT, FLAT, 0), *wanted], start=1):
        points.append(_measured(text, name, parameter, base, rows, exact))
        yield CompressionMeasured(points[-1])
        yield stage.progress(number, len(wanted) + 1)
    yield CompressionDone(options.method, tuple(points), len(base), len(rows), skipped, time.monotonic() - started)


def _parsed(text: str) -> tuple[str, str, int]:
    """What can be typed, the name of the index, and its number."""
    name, at, number = text.partition("@")
    step = STEPS.get(name)
    if step is None or step.shelf is not Shelf.INDEX or (at and not (number.isdecimal() and int(number))):
        known = ", ".join(one.name for one in STEPS.values() if one.shelf is Shelf.INDEX)
        raise MethodError(f"There is no index {text!r}; there are {known}, with a number behind @.")
    return text, name, int(number) if at else step.default


def _descriptors(catalog: Catalog, folders: Sequence[Path], method: str) -> NDArray[np.float32]:
    ranking = Ranking(catalog, catalog.contents(folders), method)
    if ranking.metric is not Metric.COSINE:
        raise MethodError(
            f"{method} is compared by {ranking.metric}; compression is for descriptors compared by cosine."
        )
    if len(ranking.base) < _LEAST_PICTURES:
        raise LibraryError(f"A library needs at least {_LEAST_PICTURES} pictures to measure compression on.")
    base = np.asarray(ranking.base, np.float32)
    lengths = np.linalg.norm(base, axis=1, keepdims=True)
    return np.asarray(base / np.maximum(lengths, 1e-12), np.float32)


def _measured(
    text: str,
    name: str,
    parameter: int,
    base: NDArray[np.float32],
    rows: NDArray[np.int64],
    exact: NDArray[np.int64],
) -> CompressionPoint:
    started = time.perf_counter()
    index = build_index(name, parameter, base)
    build = time.perf_counter() - started
    found, seconds = _found(index, base, rows)
    shared = [len(np.intersect1d(ours, theirs)) for ours, theirs in zip(found, exact, strict=True)]
    return CompressionPoint(
        index=text,
        title="Exact search" if name == FLAT else STEPS[name].title,
        bytes_per_picture=index.bytes_per_vector,
        recall_at_1=float((found[:, 0] == exact[:, 0]).mean()),
        recall_at_10=float(np.mean(shared) / exact.shape[1]),
        milliseconds_per_query=1000 * seconds / len(rows),
        build_seconds=build,
    )


def _found(index: VectorIndex, base: NDArray[np.float32], rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], float]:
    """(Q, 10) the neighbours of some rows, themselves left out, and the seconds it took."""
    wanted = min(_NEAREST, len(base) - 1)
    started = time.perf_counter()
    _, found = index.search(base[rows], wanted + 1)
    seconds = time.perf_counter() - started
    # Where the row itself was not found, the last one goes instead; -1 stands for nothing.
    others = np.where(found == rows[:, None], 1, 0)
    order = np.argsort(others, axis=1, kind="stable")[:, :wanted]
    return np.take_along_axis(found, order, axis=1), seconds
