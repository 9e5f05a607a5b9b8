"""Edits that only store the picture anew: JPEG, WebP, palettes, other sizes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core._cv import cv2
from core.edits.base import Edit, Edited, EditFunction, in_place, integer, resize, size, uniform
from core.features.base import Pixels
from core.records import Relation


def _through(pixels: Pixels, extension: str, flags: list[int]) -> Pixels:
    """Encode and decode again."""
    _, data = cv2.imencode(extension, cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), flags)
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None, "OpenCV reads what it has just written"
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)


def jpeg_at(pixels: Pixels, quality: int) -> Pixels:
    """The picture after JPEG of the given quality (1 to 100)."""
    return _through(pixels, ".jpg", [cv2.IMWRITE_JPEG_QUALITY, quality])


def _jpeg(low: int, high: int) -> EditFunction:
    def edit(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
        quality = integer(rng, low, high)
        return in_place(jpeg_at(pixels, quality), Relation.RE_ENCODED, quality=quality)

    return edit


def _webp(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    quality = integer(rng, 10, 90)
    return in_place(
        _through(pixels, ".webp", [cv2.IMWRITE_WEBP_QUALITY, quality]), Relation.RE_ENCODED, quality=quality
    )


def _palette(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    from PIL import Image

    colours = int(rng.choice([24, 48, 96, 256]))
    indexed = Image.fromarray(pixels).quantize(colours, method=Image.Quantize.FASTOCTREE)
    return in_place(np.asarray(indexed.convert("RGB"), np.uint8), Relation.RE_ENCODED, colours=colours)


def _resized(low: float, high: float) -> EditFunction:
    def edit(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
        scale = uniform(rng, low, high)
        width, height = (max(16, round(side * scale)) for side in size(pixels))
        smaller, homography = resize(pixels, width, height)
        return Edited(smaller, homography, relation=Relation.RE_ENCODED, parameters={"scale": round(scale, 3)})

    return edit


def _resampled(pixels: Pixels, rng: np.random.Generator, others: Sequence[Pixels]) -> Edited:
    scale = uniform(rng, 0.2, 0.6)
    width, height = size(pixels)
    small, _ = resize(pixels, max(16, round(width * scale)), max(16, round(height * scale)))
    return in_place(resize(small, width, height)[0], Relation.RE_ENCODED, scale=round(scale, 3))


EDITS = (
    Edit("jpeg", "encoding", 1, 0, _jpeg(40, 95)),
    Edit("jpeg-low", "encoding", 3, 0, _jpeg(5, 30)),
    Edit("webp", "encoding", 1, 0, _webp),
    Edit("palette", "encoding", 2, 0, _palette),
    Edit("shrink", "encoding", 1, 0, _resized(0.2, 0.75)),
    Edit("enlarge", "encoding", 1, 0, _resized(1.3, 2.2)),
    Edit("resample", "encoding", 2, 0, _resampled),
)
