"""Two pictures of a pair measured against each other: histograms, sharpness, compression; which is better, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core import geometry
from core._cv import cv2
from core.features.base import Pixels
from core.file_facts import FileFacts
from core.geometry import Matrix, Size

SIDE = 1600
"""Long side in pixels at which pictures are measured."""

BINS = 64

_MORE_DETAIL = 1.12
_LARGER = 1.05
_LESS_COMPRESSED = 4
_SHOWS_MORE = 0.05
_LEAST_SHARED = 32


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What the pixels of one picture tell.

    Attributes:
        histogram: (4, 64) float64: shares of red, green, blue and luminance; each row sums to 1.
        sharpness: Standard deviation of the Laplacian of luminance where both show the same, at one scale for both.
        shadows: Share of pixels that are all but black.
        highlights: Share of pixels that are all but white.
    """

    histogram: NDArray[np.float64]
    sharpness: float
    shadows: float
    highlights: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which picture is better.

    Attributes:
        better: 0 or 1, or None where nothing decides.
        reasons: What speaks for it, most important first.
        against: What speaks for the other one.
    """

    better: int | None
    reasons: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Appraisal:
    """Both pictures, measured.

    Attributes:
        sizes: Width and height of the full-size pictures.
        looks: What their pixels tell.
        facts: What their files tell.
        verdict: Which is better.
    """

    sizes: tuple[Size, Size]
    looks: tuple[Look, Look]
    facts: tuple[FileFacts, FileFacts]
    verdict: Verdict = field(default_factory=lambda: Verdict(None))


def appraise(
    pixels: tuple[Pixels, Pixels],
    sizes: tuple[Size, Size],
    facts: tuple[FileFacts, FileFacts],
    homography: Matrix | None,
    cropped: bool = False,
) -> Appraisal:
    """Measure a pair.

    Args:
        pixels: (H, W, 3) uint8 RGB each, at full size or smaller.
        sizes: Width and height of the full-size pictures.
        facts: What the files tell.
        homography: (3, 3) float64 from ``geometry.facing``, first to second in full-size pixels, or None.
        cropped: Whether what one shows beyond the other belongs to the picture; not so for a border or a caption.
    """
    grays = (_gray(pixels[0]), _gray(pixels[1]))
    sharpness = _sharpness_of_shared(grays, sizes, homography)
    if sharpness is None:
        sharpness = _sharpness(grays[0]), _sharpness(grays[1])
    looks = (_look(pixels[0], sharpness[0]), _look(pixels[1], sharpness[1]))
    appraisal = Appraisal(sizes, looks, facts)
    return Appraisal(sizes, looks, facts, judge(appraisal, homography, cropped))


def judge(appraisal: Appraisal, homography: Matrix | None, cropped: bool) -> Verdict:
    """Decide which picture is better: by what it shows, its detail, its pixels, its compression, its metadata.

    Args:
        appraisal: The measured pair.
        homography: (3, 3) float64, first to second in full-size pixels, or None.
        cropped: Whether one is a crop of the other.
    """
    votes = [vote for vote in _votes(appraisal, homography, cropped) if vote is not None]
    if not votes:
        return Verdict(None)
    better = votes[0][0]
    reasons = tuple(reason for side, reason in votes if side == better)
    return Verdict(better, reasons, tuple(reason for side, reason in votes if side != better))


# ---------------------------------------------------------------------- measuring


def _gray(pixels: Pixels) -> NDArray[np.float32]:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.float32)


def _look(pixels: Pixels, sharpness: float) -> Look:
    planes = [*np.moveaxis(pixels, 2, 0), _gray(pixels)]
    counts = [np.histogram(plane, BINS, (0, 256))[0] for plane in planes]
    gray = planes[3]
    shares = np.array([count / max(1, count.sum()) for count in counts], np.float64)
    return Look(shares, sharpness, float((gray < 4).mean()), float((gray > 251).mean()))


def _sharpness(gray: NDArray[np.float32], inside: NDArray[np.bool_] | None = None) -> float:
    edges = cv2.Laplacian(gray, cv2.CV_32F, ksize=3)
    return float(np.std(edges if inside is None else edges[inside]))


def _sharpness_of_shared(
    grays: tuple[NDArray[np.float32], NDArray[np.float32]], sizes: tuple[Size, Size], homography: Matrix | None
) -> tuple[float, float] | None:
    """Sharpness of both where they show the same, both at the scale of the one with more pixels.

    Brightness and contrast are matched first, since a picture with more contrast would count as sharper.
    """
    if homography is None:
        return None
    first, second = grays
    to_first = _scaling(sizes[0], first)
    to_second = _scaling(sizes[1], second)
    matrix = to_second @ homography @ np.linalg.inv(to_first)
    zoom = geometry.local_scale(matrix, geometry.centre((first.shape[1], first.shape[0])))
    if not np.isfinite(zoom) or zoom <= 0:
        return None
    grow = min(max(1.0, zoom), SIDE / max(first.shape))
    frame = (max(1, round(first.shape[1] * grow)), max(1, round(first.shape[0] * grow)))
    back = np.array([(1 / grow, 0, 0.5 / grow - 0.5), (0, 1 / grow, 0.5 / grow - 0.5), (0, 0, 1.0)])
    one, other = _warped(first, back, frame), _warped(second, matrix @ back, frame)
    whole = np.ones(second.shape, np.uint8)
    reach = cv2.warpPerspective(whole, matrix @ back, frame, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    inside = np.asarray(cv2.erode(reach, np.ones((9, 9), np.uint8), borderValue=0), np.bool_)
    if int(inside.sum()) < _LEAST_SHARED**2:
        return None
    spread = float(one[inside].std()), float(other[inside].std())
    if min(spread) < 1e-3:
        return None
    return _sharpness(one, inside), _sharpness(other, inside) * spread[0] / spread[1]


def _warped(plane: NDArray[np.float32], matrix: Matrix, frame: Size) -> NDArray[np.float32]:
    """A plane drawn into a frame of which a matrix tells where each pixel comes from."""
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpPerspective(plane, matrix, frame, flags=flags), np.float32)


def _scaling(size: Size, plane: NDArray[np.float32]) -> Matrix:
    """Full-size pixels to those of a smaller copy, pixel centres at integers."""
    across, down = plane.shape[1] / size[0], plane.shape[0] / size[1]
    return np.array([(across, 0, across / 2 - 0.5), (0, down, down / 2 - 0.5), (0, 0, 1.0)])


# ---------------------------------------------------------------------- deciding

_Vote = tuple[int, str]


def _votes(appraisal: Appraisal, homography: Matrix | None, cropped: bool) -> list[_Vote | None]:
    detail = _detail_vote(appraisal)
    return [
        _extent_vote(appraisal, homography) if cropped else None,
        detail,
        _size_vote(appraisal, homography, detail),
        _compression_vote(appraisal),
        _camera_vote(appraisal),
    ]


def _extent_vote(appraisal: Appraisal, homography: Matrix | None) -> _Vote | None:
    """Whoever shows all of the other and more; not where each shows something of its own."""
    if homography is None:
        return None
    size_a, size_b = appraisal.sizes
    in_b = geometry.area(geometry.footprint(homography, size_a, size_b)) / (size_b[0] * size_b[1])
    in_a = geometry.area(geometry.footprint(geometry.inverse(homography), size_b, size_a)) / (size_a[0] * size_a[1])
    wider = 0 if in_a < in_b else 1
    narrow, full = min(in_a, in_b), max(in_a, in_b)
    if full < 1 - _SHOWS_MORE or narrow > 1 - _SHOWS_MORE or narrow <= 0:
        return None
    return wider, f"shows more: the other is {narrow:.0%} of it"


def _detail_vote(appraisal: Appraisal) -> _Vote | None:
    first, second = (max(look.sharpness, 1e-6) for look in appraisal.looks)
    ratio = first / second
    if 1 / _MORE_DETAIL < ratio < _MORE_DETAIL:
        return None
    return (0 if ratio > 1 else 1), f"sharper, {max(ratio, 1 / ratio):.1f} times the detail"


def _size_vote(appraisal: Appraisal, homography: Matrix | None, detail: _Vote | None) -> _Vote | None:
    """More pixels of what both show; a picture that was only enlarged has no more detail for them."""
    size_a, size_b = appraisal.sizes
    scale = (size_b[0] * size_b[1] / (size_a[0] * size_a[1])) ** 0.5
    if homography is not None:
        found = geometry.local_scale(homography, geometry.centre(size_a))
        scale = found if np.isfinite(found) and found > 0 else scale
    if 1 / _LARGER < scale < _LARGER:
        return None
    larger = 1 if scale > 1 else 0
    if detail is None or detail[0] != larger:
        return 1 - larger, "as much detail in fewer pixels: the other was enlarged"
    return larger, f"{max(scale, 1 / scale):.2g} times the pixels on each side"


def _compression_vote(appraisal: Appraisal) -> _Vote | None:
    first, second = (101 if facts.lossless else facts.quality for facts in appraisal.facts)
    if first is None or second is None or abs(first - second) < _LESS_COMPRESSED:
        return None
    low, high = sorted((first, second))
    told = "without loss" if high > 100 else f"quality about {high}"
    return (0 if first > second else 1), f"less compressed: {told} against {low}"


def _camera_vote(appraisal: Appraisal) -> _Vote | None:
    first, second = (facts.from_camera for facts in appraisal.facts)
    if first == second:
        return None
    return (0 if first else 1), "still has what the camera wrote"
