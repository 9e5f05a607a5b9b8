"""How much two pictures differ pixel by pixel: MSE, PSNR and SSIM, over what both show.

Where a homography ties the pictures together, A is laid over B with it and only the common part is measured;
without one A is stretched to the size of B.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import geometry
from core._cv import cv2
from core.features.base import Pixels

_PEAK = 255.0
_SIGMA = 1.5
_K1, _K2 = 0.01, 0.03
_WINDOW = 11
_LEAST_PIXELS = 64
_LARGEST_PSNR = 100.0
"""Decibels of equal pictures, whose PSNR has no bound."""


@dataclass(frozen=True, slots=True)
class PixelMeasures:
    """The likeness of two pictures.

    Attributes:
        mse: Mean squared error of the channels in [0, 255], 0 for equal pictures.
        psnr: Peak signal-to-noise ratio in decibels, 100 for equal pictures.
        ssim: Mean structural similarity of the luma (Wang 2004), in [-1, 1], 1 for equal pictures.
        aligned: Whether a homography laid them over each other.
        overlap: Share of B that was measured, in [0, 1].
    """

    mse: float
    psnr: float
    ssim: float
    aligned: bool
    overlap: float


def measure(
    first: Pixels,
    second: Pixels,
    homography: NDArray[np.float64] | None = None,
    first_size: tuple[int, int] | None = None,
    second_size: tuple[int, int] | None = None,
) -> PixelMeasures:
    """Measure the pixels of A against those of B.

    Args:
        first: (H, W, 3) uint8 RGB of picture A, perhaps shrunk.
        second: (h, w, 3) uint8 RGB of picture B, perhaps shrunk.
        homography: (3, 3) float64 from A to B in full-size pixels, or None.
        first_size: Full width and height of A where ``first`` is shrunk.
        second_size: Full width and height of B where ``second`` is shrunk.
    """
    laid, shown = _laid_over(first, second, homography, first_size, second_size)
    aligned = homography is not None and int(shown.sum()) >= _LEAST_PIXELS
    if not aligned:
        laid, shown = _stretched(first, second), np.ones(second.shape[:2], np.bool_)
    error = float(((laid.astype(np.float64) - second) ** 2)[shown].mean())
    psnr = _LARGEST_PSNR if error <= 0 else min(_LARGEST_PSNR, 10 * np.log10(_PEAK**2 / error))
    similarity = _structural_similarity(_luma(laid), _luma(second))[shown].mean()
    return PixelMeasures(error, float(psnr), float(similarity), aligned, float(shown.mean()))


def _laid_over(
    first: Pixels,
    second: Pixels,
    homography: NDArray[np.float64] | None,
    first_size: tuple[int, int] | None,
    second_size: tuple[int, int] | None,
) -> tuple[Pixels, NDArray[np.bool_]]:
    """A in the frame of B, and where it has something to show there."""
    height, width = second.shape[:2]
    nowhere = np.zeros((height, width), np.bool_)
    if homography is None:
        return second, nowhere
    try:
        forward = geometry.facing(homography, geometry.centre(first_size or first.shape[1::-1]))
    except ValueError:
        return second, nowhere
    matrix = _scaling(second_size, second) @ forward @ np.linalg.inv(_scaling(first_size, first))
    laid = cv2.warpPerspective(first, matrix, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpPerspective(
        np.full(first.shape[:2], 255, np.uint8), matrix, (width, height), flags=cv2.INTER_LINEAR
    )
    return np.asarray(laid, np.uint8), np.asarray(inside == 255, np.bool_)


def _scaling(size: tuple[int, int] | None, pixels: Pixels) -> NDArray[np.float64]:
    """Full-size pixels to those of a shrunk picture, by pixel centres."""
    width, height = size or pixels.shape[1::-1]
    x, y = pixels.shape[1] / width, pixels.shape[0] / height
    return np.array([[x, 0, (x - 1) / 2], [0, y, (y - 1) / 2], [0, 0, 1]])


def _stretched(pixels: Pixels, target: Pixels) -> Pixels:
    height, width = target.shape[:2]
    shrinks = pixels.shape[0] * pixels.shape[1] > height * width
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=way), np.uint8)


def _luma(pixels: Pixels) -> NDArray[np.float64]:
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY), np.float64)


def _structural_similarity(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """The map of SSIM with the Gaussian window of its authors."""
    stable_mean, stable_spread = (_K1 * _PEAK) ** 2, (_K2 * _PEAK) ** 2
    mean_a, mean_b = _blurred(first), _blurred(second)
    spread_a = _blurred(first**2) - mean_a**2
    spread_b = _blurred(second**2) - mean_b**2
    common = _blurred(first * second) - mean_a * mean_b
    above = (2 * mean_a * mean_b + stable_mean) * (2 * common + stable_spread)
    below = (mean_a**2 + mean_b**2 + stable_mean) * (spread_a + spread_b + stable_spread)
    return np.asarray(above / below, np.float64)


def _blurred(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(cv2.GaussianBlur(values, (_WINDOW, _WINDOW), _SIGMA, borderType=cv2.BORDER_REFLECT), np.float64)
