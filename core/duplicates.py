"""Library to groups of copies: the cascade, cheap evidence first, geometry last.

Same bytes, same pixels, near hashes, similar descriptors, keypoints, pixels under the homography: each step only
sees the pairs that the steps before it left open.
"""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from core import candidates
from core.animations import AnimationCourt, reels
from core.bonds import Bonds
from core.candidates import Candidate
from core.catalog import Catalog
from core.equal_pixels import pixel_digests
from core.events import Done, Event, GroupFound, Summary
from core.frame_search import judge_frames, nominate
from core.grouping import Star, make_stars
from core.images import Limits
from core.indexing import IndexOptions, index_library, worker_count
from core.near import STRICT, MiniatureCourt, same_pixels
from core.presentation import group_of, ranks, records_by_digest
from core.preset_names import named
from core.presets import Preset
from core.records import Group, Relation
from core.review.arranging import Arrangement
from core.review.decided import DecidedCourt
from core.review.decisions import Decisions
from core.review.protection import protected_folders
from core.scanning import resolve_library
from core.scope import Scope
from core.stopwatch import Stage
from core.verdicts import Court, Judgement, Question

_MOST_REFUSALS = 6
_CLOSER = 0.08
"""Share of the distance that nominates a pair which is taken off for every picture that both turned out to have nothing
to do with, or as many as the one of them that met fewer: in a large library everybody looks a little like somebody."""
_REGION_NEIGHBOURS = 3
_LIVE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """How to scan.

    Attributes:
        preset: "fast", "balanced" or "thorough".
        hidden: Whether files and folders whose name starts with a dot are looked at.
        workers: Number of worker processes; None for one per core, at most eight.
        limits: What is too large to decode.
        scope: Which files count as copies of each other.
        settled: Whether groups are shown too that a person decided to keep as they are.
    """

    preset: str = "balanced"
    hidden: bool = False
    workers: int | None = None
    limits: Limits = field(default_factory=Limits)
    scope: Scope = field(default_factory=Scope)
    settled: bool = False


def find_duplicates(catalog: Catalog, library: Sequence[Path], options: ScanOptions | None = None) -> Iterator[Event]:
    """Find the copies in a library.

    Yields:
        What indexing yields, GroupFound as groups come about, and Done with the final groups.

    Raises:
        LibraryError: A folder is missing or unreadable.
        CatalogError: The catalog cannot be read or written.
        MethodError: There is no such preset.
        ModelError: A method's weights are missing.
    """
    options = options or ScanOptions()
    chosen = named(options.preset)
    started = time.monotonic()
    folders = resolve_library(library)
    indexing = IndexOptions(chosen.methods, options.hidden, options.workers, options.limits)
    summary = Summary(0, (), 0, 0.0)
    for event in index_library(catalog, folders, indexing):
        if isinstance(event, Done):
            summary = event.summary
        else:
            yield event
    scan = _Scan(catalog, folders, chosen, options)
    try:
        yield from scan.run()
    finally:
        scan.close()
    yield Done(replace(summary, seconds=time.monotonic() - started, groups=scan.groups))


