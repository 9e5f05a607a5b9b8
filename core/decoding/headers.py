"""What the header of a file says, without decoding a pixel.

Limits are checked against these figures before any memory is asked for, and they choose the decoder. A header
that makes no sense gives None, and Pillow has the last word on the file.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable

from core.decoding.exr import EXR_MAGIC, read_exr_header
from core.decoding.header import Header
from core.decoding.jpeg import read_jpeg_header
from core.decoding.jxl import JXL_BOXES, read_jxl_header
from core.decoding.odd_tiff import BIG_TIFF_MAGICS, read_big_tiff_header
from core.decoding.pam import PAM_MAGIC, read_pam_header
from core.decoding.png import read_png_header
from core.decoding.tiff import tiff_tags
from core.decoding.webp import read_webp_header

_WIDTH, _HEIGHT = 256, 257


def read_header(data: bytes) -> Header | None:
    """Read the header of a file, or None where the format is another one or the header is damaged."""
    for magic, parse in _PARSERS:
        if data.startswith(magic):
            try:
                return parse(data)
            except (IndexError, OverflowError, struct.error, ValueError, zlib.error):
                return None
    return None


def format_name(data: bytes) -> str | None:
    """What a file set out to be by its first bytes, however damaged the rest is."""
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12])
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    return next((name for magic, name in _MAGICS if data.startswith(magic)), None)


def refused_kind(data: bytes) -> str | None:
    """Why a file is refused that could be opened: a drawing or program, which would have to be run."""
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"%!ps", b"\xc5\xd0\xd3\xc6")):
        return "a PostScript program, which is not run here"
    if start.startswith(b"%pdf"):
        return "a PDF document, not a picture"
    if start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!doctype svg", b"<!--")) and b"<svg" in start):
        return "an SVG drawing, which is not drawn here"
    return None


def _bmp(data: bytes) -> Header | None:
    (size,) = struct.unpack_from("<I", data, 14)
    if size < 40:
        return None
    width, height, planes, depth, compression = struct.unpack_from("<iiHHI", data, 18)
    plain = depth == 24 and compression == 0 and planes == 1
    return Header("BMP", abs(width), abs(height), plain)


def _tiff(data: bytes) -> Header | None:
    tags = tiff_tags(data)
    width, height = tags.get(_WIDTH), tags.get(_HEIGHT)
    return Header("TIFF", width, height, False, frames=0) if width and height else None


def _radiance(data: bytes) -> Header | None:
    found = re.search(rb"\n-Y (\d{1,9}) \+X (\d{1,9})\n", data[:65536])
    return Header("HDR", int(found[2]), int(found[1]), False) if found else None


_PARSERS: tuple[tuple[bytes, Callable[[bytes], Header | None]], ...] = (
    (b"\xff\xd8", read_jpeg_header),
    (b"\x89PNG\r\n\x1a\n", read_png_header),
    (b"RIFF", read_webp_header),
    (b"BM", _bmp),
    (b"II*\0", _tiff),
    (b"MM\0*", _tiff),
    (b"#?RADIANCE", _radiance),
    (b"#?RGBE", _radiance),
    (b"\xff\x0a", read_jxl_header),
    (JXL_BOXES, read_jxl_header),
    (EXR_MAGIC, read_exr_header),
    (PAM_MAGIC, read_pam_header),
    *((magic, read_big_tiff_header) for magic in BIG_TIFF_MAGICS),
)

_BRANDS = {
    b"avif": "AVIF",
    b"avis": "AVIF",
    b"heic": "HEIF",
    b"heix": "HEIF",
    b"mif1": "HEIF",
    b"msf1": "HEIF",
}
_MAGICS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG", "PNG"),
    (b"GIF8", "GIF"),
    (b"8BPS", "PSD"),
    (b"BM", "BMP"),
    (b"DDS ", "DDS"),
    (b"\0\0\0\x0cjP  ", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    *((magic, "TIFF") for magic in BIG_TIFF_MAGICS),
    (EXR_MAGIC, "EXR"),
    (PAM_MAGIC, "PAM"),
)
