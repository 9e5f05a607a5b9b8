"""One search under way: describes the queries, ranks the library for each, and verifies the best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.animations import as_part, frames_key, reel, weighed
from core.cases import Case, Judged, Side
from core.catalog import Catalog, Content
from core.describing import Described, base_method, describe_file
from core.events import Event, Indexed, MatchFound, Skipped
from core.features import registry
from core.frame_ranking import FrameRanking, LaterFrame
from core.images import Limits
from core.judging import judge_pairs
from core.nomination import Nominator, Nominee, orientation
from core.presets import Preset
from core.records import Evidence, ImageRecord, Match, Relation
from core.stopwatch import Stage
from core.verdict import Verdict
from core.warm import Known, Warm

_QUERY, _PAIRS_A_TASK = -1, 4
_LEAST_VERIFIED = 20
_NEW_SHARE, _NEW_LEAST = 0.25, 20


@dataclass(slots=True, eq=False)
class _Query:
    """A described query and what is known of its matches.

    Attributes:
        path: The query.
        described: What it looks like.
        nominees: What it may match, surest first.
        verdicts: What was judged, by the digest of the content.
        found: Its matches by path.
    """

    path: Path
    described: Described
    nominees: list[Nominee] = field(default_factory=list)
    verdicts: dict[bytes, Verdict] = field(default_factory=dict)
    found: dict[Path, Match] = field(default_factory=dict)


class QueryRun:
    """Searches a library that may still grow: ``rank`` and ``verify`` go on from what is known already.

    Args:
        catalog: Where the library is.
        folders: The library.
        chosen: How generous the nomination is, and who decides.
        alone: A method to rank by without verification, or None for the whole cascade.
        top: Matches of a query at most.
        limits: What is too large to decode.
        warm: Workers and descriptors.
        workers: Number of worker processes, or None.
    """

    def __init__(
        self,
        catalog: Catalog,
        folders: Sequence[Path],
        chosen: Preset,
        alone: str | None,
        top: int,
        limits: Limits,
        warm: Warm,
        workers: int | None,
    ) -> None:
        self._catalog = catalog
        self._folders = folders
        self._preset = chosen
        self._alone = alone
        self._top = top
        self._limits = limits
        self._warm = warm
        self._team = warm.team(workers)
        self._queries: list[_Query] = []
        self._known: Known | None = None
        self._nominator: Nominator | None = None
        self._new = 0
        self._task = 0
        self._owner = object()
        self.skipped: list[Skipped] = []

    def answers(self) -> tuple[tuple[Path, tuple[Match, ...]], ...]:
        """Every readable query with its matches, best first, no more than asked for."""
        return tuple((query.path, self._ranked(query)) for query in self._queries)

    def _ranked(self, query: _Query) -> tuple[Match, ...]:
        matches = sorted(query.found.values(), key=lambda match: (-match.score, bytes(match.record.path)))
        return tuple(matches[: self._top])

    # ------------------------------------------------------------------ describing

    def describe(self, files: Sequence[Path]) -> Iterator[Event]:
        """Describe the queries; each is ranked as soon as it is described."""
        stage = Stage("Searching")
        for name in self._preset.methods:
            registry.prepare(base_method(name))
        keys = {
            self._submit(describe_file, path, self._preset.methods, (), self._limits): number
            for number, path in enumerate(files)
        }
        described: dict[int, _Query] = {}
        for task, value, reason in self._outcomes():
            path = files[keys[task]]
            if isinstance(value, Described):
                query = described[keys[task]] = _Query(path, value)
                yield from self._rank([query])
            else:
                self.skipped.append(Skipped(path, reason))
                yield self.skipped[-1]
            if stage.due():
                yield stage.progress(len(described), len(files))
        self._queries = [described[number] for number in sorted(described)]
        yield stage.progress(len(described), len(files))

    def _submit(self, function: object, *arguments: object) -> int:
        self._task += 1
        self._team.submit((self._owner, self._task), function, *arguments)
        return self._task

    def _outcomes(self) -> Iterator[tuple[int, object, str]]:
        """What the workers return; what an earlier search left running is passed over."""
        while self._team.pending:
            for outcome in self._team.collect():
                assert isinstance(outcome.key, tuple)
                owner, task = outcome.key
                if owner is self._owner:
                    yield task, outcome.value, outcome.error.reason if outcome.error else "unreadable"

    # ------------------------------------------------------------------ ranking

    def note(self, event: Event) -> bool:
        """Take note of what indexing did; whether so much is new that ranking again is worth it."""
        self._new += isinstance(event, Indexed)
        known = len(self._known.contents) if self._known is not None else 0
        return self._new >= max(_NEW_LEAST, _NEW_SHARE * known)

    def rank(self) -> Iterator[Event]:
        """Rank the library as it is known now, and forget matches whose files are gone."""
        self._known = None
        yield from self._rank(self._queries)
        if self._known is None:
            return
        there = {record.path for records in self._known.records.values() for record in records}
        for query in self._queries:
            query.found = {path: match for path, match in query.found.items() if path in there}

    def _rank(self, queries: Iterable[_Query]) -> Iterator[Event]:
        """The first answer: equal bytes, then by likeness."""
        known, nominator = self._loaded()
        count = max(self._top, _LEAST_VERIFIED if self._alone is None else 1)
        for query in queries:
            query.nominees = nominator.nominate(query.described, count) if known.contents else []
            for nominee in query.nominees:
                content = known.contents[nominee.place]
                verdict = query.verdicts.get(content.digest)
                for record in known.records[content.digest]:
                    if record.path != query.path and record.path not in query.found:
                        match = self._match(query, record, nominee, verdict)
                        query.found[record.path] = match
                        yield MatchFound(query.path, match)

    def _loaded(self) -> tuple[Known, Nominator]:
        """The library as it was when it was last ranked, or as it is now where it never was."""
        if self._known is None or self._nominator is None:
            self._known = known = self._warm.known(self._catalog, self._folders)
            self._new = 0
            method = self._alone or self._preset.descriptor or "pdq"
            ranking = self._warm.ranking(self._catalog, known, method)
            hashes = self._warm.ranking(self._catalog, known, "pdq") if self._alone is None else None
            later = (
                FrameRanking(self._catalog, known.contents, ranking, self._preset.threshold)
                if self._alone is None
                else None
            )
            self._nominator = Nominator(known.contents, ranking, hashes, later)
        return self._known, self._nominator

    def _match(self, query: _Query, record: ImageRecord, nominee: Nominee, verdict: Verdict | None) -> Match:
        if bytes.fromhex(record.content) == query.described.digest:
            evidence = Evidence(homography=np.eye(3), coverage_a=1.0, coverage_b=1.0, similarity=1.0, basis="bytes")
            return Match(record, 1.0, Relation.SAME_FILE, evidence, "same file")
        if verdict is None:
            relation = None if self._alone is None else Relation.SIMILAR
            words = "not verified yet" if self._alone is None else "looks alike, not verified"
            return Match(record, 0.5 * nominee.likeness, relation, Evidence(reason=words, basis="descriptor"), words)
        if verdict.relation is None:
            words = f"looks alike, not verified: {verdict.words}"
            return Match(record, 0.5 * nominee.likeness, Relation.SIMILAR, verdict.evidence, words)
        return Match(record, verdict.score, verdict.relation, verdict.evidence, verdict.words)

    # ------------------------------------------------------------------ verifying

    def verify(self) -> Iterator[Event]:
        """Judge the nominated pairs that were not judged yet; each verdict moves its match."""
        if self._alone is not None or self._known is None:
            return
        stage, known = Stage("Verifying pairs"), self._known
        tasks: dict[int, tuple[_Query, list[Nominee]]] = {}
        total = done = 0
        for query in sorted(self._queries, key=lambda query: bytes(query.path)):
            nominees = self._open(query, known)
            total += len(nominees)
            for start in range(0, len(nominees), _PAIRS_A_TASK):
                some = nominees[start : start + _PAIRS_A_TASK]
                cases = self._cases(query, some, known)
                tasks[self._submit(judge_pairs, cases, self._preset.verifiers)] = query, some
        for task, value, _ in self._outcomes():
            query, some = tasks[task]
            done += len(some)
            verdicts: Sequence[Verdict] = ()
            if isinstance(value, Judged):
                verdicts = value.verdicts
                self._keep_keypoints(value.keypoints, some, known)
            yield from self._settle(query, some, known, verdicts)
            if stage.due():
                yield stage.progress(done, total)
        if total:
            yield stage.progress(done, total)

    def _open(self, query: _Query, known: Known) -> list[Nominee]:
        """The nominated contents of other bytes that nobody has judged yet."""
        digests = {query.described.digest, *query.verdicts}
        return [nominee for nominee in query.nominees if known.contents[nominee.place].digest not in digests]

    def _cases(self, query: _Query, nominees: Sequence[Nominee], known: Known) -> list[Case]:
        contents = [known.contents[nominee.place] for nominee in nominees]
        picture = query.described.picture
        assert picture is not None
        key = registry.methods()[self._preset.verifiers[0]].key if self._preset.verifiers else ""
        packed = dict(self._catalog.features(key, [content.id for content in contents]))
        first = Side(_QUERY, query.path, picture[0], picture[1], query.described.features.get(key))
        radius = self._preset.hash_radius
        return [
            Case(
                first,
                _side(number, known.records[content.digest][0].path, content, packed.get(content.id), nominee.later),
                orientation(self._catalog, query.described, content, radius)
                if nominee.later is None
                else nominee.later.orientation,
            )
            for number, (nominee, content) in enumerate(zip(nominees, contents, strict=True))
        ]

    def _keep_keypoints(self, found: Mapping[int, bytes], nominees: Sequence[Nominee], known: Known) -> None:
        """Store the keypoints of library pictures, ``found`` by their places in ``nominees``."""
        rows = [
            (known.contents[nominees[number].place].id, data)
            for number, data in found.items()
            if number != _QUERY and nominees[number].later is None
        ]
        if rows:
            self._catalog.store_features(registry.methods()[self._preset.verifiers[0]].key, rows)

    def _settle(
        self, query: _Query, nominees: Sequence[Nominee], known: Known, verdicts: Sequence[Verdict]
    ) -> Iterator[Event]:
        judged = {verdict.second: verdict for verdict in verdicts}
        for number, nominee in enumerate(nominees):
            digest = known.contents[nominee.place].digest
            verdict = judged.get(number, Verdict.nothing(_QUERY, number, "could not be compared"))
            verdict = self._for_all_frames(query, nominee, known.contents[nominee.place], verdict)
            query.verdicts[digest] = verdict
            for record in known.records[digest]:
                if record.path != query.path:
                    query.found[record.path] = self._match(query, record, nominee, verdict)
                    yield MatchFound(query.path, query.found[record.path])

    def _for_all_frames(self, query: _Query, nominee: Nominee, content: Content, verdict: Verdict) -> Verdict:
        """A verdict on single frames as what it says of animations."""
        picture = query.described.picture
        assert picture is not None
        if max(picture[3], content.frames) == 1:
            return verdict
        asked = reel(picture[3], picture[2], query.described.features.get(frames_key()))
        packed = dict(self._catalog.features(frames_key(), [content.id])).get(content.id)
        known = reel(content.frames, content.format, packed)
        if nominee.later is not None:
            return as_part(verdict, (asked, 0), (known, nominee.later.frame.number))
        return weighed(verdict, asked, known)


def _side(number: int, path: Path, content: Content, packed: bytes | None, later: LaterFrame | None) -> Side:
    """A library picture as a judge needs it, or the frame of it that was nominated."""
    if later is None:
        return Side(number, path, content.width, content.height, packed)
    return Side(number, path, later.frame.width, later.frame.height, None, later.frame.number)
