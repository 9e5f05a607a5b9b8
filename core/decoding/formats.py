"""Which kinds of files are considered, and what reads them in this install."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

from core.decoding.raw import RAW_EXTENSIONS


@dataclass(frozen=True, slots=True)
class FormatInfo:
    """A format and what reads it here.

    Attributes:
        name: For people ("JPEG XL").
        extensions: Lower case, with the dot.
        decoder: The library that reads it.
        available: Whether this install can read it.
    """

    name: str
    extensions: tuple[str, ...]
    decoder: str
    available: bool


_FORMATS: tuple[tuple[str, str, str, str | None], ...] = (
    ("JPEG", ".jpg .jpeg .jpe .jfif .jif .mpo", "OpenCV", None),
    ("PNG", ".png .apng", "OpenCV", None),
    ("WebP", ".webp", "OpenCV", None),
    ("BMP", ".bmp .dib", "OpenCV", None),
    ("GIF", ".gif", "Pillow", None),
    ("TIFF", ".tif .tiff .btf", "Pillow, OpenCV, tifffile", None),
    ("AVIF", ".avif .avifs", "Pillow", "PIL._avif"),
    ("HEIC", ".heic .heif .hif .heics .heifs", "pillow-heif", "pillow_heif"),
    ("JPEG XL", ".jxl", "pillow-jxl-plugin", "pillow_jxl"),
    ("JPEG 2000", ".jp2 .j2k .j2c .jpc .jpf .jpx", "Pillow", None),
    ("Photoshop", ".psd", "Pillow", None),
    ("Icon", ".ico .cur .icns", "Pillow", None),
    ("Targa", ".tga", "Pillow", None),
    ("DirectDraw", ".dds", "Pillow", None),
    ("PCX", ".pcx .dcx", "Pillow", None),
    ("Portable map", ".ppm .pgm .pbm .pnm .pfm", "Pillow", None),
    ("Portable arbitrary map", ".pam", "Twinsight", None),
    ("QOI", ".qoi", "Pillow", None),
    ("SGI", ".sgi .rgb .rgba .bw", "Pillow", None),
    ("Radiance HDR", ".hdr .rgbe", "OpenCV", None),
    ("OpenEXR", ".exr", "OpenEXR", "OpenEXR"),
    ("Sun raster", ".ras", "Pillow", None),
    ("X bitmap", ".xbm .xpm", "Pillow", None),
    ("FLIC", ".fli .flc", "Pillow", None),
    ("Blizzard texture", ".blp", "Pillow", None),
    ("FITS", ".fits", "Pillow", None),
    ("Camera RAW", " ".join(sorted(RAW_EXTENSIONS)), "rawpy", "rawpy"),
)

EXTENSIONS: frozenset[str] = frozenset(" ".join(row[1] for row in _FORMATS).split())
"""Lower-case extensions that scanning considers, those of formats that need a missing package included."""


def formats() -> list[FormatInfo]:
    """What this install reads, and with what."""
    return [
        FormatInfo(name, tuple(extensions.split()), decoder, module is None or _installed(module))
        for name, extensions, decoder, module in _FORMATS
    ]


def _installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ImportError:
        return False
