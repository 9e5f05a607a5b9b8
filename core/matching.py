"""Keypoints of two pictures to correspondences, and correspondences to geometry.

Correspondences are nearest neighbours that pass the ratio test (Lowe 2004) and are each other's nearest; how they are
found and what is fitted to them can be chosen (``MatchingOptions``). Those that agree on a rotation and a change of
scale (weak geometric consistency, Jegou 2008) are fitted by RANSAC (MAGSAC++, Barath 2020): an affine map first, then a
homography grown from its inliers. Every exit has its reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core import estimators, geometry, lightglue
from core._cv import cv2
from core.estimators import Estimator, Model
from core.features.base import Keypoints, Metric
from core.keypoint_matchers import Matcher, two_nearest
from core.records import Evidence

_WORKING_SIDE = 512
_ANGLE_BINS = 24
_SCALE_STEP = 0.5
_FEWEST = 6

TOO_FEW = "too few matches"
NO_GEOMETRY = "matches do not agree on one view"
ABSURD = "the view that fits is not possible"
BUNCHED = "matches lie on one small spot"
TOO_FLAT = "too few keypoints"


@dataclass(frozen=True, slots=True)
class MatchingOptions:
    """How strict matching is.

    Attributes:
        ratio: A nearest neighbour must be closer than this times the second nearest.
        tolerance: Largest residual of an inlier, in pixels of a picture 512 pixels long.
        least_inliers: Fewer inliers than this tie nothing together.
        matcher: How nearest descriptors are found, or who else pairs keypoints up; LightGlue needs no ratio.
        mutual: Whether two keypoints must each be the nearest of the other.
        model: What kind of map is fitted.
        estimator: How its outliers are told.
    """

    ratio: float = 0.88
    tolerance: float = 4.0
    least_inliers: int = 8
    matcher: Matcher = Matcher.BRUTE_FORCE
    mutual: bool = True
    model: Model = Model.BEST
    estimator: Estimator = Estimator.MAGSAC


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One side of a pair: a picture's size and its keypoints.

    Attributes:
        width: Pixels of the full-size picture.
        height: Pixels of the full-size picture.
        keypoints: In full-size pixels.
        metric: Hamming for binary descriptors, else L2.
        method: The method that found them, for matchers that were trained for it.
    """

    width: int
    height: int
    keypoints: Keypoints
    metric: Metric
    method: str = ""

    @property
    def scale(self) -> float:
        """Full-size pixels for one pixel of the 512 pixel picture in which tolerances are meant."""
        return max(self.width, self.height) / _WORKING_SIDE


def correspondences(
    first: Keypoints,
    second: Keypoints,
    metric: Metric,
    ratio: float,
    matcher: Matcher = Matcher.BRUTE_FORCE,
    mutual: bool = True,
) -> NDArray[np.intp]:
    """Pair up keypoints.

    Args:
        first: N keypoints.
        second: M keypoints.
        metric: How their descriptors compare.
        ratio: See ``MatchingOptions``; not applied where ``second`` has a single keypoint.
        matcher: How nearest descriptors are found.
        mutual: Whether two keypoints must each be the nearest of the other.

    Returns:
        (K, 2) indices into first and second, most distinctive first; no keypoint of the first occurs twice, and none
        of the second where they are mutual.
    """
    if len(first) < 2 or len(second) < 2:
        return np.zeros((0, 2), np.intp)
    distances, nearest = two_nearest(first.descriptors, second.descriptors, metric, matcher)
    passing = np.flatnonzero((distances[:, 0] < ratio * distances[:, 1]) & np.isfinite(distances[:, 0]))
    if not len(passing):
        return np.zeros((0, 2), np.intp)
    if mutual:
        candidates, places = np.unique(nearest[passing, 0], return_inverse=True)
        _, back = two_nearest(second.descriptors[candidates], first.descriptors, metric, matcher)
        passing = passing[back[places, 0] == passing]
    certainty = distances[passing, 0] / np.maximum(distances[passing, 1], 1e-6)
    passing = passing[np.argsort(certainty, kind="stable")]
    return np.stack([passing, nearest[passing, 0]], axis=1).astype(np.intp)


