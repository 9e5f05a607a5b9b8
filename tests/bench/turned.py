"""Turned JPEGs taken for the same pixels, as they are and with a small change to the picture.

    python tests/bench/turned.py FOLDER [--pictures 20]

Each picture is compressed twice at the same quality: upright, and stored in another of the eight orientations, after a
change. Only "nothing", "saved twice" and what is lost in the rounding anyway should be taken for the same.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from app.terminal import table
from core._cv import cv2
from core.features.base import Pixels
from core.images import EXTENSIONS, decode, load
from core.jpeg_rounding import are_one_picture

_QUALITIES = (75, 85, 92, 96)
_SIDE, _GRID = 800, 16
_ORIENTATION = 0x0112
_STORED: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda pixels: pixels,
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: np.rot90(pixels),
    7: lambda pixels: np.rot90(pixels, 2).swapaxes(0, 1),
    8: lambda pixels: np.rot90(pixels, -1),
}


def saved(pixels: Pixels, orientation: int, quality: int) -> tuple[bytes, Pixels]:
    """A JPEG that shows a picture, and what it shows."""
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    target = io.BytesIO()
    stored = np.ascontiguousarray(_STORED[orientation](pixels))
    Image.fromarray(stored).save(target, "JPEG", quality=quality, exif=exif.tobytes())
    return target.getvalue(), decode(target.getvalue()).pixels


def _levels(values: np.ndarray) -> Pixels:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def _patch(pixels: Pixels, chance: np.random.Generator, side: int, levels: int) -> Pixels:
    changed = pixels.astype(int)
    top, left = (int(chance.integers(0, length - side)) for length in pixels.shape[:2])
    changed[top : top + side, left : left + side] += levels
    return _levels(changed)


def _healed(pixels: Pixels, chance: np.random.Generator) -> Pixels:
    mask = np.zeros(pixels.shape[:2], np.uint8)
    top, left = (int(chance.integers(0, length - 12)) for length in pixels.shape[:2])
    mask[top : top + 12, left : left + 12] = 255
    return np.asarray(cv2.inpaint(pixels, mask, 3, cv2.INPAINT_TELEA), np.uint8)


def _resized(pixels: Pixels) -> Pixels:
    size = (pixels.shape[1], pixels.shape[0])
    return np.asarray(cv2.resize(cv2.resize(pixels, None, fx=0.98, fy=0.98), size), np.uint8)


def _sharpened(pixels: Pixels) -> Pixels:
    return _levels(1.2 * pixels.astype(float) - 0.2 * cv2.GaussianBlur(pixels, (0, 0), 1).astype(float))


_CHANGES: dict[str, Callable[[Pixels, np.random.Generator], Pixels]] = {
    "nothing": lambda pixels, _: pixels,
    "saved at 95 before": lambda pixels, _: saved(pixels, 1, 95)[1],
    "noise of one level": lambda pixels, chance: _levels(pixels + chance.normal(0, 1, pixels.shape)),
    "one level brighter": lambda pixels, _: _levels(pixels.astype(float) + 1),
    "gamma 1.02": lambda pixels, _: _levels(255 * (pixels / 255.0) ** 1.02),
    "contrast 1.02": lambda pixels, _: _levels((pixels - 128.0) * 1.02 + 128),
    "one level warmer": lambda pixels, _: _levels(pixels + np.array([1.0, 0.0, -1.0])),
    "blurred by 0.4": lambda pixels, _: np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.4), np.uint8),
    "sharpened by 0.2": lambda pixels, _: _sharpened(pixels),
    "moved by a pixel": lambda pixels, _: np.roll(pixels, 1, 1),
    "resized and back": lambda pixels, _: _resized(pixels),
    "saved at 80 before": lambda pixels, _: saved(pixels, 1, 80)[1],
    "saved at 50 before": lambda pixels, _: saved(pixels, 1, 50)[1],
    "8 x 8, 10 levels": lambda pixels, chance: _patch(pixels, chance, 8, 10),
    "24 x 24, 3 levels": lambda pixels, chance: _patch(pixels, chance, 24, 3),
    "12 x 12 healed": _healed,
}


def taken(pictures: list[Pixels], change: Callable[[Pixels, np.random.Generator], Pixels], quality: int) -> int:
    """How many pictures are taken for the same after a change."""
    chance = np.random.default_rng(quality)
    count = 0
    for pixels in pictures:
        other = saved(change(pixels, chance), int(chance.integers(2, 9)), quality)
        count += are_one_picture(saved(pixels, 1, quality), other)
    return count


def main(folder: Path, count: int) -> None:
    """Make and print the table."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in EXTENSIONS)[:count]
    pictures = []
    for path in paths:
        pixels = load(path, _SIDE).pixels
        height, width = (length // _GRID * _GRID for length in pixels.shape[:2])
        pictures.append(np.ascontiguousarray(pixels[:height, :width]))
    rows = [
        (name, *(f"{taken(pictures, change, quality)} of {len(pictures)}" for quality in _QUALITIES))
        for name, change in _CHANGES.items()
    ]
    sys.stdout.write("\n".join(table(("change", *(f"quality {quality}" for quality in _QUALITIES)), rows)) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=20)
    given = parser.parse_args()
    main(given.folder, given.pictures)
