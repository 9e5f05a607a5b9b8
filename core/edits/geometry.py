"""Edits that move pixels: crops, quarter turns, mirrors, rotations, squeezing, shearing, perspective."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core._cv import cv2
from core.edits.base import (
    Edit,
    Edited,
    EditFunction,
    Homography,
    chance,
    colour,
    integer,
    inverse,
    project,
    resize,
    size,
    translation,
    uniform,
    warp,
)
from core.features.base import Pixels
from core.records import Relation


def cut(pixels: Pixels, x: int, y: int, width: int, height: int) -> Edited:
    """The crop with its top left pixel at (x, y)."""
    full_width, full_height = size(pixels)
    return Edited(
        np.ascontiguousarray(pixels[y : y + height, x : x + width]),
        translation(-x, -y),
        kept=width * height / (full_width * full_height),
        relation=Relation.CROP,
        parameters={"box": [x, y, width, height]},
    )


def _crop(low: float, high: float, stretch: float) -> EditFunction:
    """Keep a share of the area between low and high; the aspect changes up to the factor ``stretch``."""

    def edit(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
        width, height = size(pixels)
        share = uniform(rng, low, high)
        longest = min(math.log(stretch), -math.log(share))  # beyond, one side would not fit
        aspect = math.exp(uniform(rng, -longest, longest))
        new_width = min(width, max(12, round(width * math.sqrt(share * aspect))))
        new_height = min(height, max(12, round(height * math.sqrt(share / aspect))))
        x, y = integer(rng, 0, width - new_width), integer(rng, 0, height - new_height)
        return cut(pixels, x, y, new_width, new_height)

    return edit


def _square(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    width, height = size(pixels)
    side = max(12, round(min(width, height) * uniform(rng, 0.8, 1.0)))
    return cut(pixels, (width - side) // 2, (height - side) // 2, side, side)


def turned(pixels: Pixels, quarters: int, mirror: bool = False) -> Edited:
    """Mirror left to right if asked, then turn by ``quarters`` counter-clockwise; exact."""
    width, height = size(pixels)
    homography = np.eye(3)
    if mirror:
        homography = np.array([[-1.0, 0.0, width - 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    for _ in range(quarters % 4):
        homography = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, width - 1.0], [0.0, 0.0, 1.0]]) @ homography
        width, height = height, width
    result = np.ascontiguousarray(np.rot90(pixels[:, ::-1] if mirror else pixels, quarters))
    parameters: dict[str, object] = {"quarters": quarters % 4, "mirror": mirror}
    return Edited(result, homography, mirrored=mirror, parameters=parameters)


def _turn(quarters: int, mirror: bool = False) -> EditFunction:
    def edit(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
        return turned(pixels, quarters, mirror)

    return edit


def _turn_any(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    return turned(pixels, integer(rng, 0, 3), True)


def _about_centre(width: int, height: int, degrees: float) -> Homography:
    """Rotation about the centre of a picture, counter-clockwise as seen."""
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1.0)
    return np.vstack([matrix, [0.0, 0.0, 1.0]])


def _fitting_box(width: int, height: int, degrees: float) -> tuple[float, float]:
    """Sides of the largest box of the picture's aspect that lies inside the rotated picture."""
    angle = math.radians(abs(degrees) % 180)
    angle = min(angle, math.pi - angle)
    across = width * math.cos(angle) + height * math.sin(angle)
    down = width * math.sin(angle) + height * math.cos(angle)
    scale = min(width / across, height / down)
    return width * scale, height * scale


def rotated(pixels: Pixels, degrees: float, fill: tuple[int, int, int] | None, grow: bool) -> Edited:
    """Rotate about the centre.

    Args:
        pixels: (H, W, 3) uint8.
        degrees: Counter-clockwise.
        fill: Colour of the corners, or None to mirror the edge into them.
        grow: True: the canvas grows and all stays visible; False: the largest inner box is cut out.
    """
    width, height = size(pixels)
    angle = math.radians(degrees)
    if grow:
        new_width = round(abs(width * math.cos(angle)) + abs(height * math.sin(angle)))
        new_height = round(abs(width * math.sin(angle)) + abs(height * math.cos(angle)))
    else:
        inner_width, inner_height = _fitting_box(width, height, degrees)
        new_width, new_height = max(12, math.floor(inner_width) - 1), max(12, math.floor(inner_height) - 1)
    homography = translation((new_width - width) / 2, (new_height - height) / 2) @ _about_centre(width, height, degrees)
    kept = 1.0 if grow else new_width * new_height / (width * height)
    return Edited(
        warp(pixels, homography, new_width, new_height, fill),
        homography,
        kept=min(1.0, kept),
        relation=Relation.EDITED if kept > 0.8 else Relation.CROP,
        parameters={"degrees": round(degrees, 2), "grow": grow},
    )


