"""Verdicts that need no decoding: equal pixels by their digest, and near pictures by their miniatures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import relations
from core.candidates import load_miniatures
from core.catalog import Catalog, Content
from core.events import Event
from core.features.pdq import ORIENTATIONS
from core.miniature import Miniature
from core.orientation import orient, orientation_homography
from core.records import Evidence, Relation
from core.relations import Tone
from core.stopwatch import Stage
from core.verdict import Verdict
from core.verdicts import Judgement, Question

_BLOCK = 1024
_CELL = 8
_LOCAL_CHANGE = 0.15
"""Difference of one cell from which on something was drawn there; see ``Likeness``."""
_ROUNDING = 0.01
"""How far, in shares of the picture, a corner may lie from where one of the eight orientations has it."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two miniatures have to be for nothing else to be asked.

    Attributes:
        correlation: Least correlation of luma.
        difference: Largest difference that a cell of 8 x 8 may keep after gain and offset, in shares of the contrast:
            in a second shot of a scene something has moved, and its cells tell.
    """

    correlation: float
    difference: float


LENIENT = Likeness(0.85, np.inf)
"""For pairs that hashes have found alike, where nobody else is there to be asked."""
STRICT = Likeness(0.97, 0.5)
"""For pairs that may be passed on. Of 28,000 pairs of copies it passes three quarters; of second shots, none yet."""


def same_pixels(first: int, second: int) -> Verdict:
    """The verdict on two contents whose full-size pixels have one digest."""
    evidence = Evidence(homography=np.eye(3), coverage_a=1.0, coverage_b=1.0, similarity=1.0, basis="pixels")
    return Verdict(first, second, Relation.SAME_PIXELS, 0.999, evidence, "same pixels")


class MiniatureCourt:
    """Decides pairs by their miniatures where these agree in one of the eight orientations.

    Args:
        catalog: Where the miniatures are.
        contents: What pairs are made of.
        enough: How alike miniatures have to be.
        other: Who decides the other pairs; None to reject them.
    """

    def __init__(
        self,
        catalog: Catalog,
        contents: Sequence[Content],
        enough: Likeness = LENIENT,
        other: Judgement | None = None,
    ) -> None:
        self._catalog = catalog
        self._contents = contents
        self._enough = enough
        self._other = other
        self._verdicts: dict[tuple[int, int], Verdict] = {}

    def close(self) -> None:
        """Let go of what the other court holds."""
        if self._other is not None:
            self._other.close()

    def decide(self, questions: Sequence[Question], stage: Stage, done: int, total: int) -> Iterator[Event]:
        """See ``Court``."""
        open_questions: list[Question] = []
        for start in range(0, len(questions), _BLOCK):
            block = questions[start : start + _BLOCK]
            open_questions += self._glance(block)
            if stage.due():
                yield stage.progress(done + start + len(block) - len(open_questions), total)
        if self._other is not None and open_questions:
            yield from self._other.decide(open_questions, stage, done + len(questions) - len(open_questions), total)

    def verdict(self, first: int, second: int) -> Verdict:
        """See ``Court``."""
        known = self._verdicts.get((first, second))
        if known is None and self._other is not None:
            return self._other.verdict(first, second)
        return self._verdicts[first, second]

    # ------------------------------------------------------------------ glancing

    def _glance(self, block: Sequence[Question]) -> list[Question]:
        """Decide what miniatures can decide; returns the questions left open."""
        views = {item: self._orientations(item) for item in block if (item.first, item.second) not in self._verdicts}
        asked = [item for item, options in views.items() if options]
        left = [item for item, options in views.items() if not options]
        places = {place for item in asked for place in (item.first, item.second)}
        miniatures = load_miniatures(self._catalog, self._contents, places)
        known = [item for item in asked if item.first in miniatures and item.second in miniatures]
        left += [item for item in asked if item.first not in miniatures or item.second not in miniatures]
        for item, view in zip(known, _best_views(known, views, miniatures), strict=True):
            verdict = self._decided(item, view, miniatures)
            if verdict is None:
                left.append(item)
            else:
                self._verdicts[item.first, item.second] = verdict
        if self._other is None:
            for item in left:
                self._verdicts[item.first, item.second] = Verdict.nothing(
                    item.first, item.second, "the miniatures disagree"
                )
        return left

    def _orientations(self, item: Question) -> Sequence[tuple[int, bool]]:
        """The orientations to try, none where the pair is not one of whole pictures."""
        if item.orientation is not None:
            return (item.orientation,)
        if item.guess is not None:
            found = _orientation_like(item.guess, self._contents[item.first], self._contents[item.second])
            return () if found is None else (found,)
        return ORIENTATIONS if self._other is None else ()

    def _decided(self, item: Question, view: _View, miniatures: Mapping[int, Miniature]) -> Verdict | None:
        """The verdict on a pair whose miniatures are alike enough; None leaves it open."""
        if view.correlation < self._enough.correlation or view.difference > self._enough.difference:
            return None
        sides = self._contents[item.first], self._contents[item.second]
        verdict = _verdict(item, sides, view, _tone(miniatures[item.first], miniatures[item.second], view))
        # Noise, blur and a faint watermark are lost in a miniature; what may go for a mere recompression is looked at.
        return None if verdict.relation is Relation.RE_ENCODED and self._other is not None else verdict


@dataclass(frozen=True, slots=True)
class _View:
    """How two miniatures agree in one orientation."""

    orientation: tuple[int, bool]
    correlation: float
    difference: float
    gain: float
    offset: float


def _best_views(
    questions: Sequence[Question],
    options: Mapping[Question, Sequence[tuple[int, bool]]],
    miniatures: Mapping[int, Miniature],
) -> list[_View]:
    """For each question the orientation in which the two miniatures correlate best."""
    rows = [(number, option) for number, item in enumerate(questions) for option in options[item]]
    if not rows:
        return []
    first = np.stack([orient(miniatures[questions[number].first].luma, *option) for number, option in rows])
    second = np.stack([miniatures[questions[number].second].luma for number, _ in rows])
    best: dict[int, _View] = {}
    for (number, option), figures in zip(rows, _compare(first, second), strict=True):
        view = _View(option, *figures)
        if number not in best or view.correlation > best[number].correlation:
            best[number] = view
    return [best[number] for number in range(len(questions))]


def _compare(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> list[list[float]]:
    """Correlation, largest difference of a cell, gain and offset of (N, 64, 64) uint8 pairs of luma."""
    a, b = (np.asarray(luma, np.float32).reshape(len(luma), -1) for luma in (first, second))
    offset = b.mean(axis=1) - a.mean(axis=1)
    a = a - a.mean(axis=1, keepdims=True)
    b = b - b.mean(axis=1, keepdims=True)
    power_a, power_b = (np.maximum((values * values).sum(axis=1), 1e-6) for values in (a, b))
    shared = (a * b).sum(axis=1)
    deviation_a, deviation_b = (np.sqrt(power / a.shape[1]) for power in (power_a, power_b))
    rest = (b - (shared / power_a)[:, None] * a) / np.maximum(deviation_b, _CELL)[:, None]
    cells = (rest * rest).reshape(len(a), first.shape[1] // _CELL, _CELL, first.shape[2] // _CELL, _CELL)
    difference = np.sqrt(cells.mean(axis=(2, 4)).reshape(len(a), -1).max(axis=1))
    correlation = shared / np.sqrt(power_a * power_b)
    gain = (deviation_b + 1) / (deviation_a + 1)
    figures: list[list[float]] = np.stack([correlation, difference, gain, offset], axis=1).tolist()
    return figures


def _orientation_like(guess: tuple[float, ...], first: Content, second: Content) -> tuple[int, bool] | None:
    """The orientation in which a homography lays a whole picture over another, or None where it does not."""
    corners = np.array([(0, 0, 1), (first.width - 1, 0, 1), (first.width - 1, first.height - 1, 1)], np.float64)
    rays = corners @ np.array(guess, np.float64).reshape(3, 3).T
    if (np.abs(rays[:, 2]) < 1e-12).any():
        return None
    size_a, size_b = (first.width, first.height), (second.width, second.height)
    found = rays[:, :2] / rays[:, 2:]
    for orientation in ORIENTATIONS:
        there = corners @ orientation_homography(*orientation, size_a, size_b).T
        if (np.abs(there[:, :2] - found) <= _ROUNDING * np.array(size_b) + 1).all():
            return orientation
    return None


def _verdict(item: Question, sides: tuple[Content, Content], view: _View, tone: Tone) -> Verdict:
    size_a, size_b = ((side.width, side.height) for side in sides)
    homography = orientation_homography(*view.orientation, size_a, size_b)
    evidence = Evidence(
        homography=homography / homography[2, 2],
        mirrored=view.orientation[1],
        coverage_a=1.0,
        coverage_b=1.0,
        similarity=round(view.correlation, 4),
        basis="hash",
    )
    change = relations.change_by_orientation(view.orientation, size_a, size_b)
    plain = change.is_plain and _is_plain(tone, view)
    relation = Relation.RE_ENCODED if plain else Relation.EDITED
    words = relations.words_for(relation, evidence, size_a, tone, change)
    return Verdict(item.first, item.second, relation, round(0.5 + 0.49 * view.correlation, 4), evidence, words, tone)


def _tone(first: Miniature, second: Miniature, view: _View) -> Tone:
    turned = orient(first.chroma, *view.orientation).astype(np.int16)
    colour = float(np.abs(turned - second.chroma).mean())
    return Tone(round(colour, 2), round(view.offset, 2), round(view.gain, 3))


def _is_plain(tone: Tone, view: _View) -> bool:
    alike = view.correlation > 0.99 and view.difference < _LOCAL_CHANGE
    return alike and tone.colour < 3 and abs(tone.offset) < 5 and 0.94 < tone.gain < 1.06
