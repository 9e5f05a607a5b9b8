"""Two pictures laid over each other by a homography: do their pixels agree, and does one move against the other?

Keypoints cannot tell an edited copy from a second shot of the same scene: both agree on a homography. Pixels can.
In a copy, every textured spot correlates with its counterpart but for what was drawn over it, and nothing is
displaced; between two shots, whole regions shift (parallax, motion), so that displacements of neighbours agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import geometry
from core._cv import cv2
from core.averaging import average_to
from core.features.base import Pixels

_SIDE = 288
_LEAST_SIDE = 16
_LEAST_PIXELS = 120
_MOST_TRIMMED = 0.8
_WINDOW = 13
_LIGHT_WINDOW = 19
_MOST_POINTS = 120
_LEAST_POINTS = 10
_NEIGHBOURS = 4
_CERTAIN = 0.985
"""Median correlation from which on nothing can be displaced, provided that hardly any spot disagrees."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """How well two pictures agree where they overlap.

    Attributes:
        correlation: Median over textured pixels of the local correlation of luma, [-1, 1].
        correlated: Share of textured pixels with a local correlation over 0.6.
        uncorrelated: Share of textured pixels with a local correlation under 0.2.
        texture: Share of the overlap that has texture.
        length: Long side of the overlap in the pixels in which displacements are given, at most 288.
        tracked: Share of points whose counterpart was found, or None where there are too few points.
        displacement: Median displacement of the points, after the best homography, in pixels of an overlap 288
            pixels long; None where ``tracked`` is None.
        coherence: Displacement that neighbouring points have in common, in the same pixels; noise has none.
        colour: Mean absolute difference of chroma after alignment, in levels of 255.
        gain: Standard deviation of B's luma over A's.
        offset: Mean of B's luma less that of A's, in levels of 255.
        residual: Standard deviation of what is left of the luma's difference after gain and offset, in levels.
        sharpness: Fine detail of B over that of A, 1 where neither is sharper.
        change: Largest mean difference of a window of 13 x 13 after gain and offset, in levels; tells what was drawn.
        correction: (3, 3) homography of full-size B that takes out what the points have in common, or None.
        region: (4, 2) corners in full-size B of the part to which all this applies, where margins of the overlap
            show something else; None for the whole overlap.
    """

    correlation: float
    correlated: float
    uncorrelated: float
    texture: float
    length: int
    tracked: float | None
    displacement: float | None
    coherence: float | None
    colour: float
    gain: float
    offset: float
    residual: float
    sharpness: float
    change: float
    correction: NDArray[np.float64] | None = None
    region: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """How points of A are displaced in B; see ``Alignment``."""

    tracked: float | None = None
    displacement: float | None = None
    coherence: float | None = None
    best: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """Both pictures warped into one frame.

    Attributes:
        first: (h, w, 3) uint8, picture A.
        second: (h, w, 3) uint8, picture B.
        mask: (h, w) uint8, 1 where both are seen.
        frame: (3, 3) homography from full-size B to the common frame.
    """

    first: Pixels
    second: Pixels
    mask: NDArray[np.uint8]
    frame: NDArray[np.float64]


def align(
    first: Pixels,
    second: Pixels,
    size_a: tuple[int, int],
    size_b: tuple[int, int],
    homography: NDArray[np.float64],
) -> Alignment | None:
    """Measure how two pictures agree under a homography.

    Args:
        first: (h, w, 3) uint8, picture A, possibly shrunk.
        second: (h, w, 3) uint8, picture B, possibly shrunk.
        size_a: Width and height of A in full-size pixels.
        size_b: Width and height of B in full-size pixels.
        homography: (3, 3) float64, A to B in full-size pixels.

    Returns:
        The measurements, or None where the overlap is too small to say anything.
    """
    overlay = lay_over(first, second, size_a, size_b, homography)
    return None if overlay is None else _measure(overlay)


def lay_over(
    first: Pixels,
    second: Pixels,
    size_a: tuple[int, int],
    size_b: tuple[int, int],
    homography: NDArray[np.float64],
) -> Overlay | None:
    """Warp both pictures into the frame of their overlap, enlarging neither; see ``align``."""
    try:
        to_b = geometry.facing(homography, geometry.centre(size_a))
    except ValueError:
        return None
    region = geometry.footprint(to_b, size_a, size_b)
    if len(region) < 3:
        return None
    low, high = region.min(axis=0), region.max(axis=0)
    zoom = _zoom(first, second, size_a, size_b, to_b, region, float((high - low).max()))
    width, height = np.floor((high - low) * zoom).astype(int)
    if min(width, height) < _LEAST_SIDE:
        return None
    shift = np.array([[zoom, 0, -low[0] * zoom], [0, zoom, -low[1] * zoom], [0, 0, 1.0]])
    mask = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(mask, np.rint((region - low) * zoom).astype(np.int32), 1)
    # The outermost pixels mix with whatever surrounds the picture.
    mask = cv2.erode(mask, np.ones((5, 5), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    if np.count_nonzero(mask) < _LEAST_PIXELS:
        return None
    size = (int(width), int(height))
    return Overlay(
        _warp(first, shift @ to_b @ _shrunk_to_full(first, size_a), size),
        _warp(second, shift @ _shrunk_to_full(second, size_b), size),
        np.asarray(mask, np.uint8),
        shift,
    )


def _zoom(
    first: Pixels,
    second: Pixels,
    size_a: tuple[int, int],
    size_b: tuple[int, int],
    to_b: NDArray[np.float64],
    region: NDArray[np.float64],
    length: float,
) -> float:
    """Pixels of the common frame for one full-size pixel of B."""
    middle = geometry.project(geometry.inverse(to_b), region.mean(axis=0))
    b_per_a = geometry.local_scale(to_b, middle)
    available_b = second.shape[1] / size_b[0]
    available_a = first.shape[1] / size_a[0] / max(b_per_a, 1e-6) if np.isfinite(b_per_a) else available_b
    return float(min(_SIDE / max(length, 1.0), available_a, available_b))


def _shrunk_to_full(pixels: Pixels, size: tuple[int, int]) -> NDArray[np.float64]:
    """Pixel centres of a shrunk picture to those of the full-size one: (x + 0.5) s - 0.5."""
    scale_x, scale_y = size[0] / pixels.shape[1], size[1] / pixels.shape[0]
    return np.array([[scale_x, 0, scale_x / 2 - 0.5], [0, scale_y, scale_y / 2 - 0.5], [0, 0, 1.0]])


def _warp(pixels: Pixels, matrix: NDArray[np.float64], size: tuple[int, int]) -> Pixels:
    shrinks = float(np.sqrt(abs(matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0])))
    if shrinks < 0.6:
        # Sampling a finer picture without averaging it first would alias.
        full = (pixels.shape[1], pixels.shape[0])
        share = max(shrinks, 1 / min(full))
        pixels = average_to(pixels, max(1, round(full[0] * share)), max(1, round(full[1] * share)))
        matrix = matrix @ _shrunk_to_full(pixels, full)
    warped = cv2.warpPerspective(pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)


# ---------------------------------------------------------------------- measuring


def _measure(overlay: Overlay) -> Alignment | None:
    first, second = (_luma(pixels) for pixels in (overlay.first, overlay.second))
    smooth_a, smooth_b = _blur(first, 1.0), _blur(second, 1.0)
    correlation, textured = _local_correlation(smooth_a, smooth_b, overlay.mask)
    if textured is None:
        return None
    mask, region = overlay.mask, None
    box = _agreeing_box((correlation > 0.8) & textured, textured)
    if box is not None:
        mask, region = _inside(mask, box), _in_full_size(box, overlay.frame)
        textured &= mask.astype(np.bool_)
        if np.count_nonzero(textured) < _LEAST_PIXELS:
            return None
    # Every second row will do for means and medians.
    values = correlation[::2][textured[::2]]
    if len(values) < _LEAST_PIXELS:
        values = correlation[textured]
    median, uncorrelated = _median(values), float((values < 0.2).mean())
    agrees_everywhere = median > _CERTAIN and uncorrelated < 0.002
    motion = Motion() if agrees_everywhere else _displacements(smooth_a, smooth_b, mask)
    sparse = mask.astype(np.bool_)
    sparse[1::2] = False
    gain, offset, residual = _tone(first[::2, ::2][sparse[::2, ::2]], second[::2, ::2][sparse[::2, ::2]])
    fine_a, fine_b = (float(np.abs(x - y)[sparse].mean()) for x, y in ((first, smooth_a), (second, smooth_b)))
    return Alignment(
        median,
        float((values > 0.6).mean()),
        uncorrelated,
        np.count_nonzero(textured) / np.count_nonzero(mask),
        max(mask.shape),
        motion.tracked,
        motion.displacement,
        motion.coherence,
        _colour(overlay, sparse),
        gain,
        offset,
        residual,
        (fine_b + 0.2) / (fine_a * gain + 0.2),
        _largest_change(smooth_a * gain, smooth_b, mask),
        None if motion.best is None else np.linalg.inv(overlay.frame) @ motion.best @ overlay.frame,
        region,
    )


def _agreeing_box(agreeing: NDArray[np.bool_], textured: NDArray[np.bool_]) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of what is left when margins in which nothing agrees are cut off; None for all.

    A collage shows a picture with its margins cut: the homography says that they are there, the pixels do not.
    """
    left, right = _trim(_counts(agreeing, 0), _counts(textured, 0))
    top, bottom = _trim(_counts(agreeing[:, left:right], 1), _counts(textured[:, left:right], 1))
    height, width = agreeing.shape
    if (right - left) * (bottom - top) > _MOST_TRIMMED * width * height:
        return None
    if min(right - left, bottom - top) < _LEAST_SIDE:
        return None
    return left, top, right, bottom


