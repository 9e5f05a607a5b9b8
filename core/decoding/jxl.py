"""The size in the header of a JPEG XL file (ISO/IEC 18181-1)."""

from __future__ import annotations

import struct

from core.decoding.header import Header

JXL_BOXES = b"\0\0\0\x0cJXL \r\n\x87\n"
_RATIOS = ((1, 1), (1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))


def read_jxl_header(data: bytes) -> Header | None:
    """Width and height."""
    start = _codestream(data)
    bits = int.from_bytes(data[start + 2 : start + 18], "little")

    def take(count: int) -> int:
        nonlocal bits
        value, bits = bits & ((1 << count) - 1), bits >> count
        return value

    def length(small: int) -> int:
        return 8 * (take(5) + 1) if small else take((9, 13, 18, 30)[take(2)]) + 1

    small = take(1)
    height = length(small)
    ratio = take(3)
    wide, high = _RATIOS[ratio]
    width = height * wide // high if ratio else length(small)
    return Header("JXL", width, height, False)


def _codestream(data: bytes) -> int:
    place = 0
    while data.startswith(JXL_BOXES):
        size, name = struct.unpack_from(">I4s", data, place)
        if name in (b"jxlc", b"jxlp"):
            return place + (8 if name == b"jxlc" else 12)
        if size < 8:
            raise ValueError("no codestream")
        place += size
    return place