class _Scan:
    """One scan of an indexed library."""

    def __init__(self, catalog: Catalog, folders: Sequence[Path], chosen: Preset, options: ScanOptions) -> None:
        self._catalog = catalog
        self._preset = chosen
        self._contents = catalog.contents(folders)
        self._records = records_by_digest(catalog, folders)
        self._ranks = ranks(self._contents, self._records)
        self._bonds = Bonds(self._ranks)
        # Of these folders: the same content may also lie in a library that is not plugged in.
        self._paths = {content.id: self._records[content.digest][0].path for content in self._contents}
        self._workers = worker_count(options.workers)
        self._limits = options.limits
        court: Judgement = MiniatureCourt(catalog, self._contents)
        if chosen.verifiers:
            judges = Court(catalog, self._contents, self._paths, chosen.verifiers, self._workers)
            court = MiniatureCourt(catalog, self._contents, STRICT, judges)
        decided = Decisions(catalog).decided()
        self._animations = AnimationCourt(court, self._contents, reels(catalog, self._contents))
        self._court = DecidedCourt(self._animations, decided, self._contents)
        self._arrangement = Arrangement(decided, options.scope, protected_folders(catalog), options.settled)
        self._strangers: Counter[int] = Counter()
        self._pixels: dict[str, str] = {}
        self._shown: dict[int, str] = {}
        self._shown_at = 0.0
        self.groups: tuple[Group, ...] = ()

    def close(self) -> None:
        """End the worker processes."""
        self._court.close()

    def run(self) -> Iterator[Event]:
        """The cascade."""
        yield from self._same_bytes()
        for verdict in self._court.together():
            self._bonds.add(verdict)
        stage = Stage("Comparing hashes")
        yield stage.progress(0, None)
        found = candidates.near_hashes(self._catalog, self._contents, self._preset.hash_radius)
        yield from self._same_pixels(found)
        yield from self._ask(found, stage)
        if self._preset.descriptor is not None:
            yield from self._similar(self._preset.descriptor)
        yield from self._later_frames()
        stage = Stage("Forming groups")
        stars: list[Star] = []
        sizes = [(content.width, content.height) for content in self._contents]
        for event in make_stars(self._bonds, self._ranks, sizes, self._court, stage):
            if isinstance(event, list):
                stars = event
            else:
                yield event
        self.groups = self._present(stars)

    # ------------------------------------------------------------------ the steps

    def _same_bytes(self) -> Iterator[Event]:
        """Several files of one content are a group at once."""
        for place, content in enumerate(self._contents):
            if len(self._records[content.digest]) > 1:
                yield from self._show(Star(place))

    def _same_pixels(self, found: Sequence[Candidate]) -> Iterator[Event]:
        """Bind contents of the same pixels: among pairs of near hashes, and among pictures too flat to hash."""
        digests = yield from pixel_digests(
            self._catalog, self._contents, found, self._paths, self._workers, self._limits
        )
        alike: dict[bytes, list[int]] = defaultdict(list)
        for place in sorted(digests):
            earlier = (first for first in alike[digests[place]] if not self._court.are_apart(first, place))
            if (first := next(earlier, None)) is not None:
                verdict = self._animations.weighed(same_pixels(first, place))
                self._bonds.add(verdict)
                if verdict.relation is Relation.SAME_PIXELS:
                    self._note_same_pixels(first, place)
            alike[digests[place]].append(place)

    def _note_same_pixels(self, first: int, second: int) -> None:
        one, other = (self._contents[place].digest.hex() for place in (first, second))
        self._pixels[other] = self._pixels.setdefault(one, one)

    def _similar(self, descriptor: str) -> Iterator[Event]:
        """Pairs of similar descriptors."""
        stage = Stage("Comparing descriptors")
        yield stage.progress(0, None)
        found = candidates.similar(
            self._catalog, self._contents, descriptor, self._preset.neighbours, self._preset.threshold
        )
        yield from self._ask(found, Stage("Verifying pairs"), 1 - self._preset.threshold)
        if self._preset.region_threshold is None:
            return
        stage = Stage("Comparing regions")
        yield stage.progress(0, None)
        found = candidates.similar_regions(
            self._catalog, self._contents, descriptor, _REGION_NEIGHBOURS, self._preset.region_threshold
        )
        yield from self._ask(found, Stage("Verifying parts"), 1 - self._preset.region_threshold)

    def _later_frames(self) -> Iterator[Event]:
        """Pictures that are the middle or last frame of an animation."""
        found = {
            pair: some
            for pair, some in nominate(self._catalog, self._contents, self._preset).items()
            if not self._bonds.joins.joined(*pair) and not self._court.are_apart(*pair)
        }
        yield from judge_frames(
            self._catalog,
            self._contents,
            found,
            self._paths,
            self._preset,
            self._workers,
            self._animations,
            self._bonds.add,
        )

    def _ask(self, found: Sequence[Candidate], stage: Stage, reach: float | None = None) -> Iterator[Event]:
        """Ask about candidates in rounds, closest first, leaving out those that others explain.

        In a round no two questions would join the same sets, so no answer makes another question needless. Rounds
        are chosen from finished answers only: what is asked does not depend on timing.

        Args:
            found: The candidates.
            stage: The stage that reports progress.
            reach: The distance up to which descriptors nominated them; None where everybody nominated is asked about.
        """
        asked: set[tuple[int, int]] = set()
        # A composite counts too: it joins no sets, and need not be found again through each of their members.
        refused: Counter[tuple[int, int]] = Counter()
        waiting = list(found)
        while waiting:
            if reach is not None:
                waiting = [candidate for candidate in waiting if not _is_faint(candidate, reach, self._strangers)]
            questions, waiting = self._round(waiting, asked, refused)
            yield from self._court.decide(questions, stage, len(found) - len(waiting), len(found))
            for question in questions:
                verdict = self._court.verdict(question.first, question.second)
                self._bonds.add(verdict)
                if verdict.relation is Relation.COMPOSITE or not verdict.is_copy:
                    refused[self._sets(question.first, question.second)] += 1
                if verdict.relation is None:
                    self._strangers.update((question.first, question.second))
            yield from self._live()
        yield stage.progress(len(found), len(found))

    def _round(
        self, waiting: Sequence[Candidate], asked: set[tuple[int, int]], refused: Mapping[tuple[int, int], int]
    ) -> tuple[list[Question], list[Candidate]]:
        """The questions of a round, and the candidates that wait for its answers."""
        tried = self._bonds.joins.copy()
        questions: list[Question] = []
        later: list[Candidate] = []
        for candidate in waiting:
            first, second = candidate.first, candidate.second
            sets = self._sets(first, second)
            if sets[0] == sets[1] or refused.get(sets, 0) >= _MOST_REFUSALS or (first, second) in asked:
                continue
            if tried.joined(first, second):
                later.append(candidate)
                continue
            question = self._question(candidate, asked)
            asked.add((question.first, question.second))
            tried.join(first, second)
            questions.append(question)
            if (question.first, question.second) != (first, second):
                later.append(candidate)
        return questions, later

    def _sets(self, first: int, second: int) -> tuple[int, int]:
        low, high = sorted((self._bonds.joins.root(first), self._bonds.joins.root(second)))
        return low, high

    def _question(self, candidate: Candidate, asked: set[tuple[int, int]]) -> Question:
        """Between sets their best pictures are asked about first: groups will need that verdict anyway."""
        low, high = sorted((self._bonds.best(candidate.first), self._bonds.best(candidate.second)))
        if (low, high) in asked or (low, high) == (candidate.first, candidate.second):
            return Question(candidate.first, candidate.second, candidate.orientation, likeness=1 - candidate.distance)
        return Question(low, high, likeness=1 - candidate.distance)

    # ------------------------------------------------------------------ showing

    def _live(self) -> Iterator[Event]:
        """Show groups as they stand, at most once a second."""
        if time.monotonic() - self._shown_at < _LIVE_SECONDS:
            return
        self._shown_at = time.monotonic()
        for members in self._bonds.sets():
            centre = self._bonds.best(members[0])
            edges = {place: self._bonds.edge(centre, place) for place in members}
            star = Star(centre, {place: edge for place, edge in edges.items() if edge is not None})
            if star.members:
                yield from self._show(star)

    def _show(self, star: Star) -> Iterator[Event]:
        group = self._arrangement.of(group_of(star, self._contents, self._records, self._pixels))
        if group is None:
            return
        root = self._bonds.joins.root(star.centre)
        places = {place for place in (root, star.centre, *star.members) if place in self._shown}
        replaced = tuple(sorted({self._shown.pop(place) for place in places}))
        self._shown[root] = group.id
        if replaced != (group.id,):
            yield GroupFound(group, replaced)

    def _present(self, stars: Sequence[Star]) -> tuple[Group, ...]:
        centres = {star.centre for star in stars} | {place for star in stars for place in star.members}
        alone = [
            Star(place)
            for place, content in enumerate(self._contents)
            if place not in centres and len(self._records[content.digest]) > 1
        ]
        groups = (
            self._arrangement.of(group_of(star, self._contents, self._records, self._pixels))
            for star in [*stars, *alone]
        )
        return tuple(sorted((group for group in groups if group is not None), key=_order))


def _is_faint(candidate: Candidate, reach: float, strangers: Mapping[int, int]) -> bool:
    """Whether two pictures look less alike than the strangers that both have met make worth a look."""
    met = min(strangers.get(candidate.first, 0), strangers.get(candidate.second, 0))
    return candidate.distance > reach * (1 - _CLOSER * met)


def _order(group: Group) -> tuple[bool, int, bytes]:
    """Groups of copies first, then by bytes to free, then by name."""
    copies = any(member.relation.is_copy for member in group.members[1:])
    return (not copies, -group.reclaimable, os.fsencode(group.representative.record.path))
