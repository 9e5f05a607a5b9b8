"""Making of training pairs: a picture, an edited copy of it, and where each source lies in the copy.

Each pair depends on nothing but (seed, step, slot), so any number of processes makes the same pairs, and a
resumed run goes on with the pairs that an unbroken one would have seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.edits import EDITS, Edited, Homography, apply, families
from core.edits.base import inverse, project, then
from core.features.base import Pixels
from core.records import ImageError
from core.training.regions import Box

# How often each family is drawn; more for what an untrained network confuses.
FAMILY_SHARES = {
    "chain": 0.22,
    "composite": 0.30,
    "crop": 0.13,
    "turn": 0.08,
    "geometry": 0.08,
    "frame": 0.08,
    "overlay": 0.05,
    "quality": 0.03,
    "colour": 0.02,
    "encoding": 0.01,
}
_AFTERWARDS = (
    "jpeg",
    "shrink",
    "brightness",
    "saturation",
    "hue",
    "turn-90",
    "turn-270",
    "mirror",
    "crop-large",
    "filter",
)
_MILD = ("jpeg", "resample", "brightness", "contrast", "saturation", "gamma", "sharpen", "blur")
_LEAST_KEPT = 0.1


@dataclass(frozen=True, slots=True)
class Showing:
    """One source that an edited picture shows.

    Attributes:
        source: Slot of the source in its batch.
        copy_box: Where the source lies in the copy.
        source_box: Which part of the source the copy shows.
        area: Share of the copy that the source fills.
    """

    source: int
    copy_box: Box
    source_box: Box
    area: float


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One slot of a batch.

    Attributes:
        picture: (S, S, 3) uint8 RGB, the picture, almost unchanged.
        copy: (S, S, 3) uint8 RGB, the edited copy.
        showings: What the copy shows; the own source first.
        composite: Whether the copy shows other pictures too.
    """

    picture: Pixels
    copy: Pixels
    showings: tuple[Showing, ...]
    composite: bool


@dataclass(frozen=True, slots=True)
class PairTask:
    """What a worker needs to make one pair.

    Attributes:
        seed: Of the run.
        step: From 0.
        slot: Within the batch.
        side: Of the pictures to make.
        paths: The pictures of the whole batch.
    """

    seed: int
    step: int
    slot: int
    side: int
    paths: tuple[Path, ...]


def read_picture(path: Path) -> Pixels:
    """Decode a training picture.

    Raises:
        ImageError: OpenCV cannot read it.
    """
    data = np.fromfile(path, np.uint8)
    pixels = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if pixels is None:
        raise ImageError("not a picture that training can read", path)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)


def squared(pixels: Pixels, side: int) -> Pixels:
    """Resized to (side, side), aspect ignored: by area when shrinking, linearly when growing."""
    smaller = pixels.shape[0] * pixels.shape[1] > side * side
    method = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (side, side), interpolation=method), np.uint8)


def _outline(width: int, height: int) -> NDArray[np.float64]:
    """(N, 2) points along the border of a picture, in pixel-centre coordinates."""
    steps = np.linspace(0.0, 1.0, 9)
    zeros, ones = np.zeros_like(steps), np.ones_like(steps)
    sides = [(steps, zeros), (steps, ones), (zeros, steps), (ones, steps)]
    unit = np.concatenate([np.stack(side, 1) for side in sides])
    return np.asarray(unit * [width, height] - 0.5)


def _seen_box(homography: Homography, source: tuple[int, int], target: tuple[int, int]) -> Box | None:
    """The bounding box, as shares of the target, of what of the source lies in it; None if nothing does."""
    points = (project(homography, _outline(*source)) + 0.5) / target
    low, high = np.clip(points.min(0), 0, 1), np.clip(points.max(0), 0, 1)
    if not np.all(np.isfinite(points)) or np.any(high - low < 0.02):
        return None
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _showing(slot: int, homography: Homography | None, source: Pixels, copy: Pixels) -> Showing | None:
    if homography is None:
        return None
    sizes = ((source.shape[1], source.shape[0]), (copy.shape[1], copy.shape[0]))
    copy_box = _seen_box(homography, *sizes)
    source_box = _seen_box(inverse(homography), *reversed(sizes))
    if copy_box is None or source_box is None:
        return None
    area = (copy_box[2] - copy_box[0]) * (copy_box[3] - copy_box[1])
    return Showing(slot, copy_box, source_box, area)


def _draw_name(rng: np.random.Generator) -> str:
    by_family = families()
    shares = np.array(list(FAMILY_SHARES.values()))
    family = list(FAMILY_SHARES)[int(rng.choice(len(shares), p=shares / shares.sum()))]
    return str(rng.choice(by_family[family]))


def _edit(pixels: Pixels, rng: np.random.Generator, task: PairTask) -> tuple[Edited, list[int], list[Pixels]]:
    """An edited copy and the slots and pixels of the other pictures it was offered."""
    edited, slots, others = apply("jpeg", pixels, rng), list[int](), list[Pixels]()
    for _ in range(6):
        name = _draw_name(rng)
        count = min(EDITS[name].needs, len(task.paths) - 1)
        rest = [slot for slot in range(len(task.paths)) if slot != task.slot]
        slots = [int(slot) for slot in rng.choice(rest, count, replace=False)] if count else []
        others = [read_picture(task.paths[slot]) for slot in slots]
        edited = apply(name, pixels, rng, others)
        if EDITS[name].family != "chain" and rng.random() < 0.35:
            edited = then(edited, apply(str(rng.choice(_AFTERWARDS)), edited.pixels, rng))
        if edited.kept >= _LEAST_KEPT and min(edited.pixels.shape[:2]) >= 24:
            break
    return edited, slots, others


def make_pair(task: PairTask) -> Pair:
    """Make one pair; see ``PairTask``.

    Raises:
        ImageError: A picture cannot be read.
    """
    rng = np.random.default_rng([task.seed, task.step, task.slot])
    pixels = read_picture(task.paths[task.slot])
    edited, slots, others = _edit(pixels, rng, task)
    showings = [_showing(task.slot, edited.homography, pixels, edited.pixels)]
    for placed in edited.others:
        showings.append(_showing(slots[placed.index], placed.homography, others[placed.index], edited.pixels))
    picture = apply(str(rng.choice(_MILD)), pixels, rng).pixels if rng.random() < 0.5 else pixels
    found = tuple(showing for showing in showings if showing is not None)
    return Pair(squared(picture, task.side), squared(edited.pixels, task.side), found, bool(edited.others))


def make_pairs(tasks: Sequence[PairTask]) -> list[Pair]:
    """Several pairs, for one trip to a worker."""
    return [make_pair(task) for task in tasks]
