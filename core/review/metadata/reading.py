"""Reading from any picture what another one could take over: EXIF first, then XMP, then IPTC."""

from __future__ import annotations

import io
import re
import warnings
from typing import Any, cast
from xml.sax.saxutils import unescape

from PIL import ExifTags, Image, ImageFile, IptcImagePlugin

from core.decoding.pillow import plugins
from core.review.metadata.values import Metadata, MetadataError

_RATING = 0x4746
_DATE = re.compile(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d")
_XMP_DATE = re.compile(r"(?:exif:DateTimeOriginal|photoshop:DateCreated|xmp:CreateDate)(?:=\"|>)([\d-]{10})T([\d:]{8})")
_XMP_RATING = re.compile(r"xmp:Rating(?:=\"|>)\s*([1-5])\b")
_XMP_ANGLE = re.compile(r"exif:GPS(Latitude|Longitude)(?:=\"|>)(\d+),(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?([NSEW])")
_XMP_CAPTION = re.compile(r"<dc:description>\s*<rdf:Alt>\s*<rdf:li[^>]*>(.*?)</rdf:li>", re.DOTALL)
_XMP_TAGS = re.compile(r"<dc:subject\b[^>]*>(.*?)</dc:subject>", re.DOTALL)
_XMP_ITEM = re.compile(r"<rdf:li[^>]*>(.*?)</rdf:li>", re.DOTALL)


def read_metadata(data: bytes) -> Metadata:
    """What a picture file says of itself.

    Args:
        data: The file's bytes; its pixels are not decoded.

    Raises:
        MetadataError: It cannot be read as a picture.
    """
    plugins()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                return _metadata(image)
    except Exception as error:  # Pillow's readers raise nearly anything on damaged files.
        raise MetadataError("its metadata cannot be read") from error


def _metadata(image: Image.Image) -> Metadata:
    exif, xmp = image.getexif(), _xmp(image)
    iptc: dict[Any, Any] = IptcImagePlugin.getiptcinfo(cast("ImageFile.ImageFile", image)) or {}
    tags = [*_xmp_tags(xmp), *_texts(iptc.get((2, 25)))]
    captions = [_text(exif.get(ExifTags.Base.ImageDescription)), _xmp_caption(xmp), *_texts(iptc.get((2, 120)))]
    return Metadata(
        _exif_date(exif) or _xmp_date(xmp),
        _exif_place(exif) or _xmp_place(xmp),
        _rating(exif, xmp),
        tuple(dict.fromkeys(tags)),
        next(filter(None, captions), None),
    )


def _xmp(image: Image.Image) -> str:
    value: Any = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    return value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")


def _exif_date(exif: Image.Exif) -> str | None:
    found = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    return found[:19] if isinstance(found, str) and _DATE.match(found) and found[:4] != "0000" else None


def _exif_place(exif: Image.Exif) -> tuple[float, float] | None:
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        latitude = _degrees(place[2]) * (-1 if _text(place.get(1)) == "S" else 1)
        longitude = _degrees(place[4]) * (-1 if _text(place.get(3)) == "W" else 1)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError):
        return None
    valid = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0)
    return (latitude, longitude) if valid else None


def _degrees(parts: Any) -> float:
    return float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600


def _rating(exif: Image.Exif, xmp: str) -> int | None:
    found = _XMP_RATING.search(xmp)
    value = int(found[1]) if found else exif.get(_RATING)
    return value if isinstance(value, int) and 1 <= value <= 5 else None


def _xmp_date(xmp: str) -> str | None:
    found = _XMP_DATE.search(xmp)
    return f"{found[1].replace('-', ':')} {found[2]}" if found else None


def _xmp_place(xmp: str) -> tuple[float, float] | None:
    found = {}
    for which, degrees, minutes, seconds, letter in _XMP_ANGLE.findall(xmp):
        value = int(degrees) + float(minutes) / 60 + float(seconds or 0) / 3600
        found[which] = -value if letter in "SW" else value
    return (found["Latitude"], found["Longitude"]) if len(found) == 2 else None


def _xmp_caption(xmp: str) -> str | None:
    found = _XMP_CAPTION.search(xmp)
    return unescape(found[1]).strip() or None if found else None


def _xmp_tags(xmp: str) -> list[str]:
    found = _XMP_TAGS.search(xmp)
    return [unescape(item).strip() for item in _XMP_ITEM.findall(found[1])] if found else []


def _texts(value: Any) -> list[str]:
    """The texts of one kind in an IPTC block, which holds one or several as bytes."""
    values = value if isinstance(value, list) else [value]
    return [text for each in values if (text := _text(each))]


def _text(value: Any) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return value.strip("\0 ") or None if isinstance(value, str) else None
