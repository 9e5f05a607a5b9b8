"""Where two copies of a picture differ: B is laid over A, its brightness fitted, the rest is the difference.

Two numbers sum it up: the mean absolute difference in gray levels of 255, and the structural
similarity of Z. Wang, A. Bovik, H. Sheikh and E. Simoncelli, "Image quality assessment: from error
visibility to structural similarity", 2004, both over what the two pictures share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import colormap, geometry
from core._cv import cv2
from core.features.base import Pixels
from core.geometry import Matrix, Size

SIDE = 1024
"""Long side in pixels of the copy on which differences are computed."""

TOP = 64
"""Difference in gray levels at the bright end of the heat map."""

Plane = NDArray[np.float32]

# Fewer shared pixels than this say nothing about a pair.
_FEWEST = 64
# A thumbnail is still compared at this long side, however small its copy in A is.
_LEAST_SIDE = 128


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """How B differs from A, in the frame of A.

    Attributes:
        heat: (H, W, 3) uint8 RGB, a moderate-size picture: differences glow on a dimmed A.
        mean: Mean absolute difference, gray levels of 255.
        similarity: Structural similarity, 1 for equal pictures.
        shared: Share of A's area that was compared.
    """

    heat: Pixels
    mean: float
    similarity: float
    shared: float


def difference(first: Pixels, second: Pixels, homography: Matrix, size_a: Size, size_b: Size) -> Difference | None:
    """Compares two pictures where they show the same.

    Args:
        first: (H, W, 3) uint8 RGB, picture A, at full size or smaller.
        second: (H, W, 3) uint8 RGB, picture B, at full size or smaller.
        homography: (3, 3) float64 from :func:`core.geometry.facing`, A to B in full-size pixels.
        size_a: Width and height of the full-size picture A.
        size_b: Width and height of the full-size picture B.

    Returns:
        The difference, or None when the pictures share next to nothing.
    """
    base = _shrunk(first, _common_scale(first, second, homography, size_a, size_b))
    overlaid, inside = _laid_over(base, second, homography, size_a, size_b)
    if int(inside.sum()) < _FEWEST:
        return None
    flat = base.astype(np.float32)
    levelled = _levelled(flat, overlaid, inside)
    gap = np.abs(flat - levelled).max(axis=2)
    likeness = _similarity_map(_gray(flat), _gray(levelled))
    core = cv2.erode(inside.astype(np.uint8), np.ones((11, 11), np.uint8), borderValue=0).astype(bool)
    core = core if core.any() else inside
    return Difference(
        heat=_heat(_gray(flat), gap, inside),
        mean=float(np.abs(flat - levelled)[inside].mean()),
        similarity=float(likeness[core].mean()),
        shared=float(inside.mean()),
    )


def _common_scale(first: Pixels, second: Pixels, homography: Matrix, size_a: Size, size_b: Size) -> float:
    """How much A is shrunk, so that a copy with fewer pixels is not blamed for its missing detail."""
    rows, columns = first.shape[:2]
    full = columns / size_a[0]
    middle = _middle(homography, size_a, size_b)
    detail = geometry.local_scale(homography, middle) * second.shape[1] / size_b[0] / full
    scale = min(1.0, SIDE / max(rows, columns), detail if np.isfinite(detail) else 1.0)
    return float(max(scale, min(1.0, _LEAST_SIDE / max(rows, columns))))


def _middle(homography: Matrix, size_a: Size, size_b: Size) -> geometry.Points:
    """The point of A in the middle of what it shares with B."""
    polygon = geometry.footprint(geometry.inverse(homography), size_b, size_a)
    return np.asarray(polygon.mean(axis=0)) if len(polygon) else geometry.centre(size_a)


def _shrunk(pixels: Pixels, scale: float) -> Pixels:
    if scale >= 1.0:
        return pixels
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _scaling(size: Size, pixels: Pixels) -> Matrix:
    """Full-size pixels to pixels of a smaller copy, by pixel centres."""
    across, down = pixels.shape[1] / size[0], pixels.shape[0] / size[1]
    return np.array([(across, 0.0, (across - 1) / 2), (0.0, down, (down - 1) / 2), (0.0, 0.0, 1.0)])


def _laid_over(
    base: Pixels, second: Pixels, homography: Matrix, size_a: Size, size_b: Size
) -> tuple[Plane, NDArray[np.bool_]]:
    """B in the frame of `base`, (H, W, 3) float32, and the (H, W) mask of where it is."""
    to_base = _scaling(size_a, base)
    from_base = homography @ np.linalg.inv(to_base)
    rows, columns = base.shape[:2]
    near = geometry.project(to_base, _middle(homography, size_a, size_b))
    # Pixels of B per pixel of the base: shrinking B by it first keeps the warp from skipping pixels.
    step = geometry.local_scale(from_base, near) * second.shape[1] / size_b[0]
    second = _shrunk(second, 1.0 / step if np.isfinite(step) and step > 1.0 else 1.0)
    chain = _scaling(size_b, second) @ from_base
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpPerspective(second, chain, (columns, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    grid = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1).reshape(-1, 2)
    x, y = geometry.project(chain, grid).reshape(rows, columns, 2).transpose(2, 0, 1)
    with np.errstate(invalid="ignore"):
        inside = (x >= 0) & (y >= 0) & (x <= second.shape[1] - 1) & (y <= second.shape[0] - 1)
    return np.asarray(warped, np.float32), inside


def _levelled(first: Plane, second: Plane, inside: NDArray[np.bool_]) -> Plane:
    """`second` with the gain and bias per channel that bring it nearest to `first`.

    Fitted a second time without the most different tenth, so that a caption or a sticker does not
    shift the brightness of everything else.
    """
    levelled = second.copy()
    for channel in range(3):
        wanted, given = first[..., channel][inside], second[..., channel][inside]
        gain, bias = _line(given, wanted)
        gap = np.abs(gain * given + bias - wanted)
        calm = gap <= np.percentile(gap, 90)
        gain, bias = _line(given[calm], wanted[calm])
        levelled[..., channel] = np.clip(gain * second[..., channel] + bias, 0, 255)
    return levelled


def _line(given: Plane, wanted: Plane) -> tuple[float, float]:
    """Gain and bias of the least-squares line; only the bias for a plain surface."""
    spread = float(given.var())
    if spread < 1.0:
        return 1.0, float(wanted.mean() - given.mean())
    gain = float(((given - given.mean()) * (wanted - wanted.mean())).mean()) / spread
    gain = float(np.clip(gain, 0.2, 5.0))
    return gain, float(wanted.mean()) - gain * float(given.mean())


def _gray(pixels: Plane) -> Plane:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.float32)


def _similarity_map(first: Plane, second: Plane) -> Plane:
    """Structural similarity around each pixel, (H, W) float32: an 11 by 11 Gaussian window, sigma 1.5."""

    def mean(plane: Plane) -> Plane:
        return np.asarray(cv2.GaussianBlur(plane, (11, 11), 1.5), np.float32)

    mean_1, mean_2 = mean(first), mean(second)
    var_1 = mean(first * first) - mean_1 * mean_1
    var_2 = mean(second * second) - mean_2 * mean_2
    both = mean(first * second) - mean_1 * mean_2
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    over = (2 * mean_1 * mean_2 + c1) * (2 * both + c2)
    under = (mean_1 * mean_1 + mean_2 * mean_2 + c1) * (var_1 + var_2 + c2)
    return np.asarray(over / under, np.float32)


def _heat(gray: Plane, gap: Plane, inside: NDArray[np.bool_]) -> Pixels:
    """The difference as light on a dimmed gray picture; what was not compared is dimmer still."""
    ground = gray[..., None] * np.where(inside, 0.42, 0.14)[..., None].astype(np.float32)
    share = np.where(inside, np.clip(gap / TOP, 0.0, 1.0), 0.0)[..., None].astype(np.float32)
    table = colormap.inferno(np.arange(256) / 255)
    glow = table[(share[..., 0] * 255).astype(np.uint8)].astype(np.float32)
    return np.asarray(np.clip(ground * (1 - share) + glow * share, 0, 255), np.uint8)
