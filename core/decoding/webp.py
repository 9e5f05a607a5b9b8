"""The header of a WebP file."""

from __future__ import annotations

import struct

from core.decoding.header import Header
from core.decoding.tiff import exif_orientation, xmp_orientation


def read_webp_header(data: bytes) -> Header | None:
    """Size, orientation, profile, transparency and count of frames."""
    name, start = data[12:16], 20
    if data[8:12] != b"WEBP":
        return None
    if name == b"VP8 " and data[start + 3 : start + 6] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", data, start + 6)
        return Header("WEBP", width & 0x3FFF, height & 0x3FFF, True)
    if name == b"VP8L" and data[start] == 0x2F:
        (bits,) = struct.unpack_from("<I", data, start + 1)
        width, height, alpha = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bool(bits >> 28 & 1)
        return Header("WEBP", width, height, True, alpha=alpha)
    return _webp_extended(data) if name == b"VP8X" else None


def _webp_extended(data: bytes) -> Header:
    flags = data[20]
    width = int.from_bytes(data[24:27], "little") + 1
    height = int.from_bytes(data[27:30], "little") + 1
    orientation: int | None = None
    stated: int | None = None
    profile, frames, place = None, 0, 12
    while place + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, place)
        body = slice(place + 8, place + 8 + length)
        if name == b"ICCP":
            profile = data[body]
        elif name == b"EXIF":
            orientation = exif_orientation(data[body])
        elif name == b"XMP ":
            stated = xmp_orientation(data[body])
        elif name == b"ANMF":
            frames += 1
        place += 8 + length + (length & 1)
    still, alpha = not flags & 0x02, bool(flags & 0x10)
    return Header("WEBP", width, height, still, orientation or stated or 1, profile, alpha, max(1, frames))
