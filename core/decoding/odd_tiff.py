"""Kinds of TIFF that Pillow refuses or reads as noise, through tifffile: deep planes, big-endian BigTIFF and others."""

from __future__ import annotations

import io
import logging
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.decoding.colour import blend, to_bytes
from core.decoding.header import Header
from core.decoding.limits import Limits
from core.decoding.raster import Raster
from core.decoding.tiff import deep_planes, tiff_tags
from core.records import ImageError

log = logging.getLogger(__name__)

BIG_TIFF_MAGICS = (b"II+\0", b"MM\0+")
_COMPRESSION, _WIDTH, _HEIGHT = 259, 256, 257
_WHITE_IS_ZERO, _PALETTE, _INK = 0, 3, 5
_PALETTE_SCALE = 257


def read_big_tiff_header(data: bytes) -> Header | None:
    """The size in the first directory of a BigTIFF."""
    order = "<" if data.startswith(b"II") else ">"
    (start,) = struct.unpack_from(order + "Q", data, 8)
    (count,) = struct.unpack_from(order + "Q", data, start)
    tags: dict[int, int] = {}
    for place in range(start + 8, start + 8 + 20 * min(count, 4096), 20):
        tag, kind = struct.unpack_from(order + "HH", data, place)
        code = {3: "H", 4: "I", 16: "Q"}.get(kind)
        if code is not None:
            (tags[tag],) = struct.unpack_from(order + code, data, place + 12)
    width, height = tags.get(_WIDTH), tags.get(_HEIGHT)
    return Header("TIFF", width, height, False, frames=0) if width and height else None


def reads_as_noise(data: bytes) -> bool:
    """Whether Pillow would read this TIFF as noise: planes of more than 8 bits that libtiff does not unpack."""
    try:
        tags = tiff_tags(data)
    except ValueError:
        return False
    return deep_planes(tags) and tags.get(_COMPRESSION) == 1


def read_odd_tiff(data: bytes, limits: Limits) -> Raster | None:
    """Decode the first page, or None where tifffile cannot either.

    Raises:
        ImageError: Over the limits.
    """
    try:
        import tifffile

        with tifffile.TiffFile(io.BytesIO(data)) as file:
            page: Any = file.pages[0]
            limits.check_size(page.imagewidth, page.imagelength)
            frames = len(file.pages)
            samples = _samples(page)
    except (MemoryError, ImageError):
        raise
    except Exception as error:  # As many kinds of errors as there are ways to break a TIFF.
        log.debug("tifffile refuses: %s", error)
        return None
    if samples is None:
        return None
    height, width = samples.shape[:2]
    tag = page.tags.get("Orientation")
    orientation = int(tag.value) if tag is not None and tag.value in range(1, 9) else 1
    return Raster(samples, width, height, "TIFF", frames, orientation)


def _samples(page: Any) -> NDArray[np.uint8] | None:
    """(H, W) gray, (H, W, 3) RGB or (H, W, 4) CMYK of a page."""
    count = page.samplesperpixel
    pixels: NDArray[np.generic] = page.asarray(maxworkers=1)
    if count > 1 and page.planarconfig == 2:
        pixels = np.moveaxis(pixels, 0, -1)
    if pixels.ndim not in (2, 3) or not np.issubdtype(pixels.dtype, np.number) or np.iscomplexobj(pixels):
        return None
    if page.photometric == _PALETTE and page.colormap is not None:
        colours: NDArray[np.uint16] = page.colormap.T[pixels]
        return (colours // _PALETTE_SCALE).astype(np.uint8)
    values = to_bytes(pixels)
    if values.ndim == 2:
        return 255 - values if page.photometric == _WHITE_IS_ZERO else values
    if page.photometric == _INK:
        return np.ascontiguousarray(values[..., :4]) if count >= 4 else None
    inks = 3 if count >= 3 else 1
    shown = np.ascontiguousarray(values[..., :inks])
    if count > inks and page.extrasamples and page.extrasamples[0] in (1, 2):
        shown = blend(shown, values[..., inks])
    return shown[..., 0] if inks == 1 else shown
