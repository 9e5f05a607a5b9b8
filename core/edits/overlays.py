"""Edits that draw on top of a picture: captions, watermarks, stickers, logos, marks, hidden parts."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core._cv import cv2
from core.edits.base import (
    Edit,
    Edited,
    EditFunction,
    chance,
    clipped,
    colour,
    in_place,
    integer,
    size,
    uniform,
)
from core.features.base import Pixels

_WORDS: tuple[str, ...] = (
    *("the", "when", "you", "see", "my", "best", "day", "ever", "not", "again", "why", "me", "just", "look"),
    *("at", "this", "wow", "monday", "coffee", "first", "summer", "found", "it", "classic", "mood", "same"),
    *("photo", "by", "copyright", "preview", "sample", "breaking", "news", "today", "only", "sale", "love"),
    *(
        "home",
        "never",
        "forget",
        "lost",
        "in",
        "translation",
        "keep",
        "calm",
        "and",
        "go",
        "on",
        "2019",
        "50%",
    ),
)
_FACES = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
)


def phrase(rng: np.random.Generator, low: int, high: int) -> str:
    """Some words, sometimes in capitals."""
    words = " ".join(str(word) for word in rng.choice(_WORDS, integer(rng, low, high)))
    return words.upper() if chance(rng, 0.6) else words


def write(
    canvas: Pixels,
    text: str,
    centre: tuple[float, float],
    box: tuple[float, float],
    fill: tuple[int, int, int],
    edge: tuple[int, int, int] | None,
    face: int,
) -> None:
    """Write one line, as large as fits in a box about a centre; draws into ``canvas``."""
    (unit_width, unit_height), _ = cv2.getTextSize(text, face, 1.0, 1)
    scale = max(0.25, min(box[0] / max(1, unit_width), box[1] / max(1, unit_height)))
    weight = max(1, round(scale * 1.8))
    (width, height), _ = cv2.getTextSize(text, face, scale, weight)
    origin = (round(centre[0] - width / 2), round(centre[1] + height / 2))
    if edge is not None:
        cv2.putText(canvas, text, origin, face, scale, edge, weight + max(2, round(scale * 3)), cv2.LINE_AA)
    cv2.putText(canvas, text, origin, face, scale, fill, weight, cv2.LINE_AA)


def _face(rng: np.random.Generator) -> int:
    return int(rng.choice(_FACES))


def _meme(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """Lines of outlined text at the top, the bottom or both."""
    width, height = size(pixels)
    result, face, tall = pixels.copy(), _face(rng), uniform(rng, 0.06, 0.14)
    light = chance(rng, 0.8)
    fill, edge = ((255, 255, 255), (0, 0, 0)) if light else ((0, 0, 0), (255, 255, 255))
    rows = [row for row in (0.09, 0.24, 0.76, 0.91) if chance(rng, 0.6)] or [0.91]
    for row in rows:
        write(
            result,
            phrase(rng, 2, 4),
            (width / 2, height * row),
            (width * 0.92, height * tall),
            fill,
            edge,
            face,
        )
    return in_place(result, kept=1 - 0.6 * tall * len(rows), rows=rows)


def _caption(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """One line on a plain or see-through bar somewhere on the picture."""
    width, height = size(pixels)
    tall, row = uniform(rng, 0.07, 0.18), uniform(rng, 0.1, 0.9)
    top = round(height * max(0.0, row - tall / 2))
    bottom = min(height, round(top + height * tall))
    share, bar, result = uniform(rng, 0.4, 1.0), colour(rng), pixels.copy()
    result[top:bottom] = clipped(result[top:bottom] * (1 - share) + np.array(bar) * share)
    ink = (0, 0, 0) if sum(bar) > 380 else (255, 255, 255)
    line = (width * 0.9, (bottom - top) * 0.6)
    write(result, phrase(rng, 2, 6), (width / 2, (top + bottom) / 2), line, ink, None, _face(rng))
    return in_place(result, kept=1 - tall * share, row=round(row, 3), bar=list(bar))


def _watermark(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """See-through text, once across or tiled, at any slant."""
    width, height = size(pixels)
    reach = math.ceil(math.hypot(width, height))
    mask, text, face = np.zeros((reach, reach), np.uint8), phrase(rng, 1, 3), _face(rng)
    tiled = chance(rng, 0.7)
    rows = integer(rng, 4, 9) if tiled else 1
    for row in range(rows):
        columns = 2 if tiled else 1
        for column in range(columns):
            centre = (reach * (column + 0.5 + 0.2 * (row % 2)) / columns, reach * (row + 0.5) / rows)
            write(
                mask,
                text,
                centre,
                (reach * 0.8 / columns, reach * 0.5 / max(rows, 5)),
                (255, 255, 255),
                None,
                face,
            )
    turn = cv2.getRotationMatrix2D((reach / 2, reach / 2), uniform(rng, -50, 50), 1.0)
    turn[:, 2] += np.array([(width - reach) / 2, (height - reach) / 2])
    share = cv2.warpAffine(mask, turn, (width, height)).astype(np.float32)[..., None] * (uniform(rng, 0.2, 0.7) / 255)
    ink = np.array(colour(rng, 0.8), np.float32)
    return in_place(clipped(pixels * (1 - share) + ink * share), kept=1 - float(share.mean()), tiled=tiled)


def _draw_face(tile: Pixels, rng: np.random.Generator, side: int) -> None:
    """A round face with a mood."""
    middle, line = side // 2, max(1, side // 30)
    skin = (255, integer(rng, 170, 225), integer(rng, 20, 90))
    cv2.circle(tile, (middle, middle), middle - 1, skin, -1, cv2.LINE_AA)
    for eye in (0.34, 0.66):
        at = (round(side * eye), round(side * 0.38))
        cv2.ellipse(tile, at, (max(1, side // 14), max(1, side // 9)), 0, 0, 360, (60, 35, 10), -1, cv2.LINE_AA)
    start, row = (15, 0.5) if chance(rng) else (195, 0.85)
    at, radius = (middle, round(side * row)), (round(side * 0.26), round(side * 0.22))
    cv2.ellipse(tile, at, radius, 0, start, start + 150, (60, 35, 10), line * 2, cv2.LINE_AA)


def _draw_polygon(tile: Pixels, rng: np.random.Generator, side: int) -> None:
    """A star, a burst or a plain polygon."""
    tips, inner = integer(rng, 3, 12), uniform(rng, 0.4, 1.0)
    turn = np.arange(2 * tips) * np.pi / tips + uniform(rng, 0, np.pi)
    radius = np.where(np.arange(2 * tips) % 2 == 0, 1.0, inner) * (side / 2 - 1)
    points = np.stack([side / 2 + radius * np.cos(turn), side / 2 + radius * np.sin(turn)], 1)
    cv2.fillPoly(tile, [np.rint(points).astype(np.int32)], colour(rng, 0.1), cv2.LINE_AA)


def _draw_badge(tile: Pixels, rng: np.random.Generator, side: int) -> None:
    """A word on a coloured plate."""
    tall, ground = round(side * uniform(rng, 0.3, 0.7)), colour(rng, 0.2)
    top = (side - tall) // 2
    cv2.rectangle(tile, (0, top), (side - 1, top + tall), ground, -1)
    ink = (0, 0, 0) if sum(ground) > 380 else (255, 255, 255)
    write(tile, phrase(rng, 1, 1), (side / 2, side / 2), (side * 0.8, tall * 0.5), ink, None, _face(rng))


def _draw_heart(tile: Pixels, rng: np.random.Generator, side: int) -> None:
    """A heart, drawn as two discs and a triangle."""
    red, radius = (integer(rng, 190, 255), integer(rng, 10, 80), integer(rng, 30, 120)), round(side * 0.26)
    for x in (0.28, 0.72):
        cv2.circle(tile, (round(side * x), round(side * 0.32)), radius, red, -1, cv2.LINE_AA)
    points = np.array([[0.04, 0.42], [0.96, 0.42], [0.5, 0.98]]) * side
    cv2.fillPoly(tile, [np.rint(points).astype(np.int32)], red, cv2.LINE_AA)


_DRAWINGS = (_draw_face, _draw_polygon, _draw_badge, _draw_heart)
_KEY = np.array([1, 254, 3], np.uint8)


def _sticker(pixels: Pixels, rng: np.random.Generator, side: int) -> None:
    """Draw one sticker somewhere onto ``pixels``."""
    tile = np.empty((side, side, 3), np.uint8)
    tile[:] = _KEY
    _DRAWINGS[integer(rng, 0, len(_DRAWINGS) - 1)](tile, rng, side)
    width, height = size(pixels)
    x, y = integer(rng, -side // 4, width - side * 3 // 4), integer(rng, -side // 4, height - side * 3 // 4)
    left, top, right, bottom = max(0, x), max(0, y), min(width, x + side), min(height, y + side)
    part = tile[top - y : bottom - y, left - x : right - x]
    shown = np.any(part != _KEY, axis=2)
    pixels[top:bottom, left:right][shown] = part[shown]


def _stickers(low: int, high: int, small: float, large: float) -> EditFunction:
    def edit(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
        result, count, covered = pixels.copy(), integer(rng, low, high), 0.0
        for _ in range(count):
            side = max(10, round(min(size(pixels)) * uniform(rng, small, large)))
            _sticker(result, rng, side)
            covered += 0.6 * side * side / (pixels.shape[0] * pixels.shape[1])
        return in_place(result, kept=max(0.1, 1 - covered), count=count)

    return edit


def _logo(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """A mark and a name in a corner."""
    width, height = size(pixels)
    result, tall = pixels.copy(), uniform(rng, 0.05, 0.1) * height
    long = min(width * 0.45, tall * uniform(rng, 3, 6))
    x = width - long / 2 - tall if chance(rng) else long / 2 + tall
    y = height - tall if chance(rng, 0.7) else tall
    ink = colour(rng)
    cv2.circle(result, (round(x - long / 2 - tall * 0.2), round(y)), round(tall * 0.45), ink, -1, cv2.LINE_AA)
    write(result, phrase(rng, 1, 2), (x + tall * 0.3, y), (long, tall * 0.6), ink, None, _face(rng))
    return in_place(result, kept=0.97)


def _scribble(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """Freehand strokes, arrows and rings."""
    width, height = size(pixels)
    result, strokes = pixels.copy(), integer(rng, 1, 4)
    for _ in range(strokes):
        ink, weight = colour(rng, 0.2), max(1, round(min(width, height) * uniform(rng, 0.008, 0.03)))
        kind = integer(rng, 0, 2)
        points = np.rint(rng.uniform(0, 1, (6, 2)) * [width, height]).astype(np.int32)
        if kind == 0:
            walk = np.cumsum(rng.normal(0, 0.12, (12, 2)), axis=0) * [width, height] + points[0]
            cv2.polylines(result, [np.rint(walk).astype(np.int32)], False, ink, weight, cv2.LINE_AA)
        elif kind == 1:
            start, end = (int(points[0, 0]), int(points[0, 1])), (int(points[1, 0]), int(points[1, 1]))
            cv2.arrowedLine(result, start, end, ink, weight, cv2.LINE_AA, 0, 0.25)
        else:
            axes = (
                max(4, round(width * uniform(rng, 0.08, 0.3))),
                max(4, round(height * uniform(rng, 0.08, 0.3))),
            )
            cv2.ellipse(result, (int(points[0, 0]), int(points[0, 1])), axes, 0, 0, 360, ink, weight, cv2.LINE_AA)
    return in_place(result, kept=0.95, strokes=strokes)


def _hide(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """One to three parts blacked out, blurred or pixelated."""
    width, height = size(pixels)
    result, covered = pixels.copy(), 0.0
    for _ in range(integer(rng, 1, 3)):
        part_width, part_height = (
            round(width * uniform(rng, 0.1, 0.4)),
            round(height * uniform(rng, 0.08, 0.35)),
        )
        x, y = integer(rng, 0, width - part_width), integer(rng, 0, height - part_height)
        area = result[y : y + part_height, x : x + part_width]
        kind = integer(rng, 0, 2)
        if kind == 0:
            area[:] = colour(rng, 0.7)
        elif kind == 1:
            area[:] = cv2.blur(area, (max(3, part_width // 3), max(3, part_height // 3)))
        else:
            small = cv2.resize(area, (5, 5), interpolation=cv2.INTER_AREA)
            area[:] = cv2.resize(small, (part_width, part_height), interpolation=cv2.INTER_NEAREST)
        covered += part_width * part_height / (width * height)
    return in_place(result, kept=max(0.1, 1 - covered))


def _wash(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """A colour gradient or light leak over the whole picture."""
    width, height = size(pixels)
    angle, share = uniform(rng, 0, 2 * math.pi), uniform(rng, 0.2, 0.6)
    across, down = np.linspace(-0.5, 0.5, width), np.linspace(-0.5, 0.5, height)
    ramp = np.clip(0.5 + math.cos(angle) * across[None, :] + math.sin(angle) * down[:, None], 0, 1)
    weight = (ramp * share)[..., None]
    return in_place(clipped(pixels * (1 - weight) + np.array(colour(rng, 0.2)) * weight), share=round(share, 3))


EDITS = (
    Edit("meme", "overlay", 3, 0, _meme),
    Edit("caption", "overlay", 2, 0, _caption),
    Edit("watermark", "overlay", 2, 0, _watermark),
    Edit("sticker", "overlay", 2, 0, _stickers(1, 2, 0.15, 0.35)),
    Edit("stickers", "overlay", 4, 0, _stickers(3, 7, 0.12, 0.32)),
    Edit("logo", "overlay", 1, 0, _logo),
    Edit("scribble", "overlay", 2, 0, _scribble),
    Edit("hide", "overlay", 3, 0, _hide),
    Edit("wash", "overlay", 2, 0, _wash),
)
