"""Search by a specification, or by words: every picture of the library is ranked, nothing is verified.

(But by steps of the specification that verify.) What is found is told as the search of the whole cascade tells it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from core.catalog import Catalog
from core.describing import Described, describe_file, instance
from core.events import Done, Event, MatchFound, Skipped, Summary
from core.features import registry
from core.images import Limits
from core.indexing import IndexOptions, index_library, worker_count
from core.presentation import records_by_digest
from core.records import Evidence, ImageRecord, Match, MethodError, Relation
from core.retrieval.building import build_ranker
from core.retrieval.gallery import Gallery, Query
from core.retrieval.rankers import Ranker
from core.retrieval.specification import Specification, needed_methods
from core.scanning import resolve_library
from core.stopwatch import Stage
from core.workers import WorkerTeam

_MOST_UNVERIFIED = 0.499
"""The highest score of a match that nothing but a ranking speaks for."""


@dataclass(frozen=True, slots=True)
class RankingOptions:
    """How to rank.

    Attributes:
        top: Matches for each query at most.
        hidden: Whether files and folders whose name starts with a dot are looked at.
        workers: Number of worker processes; None for one per core, at most eight.
        limits: What is too large to decode.
    """

    top: int = 20
    hidden: bool = False
    workers: int | None = None
    limits: Limits = field(default_factory=Limits)


@runtime_checkable
class TextMethod(Protocol):
    """A method that puts words where it puts pictures."""

    def describe_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(N, D) float32 of unit norm."""
        ...


def search_by(
    catalog: Catalog,
    library: Sequence[Path],
    queries: Sequence[Path],
    texts: Sequence[str],
    specification: Specification,
    options: RankingOptions,
) -> Iterator[Event]:
    """Bring the catalog up to date, and rank the library for pictures and texts.

    Args:
        catalog: Where the library is, or will be.
        library: The folders to search.
        queries: Files.
        texts: Words to search with; the specification has to be one method that reads them, with steps for vectors.
        specification: What to rank by.
        options: How.

    Yields:
        What indexing yields, MatchFound, and Done with the ranked matches of each query; a text stands in for the
        path of its query.

    Raises:
        LibraryError: A folder is missing.
        CatalogError: The catalog cannot be read or written.
        MethodError: The specification reads no words, or does not fit the library.
        ModelError: Weights are missing.
    """
    started = time.monotonic()
    needed = needed_methods(specification)
    asked = [(Path(text), query) for text, query in _read(texts, specification)]
    folders = resolve_library(library)
    summary = Summary(0, (), 0, 0.0)
    indexing = IndexOptions(needed, options.hidden, options.workers, options.limits)
    for event in index_library(catalog, folders, indexing):
        if isinstance(event, Done):
            summary = event.summary
        else:
            yield event
    skipped: list[Skipped] = []
    yield from _describe(queries, needed, options, asked, skipped)
    found: list[tuple[Path, tuple[Match, ...]]] = []
    ranking = _Library(catalog, folders, specification) if asked else None
    stage = Stage("Ranking")
    for number, (path, query) in enumerate(asked, start=1):
        assert ranking is not None
        matches = ranking.matches(path, query, options.top)
        found.append((path, matches))
        yield from (MatchFound(path, match) for match in matches)
        if stage.due():
            yield stage.progress(number, len(asked))
    yield Done(
        replace(
            summary,
            seconds=time.monotonic() - started,
            skipped=(*summary.skipped, *skipped),
            matches=tuple(found),
        )
    )


def _read(texts: Sequence[str], specification: Specification) -> Iterator[tuple[str, Query]]:
    """Texts as queries."""
    if not texts:
        return
    method = instance(specification.members[0].method.name)
    if len(specification.members) > 1 or not isinstance(method, TextMethod):
        raise MethodError(f"{specification} reads no words; search with words by a CLIP method, such as clip-vit-b-32.")
    key = specification.members[0].method.key
    for text, vector in zip(texts, method.describe_texts(texts), strict=True):
        yield text, Query({key: vector.astype("<f2").tobytes()})


def _describe(
    files: Sequence[Path],
    methods: tuple[str, ...],
    options: RankingOptions,
    asked: list[tuple[Path, Query]],
    skipped: list[Skipped],
) -> Iterator[Event]:
    """Describe the pictures that are searched with, and put them into ``asked`` in their order."""
    if not files:
        return
    stage = Stage("Searching")
    described: dict[int, Described] = {}
    with WorkerTeam(describe_file, min(worker_count(options.workers), len(files))) as team:
        for number, path in enumerate(files):
            team.submit(number, path, methods, (), options.limits)
        while team.pending:
            for outcome in team.collect():
                assert isinstance(outcome.key, int)
                if outcome.value is None:
                    reason = outcome.error.reason if outcome.error else "unreadable"
                    skipped.append(Skipped(files[outcome.key], reason))
                    yield skipped[-1]
                else:
                    described[outcome.key] = outcome.value
            yield stage.progress(len(described), len(files))
    for number in sorted(described):
        picture = described[number].picture
        assert picture is not None
        asked.append((files[number], Query(described[number].features, files[number], picture[:2])))


class _Library:
    """A library that is ranked."""

    def __init__(self, catalog: Catalog, folders: Sequence[Path], specification: Specification) -> None:
        self._records = records_by_digest(catalog, folders)
        contents = [content for content in catalog.contents(folders) if content.digest in self._records]
        paths = [self._records[content.digest][0].path for content in contents]
        self._contents = contents
        self._words = f"ranked by {specification}, not verified"
        self._ranker: Ranker = build_ranker(Gallery(catalog, contents, paths), specification)

    def matches(self, path: Path, query: Query, top: int) -> tuple[Match, ...]:
        """The first matches of a query, best first; the query itself is none of them."""
        if not self._contents:
            return ()
        scores = self._ranker.scores([query])[0]
        likeness = _likeness(scores)
        found: list[Match] = []
        for place in np.argsort(-scores, kind="stable"):
            if len(found) >= top or not np.isfinite(scores[place]):
                break
            records = self._records[self._contents[int(place)].digest]
            found += [self._match(record, float(likeness[place])) for record in records if record.path != path]
        return tuple(found[:top])

    def _match(self, record: ImageRecord, likeness: float) -> Match:
        evidence = Evidence(reason=self._words, basis="descriptor")
        return Match(record, _MOST_UNVERIFIED * likeness, Relation.SIMILAR, evidence, self._words)


def _likeness(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores of one query in [0, 1], in the same order; what goes beyond 1 is divided by the highest."""
    known = np.where(np.isfinite(scores), scores, 0)
    highest = max(1.0, float(known.max(initial=0)))
    if float(known.max(initial=0)) <= 0:
        # Minus a distance, or nothing that is alike at all.
        return np.asarray(np.exp(known), np.float32)
    return np.asarray(np.clip(known / highest, 0, 1), np.float32)


def reads_words(method: str) -> bool:
    """Whether a method can be searched with words.

    Raises:
        ModelError: Its weights are missing.
    """
    return method in registry.methods() and isinstance(instance(method), TextMethod)
