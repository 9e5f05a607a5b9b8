"""Edits that bring other pictures in: pasting, collages, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core._cv import cv2
from core.edits.base import (
    Edit,
    Edited,
    EditFunction,
    Homography,
    Placed,
    chance,
    colour,
    integer,
    resize,
    size,
    translation,
    uniform,
    warp,
)
from core.edits.frames import plain
from core.edits.geometry import rotated
from core.features.base import Pixels
from core.records import Relation

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class _Guest:
    """Another picture and where it came from; index -1 was made up for want of others."""

    index: int
    pixels: Pixels


def _backdrop(rng: np.random.Generator) -> Pixels:
    """A soft random picture, for when no others are at hand."""
    seeds = rng.integers(0, 256, (4, 5, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(seeds, (320, 240), interpolation=cv2.INTER_CUBIC), np.uint8)


def _guests(rng: np.random.Generator, others: Sequence[Pixels], count: int) -> list[_Guest]:
    """``count`` other pictures, none twice while there are enough."""
    if not others:
        return [_Guest(-1, _backdrop(rng)) for _ in range(count)]
    order = [int(index) for index in rng.permutation(len(others))]
    return [_Guest(order[place % len(order)], others[order[place % len(order)]]) for place in range(count)]


def _cover(pixels: Pixels, canvas: Pixels, box: Box) -> tuple[Homography, float]:
    """Fill a box of the canvas with the middle of a picture; the homography and the share kept."""
    x, y, width, height = box
    old_width, old_height = size(pixels)
    scale = max(width / old_width, height / old_height)
    new_width, new_height = max(width, round(old_width * scale)), max(height, round(old_height * scale))
    resized, homography = resize(pixels, new_width, new_height)
    left, top = (new_width - width) // 2, (new_height - height) // 2
    canvas[y : y + height, x : x + width] = resized[top : top + height, left : left + width]
    return translation(x - left, y - top) @ homography, width * height / (new_width * new_height)


def _assemble(
    pixels: Pixels, guests: list[_Guest], canvas: Pixels, boxes: list[Box], own: int, **parameters: object
) -> Edited:
    """Fill the boxes: box ``own`` with the picture, the rest with guests in order."""
    homography, kept = _cover(pixels, canvas, boxes[own])
    rest = [box for place, box in enumerate(boxes) if place != own]
    placed = []
    for guest, box in zip(guests, rest, strict=True):
        moved, _ = _cover(guest.pixels, canvas, box)
        if guest.index >= 0:
            placed.append(Placed(guest.index, moved))
    return Edited(
        canvas,
        homography,
        False,
        kept,
        Relation.COMPOSITE,
        {**parameters, "box": list(boxes[own])},
        tuple(placed),
    )


def _grid(columns: int, rows: int) -> EditFunction:
    def edit(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
        width, height = size(pixels)
        scale = uniform(rng, 1.0, 1.6)
        width, height = max(32 * columns, round(width * scale)), max(32 * rows, round(height * scale))
        gap = round(min(width, height) * uniform(rng, 0.005, 0.03)) if chance(rng) else 0
        canvas = plain(width, height, colour(rng, 0.8))
        xs, ys = (
            np.linspace(gap, width, columns + 1).astype(int),
            np.linspace(gap, height, rows + 1).astype(int),
        )
        boxes = [
            (
                int(xs[column]),
                int(ys[row]),
                int(xs[column + 1] - xs[column] - gap),
                int(ys[row + 1] - ys[row] - gap),
            )
            for row in range(rows)
            for column in range(columns)
        ]
        guests = _guests(rng, others, len(boxes) - 1)
        return _assemble(pixels, guests, canvas, boxes, integer(rng, 0, len(boxes) - 1), grid=[columns, rows])

    return edit


def _split(rng: np.random.Generator, box: Box, smallest: int) -> list[Box] | None:
    """Cut a box in two at 35 to 65%, across its longer side; None when too small."""
    x, y, width, height = box
    share = uniform(rng, 0.35, 0.65)
    if max(width, height) < 2.9 * smallest:
        return None
    if width >= height:
        first = round(width * share)
        return [(x, y, first, height), (x + first, y, width - first, height)]
    first = round(height * share)
    return [(x, y, width, first), (x, y + first, width, height - first)]


def _mosaic(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """An irregular collage of three to six pictures."""
    width, height = (round(side * uniform(rng, 1.0, 1.6)) for side in size(pixels))
    boxes: list[Box] = [(0, 0, width, height)]
    for _ in range(integer(rng, 2, 5)):
        largest = max(boxes, key=lambda box: box[2] * box[3])
        halves = _split(rng, largest, 24)
        if halves is None:
            break
        boxes.remove(largest)
        boxes += halves
    guests = _guests(rng, others, len(boxes) - 1)
    canvas = plain(width, height, (0, 0, 0))
    return _assemble(pixels, guests, canvas, boxes, integer(rng, 0, len(boxes) - 1), cells=len(boxes))


def _side_by_side(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """The picture and another at the same height (or width), nothing cut off."""
    guest = _guests(rng, others, 1)[0]
    (width, height), (guest_width, guest_height) = size(pixels), size(guest.pixels)
    first, beside = chance(rng), chance(rng, 0.7)
    gap = round(min(width, height) * uniform(rng, 0.01, 0.05)) if chance(rng, 0.4) else 0
    if beside:
        long = max(16, round(guest_width * height / guest_height))
        own, guest_box = (0 if first else long + gap, 0), (width + gap if first else 0, 0, long, height)
        canvas = plain(width + gap + long, height, colour(rng, 0.9))
    else:
        long = max(16, round(guest_height * width / guest_width))
        own, guest_box = (0, 0 if first else long + gap), (0, height + gap if first else 0, width, long)
        canvas = plain(width, height + gap + long, colour(rng, 0.9))
    boxes = [(own[0], own[1], width, height), guest_box]
    return _assemble(pixels, [guest], canvas, boxes, 0, beside=beside)


def _paste(low: float, high: float, tilt: float) -> EditFunction:
    """Shrink the picture and put it onto another, covering a share of it; tilted with some probability."""

    def edit(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
        guest = _guests(rng, others, 1)[0]
        ground = guest.pixels.copy()
        width, height = size(ground)
        source = rotated(pixels, uniform(rng, -25, 25), (0, 0, 0), grow=True) if chance(rng, tilt) else None
        own_width, own_height = size(pixels if source is None else source.pixels)
        share = uniform(rng, low, high)
        scale = min((share * width * height / (own_width * own_height)) ** 0.5, width / own_width, height / own_height)
        # A side that fits exactly can come out a rounding error too long.
        room_x, room_y = max(0.0, width - own_width * scale), max(0.0, height - own_height * scale)
        x, y = uniform(rng, 0, room_x), uniform(rng, 0, room_y)
        turn = np.eye(3) if source is None or source.homography is None else source.homography
        resized, resizing = resize(pixels, *(max(8, round(side * scale)) for side in size(pixels)))
        homography = translation(round(x), round(y)) @ np.array([[scale, 0, 0], [0, scale, 0], [0, 0, 1.0]]) @ turn
        if source is None:
            homography = (
                translation(min(round(x), width - size(resized)[0]), min(round(y), height - size(resized)[1]))
                @ resizing
            )
        onto = homography @ np.linalg.inv(resizing)
        mask = warp(np.full_like(resized, 255), onto, width, height, (0, 0, 0))[..., :1].astype(np.float32) / 255
        shown = warp(resized, onto, width, height, (0, 0, 0))
        canvas = np.where(mask > 0.5, shown, ground)
        placed = (Placed(guest.index, np.eye(3)),) if guest.index >= 0 else ()
        parameters: dict[str, object] = {"share": round(float(mask.mean()), 3), "tilted": source is not None}
        return Edited(canvas, homography, False, 1.0, Relation.COMPOSITE, parameters, placed)

    return edit


def _faded(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """Another picture shining through, as in a double exposure."""
    guest = _guests(rng, others, 1)[0]
    width, height = size(pixels)
    layer = plain(width, height, (0, 0, 0))
    moved, _ = _cover(guest.pixels, layer, (0, 0, width, height))
    share = uniform(rng, 0.15, 0.4)
    blended = cv2.addWeighted(pixels, 1 - share, layer, share, 0.0)
    placed = (Placed(guest.index, moved),) if guest.index >= 0 and share > 0.3 else ()
    return Edited(
        np.asarray(blended, np.uint8),
        np.eye(3),
        False,
        1.0,
        Relation.COMPOSITE,
        {"share": round(share, 3)},
        placed,
    )


EDITS = (
    Edit("paste-large", "composite", 4, 1, _paste(0.35, 0.6, 0.2)),
    Edit("paste-small", "composite", 5, 1, _paste(0.12, 0.35, 0.2)),
    Edit("collage-2x1", "composite", 4, 1, _grid(2, 1)),
    Edit("collage-1x2", "composite", 4, 1, _grid(1, 2)),
    Edit("collage-2x2", "composite", 5, 3, _grid(2, 2)),
    Edit("collage-3x3", "composite", 5, 8, _grid(3, 3)),
    Edit("mosaic", "composite", 5, 5, _mosaic),
    Edit("side-by-side", "composite", 4, 1, _side_by_side),
    Edit("double-exposure", "composite", 3, 1, _faded),
)
