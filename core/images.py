"""Any picture file -> upright sRGB pixels; the only module that the rest of the house asks for pixels.

JPEG, PNG, WebP and BMP go straight through OpenCV, a JPEG at 1/2, 1/4 or 1/8 where that is enough; all else,
and whatever OpenCV refuses, goes through Pillow. The content decides what a file is, never its name. The
limits are checked against the header, before any memory is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.decoding.exr import read_exr
from core.decoding.files import read_bytes
from core.decoding.formats import EXTENSIONS, FormatInfo, formats
from core.decoding.header import Header
from core.decoding.headers import read_header
from core.decoding.limits import DEFAULT_LIMITS, Limits
from core.decoding.odd_tiff import read_odd_tiff, reads_as_noise
from core.decoding.opencv import read_last, read_plain
from core.decoding.pam import read_pam
from core.decoding.raster import Raster, develop, shrink_to, target_size
from core.decoding.raw import is_named_raw, is_raw, read_raw
from core.features.base import Pixels
from core.records import ImageError

__all__ = [
    "EXTENSIONS",
    "FormatInfo",
    "Limits",
    "Picture",
    "decode",
    "formats",
    "load",
    "read_bytes",
    "shrink",
    "to_full_size",
]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded picture.

    Attributes:
        pixels: (H, W, 3) uint8, upright sRGB.
        width: Width of the upright full-size picture in pixels.
        height: Height of the upright full-size picture in pixels.
        format: Name of the format ("JPEG").
        frames: 1 for a still picture; ``pixels`` is the first frame.
    """

    pixels: Pixels
    width: int
    height: int
    format: str
    frames: int

    @property
    def exact(self) -> bool:
        """Whether ``pixels`` are the full-size picture."""
        return self.pixels.shape[:2] == (self.height, self.width)


def load(path: Path, side: int | None = None, limits: Limits = DEFAULT_LIMITS) -> Picture:
    """Read a picture file; it is opened for reading only, and only if it is a regular file.

    Args:
        path: The file.
        side: Long side in pixels that is enough; None for the full size.
        limits: What is refused.

    Raises:
        ImageError: The file cannot be read or is no picture; carries ``path`` and a short reason.
    """
    return decode(read_bytes(path, limits.bytes), side, limits, path)


def decode(data: bytes, side: int | None = None, limits: Limits = DEFAULT_LIMITS, path: Path | None = None) -> Picture:
    """Decode a picture.

    Args:
        data: The bytes of the file.
        side: Long side in pixels that is enough; None for the full size. Pictures are never enlarged.
        limits: What is refused, from the header.
        path: Where the bytes come from, for the error and to tell RAW files from TIFF.

    Raises:
        ImageError: No picture, damaged, truncated or over the limits.
    """
    if side is not None and side < 1:
        raise ValueError(f"side must be at least 1, got {side}")
    try:
        limits.check_bytes(len(data))
        raster = _read(data, side, limits, path)
        pixels = develop(raster, side)
    except ImageError as error:
        raise ImageError(error.reason, path) from error
    except MemoryError as error:
        raise ImageError("needs too much memory", path) from error
    except cv2.error as error:
        reason = "needs too much memory" if error.code == cv2.Error.StsNoMem else "cannot be decoded"
        raise ImageError(reason, path) from error
    width, height = raster.upright_size
    return Picture(pixels, width, height, raster.format, raster.frames)


def shrink(pixels: Pixels, side: int) -> Pixels:
    """Area-average so that the long side is at most ``side``; smaller pictures are returned as they are.

    Args:
        pixels: (H, W, 3) uint8.
        side: Pixels, at least 1.
    """
    height, width = pixels.shape[:2]
    return shrink_to(pixels, *target_size(width, height, side))


def to_full_size(points: NDArray[Any], picture: Picture) -> NDArray[np.float32]:
    """Map points of ``picture.pixels`` to the full-size picture by pixel centres, ``(x + 0.5) * s - 0.5``.

    Args:
        points: (N, 2), (x, y) with pixel centres at integers.
        picture: Where the points were found.

    Returns:
        (N, 2) float32.
    """
    height, width = picture.pixels.shape[:2]
    scale = np.array([picture.width / width, picture.height / height])
    places = np.asarray(points, np.float64).reshape(-1, 2)
    return np.asarray((places + 0.5) * scale - 0.5, np.float32)


def _read(data: bytes, side: int | None, limits: Limits, path: Path | None) -> Raster:
    raw = _read_raw(data, side, limits, path)
    if raw is not None:
        return raw
    header = read_header(data)
    if header is not None:
        limits.check_size(header.width, header.height)
        raster = read_plain(data, header, side) if header.plain else None
        if raster is not None:
            return raster
    return _read_odd(data, header, side, limits)


def _read_raw(data: bytes, side: int | None, limits: Limits, path: Path | None) -> Raster | None:
    certain = is_raw(data)
    if not certain and not is_named_raw(data, path):
        return None
    try:
        return read_raw(data, limits, side, lambda preview: _read(preview, side, limits, None))
    except ImageError:
        if certain:
            raise
        # A TIFF by another name.
        return None


def _read_odd(data: bytes, header: Header | None, side: int | None, limits: Limits) -> Raster:
    if header is not None and header.format in _OWN_READERS:
        return _OWN_READERS[header.format](data, header)
    if header is not None and header.format == "TIFF" and reads_as_noise(data):
        raster = read_odd_tiff(data, limits)
        if raster is None:
            raise ImageError("unsupported kind of TIFF")
        return raster
    return _read_with_pillow(data, header, side, limits)


def _read_with_pillow(data: bytes, header: Header | None, side: int | None, limits: Limits) -> Raster:
    # Pillow and its plug-ins take as long to import as dozens of pictures to decode.
    from core.decoding.pillow import read_with_pillow

    try:
        return read_with_pillow(data, header, side, limits)
    except ImageError:
        # Without a header of our own the size would go unchecked.
        raster = read_last(data, header) if header is not None else None
        if raster is None and header is not None and header.format == "TIFF":
            raster = read_odd_tiff(data, limits)
        if raster is None:
            raise
        return raster


_OWN_READERS: Mapping[str, Callable[[bytes, Header], Raster]] = MappingProxyType({"EXR": read_exr, "PAM": read_pam})
