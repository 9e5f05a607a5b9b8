"""The directory of a TIFF structure, which is also that of EXIF and of Multi-Picture blocks."""

from __future__ import annotations

import re
import struct

_ORIENTATION = 0x0112
_BITS, _SAMPLES, _PLANES = 258, 277, 284
_UNDEFINED = 7
_XMP_ORIENTATION = re.compile(rb"tiff:Orientation(?:=[\"']|>)([1-8])[\"'<]")


def deep_planes(tags: dict[int, int]) -> bool:
    """Whether the colours are stored apart and not in 8 bits, which OpenCV reads as noise without a word."""
    return tags.get(_PLANES) == 2 and tags.get(_SAMPLES, 1) > 1 and tags.get(_BITS, 8) != 8


def exif_orientation(exif: bytes) -> int | None:
    """Orientation (1 to 8) of an EXIF block, 1 where it makes no sense, None where it says nothing."""
    try:
        value = tiff_tags(exif.removeprefix(b"Exif\0\0")).get(_ORIENTATION)
    except ValueError:
        return None
    return value if value is None or 1 <= value <= 8 else 1


def xmp_orientation(xmp: bytes) -> int | None:
    """Orientation (1 to 8) that an XMP packet states, which counts where EXIF says nothing."""
    found = _XMP_ORIENTATION.search(xmp)
    return int(found[1]) if found else None


def tiff_tags(tiff: bytes) -> dict[int, int]:
    """The first directory of a TIFF structure: tag to its first whole number, or to the place of its data.

    Raises:
        ValueError: No TIFF structure, or a damaged one.
    """
    try:
        return _directory(tiff)
    except struct.error as error:
        raise ValueError("a damaged TIFF structure") from error


def _directory(tiff: bytes) -> dict[int, int]:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        raise ValueError("no TIFF structure")
    (start,) = struct.unpack_from(order + "I", tiff, 4)
    (count,) = struct.unpack_from(order + "H", tiff, start)
    tags: dict[int, int] = {}
    for place in range(start + 2, min(start + 2 + 12 * count, len(tiff) - 11), 12):
        tag, kind, number = struct.unpack_from(order + "HHI", tiff, place)
        code = {1: "B", 3: "H", 4: "I"}.get(kind)
        if kind == _UNDEFINED and number > 4:
            (tags[tag],) = struct.unpack_from(order + "I", tiff, place + 8)
        elif code is not None and number:
            (offset,) = struct.unpack_from(order + "I", tiff, place + 8)
            size = struct.calcsize(code)
            start = place + 8 if size * number <= 4 else offset
            if start + size <= len(tiff):
                (tags[tag],) = struct.unpack_from(order + code, tiff, start)
    return tags
