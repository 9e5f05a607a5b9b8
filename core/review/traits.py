"""What a file tells of its history: how strongly it is compressed, and how much a camera or a person wrote into it.

Only the header is read; no pixels are decoded here.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image

from core.decoding.files import read_bytes
from core.decoding.pillow import plugins
from core.decoding.raw import RAW_EXTENSIONS
from core.images import Limits
from core.jpeg_quality import jpeg_quality
from core.records import ImageError

logger = logging.getLogger(__name__)

_LOSSLESS = frozenset({"PNG", "TIFF", "BMP", "PPM", "GIF", "TGA", "PCX", "SGI"})
_FROM_CAMERAS = frozenset({"JPEG", "MPO", "HEIF", "HEIC", "TIFF"})
_LOSSLESS_QUALITY = 101
_RATING, _RATING_PERCENT = 0x4746, 0x4749
_XMP_RATING = re.compile(rb"(?:xmp:)?Rating(?:=\"|>)\s*([1-5])")
_XMP_DATE = re.compile(rb"DateTimeOriginal|DateCreated")
_XMP_TEXT = re.compile(rb"<dc:(?:description|title)>")
_XMP_TAGS = re.compile(rb"<dc:subject>")


@dataclass(frozen=True, slots=True)
class Traits:
    """What the header of a picture tells.

    Attributes:
        quality: JPEG quality from 1 to 100 as an estimate, 101 for formats without loss, None where unknown.
        origin: 3 for camera RAW, 2 with a camera's name in a camera's format, 1 for such a format without, 0 else.
        written: Which of camera, date, place, rating, caption and tags are there.
        filled: How many pixels its detail fills, less than it has where it was enlarged from a smaller copy in its
            group; 0 where that cannot be told, None where nobody looked. No header tells it.
    """

    quality: int | None = None
    origin: int = 0
    written: tuple[str, ...] = ()
    filled: int | None = None


def read_traits(path: Path, limits: Limits | None = None) -> Traits:
    """Read the header of a picture; one that cannot be read tells nothing.

    Args:
        path: The file; it is opened for reading only.
        limits: What is too large to read.
    """
    if path.suffix.lower() in RAW_EXTENSIONS:
        return Traits(_LOSSLESS_QUALITY, 3, ("camera", "date"))
    plugins()
    try:
        data = read_bytes(path, (limits or Limits()).bytes)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                return _traits(image)
    except ImageError:
        return Traits()
    except Exception:  # Pillow's readers raise nearly anything on damaged files.
        logger.debug("no traits of %s", path, exc_info=True)
        return Traits()


def _traits(image: Image.Image) -> Traits:
    exif = image.getexif()
    form = image.format or ""
    written = _written(exif, _xmp(image), "photoshop" in image.info)
    has_camera = "camera" in written
    origin = (1 + has_camera) if form in _FROM_CAMERAS else 0
    return Traits(_quality(image, form), origin, written)


def _written(exif: Image.Exif, xmp: bytes, has_iptc: bool) -> tuple[str, ...]:
    details = exif.get_ifd(ExifTags.IFD.Exif)
    found = {
        "camera": bool(exif.get(ExifTags.Base.Model) or exif.get(ExifTags.Base.Make)),
        "date": bool(details.get(ExifTags.Base.DateTimeOriginal) or _XMP_DATE.search(xmp)),
        "place": bool(exif.get_ifd(ExifTags.IFD.GPSInfo)) or b"GPSLatitude" in xmp,
        "rating": bool(exif.get(_RATING) or exif.get(_RATING_PERCENT) or _XMP_RATING.search(xmp)),
        "caption": bool(exif.get(ExifTags.Base.ImageDescription) or _XMP_TEXT.search(xmp)) or has_iptc,
        "tags": bool(_XMP_TAGS.search(xmp)),
    }
    return tuple(name for name, there in found.items() if there)


def _xmp(image: Image.Image) -> bytes:
    value: Any = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    return value.encode("utf-8", "replace") if isinstance(value, str) else bytes(value)


def _quality(image: Image.Image, form: str) -> int | None:
    """The estimate for a JPEG, a number above all of them for formats without loss, None where unknown."""
    if form in _LOSSLESS:
        return _LOSSLESS_QUALITY
    tables: dict[int, list[int]] | None = getattr(image, "quantization", None)
    if not tables:
        return None
    return jpeg_quality(tables)