def _rotate(low: float, high: float, inside: float) -> EditFunction:
    def edit(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
        degrees = uniform(rng, low, high) * (1 if chance(rng) else -1)
        if chance(rng, inside):
            return rotated(pixels, degrees, None, grow=False)
        return rotated(pixels, degrees, colour(rng, 0.8) if chance(rng, 0.85) else None, grow=True)

    return edit


def _squeeze(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    factor = uniform(rng, 1.2, 2.2) ** (0.5 if chance(rng) else -0.5)
    width, height = size(pixels)
    squeezed, homography = resize(pixels, max(16, round(width * factor)), max(16, round(height / factor)))
    return Edited(squeezed, homography, parameters={"aspect": round(factor**2, 3)})


def _shear(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    width, height = size(pixels)
    slope = uniform(rng, 0.08, 0.35)
    rightwards = chance(rng)
    new_width = round(width + slope * (height - 1))
    shift = 0.0 if rightwards else slope * (height - 1)
    homography = np.array([[1.0, slope if rightwards else -slope, shift], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    sheared = warp(pixels, homography, new_width, height, colour(rng, 0.8))
    return Edited(sheared, homography, parameters={"slope": round(slope, 3)})


def perspective_map(width: int, height: int, corners: np.ndarray) -> Homography:
    """The homography that moves the outer corners of a picture inwards.

    Args:
        width: Pixels.
        height: Pixels.
        corners: (4, 2) shares of width and height to move each corner by, clockwise from the top left.
    """
    source = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float32)
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], np.float32) * np.array([width, height], np.float32)
    moved = (source + corners.astype(np.float32) * inwards).astype(np.float32)
    return np.asarray(cv2.getPerspectiveTransform(source, moved), np.float64)


def _perspective(strength: float) -> EditFunction:
    def edit(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
        width, height = size(pixels)
        corners = rng.uniform(0.0, strength, (4, 2))
        homography = perspective_map(width, height, corners)
        warped = warp(pixels, homography, width, height, colour(rng, 0.8))
        return Edited(warped, homography, parameters={"corners": np.round(corners, 3).tolist()})

    return edit


def _keystone_cut(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """A perspective correction that fills the frame: corners move outwards and are lost."""
    width, height = size(pixels)
    homography = perspective_map(width, height, -rng.uniform(0.0, 0.25, (4, 2)))
    frame = np.array([[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]], np.float64)
    seen = project(inverse(homography), frame).astype(np.float32)
    kept = float(cv2.contourArea(seen)) / (width * height)
    warped = warp(pixels, homography, width, height, (0, 0, 0))
    return Edited(warped, homography, kept=min(1.0, kept), parameters={})


EDITS = (
    Edit("crop-large", "crop", 1, 0, _crop(0.6, 0.95, 1.3)),
    Edit("crop-half", "crop", 3, 0, _crop(0.35, 0.6, 1.6)),
    Edit("crop-small", "crop", 5, 0, _crop(0.14, 0.35, 1.8)),
    Edit("crop-strip", "crop", 4, 0, _crop(0.3, 0.6, 3.0)),
    Edit("crop-square", "crop", 2, 0, _square),
    Edit("turn-90", "turn", 2, 0, _turn(1)),
    Edit("turn-180", "turn", 2, 0, _turn(2)),
    Edit("turn-270", "turn", 2, 0, _turn(3)),
    Edit("mirror", "turn", 2, 0, _turn(0, True)),
    Edit("flip", "turn", 3, 0, _turn(2, True)),
    Edit("turn-mirror", "turn", 3, 0, _turn_any),
    Edit("rotate-small", "geometry", 2, 0, _rotate(1, 12, 0.6)),
    Edit("rotate-large", "geometry", 4, 0, _rotate(12, 80, 0.3)),
    Edit("squeeze", "geometry", 2, 0, _squeeze),
    Edit("shear", "geometry", 3, 0, _shear),
    Edit("perspective", "geometry", 3, 0, _perspective(0.16)),
    Edit("perspective-strong", "geometry", 4, 0, _perspective(0.32)),
    Edit("keystone", "geometry", 3, 0, _keystone_cut),
)
