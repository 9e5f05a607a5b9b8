"""The judge of pairs: keypoints propose a homography, pixels decide, and every verdict has a reason.

``judge_pairs`` runs in worker processes. A verdict depends on the two contents and the method only, so that it
can be stored, and a scan that was killed comes to the same groups as one that was not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core import geometry, relations
from core.alignment import Alignment, align
from core.case_pictures import detected_in, mirrored_view_of, pixels_of, texture_in, view_of
from core.cases import Case, Judged, Side
from core.features.base import Pixels
from core.images import decode, read_bytes
from core.jpeg_rounding import are_one_picture
from core.matching import TOO_FLAT, verify
from core.orientation import mirror_homography, orientation_homography
from core.packing import pack_keypoints
from core.records import Evidence, ImageError, Relation
from core.relations import Tone
from core.surroundings import Surroundings, look_around
from core.verdict import Verdict

VERSION = 2
PIXELS_DISAGREE = "the pixels disagree"

_LIKELY = 0.5
_HINT = 6
_CERTAIN = 15
"""Inliers after which the mirrored picture need not be tried: the view is known, whatever the pixels say."""


def judge_pairs(cases: Sequence[Case], verifiers: tuple[str, ...]) -> Judged:
    """Judge pairs, those with one picture in common best together.

    Args:
        cases: The pairs.
        verifiers: Names of local methods, cheapest first; the next is asked where one is undecided.
    """
    found: dict[int, bytes] = {}
    verdicts = [without_points(judge(_prepared(case, verifiers, found), verifiers)) for case in cases]
    return Judged(tuple(verdicts), found)


def _prepared(case: Case, verifiers: tuple[str, ...], found: dict[int, bytes]) -> Case:
    """The case with keypoints of the first verifier for both sides."""
    if not verifiers or case.orientation is not None or case.guess is not None:
        # A pair whose view is known hardly ever needs them.
        return case
    first, second = (_with_keypoints(side, verifiers[0], found) for side in (case.first, case.second))
    return replace(case, first=first, second=second)


def _with_keypoints(side: Side, name: str, found: dict[int, bytes]) -> Side:
    if side.keypoints is not None:
        return side
    if side.content not in found:
        try:
            found[side.content] = pack_keypoints(detected_in(side.source, name))
        except ImageError:
            # The judge will run into it again, and say so in its verdict.
            return side
    return replace(side, keypoints=found[side.content])


def without_points(verdict: Verdict) -> Verdict:
    """The verdict with its evidence's points dropped, to be kept by the thousand."""
    empty = Evidence()
    evidence = replace(verdict.evidence, points_a=empty.points_a, points_b=empty.points_b, inliers=empty.inliers)
    return replace(verdict, evidence=evidence)


def judge(case: Case, verifiers: tuple[str, ...]) -> Verdict:
    """Judge one pair; its evidence keeps the points. An unreadable file makes a rejection with that reason."""
    try:
        verdict = _by_guess(case)
        for name in verifiers:
            if verdict is not None and (verdict.is_copy or (name != verifiers[0] and not _promising(case, verdict))):
                break
            verdict = _better(verdict, _by_keypoints(case, name))
    except ImageError as error:
        return replace(_rejected(case, Evidence(reason=error.reason)), final=False)
    return verdict or _rejected(case, Evidence(reason=PIXELS_DISAGREE))


def _promising(case: Case, verdict: Verdict) -> bool:
    """Whether a pair that cheap keypoints did not tie together deserves better ones."""
    return case.likeness >= _LIKELY or verdict.evidence.inlier_count >= _HINT or verdict.relation is not None


def _better(old: Verdict | None, new: Verdict) -> Verdict:
    if old is None or new.is_copy:
        return new
    if old.relation is not None or new.relation is not None:
        return old if old.relation is not None else new
    return new if new.evidence.inlier_count > old.evidence.inlier_count else old


# ---------------------------------------------------------------------- by a known view


def _by_guess(case: Case) -> Verdict | None:
    """Decide by pixels alone where the view is known beforehand; None where they do not agree."""
    basis = "pixels"
    homography = None if case.guess is None else np.array(case.guess).reshape(3, 3)
    if case.orientation is not None:
        basis = "hash"
        homography = orientation_homography(*case.orientation, case.first.size, case.second.size)
    if homography is None:
        return None
    evidence = _covering(Evidence(homography=homography / homography[2, 2], basis=basis), case)
    alignment = _aligned(case, homography)
    if alignment is None or alignment.correlation < 0.85 or not relations.is_copy(alignment):
        return None
    return _named(case, evidence, alignment)


def _covering(evidence: Evidence, case: Case) -> Evidence:
    """The evidence with mirroring and coverage read off its homography."""
    assert evidence.homography is not None
    try:
        forward = geometry.facing(evidence.homography, geometry.centre(case.first.size))
        in_b = geometry.footprint(forward, case.first.size, case.second.size)
        in_a = geometry.footprint(geometry.inverse(forward), case.second.size, case.first.size)
    except (ValueError, np.linalg.LinAlgError):
        return replace(evidence, reason="the view that fits is not possible")
    return replace(
        evidence,
        mirrored=bool(np.linalg.det(forward[:2, :2]) < 0),
        coverage_a=min(1.0, geometry.area(in_a) / (case.first.width * case.first.height)),
        coverage_b=min(1.0, geometry.area(in_b) / (case.second.width * case.second.height)),
    )


# ---------------------------------------------------------------------- by keypoints


