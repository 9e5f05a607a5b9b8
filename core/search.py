"""Query pictures to ranked matches: descriptors rank first, verified evidence ranks above everything.

Scores from 0.5 up are verified, below they are likeness only; so a list is in order at every moment, and rises to
its final order while pairs are verified.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from core.catalog import Catalog, Content
from core.describing import Described, describe_file
from core.events import Done, Event, MatchFound, Skipped, Summary
from core.features import registry
from core.features.base import Kind
from core.features.pdq import ORIENTATIONS
from core.images import Limits
from core.indexing import IndexOptions, index_library, worker_count
from core.judging import Case, Side, Verdict, judge_pairs
from core.presentation import records_by_digest
from core.presets import Preset, preset
from core.ranking import Ranking, stored_method
from core.records import Evidence, ImageRecord, LibraryError, Match, Relation
from core.scanning import FileEntry, resolve_library, walk
from core.stopwatch import Stage
from core.workers import WorkerTeam

_QUERY, _PAIRS_A_TASK = -1, 4
_LEAST_VERIFIED = 20
_NEAR_HASH = 1 - 40 / 256


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How to search.

    Attributes:
        top: Matches for each query at most.
        preset: The cascade's setting, where ``method`` is None.
        method: A global method to rank by alone, without verification, or None for the whole cascade.
        hidden: Whether files and folders whose name starts with a dot are looked at.
        workers: Number of worker processes; None for one per core, at most eight.
        limits: What is too large to decode.
    """

    top: int = 20
    preset: str = "balanced"
    method: str | None = None
    hidden: bool = False
    workers: int | None = None
    limits: Limits = field(default_factory=Limits)


def search(
    catalog: Catalog, library: Sequence[Path], queries: Sequence[Path], options: SearchOptions | None = None
) -> Iterator[Event]:
    """Search a library with query pictures.

    Args:
        catalog: Brought up to date with the library first.
        library: The folders to search.
        queries: Files, or folders of files.
        options: How.

    Yields:
        What indexing yields, MatchFound as matches come about, and Done with the ranked matches of each query.

    Raises:
        LibraryError: A folder or query is missing.
        CatalogError: The catalog cannot be read or written.
        MethodError: There is no such preset or method.
        ModelError: A method's weights are missing.
    """
    options = options or SearchOptions()
    started = time.monotonic()
    chosen = _chosen(options)
    folders = resolve_library(library)
    files = query_files(queries, hidden=options.hidden)
    summary = Summary(0, (), 0, 0.0)
    indexing = IndexOptions(chosen.methods, options.hidden, options.workers, options.limits)
    for event in index_library(catalog, folders, indexing):
        if isinstance(event, Done):
            summary = event.summary
        else:
            yield event
    run = _Search(catalog, folders, chosen, options)
    yield from run.run(files)
    yield Done(
        replace(
            summary,
            seconds=time.monotonic() - started,
            skipped=(*summary.skipped, *run.skipped),
            matches=tuple((path, run.ranked(path)) for path in files if path not in run.unreadable),
        )
    )


def query_files(queries: Sequence[Path], *, hidden: bool = False) -> list[Path]:
    """The pictures that queries name, folders searched for them, each once and in order.

    Raises:
        LibraryError: A query is missing, or no picture is among them.
    """
    files: dict[Path, None] = {}
    for query in queries:
        if query.is_dir():
            entries = walk(resolve_library([query]), hidden=hidden)
            files.update(dict.fromkeys(entry.path for entry in entries if isinstance(entry, FileEntry)))
        elif query.exists():
            files[query.resolve()] = None
        else:
            raise LibraryError(f"{query}: there is no such picture; check the name.")
    if not files:
        raise LibraryError("There is no picture to search with; name a picture or a folder of pictures.")
    return list(files)


def _chosen(options: SearchOptions) -> Preset:
    """The preset, or one made of a single method: a global one ranks alone, a local one verifies."""
    base = preset(options.preset)
    if options.method is None:
        return base
    wanted = stored_method(options.method)
    if registry.methods()[options.method].kind is Kind.LOCAL:
        return replace(base, verifier=options.method, second_verifier=None)
    return replace(base, descriptor=wanted, verifier=None, second_verifier=None)


