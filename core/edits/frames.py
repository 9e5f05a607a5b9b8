"""Edits that put something around a picture: borders, canvases, screens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core._cv import cv2
from core.edits.base import (
    Edit,
    Edited,
    chance,
    clipped,
    colour,
    integer,
    resize,
    size,
    translation,
    uniform,
    warp,
)
from core.edits.geometry import perspective_map
from core.edits.overlays import phrase, write
from core.features.base import Pixels

_FACE = cv2.FONT_HERSHEY_SIMPLEX


def plain(width: int, height: int, fill: tuple[int, int, int]) -> Pixels:
    """A canvas of one colour."""
    canvas = np.empty((height, width, 3), np.uint8)
    canvas[:] = fill
    return canvas


def _framed(pixels: Pixels, canvas: Pixels, x: int, y: int, **parameters: object) -> Edited:
    """The picture, unscaled, on a canvas with its top left pixel at (x, y)."""
    width, height = size(pixels)
    canvas[y : y + height, x : x + width] = pixels
    return Edited(canvas, translation(x, y), parameters=parameters)


def _border(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """A frame, sometimes with a wide foot as on an instant photo, sometimes doubled."""
    width, height = size(pixels)
    thick, fill = max(2, round(min(width, height) * uniform(rng, 0.02, 0.16))), colour(rng)
    foot = round(thick * uniform(rng, 2, 4)) if chance(rng, 0.25) else thick
    canvas = plain(width + 2 * thick, height + thick + foot, fill)
    if chance(rng, 0.3):
        inset = thick // 3
        corner = (canvas.shape[1] - inset - 1, canvas.shape[0] - inset - 1)
        cv2.rectangle(canvas, (inset, inset), corner, colour(rng, 0.2), max(1, thick // 5))
    return _framed(pixels, canvas, thick, thick, thick=thick, foot=foot, fill=list(fill))


def _letterbox(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """Bars above and below, or at both sides; not always centred."""
    width, height = size(pixels)
    factor, fill = uniform(rng, 1.1, 1.9), colour(rng, 0.8)
    if chance(rng):
        canvas = plain(width, round(height * factor), fill)
    else:
        canvas = plain(round(width * factor), height, fill)
    share = 0.5 if chance(rng, 0.7) else uniform(rng, 0, 1)
    x, y = round((canvas.shape[1] - width) * share), round((canvas.shape[0] - height) * share)
    return _framed(pixels, canvas, x, y, factor=round(factor, 3), fill=list(fill))


def _blurred_padding(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """The picture on a blurred, stretched copy of itself, tall or wide."""
    width, height = size(pixels)
    factor = uniform(rng, 1.3, 2.4)
    new_width, new_height = (width, round(height * factor)) if chance(rng, 0.7) else (round(width * factor), height)
    small = cv2.resize(pixels, (24, 24), interpolation=cv2.INTER_AREA)
    canvas = cv2.resize(cv2.blur(small, (5, 5)), (new_width, new_height), interpolation=cv2.INTER_CUBIC)
    canvas = clipped(canvas * uniform(rng, 0.5, 1.0))
    return _framed(pixels, canvas, (new_width - width) // 2, (new_height - height) // 2, factor=round(factor, 3))


def _caption_bar(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """A bar with a line or two added above or below the picture."""
    width, height = size(pixels)
    tall, fill = max(10, round(height * uniform(rng, 0.12, 0.4))), colour(rng, 0.85)
    canvas, above = plain(width, height + tall, fill), chance(rng, 0.7)
    ink = (0, 0, 0) if sum(fill) > 380 else (255, 255, 255)
    top, lines = (0 if above else height), integer(rng, 1, 3)
    for line in range(lines):
        centre = (width / 2, top + tall * (line + 0.5) / lines)
        write(canvas, phrase(rng, 2, 6), centre, (width * 0.9, tall * 0.5 / lines), ink, None, _FACE)
    return _framed(pixels, canvas, 0, tall if above else 0, tall=tall, above=above)


def _fitted(pixels: Pixels, width: int, height: int) -> Edited:
    """Resized to fit into a box, aspect kept."""
    old_width, old_height = size(pixels)
    scale = min(width / old_width, height / old_height)
    resized, homography = resize(pixels, max(8, round(old_width * scale)), max(8, round(old_height * scale)))
    return Edited(resized, homography)


def _on_canvas(pixels: Pixels, canvas: Pixels, box: tuple[int, int, int, int], **parameters: object) -> Edited:
    """The picture fitted into the middle of a box (x, y, width, height) of a canvas."""
    x, y, width, height = box
    fitted = _fitted(pixels, width, height)
    new_width, new_height = size(fitted.pixels)
    placed = _framed(fitted.pixels, canvas, x + (width - new_width) // 2, y + (height - new_height) // 2, **parameters)
    assert fitted.homography is not None and placed.homography is not None
    return Edited(canvas, placed.homography @ fitted.homography, parameters=parameters)


def _phone(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """A screenshot of a phone: status bar, picture, a few lines and round buttons."""
    width = max(120, min(720, round(max(size(pixels)) * uniform(rng, 0.8, 1.2))))
    height = round(width * uniform(rng, 1.6, 2.2))
    dark = chance(rng, 0.6)
    level = integer(rng, 0, 35) if dark else integer(rng, 235, 255)
    ink = (225, 225, 225) if dark else (35, 35, 35)
    canvas, unit = plain(width, height, (level, level, min(255, level + 2))), width / 100
    write(
        canvas,
        f"{integer(rng, 1, 12)}:{integer(rng, 10, 59)}",
        (12 * unit, 4 * unit),
        (14 * unit, 3 * unit),
        ink,
        None,
        _FACE,
    )
    write(canvas, f"{integer(rng, 5, 100)}%", (88 * unit, 4 * unit), (12 * unit, 3 * unit), ink, None, _FACE)
    for row in range(integer(rng, 0, 3)):
        centre = (uniform(rng, 35, 50) * unit, height - (30 - 6 * row) * unit)
        write(canvas, phrase(rng, 2, 5), centre, (60 * unit, 3.2 * unit), ink, None, _FACE)
    for button in range(integer(rng, 0, 5)):
        cv2.circle(
            canvas,
            (round((12 + 19 * button) * unit), round(height - 7 * unit)),
            round(4 * unit),
            ink,
            max(1, round(unit / 2)),
            cv2.LINE_AA,
        )
    top = round(uniform(rng, 8, 26) * unit)
    return _on_canvas(
        pixels,
        canvas,
        (0, top, width, height - top - round(uniform(rng, 14, 36) * unit)),
        screen="phone",
        dark=dark,
    )


def _desktop(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """A screenshot of a window or web page: title bar, side panel, picture."""
    width = max(160, min(1400, round(max(size(pixels)) * uniform(rng, 1.1, 1.6))))
    height = round(width * uniform(rng, 0.55, 0.75))
    dark = chance(rng)
    level = integer(rng, 15, 60) if dark else integer(rng, 225, 255)
    ink = (215, 215, 215) if dark else (50, 50, 50)
    canvas, bar = plain(width, height, (level, level, level)), max(8, round(height * uniform(rng, 0.05, 0.1)))
    canvas[:bar] = clipped(np.array([level * 0.8 + 25] * 3))
    for dot, tint in enumerate(((230, 90, 80), (230, 190, 60), (80, 190, 90))):
        cv2.circle(canvas, (round(bar * (0.5 + dot * 0.7)), bar // 2), max(2, bar // 5), tint, -1, cv2.LINE_AA)
    write(canvas, phrase(rng, 2, 4), (width / 2, bar / 2), (width * 0.4, bar * 0.45), ink, None, _FACE)
    side = round(width * uniform(rng, 0.1, 0.28)) if chance(rng, 0.6) else 0
    for row in range(integer(rng, 3, 9) if side else 0):
        write(
            canvas,
            phrase(rng, 1, 3),
            (side / 2, bar * (1.8 + 1.2 * row)),
            (side * 0.8, bar * 0.35),
            ink,
            None,
            _FACE,
        )
    gap = round(bar * uniform(rng, 0, 0.6))
    return _on_canvas(
        pixels,
        canvas,
        (side + gap, bar + gap, width - side - 2 * gap, height - bar - 2 * gap),
        screen="desktop",
    )


def _photo_of_screen(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    """A slanted photo of a display: perspective, moire, a colour cast, glare, blur and noise."""
    width, height = size(pixels)
    homography = perspective_map(width, height, rng.uniform(0.0, 0.12, (4, 2)))
    red, green, blue = (int(value) for value in rng.integers(0, 60, 3))
    seen = warp(pixels, homography, width, height, (red, green, blue)).astype(np.float32)
    down, across = np.mgrid[:height, :width].astype(np.float32)
    pitch, slant = uniform(rng, 1.2, 2.8), uniform(rng, -0.6, 0.6)
    seen *= (1 + uniform(rng, 0.03, 0.12) * np.sin((across + slant * down) * pitch))[..., None]
    seen = seen * np.exp(rng.uniform(-0.12, 0.12, 3)).astype(np.float32) + uniform(rng, 0, 20)
    if chance(rng, 0.4):
        glare_x, glare_y = uniform(rng, 0, width), uniform(rng, 0, height)
        spread = (0.25 * max(width, height)) ** 2
        seen += (uniform(rng, 30, 110) * np.exp(-((across - glare_x) ** 2 + (down - glare_y) ** 2) / spread))[..., None]
    seen += rng.standard_normal(seen.shape, np.float32) * uniform(rng, 1, 7)
    blurred = cv2.GaussianBlur(clipped(seen), (0, 0), max(0.5, min(width, height) * uniform(rng, 0.001, 0.005)))
    return Edited(np.asarray(blurred, np.uint8), homography, parameters={"pitch": round(pitch, 3)})


EDITS: tuple[Edit, ...] = (
    Edit("border", "frame", 2, 0, _border),
    Edit("letterbox", "frame", 3, 0, _letterbox),
    Edit("blurred-padding", "frame", 3, 0, _blurred_padding),
    Edit("caption-bar", "frame", 3, 0, _caption_bar),
    Edit("phone-screenshot", "frame", 4, 0, _phone),
    Edit("desktop-screenshot", "frame", 4, 0, _desktop),
    Edit("photo-of-screen", "frame", 4, 0, _photo_of_screen),
)
