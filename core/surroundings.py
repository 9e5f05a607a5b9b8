"""What lies around the part of a picture that another picture accounts for: an empty border, or another picture?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.features.base import Pixels

_SAMPLES = 64
_INSIDE, _OUTSIDE, _DEEPER = 3.0, 3.0, 9.0
_VISIBLE_STEP = 9.0
_FLAT_GRADIENT = 5.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The rest of a picture, beyond a polygon.

    Attributes:
        seam: Share of the polygon's outline, where it runs inside the picture, at which the pixels jump.
        flat: Share of the rest that has no detail.
    """

    seam: float
    flat: float

    @property
    def is_border(self) -> bool:
        """Whether the rest is mostly empty and begins at a seam, as a border or a blurred background does."""
        return self.flat > 0.75 and self.seam > 0.3

    @property
    def is_foreign(self) -> bool:
        """Whether the rest is something else that begins at a seam."""
        return self.seam > 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """What looking around needs of a picture, whatever the polygon.

    Attributes:
        soft: (h, w, 3) uint8, the picture slightly blurred.
        flat: (h, w) bool, where it has no detail.
    """

    soft: Pixels
    flat: NDArray[np.bool_]


def texture_of(pixels: Pixels) -> Texture:
    """The texture of a picture, (h, w, 3) uint8."""
    luma = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    gradient = np.abs(cv2.Sobel(luma, cv2.CV_32F, 1, 0)) + np.abs(cv2.Sobel(luma, cv2.CV_32F, 0, 1))
    spread = np.asarray(cv2.blur(gradient / 4, (5, 5)), np.float32)
    return Texture(np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.8), np.uint8), spread < _FLAT_GRADIENT)


def look_around(texture: Texture, polygon: NDArray[np.float64]) -> Surroundings:
    """Look beyond a polygon.

    Args:
        texture: That of the picture.
        polygon: (M, 2) in its pixels, the part accounted for.
    """
    mask = np.zeros(texture.flat.shape, np.uint8)
    cv2.fillConvexPoly(mask, np.rint(polygon).astype(np.int32), 1)
    outside = np.asarray(cv2.dilate(mask, np.ones((9, 9), np.uint8))) == 0
    flat = float(texture.flat[outside].mean()) if outside.any() else 1.0
    return Surroundings(_seam(texture.soft, polygon), flat)


def _seam(pixels: Pixels, polygon: NDArray[np.float64]) -> float:
    """Share of the outline at which the step outwards is far larger than the step inwards."""
    middle = polygon.mean(axis=0)
    jumps: list[NDArray[np.bool_]] = []
    for start, end in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        along = end - start
        length = float(np.hypot(*along))
        if length < 8:
            continue
        normal = np.array([along[1], -along[0]]) / length
        if normal @ (middle - start) > 0:
            normal = -normal
        points = start + along * np.linspace(0.08, 0.92, _SAMPLES)[:, None]
        jump = _jumps(pixels, points, normal)
        if jump is not None:
            jumps.append(jump)
    return float(np.concatenate(jumps).mean()) if jumps else 0.0


def _jumps(pixels: Pixels, points: NDArray[np.float64], normal: NDArray[np.float64]) -> NDArray[np.bool_] | None:
    """Which points of one side have a jump across it; None where the side is the picture's own edge."""
    height, width = pixels.shape[:2]
    far = points + normal * (_OUTSIDE + 1)
    if ((far < 0) | (far > [width - 1, height - 1])).any():
        return None
    outer, inner, deeper = (_sample(pixels, points + normal * offset) for offset in (_OUTSIDE, -_INSIDE, -_DEEPER))
    across = np.abs(outer - inner).max(axis=1)
    within = np.abs(inner - deeper).max(axis=1)
    return np.asarray(across > np.maximum(_VISIBLE_STEP, 1.5 * np.median(within)), np.bool_)


def _sample(pixels: Pixels, points: NDArray[np.float64]) -> NDArray[np.float32]:
    """(N, 3) float32, the colours at (N, 2) points."""
    places = points.astype(np.float32)[None]
    sampled = cv2.remap(pixels, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(sampled[0], np.float32)