class _Search:
    """One search of an indexed library."""

    def __init__(self, catalog: Catalog, folders: Sequence[Path], chosen: Preset, options: SearchOptions) -> None:
        self._catalog = catalog
        self._preset = chosen
        self._options = options
        self._contents = catalog.contents(folders)
        self._records = records_by_digest(catalog, folders)
        alone = options.method if options.method and not chosen.verifiers else None
        self._ranking = Ranking(catalog, self._contents, alone or chosen.descriptor or "pdq")
        self._hashes = Ranking(catalog, self._contents, "pdq") if alone is None else self._ranking
        self._verifies = alone is None
        self._found: dict[Path, dict[Path, Match]] = {}
        self.skipped: list[Skipped] = []
        self.unreadable: set[Path] = set()

    def ranked(self, query: Path) -> tuple[Match, ...]:
        """The matches of a query, best first, no more than asked for."""
        matches = sorted(
            self._found.get(query, {}).values(), key=lambda match: (-match.score, bytes(match.record.path))
        )
        return tuple(matches[: self._options.top])

    def run(self, files: Sequence[Path]) -> Iterator[Event]:
        """Describe the queries, rank the library for each, verify the best."""
        stage = Stage("Searching")
        workers = min(worker_count(self._options.workers), max(1, len(files)))
        methods = self._preset.methods
        with WorkerTeam(describe_file, workers) as team:
            for number, path in enumerate(files):
                team.submit(number, path, methods, (), self._options.limits)
            described: list[tuple[Path, Described]] = []
            while team.pending:
                for outcome in team.collect():
                    assert isinstance(outcome.key, int)
                    path = files[outcome.key]
                    if outcome.value is None:
                        reason = outcome.error.reason if outcome.error else "unreadable"
                        self.unreadable.add(path)
                        self.skipped.append(Skipped(path, reason))
                        yield self.skipped[-1]
                    else:
                        described.append((path, outcome.value))
                        yield from self._rank(path, outcome.value)
                yield stage.progress(len(described), len(files))
        if self._verifies:
            described.sort(key=lambda item: bytes(item[0]))
            yield from self._verify(described)

    # ------------------------------------------------------------------ ranking

    def _rank(self, path: Path, query: Described) -> Iterator[Event]:
        """The first answer: equal bytes, then by likeness."""
        self._found[path] = {}
        for place in self._nominated(query):
            for match in self._alike(path, query, place):
                self._found[path][match.record.path] = match
                yield MatchFound(path, match)

    def _nominated(self, query: Described) -> list[int]:
        """Places of the contents that a query may match, most alike first."""
        count = max(self._options.top, _LEAST_VERIFIED if self._verifies else 1)
        values = self._ranking.similarities(query.features[self._feature(self._ranking)])
        order = np.argsort(-values, kind="stable")[:count]
        places = [int(place) for place in self._ranking.places[order]]
        if self._verifies:
            values = self._hashes.similarities(query.features[self._feature(self._hashes)])
            near = np.flatnonzero(values >= _NEAR_HASH)
            near = near[np.argsort(-values[near], kind="stable")][:count]
            places = [int(place) for place in self._hashes.places[near]] + places
        equal = [place for place, content in enumerate(self._contents) if content.digest == query.digest]
        return list(dict.fromkeys([*equal, *places]))

    def _feature(self, ranking: Ranking) -> str:
        return registry.methods()[stored_method(ranking.info.name)].key

    def _alike(self, path: Path, query: Described, place: int) -> Iterator[Match]:
        content = self._contents[place]
        for record in self._records[content.digest]:
            if record.path == path:
                continue
            if content.digest == query.digest:
                evidence = Evidence(homography=np.eye(3), coverage_a=1.0, coverage_b=1.0, similarity=1.0, basis="bytes")
                yield Match(record, 1.0, Relation.SAME_FILE, evidence, "same file")
                continue
            likeness = self._likeness(query, place)
            relation = None if self._verifies else Relation.SIMILAR
            words = "not verified yet" if self._verifies else "looks alike, not verified"
            yield Match(record, 0.5 * likeness, relation, Evidence(reason=words, basis="descriptor"), words)

    def _likeness(self, query: Described, place: int) -> float:
        values = self._ranking.similarities(query.features[self._feature(self._ranking)])
        rows = np.flatnonzero(self._ranking.places == place)
        if not len(rows):
            return 0.0
        value = float(values[rows[0]])
        # Minus a distance has no bound below; everything else has 1 for equal and lies in [-1, 1].
        return float(np.exp(value)) if self._ranking.info.metric == "l2" else min(1.0, max(0.0, value))

    # ------------------------------------------------------------------ verifying

    def _verify(self, described: Sequence[tuple[Path, Described]]) -> Iterator[Event]:
        """Judge the nominated pairs; each verdict moves its match."""
        tasks = [
            (path, places[start : start + _PAIRS_A_TASK], query)
            for path, query in described
            for places in (self._open(path, query),)
            for start in range(0, len(places), _PAIRS_A_TASK)
        ]
        stage = Stage("Verifying pairs")
        total = sum(len(places) for _, places, _ in tasks)
        done = 0
        if not tasks:
            return
        workers = min(worker_count(self._options.workers), len(tasks))
        waiting = iter(enumerate(tasks))
        with WorkerTeam(judge_pairs, workers) as team:
            while True:
                while team.pending < 4 * workers and (item := next(waiting, None)) is not None:
                    number, (path, places, query) = item
                    team.submit(number, self._cases(path, query, places), self._preset.verifiers)
                if not team.pending:
                    break
                for outcome in team.collect():
                    assert isinstance(outcome.key, int)
                    path, places, query = tasks[outcome.key]
                    done += len(places)
                    yield from self._settle(path, query, places, outcome.value)
                if stage.due():
                    yield stage.progress(done, total)
        yield stage.progress(done, total)

    def _open(self, path: Path, query: Described) -> list[int]:
        """The nominated contents whose match is not proved by its bytes."""
        return [place for place in self._nominated(query) if self._contents[place].digest != query.digest]

    def _cases(self, path: Path, query: Described, places: Sequence[int]) -> list[Case]:
        assert query.picture is not None
        contents = [self._contents[place] for place in places]
        key = registry.methods()[self._preset.verifiers[0]].key if self._preset.verifiers else ""
        packed = dict(self._catalog.features(key, [content.id for content in contents]))
        first = Side(_QUERY, path, query.picture[0], query.picture[1], query.features.get(key))
        return [
            Case(
                first,
                Side(place, record.path, content.width, content.height, packed.get(content.id)),
                self._orientation(query, content),
            )
            for place, content in zip(places, contents, strict=True)
            for record in self._records[content.digest][:1]
        ]

    def _orientation(self, query: Described, content: Content) -> tuple[int, bool] | None:
        """Quarter turns and mirroring that make the query look like a content, where their hashes are near."""
        key = registry.methods()["pdq"].key
        stored = next((data for _, data in self._catalog.features(key, [content.id])), None)
        if stored is None or key not in query.features:
            return None
        hashes = np.frombuffer(query.features[key][:-1], np.uint8).reshape(len(ORIENTATIONS), -1)
        apart = np.bitwise_count(hashes ^ np.frombuffer(stored, np.uint8)[: hashes.shape[1]]).sum(axis=1)
        best = int(apart.argmin())
        return ORIENTATIONS[best] if apart[best] <= self._preset.hash_radius else None

    def _settle(
        self, path: Path, query: Described, places: Sequence[int], verdicts: Sequence[Verdict] | None
    ) -> Iterator[Event]:
        by_place = {verdict.second: verdict for verdict in verdicts or ()}
        for place in places:
            verdict = by_place.get(place, Verdict.nothing(_QUERY, place, "could not be compared"))
            for record in self._records[self._contents[place].digest]:
                if record.path != path:
                    match = self._judged(record, query, place, verdict)
                    self._found[path][record.path] = match
                    yield MatchFound(path, match)

    def _judged(self, record: ImageRecord, query: Described, place: int, verdict: Verdict) -> Match:
        if verdict.relation is None:
            words = f"looks alike, not verified: {verdict.words}"
            return Match(record, 0.5 * self._likeness(query, place), Relation.SIMILAR, verdict.evidence, words)
        return Match(record, verdict.score, verdict.relation, verdict.evidence, verdict.words)
