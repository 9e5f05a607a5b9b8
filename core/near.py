"""Verdicts that need no decoding: equal pixels by their digest, and near hashes by their miniatures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from core import miniature, relations
from core.catalog import Catalog, Content
from core.events import Event
from core.features.pdq import ORIENTATIONS
from core.judging import Verdict
from core.miniature import Miniature
from core.orientation import orient, orientation_homography
from core.records import Evidence, Relation
from core.relations import Tone
from core.stopwatch import Stage
from core.verdicts import Question

_LEAST_CORRELATION = 0.85
_BLOCK = 1024


def same_pixels(first: int, second: int) -> Verdict:
    """The verdict on two contents whose full-size pixels have one digest."""
    evidence = Evidence(homography=np.eye(3), coverage_a=1.0, coverage_b=1.0, similarity=1.0, basis="pixels")
    return Verdict(first, second, Relation.SAME_PIXELS, 0.999, evidence, "same pixels")


class MiniatureCourt:
    """Decides pairs by their miniatures alone, in whichever of the eight orientations fits best.

    Args:
        catalog: Where the miniatures are.
        contents: What pairs are made of.
    """

    def __init__(self, catalog: Catalog, contents: Sequence[Content]) -> None:
        self._catalog = catalog
        self._contents = contents
        self._verdicts: dict[tuple[int, int], Verdict] = {}

    def close(self) -> None:
        """Nothing is held."""

    def decide(self, questions: Sequence[Question], stage: Stage, done: int, total: int) -> Iterator[Event]:
        """See ``Court``."""
        for start in range(0, len(questions), _BLOCK):
            block = questions[start : start + _BLOCK]
            miniatures = self._miniatures({place for item in block for place in (item.first, item.second)})
            for item in block:
                self._verdicts[item.first, item.second] = self._judge(item, miniatures)
            if stage.due():
                yield stage.progress(done + start + len(block), total)

    def verdict(self, first: int, second: int) -> Verdict:
        """See ``Court``."""
        return self._verdicts[first, second]

    def _miniatures(self, places: set[int]) -> dict[int, Miniature]:
        number = {self._contents[place].id: place for place in places}
        rows = self._catalog.features(miniature.KEY, list(number))
        with self._catalog.reading():
            return {number[key]: Miniature.unpack(data) for key, data in rows}

    def _judge(self, item: Question, miniatures: Mapping[int, Miniature]) -> Verdict:
        if item.first not in miniatures or item.second not in miniatures:
            return Verdict.nothing(item.first, item.second, "no miniature")
        first, second = miniatures[item.first], miniatures[item.second]
        orientations = ORIENTATIONS if item.orientation is None else (item.orientation,)
        correlation, best = max(
            ((_correlation(_turned(first, option), second), option) for option in orientations),
            key=lambda found: found[0],
        )
        if correlation < _LEAST_CORRELATION:
            return Verdict.nothing(item.first, item.second, "the miniatures disagree")
        sides = self._contents[item.first], self._contents[item.second]
        return _verdict(item, sides, best, correlation, _tone(_turned(first, best), second))


def _turned(picture: Miniature, orientation: tuple[int, bool]) -> Miniature:
    return Miniature(orient(picture.luma, *orientation), orient(picture.chroma, *orientation))


def _verdict(
    item: Question, sides: tuple[Content, Content], orientation: tuple[int, bool], correlation: float, tone: Tone
) -> Verdict:
    size_a, size_b = ((side.width, side.height) for side in sides)
    homography = orientation_homography(*orientation, size_a, size_b)
    evidence = Evidence(
        homography=homography / homography[2, 2],
        mirrored=orientation[1],
        coverage_a=1.0,
        coverage_b=1.0,
        similarity=round(correlation, 4),
        basis="hash",
    )
    plain = orientation == (0, False) and _is_plain(tone, correlation)
    relation = Relation.RE_ENCODED if plain else Relation.EDITED
    words = relations.words_for(relation, evidence, size_a, tone)
    return Verdict(item.first, item.second, relation, round(0.5 + 0.49 * correlation, 4), evidence, words, tone)


def _correlation(first: Miniature, second: Miniature) -> float:
    a, b = (item.luma.astype(np.float32).ravel() for item in (first, second))
    a, b = a - a.mean(), b - b.mean()
    return float(a @ b / max(1e-6, float(np.linalg.norm(a) * np.linalg.norm(b))))


def _tone(first: Miniature, second: Miniature) -> Tone:
    a, b = (item.luma.astype(np.float32) for item in (first, second))
    colour = np.abs(first.chroma.astype(np.float32) - second.chroma.astype(np.float32)).mean()
    gain = (float(b.std()) + 1) / (float(a.std()) + 1)
    return Tone(round(float(colour), 2), round(float(b.mean() - a.mean()), 2), round(gain, 3))


def _is_plain(tone: Tone, correlation: float) -> bool:
    return correlation > 0.99 and tone.colour < 3 and abs(tone.offset) < 5 and 0.94 < tone.gain < 1.06
