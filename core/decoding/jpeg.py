"""The header of a JPEG file."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from core.decoding.header import Header
from core.decoding.tiff import exif_orientation, tiff_tags, xmp_orientation

_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_PLAIN = frozenset({0xC0, 0xC1, 0xC2})
_MP_COUNT, _MP_ENTRY = 0xB001, 0xB002
_MP_PICTURES = frozenset({0x030000, 0x020001, 0x020002, 0x020003})
"""Baseline primary picture, panorama, disparity, multi-angle."""
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_JPEG_BARE = frozenset({0x00, 0x01, *range(0xD0, 0xD9)})


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of every segment before the first scan."""
    place = 2
    while True:
        place = data.index(b"\xff", place)
        while data[place] == 0xFF:
            place += 1
        marker = data[place]
        place += 1
        if marker in _JPEG_BARE:
            continue
        if marker in (0xD9, 0xDA):
            return
        length = (data[place] << 8) | data[place + 1]
        yield marker, place + 2, place + length
        place += max(length, 2)


def read_jpeg_header(data: bytes) -> Header | None:
    """Size, orientation, profile and count of pictures; None for a JPEG without a frame."""
    frame: tuple[int, int, int, int, int] | None = None
    exif: bytes | None = None
    xmp = b""
    profile: list[bytes] = []
    frames = 1
    for marker, start, end in jpeg_segments(data):
        if marker in _JPEG_FRAMES and frame is None:
            frame = (marker, *struct.unpack_from(">BHHB", data, start))
        elif marker == 0xE1 and exif is None and data.startswith(b"Exif\0\0", start):
            exif = data[start:end]
        elif marker == 0xE1 and data.startswith(_XMP, start):
            xmp = data[start:end]
        elif marker == 0xE2 and data.startswith(b"ICC_PROFILE\0", start):
            profile.append(data[start + 12 : end])
        elif marker == 0xE2 and data.startswith(b"MPF\0", start):
            frames = _mpo_frames(data[start + 4 : end])
    if frame is None:
        return None
    marker, precision, height, width, components = frame
    plain = marker in _JPEG_PLAIN and precision == 8 and components in (1, 3) and width > 0 and height > 0
    orientation = (exif_orientation(exif) if exif else None) or xmp_orientation(xmp) or 1
    # Each part of a profile begins with its number and the count of parts.
    whole = b"".join(part[2:] for part in sorted(profile)) or None
    name = "MPO" if frames > 1 else "JPEG"
    return Header(name, width, height, plain, orientation, whole, frames=frames)


def _mpo_frames(block: bytes) -> int:
    """Pictures of a Multi-Picture Format block (CIPA DC-007), previews and gain maps not counted."""
    try:
        tags = tiff_tags(block)
        order = "<" if block.startswith(b"II") else ">"
        kinds = [
            struct.unpack_from(order + "I", block, tags[_MP_ENTRY] + 16 * index)[0] & 0xFFFFFF
            for index in range(min(tags.get(_MP_COUNT, 0), 256))
        ]
    except (IndexError, KeyError, struct.error, ValueError):
        return 1
    return max(1, sum(kind in _MP_PICTURES for kind in kinds))
