"""From the evidence of a pair to its name, its score and its words."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core import geometry
from core.alignment import Alignment
from core.records import Evidence, Relation
from core.surroundings import Surroundings

WHOLE = 0.95
"""A picture counts as wholly shown from this share of its area on: homographies are off by a pixel or two."""

_DRAWN = 9.0
"""Levels by which a window differs where something was drawn; the strongest recompression stays under 7."""
_CLEAR_SEAM = 0.65
"""Share of an outline with a seam from which on it was cut by somebody."""
_TILTED = 1.1
"""Perspective, as in ``Change.tilt``, that people do not give a picture which they cut or paste."""

_RESIZED = 1.02
"""A scale that is told; homographies are off by less."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a homography does to a picture around its middle.

    Attributes:
        degrees: Rotation clockwise, (-180, 180].
        mirrored: Whether it is mirrored (left to right, before the rotation).
        scale: Length of the copy over that of the picture.
        squeeze: Larger over smaller of the two principal scales; 1 for none.
        tilt: How differently distant parts are scaled; 1 for no perspective.
    """

    degrees: float
    mirrored: bool
    scale: float
    squeeze: float
    tilt: float

    @property
    def is_turned(self) -> bool:
        """Whether it is rotated by more than a homography is off."""
        return abs(self.degrees) > 1.5

    @property
    def is_plain(self) -> bool:
        """Whether it is nothing but a resize."""
        return not (self.mirrored or self.is_turned or self.squeeze > 1.06 or self.tilt > 1.08)


def change_by_orientation(orientation: tuple[int, bool], size_a: tuple[int, int], size_b: tuple[int, int]) -> Change:
    """What laying a picture down in another of the eight ways does to it, as ``change_of`` would read it off.

    Args:
        orientation: Quarter turns counter-clockwise, after mirroring left to right if asked.
        size_a: Width and height of the picture.
        size_b: Width and height of its turned, mirrored and resized copy.
    """
    turns, mirrored = orientation
    across, down = size_b if turns % 2 == 0 else size_b[::-1]
    scales = across / size_a[0], down / size_a[1]
    degrees = (0.0, -90.0, 180.0, 90.0)[turns % 4]
    return Change(degrees, mirrored, float(np.sqrt(scales[0] * scales[1])), max(scales) / min(scales), 1.0)


def change_of(homography: NDArray[np.float64], size: tuple[int, int]) -> Change:
    """Read rotation, mirroring, scale, squeeze and perspective off a homography.

    Args:
        homography: (3, 3) float64, A to B.
        size: Width and height of A.

    Raises:
        ValueError: The homography is singular or has its horizon in the middle of A.
    """
    middle = geometry.centre(size)
    facing = geometry.facing(homography, middle)
    step = geometry.jacobian(facing, middle)
    mirrored = bool(np.linalg.det(step) < 0)
    straight = step @ np.diag([-1.0, 1.0]) if mirrored else step
    left, scales, right = np.linalg.svd(straight)
    turn = left @ right
    degrees = float(np.degrees(np.arctan2(turn[1, 0], turn[0, 0])))
    zooms = [geometry.local_scale(facing, 0.8 * corner + 0.2 * middle) for corner in geometry.corners(size)]
    tilt = float(max(zooms) / min(zooms)) if np.isfinite(zooms).all() else np.inf
    squeeze = float(scales[0] / max(scales[1], 1e-9))
    return Change(degrees, mirrored, float(np.sqrt(scales[0] * scales[1])), squeeze, tilt)


# ---------------------------------------------------------------------- copy or not


def is_copy(alignment: Alignment) -> bool:
    """Whether pixels under the homography agree as only those of one picture can.

    Two shots of a scene keep their keypoints, yet textured regions do not correlate or are displaced together.
    """
    if alignment.tracked is not None and alignment.tracked < 0.35:
        # Too blurred or coarse to follow points: then what can be seen has to agree almost everywhere.
        return alignment.correlation > 0.62 and alignment.uncorrelated < 0.17
    if alignment.correlation < 0.82 or alignment.uncorrelated > 0.3:
        return False
    if alignment.uncorrelated > 0.2 and alignment.correlated < 0.67:
        return False
    if alignment.coherence is None or alignment.displacement is None:
        return alignment.correlation > 0.9
    random = alignment.coherence < 0.45 * alignment.displacement
    # Parallax shrinks with the picture; what noise does to tracking does not, so there is a floor.
    return alignment.coherence < 0.13 * max(0.5, alignment.length / 288) or random


def is_plain(alignment: Alignment) -> bool:
    """Whether the pixels differ no more than by resizing and recompression."""
    return (
        alignment.correlation > 0.93
        and alignment.uncorrelated < 0.01
        and alignment.colour < 4.0
        and 0.93 < alignment.gain < 1.07
        and abs(alignment.offset) < 5
        and alignment.residual < 7
        and 0.6 < alignment.sharpness < 1.45
        and alignment.change < _DRAWN
    )


def name_relation(
    evidence: Evidence,
    size_a: tuple[int, int],
    alignment: Alignment | None,
    around_a: Surroundings | None,
    around_b: Surroundings | None,
) -> Relation | None:
    """Name what B is to A, or None where the pixels deny what the keypoints say.

    Args:
        evidence: Accepted evidence with its homography.
        size_a: Width and height of A.
        alignment: How the pixels agree; None where the overlap is too small or too flat to tell.
        around_a: What surrounds the common part in A, where A shows more.
        around_b: What surrounds it in B, where B shows more.
    """
    assert evidence.homography is not None
    if alignment is None:
        if evidence.inlier_count < 15:
            return None
        return Relation.CROP if max(evidence.coverage_a, evidence.coverage_b) >= WHOLE else Relation.COMPOSITE
    if not is_copy(alignment):
        return Relation.SAME_SCENE if _is_scene(evidence, alignment) else None
    whole_a, whole_b = evidence.coverage_a >= WHOLE, evidence.coverage_b >= WHOLE
    if whole_a and whole_b:
        plain = is_plain(alignment) and change_of(evidence.homography, size_a).is_plain
        return Relation.RE_ENCODED if plain else Relation.EDITED
    return _name_part(evidence, size_a, alignment, [around for around in (around_a, around_b) if around is not None])


def _name_part(
    evidence: Evidence, size_a: tuple[int, int], alignment: Alignment, around: Sequence[Surroundings]
) -> Relation:
    """Name a pair of which at least one shows more than the common part; ``around`` is what else these show."""
    assert evidence.homography is not None
    partial = max(evidence.coverage_a, evidence.coverage_b) < WHOLE
    if any(rest.is_border for rest in around):
        return Relation.CROP if partial and alignment.region is None else Relation.EDITED
    tilt = change_of(evidence.homography, size_a).tilt
    # Where neither is shown whole, a plane seen twice looks the same, but hands and shadows cross its outline.
    seam = _CLEAR_SEAM if partial and alignment.region is not None else 0.0
    if any(rest.is_foreign and rest.seam > seam for rest in around) and not (partial and tilt > _TILTED):
        return Relation.COMPOSITE
    # Without a seam somewhere, a part that agrees beside one that does not is a plane in a scene seen twice.
    seen_twice = alignment.region is not None or (partial and tilt > _TILTED)
    return Relation.SAME_SCENE if seen_twice else Relation.CROP


def _is_scene(evidence: Evidence, alignment: Alignment) -> bool:
    """Whether enough agrees to say that both show one scene, not only one logo."""
    return evidence.inlier_count >= 15 and (alignment.correlated > 0.15 or evidence.inlier_count >= 40)


# ---------------------------------------------------------------------- score and words


def score_of(relation: Relation, evidence: Evidence, alignment: Alignment | None) -> float:
    """How sure the relation is, in [0.5, 1] for verified ones."""
    if relation is Relation.SAME_FILE:
        return 1.0
    if relation is Relation.SAME_PIXELS:
        return 0.999
    points = 1 - float(np.exp(-evidence.inlier_count / 25)) if evidence.basis == "keypoints" else 1.0
    pixels = 0.6 if alignment is None else float(np.clip(alignment.correlation, 0, 1))
    sure = 0.5 + 0.49 * (0.4 * points + 0.6 * pixels)
    return sure if relation.is_copy else 0.5 + 0.3 * (sure - 0.5)


@dataclass(frozen=True, slots=True)
class Tone:
    """How the pixels of B differ from those of A once they are laid over each other; see ``Alignment``."""

    colour: float = 0.0
    offset: float = 0.0
    gain: float = 1.0
    sharpness: float = 1.0
    covered: float = 0.0

    @classmethod
    def of(cls, alignment: Alignment | None) -> Tone:
        """The tone part of an alignment; no difference where there is none."""
        if alignment is None:
            return cls()
        return cls(
            round(alignment.colour, 2),
            round(alignment.offset, 2),
            round(alignment.gain, 3),
            round(alignment.sharpness, 3),
            round(alignment.uncorrelated, 4),
        )

    def reversed(self) -> Tone:
        """How A differs from B."""
        return Tone(self.colour, -self.offset, 1 / max(self.gain, 1e-6), 1 / max(self.sharpness, 1e-6), self.covered)


def reverse(evidence: Evidence, size_a: tuple[int, int], size_b: tuple[int, int]) -> Evidence:
    """The same evidence with A and B changed about.

    Raises:
        ValueError: The homography cannot be inverted.
    """
    homography = evidence.homography
    if homography is not None:
        backward = geometry.inverse(geometry.facing(homography, geometry.centre(size_a)))
        homography = geometry.facing(backward, geometry.centre(size_b))
        homography = homography / homography[2, 2]
    return replace(
        evidence,
        points_a=evidence.points_b,
        points_b=evidence.points_a,
        homography=homography,
        coverage_a=evidence.coverage_b,
        coverage_b=evidence.coverage_a,
    )


def words_for(
    relation: Relation,
    evidence: Evidence,
    size_a: tuple[int, int],
    tone: Tone | None = None,
    change: Change | None = None,
) -> str:
    """The evidence in one line, B as seen from A: "a 62% crop, turned 90 degrees, 1.8 times larger".

    Args:
        relation: What B is to A.
        evidence: Why.
        size_a: Width and height of A.
        tone: How the pixels differ, where that was measured.
        change: What the homography does, where that is known already.
    """
    if relation is Relation.SAME_FILE:
        return "same file"
    if relation is Relation.SAME_PIXELS:
        return "same pixels"
    if relation is Relation.SIMILAR or evidence.homography is None:
        return "looks alike, not verified"
    parts = [_lead(relation, evidence)]
    with contextlib.suppress(ValueError):
        parts += _change_words(change or change_of(evidence.homography, size_a), relation)
    if tone is not None and relation not in (Relation.RE_ENCODED, Relation.SAME_SCENE):
        parts += _tone_words(tone)
    return ", ".join(parts)


def _lead(relation: Relation, evidence: Evidence) -> str:
    percent_a, percent_b = round(100 * evidence.coverage_a), round(100 * evidence.coverage_b)
    if relation is Relation.CROP:
        if evidence.coverage_b >= WHOLE:
            return f"a {percent_a}% crop"
        if evidence.coverage_a >= WHOLE:
            return f"shows more, this is {percent_b}% of it"
        return f"overlap of {percent_a}% with {percent_b}%"
    if relation is Relation.COMPOSITE:
        return f"part of a larger picture, {percent_b}% of it"
    if relation is Relation.SAME_SCENE:
        return "same scene, another shot"
    if relation is Relation.EDITED and evidence.coverage_b < WHOLE:
        return "edited, with a border"
    return str(relation)


def _change_words(change: Change, relation: Relation) -> list[str]:
    words = []
    if change.mirrored and abs(abs(change.degrees) - 180) < 1.5:
        words.append("mirrored top to bottom")
        change = Change(0.0, True, change.scale, change.squeeze, change.tilt)
    elif change.mirrored:
        words.append("mirrored")
    if change.is_turned:
        words.append(f"turned {abs(change.degrees):.0f} degrees {_direction(change.degrees)}".strip())
    if change.scale > _RESIZED:
        words.append(f"{_figure(change.scale)} times larger")
    elif change.scale < 1 / _RESIZED:
        words.append(f"{_figure(1 / change.scale)} times smaller")
    if change.tilt > 1.15 and relation is not Relation.SAME_SCENE:
        words.append("in perspective")
    elif change.squeeze > 1.06 and relation is not Relation.SAME_SCENE:
        words.append("squeezed")
    return words


def _figure(scale: float) -> str:
    """A scale as exact as a homography is ("1.25", "1.8", "12.5")."""
    return f"{scale:.{2 if scale < 3 else 1}f}".rstrip("0").rstrip(".")


def _direction(degrees: float) -> str:
    if abs(abs(degrees) - 180) < 1.5:
        return ""
    return "clockwise" if degrees > 0 else "counter-clockwise"


def _tone_words(tone: Tone) -> list[str]:
    words = []
    if tone.colour >= 6:
        words.append("other colours")
    if abs(tone.offset) > 12:
        words.append("brighter" if tone.offset > 0 else "darker")
    if tone.gain > 1.2 or tone.gain < 0.83:
        words.append("more contrast" if tone.gain > 1 else "less contrast")
    if tone.sharpness < 0.6:
        words.append("blurred")
    if tone.covered > 0.02:
        words.append("partly covered")
    return words