def verify(first: View, second: View, options: MatchingOptions | None = None) -> Evidence:
    """Match two pictures and fit the homography that takes the first to the second.

    Returns:
        Evidence with its points; ``reason`` is "ok" or says why the pair is not tied together. A mirrored pair is
        found by passing the first picture's view through ``mirrored_view`` and the answer through
        ``unmirrored``.

    Raises:
        MethodError: The matcher does not know keypoints of this method.
        ModelError: The matcher's weights are missing.
    """
    options = options or MatchingOptions()
    if min(len(first.keypoints), len(second.keypoints)) < options.least_inliers:
        return Evidence(reason=TOO_FLAT)
    if options.matcher is Matcher.LIGHTGLUE:
        sizes = (first.width, first.height), (second.width, second.height)
        pairs = lightglue.match(first.keypoints, second.keypoints, *sizes, first.method)
    else:
        pairs = correspondences(
            first.keypoints, second.keypoints, first.metric, options.ratio, options.matcher, options.mutual
        )
    return fit(first, second, pairs, options)


def fit(first: View, second: View, pairs: NDArray[np.intp], options: MatchingOptions) -> Evidence:
    """Fit a homography to correspondences and judge it.

    Args:
        first: Picture A.
        second: Picture B.
        pairs: (K, 2) indices of corresponding keypoints.
        options: How strict to be.
    """
    points_a = np.ascontiguousarray(first.keypoints.points[pairs[:, 0]], np.float32)
    points_b = np.ascontiguousarray(second.keypoints.points[pairs[:, 1]], np.float32)
    none = np.zeros(len(pairs), np.bool_)
    rejected = Evidence(points_a, points_b, none)
    consistent = _consistent(first.keypoints, second.keypoints, pairs)
    if consistent.sum() < max(_FEWEST, options.least_inliers - 2):
        return replace(rejected, reason=TOO_FEW)
    fitted = _homography(points_a / first.scale, points_b / second.scale, consistent, options)
    if fitted is None:
        return replace(rejected, reason=NO_GEOMETRY)
    working, inliers = fitted
    homography = _to_full_size(working, first.scale, second.scale)
    evidence = Evidence(points_a, points_b, inliers, int(inliers.sum()), homography)
    if _distinct(points_a[inliers] / first.scale, points_b[inliers] / second.scale) < options.least_inliers:
        return replace(evidence, reason=TOO_FEW)
    return _judged(evidence, first, second)


def _consistent(first: Keypoints, second: Keypoints, pairs: NDArray[np.intp]) -> NDArray[np.bool_]:
    """(K,) which correspondences share the most common rotation and change of scale, with room around it."""
    turn = (second.angles[pairs[:, 1]] - first.angles[pairs[:, 0]]) % 360
    zoom = np.log2(second.sizes[pairs[:, 1]] / first.sizes[pairs[:, 0]])
    turn_bin = (turn / (360 / _ANGLE_BINS)).astype(np.intp) % _ANGLE_BINS
    zoom_bin = np.clip(np.rint(zoom / _SCALE_STEP) + 10, 0, 20).astype(np.intp)
    votes = np.zeros((_ANGLE_BINS, 21), np.float32)
    np.add.at(votes, (turn_bin, zoom_bin), 1)
    votes = votes + np.roll(votes, 1, 0) + np.roll(votes, -1, 0)
    padded = np.pad(votes, ((0, 0), (1, 1)))
    votes = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    best_turn, best_zoom = np.unravel_index(int(votes.argmax()), votes.shape)
    apart = (turn_bin - best_turn + _ANGLE_BINS // 2) % _ANGLE_BINS - _ANGLE_BINS // 2
    return np.asarray((np.abs(apart) <= 3) & (np.abs(zoom_bin - best_zoom) <= 2), np.bool_)


def _homography(
    points_a: NDArray[np.float32],
    points_b: NDArray[np.float32],
    consistent: NDArray[np.bool_],
    options: MatchingOptions,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]] | None:
    """The homography in working pixels and the (K,) inliers among all correspondences."""
    chosen_a, chosen_b = points_a[consistent], points_b[consistent]
    best: tuple[NDArray[np.float64], NDArray[np.bool_]] | None = None
    for fit_model in estimators.candidates(options.model):
        matrix = fit_model(chosen_a, chosen_b, options.tolerance, options.estimator)
        if matrix is None:
            continue
        inliers = _agreeing(matrix, points_a, points_b, options.tolerance)
        inliers &= consistent
        # A homography has two more degrees of freedom than an affine map: it has to earn them.
        if best is None or inliers.sum() > 1.1 * best[1].sum() + 1:
            best = matrix, inliers
    return best if best is not None and best[1].sum() >= 4 else None


