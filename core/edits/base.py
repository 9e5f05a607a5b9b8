"""What an edit is and what it returns, with the plane geometry that all edits share.

A homography here maps A (the picture before the edit) to B (the picture after it) in pixel-centre
coordinates: the centre of the top left pixel is (0, 0), and resizing by s moves x to (x + 0.5) * s - 0.5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.features.base import Pixels
from core.records import Relation

Homography = NDArray[np.float64]
"""(3, 3) float64, A to B, last element 1."""

Parameters = dict[str, object]

_RANK = (Relation.SAME_PIXELS, Relation.RE_ENCODED, Relation.EDITED, Relation.CROP, Relation.COMPOSITE)


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Where another picture landed in a composite.

    Attributes:
        index: Which of the ``others`` that were handed in.
        homography: (3, 3) float64, that picture to B.
    """

    index: int
    homography: Homography


@dataclass(frozen=True, slots=True, eq=False)
class Edited:
    """A picture after an edit, with the truth about it.

    Attributes:
        pixels: (H, W, 3) uint8 RGB, picture B.
        homography: (3, 3) float64, A to B in pixel-centre coordinates, or None where no plane map exists.
        mirrored: Whether B shows A mirrored.
        kept: Share of A's area still visible in B, in [0, 1]; an estimate where things are drawn on top.
        relation: What B is to A.
        parameters: The numbers that were drawn, fit for JSON.
        others: Where other pictures landed in B; empty but for composites.
    """

    pixels: Pixels
    homography: Homography | None
    mirrored: bool = False
    kept: float = 1.0
    relation: Relation = Relation.EDITED
    parameters: Parameters = field(default_factory=dict)
    others: tuple[Placed, ...] = ()


EditFunction = Callable[[Pixels, np.random.Generator, Sequence[Pixels]], Edited]


@dataclass(frozen=True, slots=True)
class Edit:
    """One kind of edit.

    Attributes:
        name: Stable name ("crop-half").
        family: "encoding", "crop", "turn", "geometry", "colour", "quality", "overlay", "frame",
            "composite" or "chain".
        severity: 0 hardly visible to 5 extreme.
        needs: How many other pictures it uses at most.
        function: Does it.
    """

    name: str
    family: str
    severity: int
    needs: int
    function: EditFunction


def identity() -> Homography:
    """The homography of an edit that moves nothing."""
    return np.eye(3)


def translation(x: float, y: float) -> Homography:
    """Move by (x, y) pixels."""
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def scaling(x: float, y: float) -> Homography:
    """Resize by the factors x and y; pixel centres follow (x + 0.5) * s - 0.5."""
    return np.array([[x, 0.0, x / 2 - 0.5], [0.0, y, y / 2 - 0.5], [0.0, 0.0, 1.0]])


def inverse(homography: Homography) -> Homography:
    """B to A."""
    return np.asarray(np.linalg.inv(homography), np.float64)


def project(homography: Homography, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map (N, 2) points through a homography."""
    mapped = np.c_[points, np.ones(len(points))] @ homography.T
    result: NDArray[np.float64] = mapped[:, :2] / mapped[:, 2:]
    return result


def size(pixels: Pixels) -> tuple[int, int]:
    """(width, height) of a picture."""
    return pixels.shape[1], pixels.shape[0]


def resize(pixels: Pixels, width: int, height: int) -> tuple[Pixels, Homography]:
    """Resize by area averaging (down) or cubic interpolation (up); with its homography."""
    old_width, old_height = size(pixels)
    smaller = width * height < old_width * old_height
    resized = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)
    return np.asarray(resized, np.uint8), scaling(width / old_width, height / old_height)


def warp(
    pixels: Pixels, homography: Homography, width: int, height: int, fill: tuple[int, int, int] | None = None
) -> Pixels:
    """Warp into a canvas of (width, height); outside is ``fill`` or, when None, the edge mirrored."""
    mode = cv2.BORDER_REFLECT_101 if fill is None else cv2.BORDER_CONSTANT
    warped = cv2.warpPerspective(
        pixels,
        homography,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=mode,
        borderValue=fill or (0, 0, 0),
    )
    return np.asarray(warped, np.uint8)


def clipped(values: NDArray[np.floating]) -> Pixels:
    """Round to uint8, clipping at 0 and 255."""
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def in_place(pixels: Pixels, relation: Relation = Relation.EDITED, kept: float = 1.0, **parameters: object) -> Edited:
    """The result of an edit that moves no pixel."""
    return Edited(pixels, identity(), kept=kept, relation=relation, parameters=parameters)


def then(first: Edited, second: Edited) -> Edited:
    """Two edits in a row as one; ``second`` was applied to the pixels of ``first``."""

    def follow(homography: Homography | None) -> Homography | None:
        if homography is None or second.homography is None:
            return None
        joined = second.homography @ homography
        return np.asarray(joined / joined[2, 2])

    moved = ((placed.index, follow(placed.homography)) for placed in first.others)
    kept_others = tuple(Placed(index, homography) for index, homography in moved if homography is not None)
    return replace(
        second,
        homography=follow(first.homography),
        mirrored=first.mirrored != second.mirrored,
        kept=first.kept * second.kept,
        relation=max(first.relation, second.relation, key=_RANK.index),
        parameters={"steps": [first.parameters, second.parameters]},
        others=kept_others + second.others,
    )


def uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A float in [low, high)."""
    return float(rng.uniform(low, high))


def integer(rng: np.random.Generator, low: int, high: int) -> int:
    """An integer in [low, high], both included."""
    return int(rng.integers(low, high + 1))


def chance(rng: np.random.Generator, probability: float = 0.5) -> bool:
    """True with the given probability."""
    return bool(rng.random() < probability)


def colour(rng: np.random.Generator, plain: float = 0.5) -> tuple[int, int, int]:
    """A fill colour: black or white with probability ``plain``, else any."""
    if chance(rng, plain):
        level = 255 if chance(rng) else 0
        return level, level, level
    red, green, blue = (int(value) for value in rng.integers(0, 256, 3))
    return red, green, blue
