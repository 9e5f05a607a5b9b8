"""Makes the files for these tests, those too that no library here can write, and compares pictures."""

from __future__ import annotations

import base64
import io
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.images import decode
from core.records import ImageError

Pixels = NDArray[np.uint8]

SHORT, LONG, RATIONAL = 3, 4, 5
_CODES = {1: "B", SHORT: "H", LONG: "I", RATIONAL: "II"}
Tags = Mapping[int, tuple[int, Sequence[int]]]


def exif(orientation: int, order: str = "<") -> bytes:
    """An EXIF block, without the "Exif" in front, that holds the orientation only."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    head = struct.pack(order + "IHHHI", 8, 1, 0x0112, SHORT, 1)
    return mark + head + struct.pack(order + "HHI", orientation, 0, 0)


def tiff(tags: Tags, payload: bytes, order: str = "<") -> bytes:
    """An uncompressed TIFF of one strip; StripOffsets (273) and StripByteCounts (279) are filled in."""
    full = {**tags, 273: (LONG, [0]), 279: (LONG, [len(payload)])}
    start = 8 + 2 + 12 * len(full) + 4
    extra = b""
    for _ in range(2):  # the second time with the place of the strip known
        entries, extra = b"", b""
        for tag in sorted(full):
            kind, values = full[tag]
            code = _CODES[kind]
            data = struct.pack(order + code * (len(values) // len(code)), *values)
            count = len(values) // len(code)
            if len(data) > 4:
                place = struct.pack(order + "I", start + len(extra))
                extra += data + b"\0" * (len(data) % 2)
            else:
                place = data.ljust(4, b"\0")
            entries += struct.pack(order + "HHI", tag, kind, count) + place
        full[273] = (LONG, [start + len(extra)])
    mark = b"II*\0" if order == "<" else b"MM\0*"
    return mark + struct.pack(order + "IH", 8, len(full)) + entries + b"\0\0\0\0" + extra + payload


def dng(mosaic: NDArray[np.uint16], orientation: int = 1) -> bytes:
    """A camera RAW file: a 16-bit RGGB mosaic, (H, W) uint16."""
    height, width = mosaic.shape
    matrix = [value for number in (1, 0, 0, 0, 1, 0, 0, 0, 1) for value in (number, 1)]
    tags: Tags = {
        254: (LONG, [0]),
        256: (LONG, [width]),
        257: (LONG, [height]),
        258: (SHORT, [16]),
        259: (SHORT, [1]),
        262: (SHORT, [32803]),
        274: (SHORT, [orientation]),
        277: (SHORT, [1]),
        278: (LONG, [height]),
        284: (SHORT, [1]),
        33421: (SHORT, [2, 2]),
        33422: (1, [0, 1, 1, 2]),
        50706: (1, [1, 4, 0, 0]),
        50717: (LONG, [65535]),
        50721: (RATIONAL, matrix),
        50728: (RATIONAL, [1, 1, 1, 1, 1, 1]),
        50778: (SHORT, [21]),
    }
    return tiff(tags, mosaic.astype("<u2").tobytes())


def radiance(pixels: NDArray[np.uint8]) -> bytes:
    """A Radiance HDR file of flat scan lines, from (H, W, 3) uint8."""
    height, width = pixels.shape[:2]
    shared = np.full((height, width, 1), 128, np.uint8)
    head = f"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y {height} +X {width}\n".encode()
    return head + np.concatenate([pixels, shared], axis=2).tobytes()


def pam(pixels: NDArray[np.uint8]) -> bytes:
    """A PAM from (H, W, C) uint8."""
    height, width, depth = pixels.shape
    head = f"P7\nWIDTH {width}\nHEIGHT {height}\nDEPTH {depth}\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
    return head.encode() + pixels.tobytes()


def big_tiff(pixels: NDArray[np.uint8], order: str = ">") -> bytes:
    """An uncompressed BigTIFF of one strip, from (H, W, 3) uint8."""
    height, width = pixels.shape[:2]
    values = {256: width, 257: height, 259: 1, 262: 2, 277: 3, 278: height, 279: pixels.size, 284: 1}
    count = len(values) + 2
    bits = 16 + 8 + 20 * count + 8
    packed = {tag: struct.pack(order + "HHQQ", tag, 16, 1, value) for tag, value in values.items()}
    packed[258] = struct.pack(order + "HHQHHHH", 258, 3, 3, 8, 8, 8, 0)
    packed[273] = struct.pack(order + "HHQQ", 273, 16, 1, bits)
    head = (b"MM\0+" if order == ">" else b"II+\0") + struct.pack(order + "HHQ", 8, 0, 16)
    entries = b"".join(packed[tag] for tag in sorted(packed))
    return head + struct.pack(order + "Q", count) + entries + struct.pack(order + "Q", 0) + pixels.tobytes()


def deep_planes(pixels: NDArray[np.uint8]) -> bytes:
    """An uncompressed TIFF of three planes of 16 bits, from (H, W, 3) uint8."""
    height, width = pixels.shape[:2]
    planes = np.moveaxis(pixels.astype("<u2") * 257, -1, 0)
    tags: Tags = {
        256: (LONG, [width]),
        257: (LONG, [height]),
        258: (SHORT, [16, 16, 16]),
        259: (SHORT, [1]),
        262: (SHORT, [2]),
        277: (SHORT, [3]),
        278: (LONG, [height]),
        284: (SHORT, [2]),
    }
    plain = tiff(tags, planes.tobytes())
    size = planes[0].nbytes
    start = plain.index(planes.tobytes())
    # One strip for each plane.
    places = struct.pack("<III", *(start + 24 + size * plane for plane in range(3)))
    lengths = struct.pack("<III", size, size, size)
    head = bytearray(plain[:start])
    for tag, place in ((273, start), (279, start + 12)):
        entry = head.index(struct.pack("<HHI", tag, LONG, 1))
        head[entry : entry + 12] = struct.pack("<HHII", tag, LONG, 3, place)
    return bytes(head) + places + lengths + planes.tobytes()


ARITHMETIC_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAoHBwgHBgoICAgLCgoLDhgQDg0NDh0VFhEYIx8lJCIfIiEmKzcvJik0KSEiMEExNDk7"
    "Pj4+JS5ESUM8SDc9Pjv/2wBDAQoLCw4NDhwQEBw7KCIoOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7"
    "Ozs7Ozs7Ozv/yQARCAAYACADASIAAhEBAxEB/8wACgAQEAUBEBEF/9oADAMBAAIRAxEAPwD/ALMQCvarKPtWBgeqUaQpW8lfMoFK"
    "or9NzsGrIdgLhS8Lgv5mS10g/9k="
)
"""A gray ramp of 32 x 24 pixels; no library here writes this kind."""


def claim_png(width: int, height: int) -> bytes:
    """A PNG header that claims a size, with next to no data behind it."""
    import zlib

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def claim_jpeg(jpeg: bytes, width: int, height: int) -> bytes:
    """A JPEG whose frame header claims another size."""
    place = next(jpeg.index(mark) for mark in (b"\xff\xc0", b"\xff\xc2") if mark in jpeg)
    return jpeg[: place + 5] + struct.pack(">HH", height, width) + jpeg[place + 9 :]


def encode(pixels: NDArray[Any], name: str, **options: Any) -> bytes:
    """A file of that format with these pixels."""
    mode = options.pop("mode", None)
    image = Image.fromarray(pixels)
    stream = io.BytesIO()
    (image.convert(mode) if mode else image).save(stream, name, **options)
    return stream.getvalue()


def distance(one: Pixels, two: Pixels) -> float:
    """Mean difference in levels of two pictures of one size."""
    assert one.shape == two.shape
    return float(np.abs(one.astype(int) - two.astype(int)).mean())


def refusal(data: bytes, **options: Any) -> str:
    """Why these bytes are refused."""
    with pytest.raises(ImageError) as caught:
        decode(data, **options)
    return caught.value.reason


def stored_as(pixels: Pixels, orientation: int) -> Pixels:
    """What a camera stores for an upright picture, so that ``orientation`` makes it upright again."""
    turned = {
        1: pixels,
        2: pixels[:, ::-1],
        3: pixels[::-1, ::-1],
        4: pixels[::-1],
        5: pixels.transpose(1, 0, 2),
        6: pixels.transpose(1, 0, 2)[::-1],
        7: pixels.transpose(1, 0, 2)[::-1, ::-1],
        8: pixels.transpose(1, 0, 2)[:, ::-1],
    }
    return np.ascontiguousarray(turned[orientation])