def _by_keypoints(case: Case, name: str) -> Verdict:
    """Match keypoints as they are, and mirrored where that fails, then let the pixels decide."""
    straight = verify(view_of(case.first, name), view_of(case.second, name))
    verdict = _decided(case, straight)
    if verdict.is_copy or straight.inlier_count >= _CERTAIN or straight.reason == TOO_FLAT:
        return verdict
    turned_over = verify(mirrored_view_of(case.first, name), view_of(case.second, name))
    return _better(verdict, _decided(case, _unmirrored(turned_over, case.first.width)))


def _decided(case: Case, evidence: Evidence) -> Verdict:
    if not evidence.accepted or evidence.homography is None:
        return _rejected(case, evidence)
    return _named(case, *_refined(case, evidence))


def _refined(case: Case, evidence: Evidence) -> tuple[Evidence, Alignment | None]:
    """Align the pixels, once more by what they say themselves where few keypoints gave a rough view."""
    assert evidence.homography is not None
    alignment = _aligned(case, evidence.homography)
    if alignment is None or alignment.correction is None or alignment.correlation > 0.97:
        return evidence, alignment
    homography = alignment.correction @ evidence.homography
    better = _aligned(case, homography)
    if better is None or better.correlation < alignment.correlation + 0.01:
        return evidence, alignment
    return _covering(replace(evidence, homography=homography / homography[2, 2]), case), better


def _aligned(case: Case, homography: NDArray[np.float64]) -> Alignment | None:
    return align(pixels_of(case.first), pixels_of(case.second), case.first.size, case.second.size, homography)


def _named(case: Case, evidence: Evidence, alignment: Alignment | None) -> Verdict:
    if alignment is not None:
        evidence = replace(_trimmed(case, evidence, alignment), similarity=round(alignment.correlation, 4))
    around = _surroundings(case, evidence, None if alignment is None else alignment.region)
    relation = relations.name_relation(evidence, case.first.size, alignment, *around)
    if relation is None:
        return _rejected(case, replace(evidence, reason=PIXELS_DISAGREE))
    equal = ""
    if relation is Relation.RE_ENCODED and alignment is not None and (equal := _equal_words(case, alignment)):
        relation = Relation.SAME_PIXELS
    tone = Tone.of(alignment)
    score = relations.score_of(relation, evidence, alignment)
    words = equal or relations.words_for(relation, evidence, case.first.size, tone)
    return Verdict(case.first.content, case.second.content, relation, score, evidence, words, tone)


def _trimmed(case: Case, evidence: Evidence, alignment: Alignment) -> Evidence:
    """The evidence with the coverage of what agrees only, where margins of the overlap show something else."""
    if alignment.region is None or evidence.homography is None:
        return evidence
    share_b = geometry.area(alignment.region) / (case.second.width * case.second.height)
    shrinks = min(1.0, share_b / max(evidence.coverage_b, 1e-6))
    return replace(evidence, coverage_b=evidence.coverage_b * shrinks, coverage_a=evidence.coverage_a * shrinks)


def _equal_words(case: Case, alignment: Alignment) -> str:
    """In which words two pictures that look equal when shrunk are equal at full size; none where they are not."""
    if case.first.size != case.second.size or alignment.residual > 1 or alignment.colour > 1:
        return ""
    if case.first.frame or case.second.frame:
        return ""
    first, second = _at_full_size(case.first), _at_full_size(case.second)
    if np.array_equal(first[1], second[1]):
        return "same pixels"
    return "same pixels but for the rounding of JPEG" if are_one_picture(first, second) else ""


def _at_full_size(side: Side) -> tuple[bytes, Pixels]:
    """The bytes of a file and its upright pixels."""
    data = read_bytes(side.path)
    return data, decode(data, path=side.path).pixels


def _rejected(case: Case, evidence: Evidence) -> Verdict:
    return Verdict(case.first.content, case.second.content, None, 0.0, evidence, evidence.reason)


def _surroundings(
    case: Case, evidence: Evidence, region: NDArray[np.float64] | None
) -> tuple[Surroundings | None, Surroundings | None]:
    """What lies around the common part in A and in B, for each of them that shows more than it."""
    if evidence.homography is None:
        return None, None
    try:
        forward = geometry.facing(evidence.homography, geometry.centre(case.first.size))
        backward = geometry.inverse(forward)
    except (ValueError, np.linalg.LinAlgError):
        return None, None
    in_b = geometry.footprint(forward, case.first.size, case.second.size) if region is None else region
    in_a = geometry.footprint(backward, case.second.size, case.first.size)
    if region is not None:
        in_a = geometry.project(backward, region)
    return (
        _around(case.first, in_a) if evidence.coverage_a < relations.WHOLE else None,
        _around(case.second, in_b) if evidence.coverage_b < relations.WHOLE else None,
    )


def _around(side: Side, polygon: NDArray[np.float64]) -> Surroundings | None:
    if len(polygon) < 3 or not np.isfinite(polygon).all():
        return None
    pixels = pixels_of(side)
    scale = np.array([pixels.shape[1] / side.width, pixels.shape[0] / side.height])
    return look_around(texture_in(side.source), (polygon + 0.5) * scale - 0.5)


def _unmirrored(evidence: Evidence, width: int) -> Evidence:
    """Evidence found on the mirrored picture A, as it is for A itself."""
    points = evidence.points_a.copy()
    points[:, 0] = width - 1 - points[:, 0]
    homography = evidence.homography
    if homography is not None:
        homography = homography @ mirror_homography(width)
        homography = homography / homography[2, 2]
    return replace(evidence, points_a=points, homography=homography, mirrored=True)