def _agreeing(
    matrix: NDArray[np.float64], points_a: NDArray[np.float32], points_b: NDArray[np.float32], tolerance: float
) -> NDArray[np.bool_]:
    """Correspondences whose residual is within the tolerance seen from either picture."""
    there = geometry.residuals(matrix, points_a, points_b)
    try:
        back = geometry.residuals(np.asarray(np.linalg.inv(matrix), np.float64), points_b, points_a)
    except np.linalg.LinAlgError:
        return np.zeros(len(points_a), np.bool_)
    # Where B is much larger than A, a pixel of A spans several of B, so the smaller of the two counts.
    nearest = np.fmin(there, back)
    return np.asarray(np.nan_to_num(nearest, nan=np.inf) <= tolerance, np.bool_)


def _distinct(points_a: NDArray[np.float32], points_b: NDArray[np.float32]) -> int:
    """How many inliers there are at different places: one corner found at five scales proves one thing."""
    if not len(points_a):
        return 0
    places_a = {tuple(place) for place in np.rint(points_a / 4).astype(int).tolist()}
    places_b = {tuple(place) for place in np.rint(points_b / 4).astype(int).tolist()}
    return min(len(places_a), len(places_b))


def _to_full_size(working: NDArray[np.float64], scale_a: float, scale_b: float) -> NDArray[np.float64]:
    matrix = np.diag([scale_b, scale_b, 1.0]) @ working @ np.diag([1 / scale_a, 1 / scale_a, 1.0])
    return np.asarray(matrix / matrix[2, 2], np.float64)


# ---------------------------------------------------------------------- judging


def _judged(evidence: Evidence, first: View, second: View) -> Evidence:
    """Fill in the coverage and reject what an inlier count alone lets through."""
    assert evidence.homography is not None
    size_a, size_b = (first.width, first.height), (second.width, second.height)
    try:
        forward = geometry.facing(evidence.homography, evidence.points_a[evidence.inliers].mean(axis=0))
        backward = geometry.inverse(forward)
    except (ValueError, np.linalg.LinAlgError):
        return replace(evidence, reason=ABSURD)
    in_b = geometry.footprint(forward, size_a, size_b)
    in_a = geometry.footprint(backward, size_b, size_a)
    evidence = replace(
        evidence,
        coverage_a=min(1.0, geometry.area(in_a) / (size_a[0] * size_a[1])),
        coverage_b=min(1.0, geometry.area(in_b) / (size_b[0] * size_b[1])),
    )
    if not _possible(forward, size_a, first.scale / second.scale):
        return replace(evidence, reason=ABSURD)
    if _bunched(evidence, in_a, in_b):
        return replace(evidence, reason=BUNCHED)
    return evidence


def _possible(forward: NDArray[np.float64], size: tuple[int, int], scale: float) -> bool:
    """Whether the map could be an edit or a camera: no fold, no extreme zoom, squeeze or tilt where A is seen."""
    middle = geometry.centre(size)
    zooms = []
    for point in (middle, *(0.5 * (geometry.corners(size) + middle))):
        step = geometry.jacobian(forward, point)
        (a, b), (c, d) = step.tolist()
        # False as well where the point has no place in B.
        if not a * d - b * c > 0:
            return False
        large, small = (axis * scale for axis in geometry.stretch(step))
        if large > 12 or small < 1 / 12 or large / small > 3.5:
            return False
        zooms.append(np.sqrt(large * small))
    return bool(max(zooms) / min(zooms) < 4)


def _bunched(evidence: Evidence, in_a: NDArray[np.float64], in_b: NDArray[np.float64]) -> bool:
    """Whether the inliers of few matches cover only a small part of what the two pictures share."""
    if evidence.inlier_count >= 60:
        return False
    chosen_a = evidence.points_a[evidence.inliers]
    shared = max(1.0, geometry.area(in_a))
    hull = cv2.convexHull(np.ascontiguousarray(chosen_a, np.float32)).reshape(-1, 2)
    return geometry.area(hull) / shared < 0.03 or len(in_b) < 3
