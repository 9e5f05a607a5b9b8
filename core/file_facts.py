"""What a file says of itself: how strongly it is compressed, and what a camera wrote into it. No pixels are decoded."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.decoding.files import read_bytes
from core.images import Limits
from core.jpeg_quality import jpeg_quality

_LOG = logging.getLogger(__name__)
_LOSSLESS = frozenset({"PNG", "TIFF", "BMP", "GIF", "PPM", "TGA"})
_SUBSAMPLING = {0: "4:4:4", 1: "4:2:2", 2: "4:2:0"}


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What the header tells.

    Attributes:
        quality: JPEG quality from 1 to 100, estimated from its tables; None for other formats.
        lossless: Whether the format keeps every pixel.
        written: Names and values of what was written into the file ("Camera", "Canon EOS 5D"), in a fixed order.
    """

    quality: int | None = None
    lossless: bool = False
    written: tuple[tuple[str, str], ...] = ()

    @property
    def from_camera(self) -> bool:
        """Whether a camera's name or the moment of the shot is there."""
        return any(name in ("Camera", "Taken") for name, _ in self.written)


def read_facts(path: Path, limits: Limits | None = None) -> FileFacts:
    """Read the header of a picture; one that tells nothing, or cannot be read, has no facts.

    Args:
        path: The file, opened for reading only.
        limits: What is too large to read.
    """
    from PIL import Image

    from core.decoding.pillow import plugins

    plugins()
    try:
        data = read_bytes(path, (limits or Limits()).bytes)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                return _facts(image)
    except Exception:  # Pillow's readers raise nearly anything on damaged files.
        _LOG.debug("no facts of %s", path, exc_info=True)
        return FileFacts()


def _facts(image: Any) -> FileFacts:
    tables = getattr(image, "quantization", None)
    quality = jpeg_quality(tables) if tables else None
    webp_lossless = image.format == "WEBP" and image.info.get("lossless", False)
    return FileFacts(quality, image.format in _LOSSLESS or bool(webp_lossless), tuple(_written(image, quality)))


def _written(image: Any, quality: int | None) -> list[tuple[str, str]]:
    from PIL import ExifTags, JpegImagePlugin

    exif = image.getexif()
    details = exif.get_ifd(ExifTags.IFD.Exif)
    base, found = ExifTags.Base, []
    camera = " ".join(dict.fromkeys(filter(None, (_text(exif.get(base.Make)), _text(exif.get(base.Model))))))
    found.append(("Camera", camera))
    found.append(("Lens", _text(details.get(base.LensModel))))
    found.append(("Taken", _text(details.get(base.DateTimeOriginal) or exif.get(base.DateTime))))
    for name, tag, as_text in _EXPOSURE:
        value = details.get(tag)
        found.append((name, as_text(value) if isinstance(value, int | float) or hasattr(value, "numerator") else ""))
    found.append(("Place", "yes" if exif.get_ifd(ExifTags.IFD.GPSInfo) else ""))
    found.append(("Software", _text(exif.get(base.Software))))
    found.append(("Caption", _text(exif.get(base.ImageDescription))))
    found.append(("Colour mode", str(image.mode)))
    found.append(("Colour profile", _profile(image.info.get("icc_profile"))))
    if quality is not None:
        found.append(("Chroma", _SUBSAMPLING.get(JpegImagePlugin.get_sampling(image), "")))
        found.append(("Progressive", "yes" if image.info.get("progressive") else "no"))
    return [(name, value) for name, value in found if value]


def _profile(data: bytes | None) -> str:
    if not data:
        return ""
    from PIL import ImageCms

    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        return _text(ImageCms.getProfileDescription(profile)) or "unnamed"
    except ImageCms.PyCMSError:
        return "unreadable"


def _text(value: object) -> str:
    """One line; what a file says may be anything."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else "" if value is None else str(value)
    return " ".join("".join(letter for letter in text if letter.isprintable()).split())[:200]


def _exposure(value: Any) -> str:
    seconds = float(value)
    if seconds <= 0:
        return ""
    return f"{seconds:g} s" if seconds >= 0.5 else f"1/{round(1 / seconds)} s"


_EXPOSURE: tuple[tuple[str, int, Callable[[Any], str]], ...] = (
    ("Exposure", 0x829A, _exposure),
    ("Aperture", 0x829D, lambda value: f"f/{float(value):.1f}"),
    ("ISO", 0x8827, lambda value: str(int(value))),
    ("Focal length", 0x920A, lambda value: f"{float(value):g} mm"),
)
