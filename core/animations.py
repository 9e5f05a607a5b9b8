"""Animations among other pictures: never taken for the single picture that they begin with, and known by later frames.

A verdict compares first frames. Where one of two pictures has more of them it says less than it seems to: what may go
without anything being lost has to be alike in the first, the middle and the last frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.catalog import Catalog, Content
from core.events import Event
from core.features import registry
from core.features.pdq import LEAST_QUALITY, ORIENTATIONS
from core.later_frames import SUFFIX, FramePlace, unpack_frames
from core.records import Relation
from core.stopwatch import Stage
from core.verdict import Verdict
from core.verdicts import Judgement, Question

_MOVING = frozenset({"GIF", "PNG", "WEBP", "AVIF", "JXL"})
"""Formats whose frames show one motion, so that three of them speak for all; pages of others need not be alike."""
_NEAR = 38
"""Bits by which two hashes of one frame may differ."""
_SHOWN = 0.9
"""Most of an animation that any one frame is said to show."""


@dataclass(frozen=True, slots=True)
class Reel:
    """What is known of the frames of a picture.

    Attributes:
        frames: How many there are.
        format: Name of the format.
        hashes: Packed PDQ hashes of later frames, by the number of the frame.
    """

    frames: int
    format: str
    hashes: Mapping[int, bytes]

    @property
    def noun(self) -> str:
        """What one of its frames is called."""
        return "frame" if self.format in _MOVING else "page"


def reel(frames: int, form: str, packed: bytes | None) -> Reel:
    """The reel of a picture.

    Args:
        frames: How many frames it has.
        form: Name of its format.
        packed: What PDQ says of its later frames, as the catalog has it, or None.
    """
    later = unpack_frames(packed) if packed else []
    return Reel(frames, form, {place.number: data for place, data in later})


def frames_key() -> str:
    """The key of the hashes of later frames."""
    return registry.methods()["pdq"].key + SUFFIX


def weighed(verdict: Verdict, first: Reel, second: Reel) -> Verdict:
    """A verdict on two first frames, as it holds for all frames of both."""
    if max(first.frames, second.frames) == 1 or verdict.relation not in (Relation.SAME_PIXELS, Relation.RE_ENCODED):
        return verdict
    if first.frames != second.frames:
        words = "edited" + frames_apart(first.frames, second.frames)
        return replace(verdict, relation=Relation.EDITED, words=words)
    if not _are_alike(first, second):
        words = f"edited, alike in the first of {second.frames} {second.noun}s only"
        return replace(verdict, relation=Relation.EDITED, words=words)
    words = verdict.words if verdict.relation is Relation.RE_ENCODED else "re-encoded"
    words = f"{words}, {second.frames} {second.noun}s"
    return replace(verdict, relation=Relation.RE_ENCODED, words=words)


def frames_apart(first: int, second: int) -> str:
    """The end of a sentence on two pictures, where one has more frames than the other."""
    return "" if first == second else f", {second} {'frame' if second == 1 else 'frames'} against {first}"


def _are_alike(first: Reel, second: Reel) -> bool:
    """Whether the middle and last frames show the same; pages, and frames that were not reached, count as others."""
    if not first.hashes or first.hashes.keys() != second.hashes.keys() or {first.noun, second.noun} != {"frame"}:
        return False
    pairs = [(first.hashes[number], second.hashes[number]) for number in first.hashes]
    return all(_distance(one, other) <= _NEAR for one, other in pairs)


def _distance(one: bytes, other: bytes) -> int:
    """Bits between two upright hashes; flat frames hash to noise and are as far from each other as can be."""
    size = (len(one) - 1) // len(ORIENTATIONS)
    if one[-1] < LEAST_QUALITY or other[-1] < LEAST_QUALITY:
        return 8 * size
    bits = np.frombuffer(one, np.uint8, size) ^ np.frombuffer(other, np.uint8, size)
    return int(np.bitwise_count(bits).sum())


def as_part(verdict: Verdict, first: tuple[Reel, int], second: tuple[Reel, int]) -> Verdict:
    """A verdict on two single frames, as what an animation B is to the picture A that one of its frames shows.

    Args:
        verdict: What B's frame is to A's.
        first: The frames of A, and the number of the one that was compared, from 0.
        second: The same of B.
    """
    if not verdict.is_copy:
        return verdict
    (part, shown), (whole, number) = first, second
    words = f"{whole.noun} {number + 1} of {whole.frames}"
    if part.frames > 1:
        words += f" is {part.noun} {shown + 1} of {part.frames}"
    evidence = replace(verdict.evidence, coverage_b=min(_SHOWN, 1 / whole.frames))
    return replace(verdict, relation=Relation.COMPOSITE, evidence=evidence, words=f"{words}, {verdict.words}")


def later_features(catalog: Catalog, contents: Sequence[Content], method: str) -> list[tuple[int, FramePlace, bytes]]:
    """What a method says of the later frames of a library: place of the content, frame, feature."""
    animated = {content.id: place for place, content in enumerate(contents) if content.frames > 1}
    if not animated:
        return []
    key = registry.methods()[method].key + SUFFIX
    with catalog.reading():
        return sorted(
            (
                (animated[number], frame, part)
                for number, data in catalog.features(key, list(animated))
                for frame, part in unpack_frames(data)
            ),
            key=lambda item: (item[0], item[1].number),
        )


def reels(catalog: Catalog, contents: Sequence[Content]) -> dict[int, Reel]:
    """The reels of the animations among contents, by place."""
    hashes: dict[int, dict[int, bytes]] = {place: {} for place, item in enumerate(contents) if item.frames > 1}
    for place, frame, data in later_features(catalog, contents, "pdq"):
        hashes[place][frame.number] = data
    return {place: Reel(contents[place].frames, contents[place].format, found) for place, found in hashes.items()}


class AnimationCourt:
    """A court whose verdicts hold for all frames, see ``Judgement``.

    Args:
        court: Who decides about first frames.
        contents: What pairs are made of.
        animations: The reels of the animations among them, by place.
    """

    def __init__(self, court: Judgement, contents: Sequence[Content], animations: Mapping[int, Reel]) -> None:
        self._court = court
        self._contents = contents
        self._animations = animations

    def decide(self, questions: Sequence[Question], stage: Stage, done: int, total: int) -> Iterator[Event]:
        """See ``Judgement``."""
        yield from self._court.decide(questions, stage, done, total)

    def verdict(self, first: int, second: int) -> Verdict:
        """See ``Judgement``."""
        return self.weighed(self._court.verdict(first, second))

    def weighed(self, verdict: Verdict) -> Verdict:
        """A verdict on first frames as it holds for all of them."""
        if verdict.first not in self._animations and verdict.second not in self._animations:
            return verdict
        return weighed(verdict, self.reel(verdict.first), self.reel(verdict.second))

    def reel(self, place: int) -> Reel:
        """The frames of one content."""
        known = self._animations.get(place)
        return Reel(1, self._contents[place].format, {}) if known is None else known

    def close(self) -> None:
        """See ``Judgement``."""
        self._court.close()