def _counts(mask: NDArray[np.bool_], axis: int) -> NDArray[np.int32]:
    """How many pixels of each column (0) or row (1) are set; summing booleans is several times slower."""
    counted = cv2.reduce(mask.view(np.uint8), axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    return np.asarray(counted, np.int32).ravel()


def _trim(agreeing: NDArray[np.int32], textured: NDArray[np.int32]) -> tuple[int, int]:
    """Begin and end of the lines between those, seen from either side, that have texture and do not agree."""
    kernel = np.ones(5)
    counted = np.convolve(textured, kernel, "same")
    share = np.convolve(agreeing, kernel, "same") / np.maximum(counted, 1)
    good = np.flatnonzero((share > 0.12) & (counted > 5))
    bad = np.flatnonzero((share <= 0.12) & (counted > 5))
    if not len(good):
        return 0, len(agreeing)
    before, after = bad[bad < good[0]], bad[bad > good[-1]]
    return (int(before[-1]) + 1 if len(before) else 0), (int(after[0]) if len(after) else len(agreeing))


def _inside(mask: NDArray[np.uint8], box: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    left, top, right, bottom = box
    inside = np.zeros_like(mask)
    inside[top:bottom, left:right] = mask[top:bottom, left:right]
    return inside


def _in_full_size(box: tuple[int, int, int, int], frame: NDArray[np.float64]) -> NDArray[np.float64]:
    """(4, 2) float64, the corners of a box of the common frame in full-size B."""
    left, top, right, bottom = box
    corners = np.array([(left, top), (right - 1, top), (right - 1, bottom - 1), (left, bottom - 1)])
    return geometry.project(geometry.inverse(frame), corners)


def _luma(pixels: Pixels) -> Floats:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.float32)


def _blur(values: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)


def _mean(values: Floats, side: int) -> Floats:
    """Mean over a square window; its cost does not depend on the side."""
    return np.asarray(cv2.blur(values, (side, side)), np.float32)


def _local_correlation(
    first: Floats, second: Floats, mask: NDArray[np.uint8]
) -> tuple[Floats, NDArray[np.bool_] | None]:
    """Correlation in a window of 13 x 13 pixels everywhere, and which pixels have texture; None if too few have."""
    mean_a, mean_b = _mean(first, _WINDOW), _mean(second, _WINDOW)
    variance_a = _mean(first * first, _WINDOW) - mean_a * mean_a
    variance_b = _mean(second * second, _WINDOW) - mean_b * mean_b
    covariance = _mean(first * second, _WINDOW) - mean_a * mean_b
    correlation = covariance / np.sqrt(np.maximum(variance_a, 1) * np.maximum(variance_b, 1))
    # Windows that reach beyond the overlap would compare the picture with what surrounds it.
    inner = np.asarray(cv2.erode(mask, np.ones((_WINDOW - 2, _WINDOW - 2), np.uint8)), np.uint8)
    for inside, least in ((inner, 30), (mask, 30), (mask, 3)):
        textured = inside.astype(np.bool_) & (variance_a > least)
        if np.count_nonzero(textured) >= _LEAST_PIXELS:
            return np.asarray(correlation, np.float32), textured
    return np.asarray(correlation, np.float32), None


def _displacements(first: Floats, second: Floats, mask: NDArray[np.uint8]) -> Motion:
    """Track points from A to B and back (Lucas and Kanade, 1981)."""
    flat_a, flat_b = _even_light(first), _even_light(second)
    height, width = mask.shape
    apart = max(5.0, min(width, height) / 20)
    inner = np.asarray(cv2.erode(mask, np.ones((5, 5), np.uint8)), np.uint8)
    found_points = cv2.goodFeaturesToTrack(flat_a, _MOST_POINTS, 0.02, apart, mask=inner)
    points = np.zeros((0, 1, 2), np.float32) if found_points is None else np.asarray(found_points, np.float32)
    if len(points) < _LEAST_POINTS:
        return Motion()
    there, found = _track(flat_a, flat_b, points)
    back, refound = _track(flat_b, flat_a, there)
    points, there, back = points[:, 0], there[:, 0], back[:, 0]
    good = (found[:, 0] > 0) & (refound[:, 0] > 0)
    good &= (np.hypot(*(points - back).T) < 0.5) & (np.hypot(*(points - there).T) < 12)
    share = float(good.mean())
    if good.sum() < _LEAST_POINTS:
        return Motion(share)
    points, there = points[good], there[good]
    best, _ = cv2.findHomography(points, there, cv2.LMEDS)
    if best is None:
        return Motion(share)
    moved = there - cv2.perspectiveTransform(points[:, None], best)[:, 0]
    displacement = float(np.median(np.hypot(*moved.T)))
    return Motion(share, displacement, _common_motion(points, moved), np.asarray(best, np.float64))


def _track(first: NDArray[np.uint8], second: NDArray[np.uint8], points: Floats) -> tuple[Floats, Floats]:
    """(N, 1, 2) where points of the first picture are in the second, and (N, 1) whether they were found."""
    there, found, _ = cv2.calcOpticalFlowPyrLK(first, second, points, points.copy(), winSize=(19, 19), maxLevel=1)
    return np.asarray(there, np.float32), np.asarray(found, np.float32)


def _even_light(luma: Floats) -> NDArray[np.uint8]:
    """Contrast made the same everywhere, as tracking takes brightness for constant."""
    mean = _mean(luma, _LIGHT_WINDOW)
    deviation = np.sqrt(np.maximum(_mean(luma * luma, _LIGHT_WINDOW) - mean * mean, 0) + 9)
    return np.asarray(np.clip((luma - mean) / deviation * 48 + 128, 0, 255), np.uint8)


def _common_motion(points: Floats, moved: Floats) -> float:
    """Root of the median product of each displacement with the mean of its nearest neighbours'."""
    distances = ((points[:, None] - points[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = np.argpartition(distances, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
    clipped = np.clip(moved, -3, 3)
    products = (clipped * clipped[nearest].mean(axis=1)).sum(axis=1)
    return float(np.sqrt(max(0.0, float(np.median(products)))))


def _tone(first: Floats, second: Floats) -> tuple[float, float, float]:
    """Gain, offset and what they do not explain of B's luma, robust against what was drawn over it."""
    gain = (float(np.std(second)) + 1) / (float(np.std(first)) + 1)
    centre_a, centre_b = _median(first), _median(second)
    rest = second - centre_b - (first - centre_a) * gain
    return gain, centre_b - centre_a, _median(np.abs(rest)) * 1.4826


def _median(values: Floats) -> float:
    """The larger of the two in the middle where their number is even, NaN of none; numpy's own looks for more."""
    middle = len(values) // 2
    return float(np.partition(values, middle)[middle]) if len(values) else np.nan


def _largest_change(first: Floats, second: Floats, mask: NDArray[np.uint8]) -> float:
    """The largest mean difference of a window of the overlap, the mean over all of it taken out."""
    apart = second - first
    apart = np.abs(apart - float(cv2.mean(apart, mask)[0]))
    inner = np.asarray(cv2.erode(mask, np.ones((_WINDOW, _WINDOW), np.uint8)), np.uint8)
    return float(cv2.minMaxLoc(_mean(apart, _WINDOW), inner)[1]) if inner.any() else 0.0


def _colour(overlay: Overlay, inside: NDArray[np.bool_]) -> float:
    """Mean absolute difference of both chroma planes."""
    first, second = (cv2.cvtColor(pixels, cv2.COLOR_RGB2YCrCb) for pixels in (overlay.first, overlay.second))
    means = cv2.mean(cv2.absdiff(first, second), inside.view(np.uint8))
    return float(means[1] + means[2]) / 2
