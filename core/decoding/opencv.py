"""What OpenCV reads: the common formats fast and odd BMP, TIFF, PNG and HDR files that Pillow refuses."""

from __future__ import annotations

import logging
from typing import cast

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.decoding.colour import split_alpha, to_bytes, tone_map
from core.decoding.header import Header
from core.decoding.raster import Raster
from core.decoding.tiff import deep_planes, tiff_tags

log = logging.getLogger(__name__)
# Its reasons go to the terminal; ours go to the caller.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

_AS_STORED = cv2.IMREAD_UNCHANGED | cv2.IMREAD_IGNORE_ORIENTATION
_LEAST_REDUCED = 16
"""Pixels that the short side keeps in a reduced decode; below, the rounding would show."""
_RGB = {
    1: cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION,
    # OpenCV takes either the RGB or the BGR flag, and its names for reduced decoding contain the latter.
    2: cv2.IMREAD_REDUCED_COLOR_2 & ~cv2.IMREAD_COLOR | cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION,
    4: cv2.IMREAD_REDUCED_COLOR_4 & ~cv2.IMREAD_COLOR | cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION,
    8: cv2.IMREAD_REDUCED_COLOR_8 & ~cv2.IMREAD_COLOR | cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION,
}


def read_plain(data: bytes, header: Header, side: int | None) -> Raster | None:
    """Decode a file whose header is ``plain``; None where OpenCV refuses it.

    Args:
        data: The file.
        header: Its header.
        side: Long side that will be needed; a JPEG is then decoded at 1/2, 1/4 or 1/8 where that is enough.
    """
    n = _reduction(header, side)
    samples = _decode(data, _AS_STORED if header.alpha else _RGB[n])
    if samples is None or samples.shape[:2] != (-(-header.height // n), -(-header.width // n)):
        return None
    rgb = split_alpha(to_bytes(samples)) if header.alpha else cast(NDArray[np.uint8], samples)
    return Raster(
        rgb,
        header.width,
        header.height,
        header.format,
        header.frames,
        header.orientation,
        header.profile,
        n,
    )


def read_last(data: bytes, header: Header) -> Raster | None:
    """Decode what Pillow could not, or None; the header has been checked against the limits."""
    if header.format not in ("BMP", "TIFF", "PNG", "HDR"):
        return None
    if header.format == "TIFF" and _reads_as_noise(data):
        return None
    samples = _decode(data, _AS_STORED)
    if samples is None or samples.shape[:2] != (header.height, header.width):
        return None
    if header.format == "HDR":
        rgb = tone_map(samples[..., ::-1].astype(np.float32))
    else:
        rgb = split_alpha(to_bytes(samples))
    return Raster(rgb, header.width, header.height, header.format, orientation=header.orientation)


def _reads_as_noise(data: bytes) -> bool:
    try:
        return deep_planes(tiff_tags(data))
    except ValueError:  # a BigTIFF, whose directory is another
        return False


def _reduction(header: Header, side: int | None) -> int:
    if side is None or header.format not in ("JPEG", "MPO"):
        return 1
    long, short = max(header.width, header.height), min(header.width, header.height)
    return next((n for n in (8, 4, 2) if long >= n * side and short >= n * _LEAST_REDUCED), 1)


def _decode(data: bytes, flags: int) -> NDArray[np.generic] | None:
    try:
        return cast("NDArray[np.generic] | None", cv2.imdecode(np.frombuffer(data, np.uint8), flags))
    except cv2.error as error:
        if error.code == cv2.Error.StsNoMem:
            raise MemoryError from error
        log.debug("OpenCV refuses: %s", error)
        return None
