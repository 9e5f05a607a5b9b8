"""Pairs that only later frames of animations make: nominated by hashes and descriptors, judged as any other pair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.animations import AnimationCourt, as_part, later_features
from core.candidates import load_descriptors, load_hashes
from core.cases import Case, Side
from core.catalog import Catalog, Content
from core.events import Event
from core.features import registry
from core.features.pdq import LEAST_QUALITY, ORIENTATIONS
from core.judging import VERSION, judge_pairs
from core.later_frames import FramePlace
from core.presets import Preset
from core.stopwatch import Stage
from core.vectors.neighbours import nearest_by_cosine, within_hamming
from core.verdict import Verdict
from core.workers import WorkerTeam

_MOST_TRIED = 3
"""Of the frames of two pictures, so many pairs are judged at most."""
_QUEUED = 4


@dataclass(frozen=True, slots=True, order=True)
class View:
    """A frame of a content.

    Attributes:
        place: Of the content.
        frame: Its number from 0.
        width: Pixels, upright.
        height: Pixels, upright.
    """

    place: int
    frame: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, order=True)
class FramePair:
    """A nominated pair of frames, A being what B may be an animation of.

    Attributes:
        distance: [0, 1], 0 for equal.
        first: In A.
        second: In B.
        orientation: Quarter turns and mirroring that make A look like B, where hashes say so.
    """

    distance: float
    first: View
    second: View
    orientation: tuple[int, bool] | None = None


def nominate(catalog: Catalog, contents: Sequence[Content], chosen: Preset) -> dict[tuple[int, int], list[FramePair]]:
    """The pairs of contents that later frames nominate, each with its nearest pairs of frames."""
    found: dict[tuple[int, int], list[FramePair]] = defaultdict(list)
    if not any(content.frames > 1 for content in contents):
        return found
    pairs = _by_hashes(catalog, contents, chosen.hash_radius)
    if chosen.descriptor is not None and not registry.methods()[chosen.descriptor].whiten:
        pairs += _by_descriptors(catalog, contents, chosen.descriptor, chosen.neighbours, chosen.threshold)
    seen: set[tuple[View, View]] = set()
    for pair in sorted(pairs, key=lambda item: (item.distance, item.first, item.second)):
        key = (pair.first.place, pair.second.place)
        if pair.first.place != pair.second.place and (pair.first, pair.second) not in seen:
            seen.add((pair.first, pair.second))
            if len(found[key]) < _MOST_TRIED:
                found[key].append(pair)
    return found


def _by_hashes(catalog: Catalog, contents: Sequence[Content], radius: int) -> list[FramePair]:
    frames = [item for item in later_features(catalog, contents, "pdq") if item[2][-1] >= LEAST_QUALITY]
    if not frames:
        return []
    places, firsts = load_hashes(catalog, contents)
    turned = np.stack([np.frombuffer(data[:-1], np.uint8).reshape(len(ORIENTATIONS), -1) for _, _, data in frames])
    views = [*_first_views(contents, places), *_later_views(frames)]
    base = np.concatenate([firsts[:, 0], turned[:, 0]])
    found = within_hamming(turned.reshape(-1, turned.shape[2]), base, radius)
    rows, orientations = np.divmod(found.queries, len(ORIENTATIONS))
    own = len(places)
    return [
        _pair(contents, value / 256, views[own + row], views[column], ORIENTATIONS[orientation])
        for row, orientation, column, value in zip(
            rows.tolist(), orientations.tolist(), found.found.tolist(), found.values.tolist(), strict=True
        )
    ]


def _by_descriptors(
    catalog: Catalog, contents: Sequence[Content], method: str, count: int, threshold: float
) -> list[FramePair]:
    frames = later_features(catalog, contents, method)
    if not frames:
        return []
    places, firsts = load_descriptors(catalog, contents, registry.methods()[method])
    later = np.stack([np.frombuffer(data, "<f2").astype(np.float32) for _, _, data in frames])
    views = [*_first_views(contents, places), *_later_views(frames)]
    # Frames of one animation are alike, and would take each other's places.
    found = nearest_by_cosine(later, np.concatenate([firsts, later]), count + _MOST_TRIED, threshold)
    own = len(places)
    return [
        _pair(contents, round(1 - value, 5), views[own + row], views[column], None)
        for row, column, value in zip(found.queries.tolist(), found.found.tolist(), found.values.tolist(), strict=True)
    ]


def _first_views(contents: Sequence[Content], places: NDArray[np.int64]) -> list[View]:
    return [View(place, 0, contents[place].width, contents[place].height) for place in places.tolist()]


def _later_views(frames: Sequence[tuple[int, FramePlace, bytes]]) -> list[View]:
    return [View(place, frame.number, frame.width, frame.height) for place, frame, _ in frames]


def _pair(
    contents: Sequence[Content], distance: float, frame: View, other: View, orientation: tuple[int, bool] | None
) -> FramePair:
    """A pair with the longer animation as B; ``orientation`` makes ``frame`` look like ``other``."""
    lengths = (contents[other.place].frames, other.place), (contents[frame.place].frames, frame.place)
    if lengths[0] > lengths[1]:
        return FramePair(distance, frame, other, orientation)
    if orientation is not None and not orientation[1]:
        # Mirrored and turned, the way back is the way there.
        orientation = (-orientation[0] % 4, False)
    return FramePair(distance, other, frame, orientation)


def judge_frames(
    catalog: Catalog,
    contents: Sequence[Content],
    found: Mapping[tuple[int, int], Sequence[FramePair]],
    paths: Mapping[int, Path],
    chosen: Preset,
    workers: int,
    court: AnimationCourt,
    take: Callable[[Verdict], object],
) -> Iterator[Event]:
    """Judge nominated pairs, each until a pair of frames is a copy, and remember the verdicts.

    Args:
        catalog: Where verdicts are kept.
        contents: What pairs are made of.
        found: What was nominated.
        paths: A file of each content, by the content's number.
        chosen: Who decides.
        workers: Number of worker processes.
        court: Knows the frames of each content.
        take: Is given each verdict that ties two contents together.

    Yields:
        Progress.
    """
    verifier = f"frames@1:judge@{VERSION}:" + "+".join(chosen.verifiers)
    place = {content.id: number for number, content in enumerate(contents)}
    known = {
        (place[first], place[second]): data
        for first, second, data in catalog.pairs(verifier)
        if first in place and second in place
    }
    waiting = sorted(found.keys() - known.keys())
    if waiting:
        stage = Stage("Comparing frames")
        new: list[tuple[tuple[int, int], Verdict]] = []
        with WorkerTeam(judge_first_copy, min(workers, len(waiting))) as team:
            for number, pair in enumerate(waiting):
                team.submit(number, [_case(item, contents, paths) for item in found[pair]], chosen.verifiers)
            while team.pending:
                for outcome in team.collect():
                    assert isinstance(outcome.key, int)
                    if outcome.value is not None:
                        new.append((waiting[outcome.key], _told(outcome.value, found[waiting[outcome.key]], court)))
                if stage.due():
                    yield stage.progress(len(waiting) - team.pending, len(waiting))
        rows = {pair: verdict.pack() for pair, verdict in new if verdict.final}
        catalog.store_pairs(
            verifier,
            [(contents[first].id, contents[second].id, data) for (first, second), data in sorted(rows.items())],
        )
        known |= {pair: verdict.pack() for pair, verdict in new}
    for pair in sorted(found.keys() & known.keys()):
        verdict = Verdict.unpack(*pair, known[pair])
        if verdict.is_copy:
            take(verdict)


def _case(pair: FramePair, contents: Sequence[Content], paths: Mapping[int, Path]) -> Case:
    # Numbered apart: keypoints that are found belong to a frame, not to the content.
    first, second = (
        Side(number, paths[contents[view.place].id], view.width, view.height, None, view.frame)
        for number, view in enumerate((pair.first, pair.second))
    )
    return Case(first, second, pair.orientation, likeness=1 - pair.distance)


def judge_first_copy(cases: Sequence[Case], verifiers: tuple[str, ...]) -> tuple[int, Verdict]:
    """The number of the first case that is a copy, or of the last one, and its verdict; runs in worker processes."""
    found = (0, Verdict.nothing(0, 1, "no frame"))
    for number, case in enumerate(cases):
        found = (number, judge_pairs([case], verifiers).verdicts[0])
        if found[1].is_copy:
            break
    return found


def _told(found: tuple[int, Verdict], pairs: Sequence[FramePair], court: AnimationCourt) -> Verdict:
    number, verdict = found
    first, second = pairs[number].first, pairs[number].second
    return as_part(verdict, (court.reel(first.place), first.frame), (court.reel(second.place), second.frame))
