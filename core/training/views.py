"""Pairs of pictures with a known homography: what keypoints are trained with.

A view is a square of a picture and the same square seen otherwise: turned, nearer or farther, at a slant, in another
light. Like training pairs, each depends on nothing but (seed, step, slot).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.edits import apply
from core.edits.base import Homography, project, translation
from core.features.base import Pixels
from core.training.samples import PairTask, read_picture

_LIGHT = ("jpeg", "brightness", "contrast", "saturation", "gamma", "sharpen", "blur", "noise")
_SPREAD = 1.5
_ANY_TURN = 0.2
_TURN = 25.0
_ZOOM = 0.55
_SLANT = 0.16


@dataclass(frozen=True, slots=True, eq=False)
class ViewPair:
    """Two views of one picture.

    Attributes:
        first: (S, S, 3) uint8 RGB.
        second: (S, S, 3) uint8 RGB.
        homography: (3, 3) float64, pixels of ``first`` to pixels of ``second``, last element 1.
    """

    first: Pixels
    second: Pixels
    homography: Homography


def make_views(tasks: Sequence[PairTask]) -> list[ViewPair]:
    """Several pairs, for one trip to a worker.

    Raises:
        ImageError: A picture cannot be read.
    """
    return [make_view_pair(task) for task in tasks]


def make_view_pair(task: PairTask) -> ViewPair:
    """Make one pair; see ``PairTask``.

    Raises:
        ImageError: A picture cannot be read.
    """
    rng = np.random.default_rng([task.seed, 4, task.step, task.slot])
    source = _fitted(read_picture(task.paths[task.slot]), task.side, rng)
    room = (source.shape[1] - task.side, source.shape[0] - task.side)
    left, top = (int(rng.integers(0, length + 1)) for length in room)
    first = np.ascontiguousarray(source[top : top + task.side, left : left + task.side])
    homography = _random_homography(task.side, rng)
    # The second view shows what lies around the square too, as another photo would.
    placed = homography @ translation(-left, -top)
    second = cv2.warpPerspective(
        source, placed, (task.side, task.side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    return ViewPair(_lit(first, rng, 1), _lit(np.asarray(second, np.uint8), rng, 2), homography)


def _fitted(pixels: Pixels, side: int, rng: np.random.Generator) -> Pixels:
    """Resized so that a square of ``side`` has some room to be chosen in."""
    short = round(side * rng.uniform(1.0, _SPREAD))
    scale = short / min(pixels.shape[:2])
    size = (max(side, round(pixels.shape[1] * scale)), max(side, round(pixels.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=method), np.uint8)


def _random_homography(side: int, rng: np.random.Generator) -> Homography:
    """About the middle of a square: a turn, a zoom, a slant and a shift."""
    turn = np.deg2rad(rng.uniform(-180, 180) if rng.random() < _ANY_TURN else rng.normal(0, _TURN))
    zoom = np.exp(rng.uniform(-_ZOOM, _ZOOM))
    cosine, sine = zoom * np.cos(turn), zoom * np.sin(turn)
    middle = (side - 1) / 2
    shift = rng.uniform(-0.12, 0.12, 2) * side
    similarity = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    corners = np.array([(0.0, 0.0), (side - 1.0, 0.0), (side - 1.0, side - 1.0), (0.0, side - 1.0)])
    moved = corners + rng.uniform(-_SLANT, _SLANT, (4, 2)) * side
    slant = cv2.getPerspectiveTransform(corners.astype(np.float32), moved.astype(np.float32))
    whole = translation(*(middle + shift)) @ similarity @ translation(-middle, -middle) @ slant
    return np.asarray(whole / whole[2, 2], np.float64)


def _lit(pixels: Pixels, rng: np.random.Generator, most: int) -> Pixels:
    """The same pixels in another light, or stored worse."""
    for name in rng.choice(_LIGHT, int(rng.integers(0, most + 1)), replace=False):
        changed = apply(str(name), pixels, rng).pixels
        pixels = changed if changed.shape == pixels.shape else pixels
    return pixels


def turn_of(homography: Homography, points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """By which angle and factor a homography turns and enlarges what lies around points.

    Args:
        homography: (3, 3).
        points: (N, 2).

    Returns:
        (N,) radians, clockwise as the y axis points down, and (N,) factors.
    """
    right, below = np.array([0.5, 0.0]), np.array([0.0, 0.5])
    across = project(homography, points + right) - project(homography, points - right)
    down = project(homography, points + below) - project(homography, points - below)
    angle = np.arctan2(across[:, 1] - down[:, 0], across[:, 0] + down[:, 1])
    area = np.abs(across[:, 0] * down[:, 1] - across[:, 1] * down[:, 0])
    return angle, np.sqrt(np.maximum(area, 1e-6))


def matches_right(
    homography: Homography, first: NDArray[np.float64], second: NDArray[np.float64], within: float
) -> NDArray[np.bool_]:
    """(N,) whether points of the first picture lie, mapped, within some pixels of those of the second."""
    if not len(first):
        return np.zeros(0, np.bool_)
    return np.asarray(np.linalg.norm(project(homography, first) - second, axis=1) <= within)


def inside(points: NDArray[np.float64], side: int, margin: float) -> NDArray[np.bool_]:
    """(N,) whether points lie in a square picture, some pixels from its border."""
    return np.asarray(((points >= margin) & (points <= side - 1 - margin)).all(axis=1))
