"""The header of a PNG file."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from core.decoding.header import Header
from core.decoding.tiff import exif_orientation, xmp_orientation

_MAX_PROFILE = 16 << 20


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    place = 8
    while True:
        length, name = struct.unpack_from(">I4s", data, place)
        start = place + 8
        if start + length + 4 > len(data):
            raise ValueError("truncated PNG")
        yield name, start, start + length
        if name == b"IEND":
            return
        place = start + length + 4


def read_png_header(data: bytes) -> Header | None:
    """Size, orientation, profile and transparency; a file that ends early is not ``plain``."""
    if data[12:16] != b"IHDR":
        return None
    width, height, _, kind = struct.unpack_from(">IIBB", data, 16)
    alpha, plain, frames = kind in (4, 6), True, 1
    orientation: int | None = None
    stated: int | None = None
    profile = None
    try:
        for name, start, end in _png_chunks(data):
            if name == b"tRNS":
                # OpenCV does not see the transparent level of a gray picture.
                alpha, plain = True, plain and kind != 0
            elif name == b"iCCP":
                profile = _png_profile(data[start:end])
            elif name == b"eXIf":
                orientation = exif_orientation(data[start:end])
            elif name == b"acTL":
                plain, frames = False, 0
            elif name == b"fcTL":
                frames += 1
            elif name == b"iTXt" and data.startswith(b"XML:com.adobe.xmp\0", start):
                stated = xmp_orientation(data[start:end])
            elif name in (b"zTXt", b"tEXt", b"iTXt") and data.startswith(b"Raw profile type", start):
                # Old ImageMagick keeps EXIF in a text; Pillow knows how.
                plain = False
    except (ValueError, struct.error):
        plain = False
    return Header("PNG", width, height, plain, orientation or stated or 1, profile, alpha, max(1, frames))


def _png_profile(chunk: bytes) -> bytes | None:
    _, _, packed = chunk.partition(b"\0")
    try:
        return zlib.decompressobj().decompress(packed[1:], _MAX_PROFILE) or None
    except zlib.error:
        return None
