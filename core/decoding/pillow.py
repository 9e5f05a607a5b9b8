"""What Pillow and its plug-ins read: GIF, TIFF, AVIF, HEIC, JPEG XL, JPEG 2000, PSD, CMYK and the rest."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import AvifImagePlugin, Image, ImageCms, UnidentifiedImageError

from core.decoding.colour import blend, to_bytes
from core.decoding.header import Header
from core.decoding.headers import format_name, refused_kind
from core.decoding.jxl import JXL_BOXES
from core.decoding.limits import Limits
from core.decoding.raster import Raster
from core.records import ImageError

_EXIF_ORIENTATION = 0x0112
_UPRIGHT_ALREADY = frozenset({"HEIF", "TIFF"})
"""Formats whose reader turns the picture itself but may leave the tag in the EXIF block."""
_SAID_BY_HEADER = frozenset({"JPEG", "MPO", "PNG", "WEBP"})
_SIZED_LATE = frozenset({"ICO", "ICNS", "TIFF"})
"""Formats whose size is known when loaded: of the picture inside an icon, of the upright TIFF."""
# Ghostscript, and stubs that only name a format: a picture file must not start programs.
_NEVER = frozenset({"EPS", "BUFR", "GRIB", "HDF5", "WMF", "MPEG"})


def read_with_pillow(data: bytes, header: Header | None, side: int | None, limits: Limits) -> Raster:
    """Decode the first frame with Pillow.

    Args:
        data: The file.
        header: What our own parser found, or None.
        side: Long side that will be needed, or None.
        limits: What is refused.

    Raises:
        ImageError: Not a picture, truncated, damaged or too large.
    """
    with opened(data, limits) as image:
        limits.check_size(*image.size)
        try:
            return raster_of(image, header, side)
        except (MemoryError, ImageError):
            raise
        except Exception as error:  # Pillow's readers raise nearly anything on damaged files.
            raise ImageError(_reason(error, image.format or "picture")) from error


@contextmanager
def opened(data: bytes, limits: Limits) -> Iterator[Image.Image]:
    """A file as Pillow opens it, its header read and nothing decoded yet.

    Raises:
        ImageError: Not a picture, damaged or too large.
    """
    with _quiet(), _open(data, limits) as image:
        yield image


@lru_cache(maxsize=1)
def plugins() -> dict[str, bool]:
    """Register the optional readers; format name to whether it is available.

    Each is kept to one thread, as OpenCV is: every core has a worker process already.
    """
    found = {"HEIF": False, "JXL": False}
    try:
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
        pillow_heif.options.DECODE_THREADS = 1
        found["HEIF"] = True
    except ImportError:
        pass
    try:
        from pillow_jxl import JpegXLImagePlugin

        JpegXLImagePlugin.DECODE_THREADS = 0
        found["JXL"] = True
    except ImportError:
        pass
    return found


def _open(data: bytes, limits: Limits) -> Image.Image:
    _refuse_missing_plugin(data)
    # It refuses twice this figure, also for the pictures inside icons, whose size nobody else gets to see.
    Image.MAX_IMAGE_PIXELS = -(-limits.pixels // 2)
    try:
        return Image.open(io.BytesIO(data), formats=_formats())
    except MemoryError:
        raise
    except Image.DecompressionBombError as error:
        raise ImageError(f"too large (limit {limits.pixels / 1e6:g} megapixels)") from error
    except UnidentifiedImageError as error:
        name = format_name(data)
        raise ImageError(f"damaged {name}" if name else refused_kind(data) or "not a picture") from error
    except Exception as error:
        raise ImageError(_reason(error, format_name(data) or "picture")) from error


def _refuse_missing_plugin(data: bytes) -> None:
    kind = special_kind(data)
    if kind is not None and not plugins()[kind]:
        package = {"HEIF": "pillow-heif", "JXL": "pillow-jxl-plugin"}[kind]
        raise ImageError(f"reading {kind} needs the package {package}")


def special_kind(data: bytes) -> str | None:
    """Name of the format where the content needs a plug-in of Pillow ("HEIF", "JXL"), else None."""
    if data.startswith((b"\xff\x0a", JXL_BOXES)):
        return "JXL"
    if data[4:8] == b"ftyp":
        size = min(int.from_bytes(data[:4], "big"), 256)
        brands = {data[place : place + 4] for place in (8, *range(16, size, 4))}
        heif = brands & {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
        return "HEIF" if heif and not brands & {b"avif", b"avis"} else None
    return None


@lru_cache(maxsize=1)
def _formats() -> tuple[str, ...]:
    Image.init()
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    plugins()
    return tuple(name for name in Image.ID if name not in _NEVER)


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def raster_of(image: Image.Image, header: Header | None, side: int | None) -> Raster:
    """Decode the frame that the image stands at; ``header`` is what our own parser found, ``side`` what is needed."""
    width, height = image.size
    name = header.format if header else (image.format or "picture")
    frames = header.frames if header and header.frames else _frames(image)
    if name == "JPEG" and image.mode == "CMYK" and side is not None:
        image.draft(None, (side, side))
    reduction = max(1, round(width / image.width))
    image.load()
    if name in _SIZED_LATE:
        width, height = image.size
    profile = image.info.get("icc_profile")
    return Raster(
        _samples(image),
        width,
        height,
        name,
        frames,
        _orientation(image, header, name),
        profile if isinstance(profile, bytes) else None,
        reduction,
    )


def _frames(image: Image.Image) -> int:
    if image.format == "PSD":  # layers
        return 1
    try:
        return max(1, int(getattr(image, "n_frames", 1)))
    except (OSError, EOFError, ValueError, SyntaxError, struct.error):
        return 1


def _orientation(image: Image.Image, header: Header | None, name: str) -> int:
    if name in _UPRIGHT_ALREADY or (name == "JXL" and not getattr(image, "jpeg", False)):
        return 1
    in_text = "Raw profile type exif" in image.info
    if header is not None and header.format in _SAID_BY_HEADER and not in_text:
        return header.orientation
    value = image.getexif().get(_EXIF_ORIENTATION, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _samples(image: Image.Image) -> NDArray[np.uint8]:
    """(H, W) gray, (H, W, 3) RGB with alpha blended, or (H, W, 4) CMYK."""
    mode = image.mode
    if mode.startswith("I;16"):
        return to_bytes(_numbers(image))
    if mode in ("I", "F"):
        return to_bytes(np.asarray(image))
    if mode == "CMYK":
        return np.asarray(image)
    if mode == "LAB":
        return np.asarray(_from_lab(image))
    if image.has_transparency_data:
        full = np.asarray(image.convert("LA" if mode == "La" else mode).convert("RGBA"))
        return blend(np.ascontiguousarray(full[..., :3]), full[..., 3])
    # Converting what needs no converting would hold a large picture in memory once more.
    return np.asarray(image if mode in ("L", "RGB") else image.convert("L" if mode == "1" else "RGB"))


def _from_lab(image: Image.Image) -> Image.Image:
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return ImageCms.applyTransform(image, ImageCms.buildTransform(lab, srgb, "LAB", "RGB")) or image


def _numbers(image: Image.Image) -> NDArray[np.uint16]:
    order = ">" if image.mode.endswith("B") else "<"
    values = np.frombuffer(image.tobytes(), np.dtype(f"{order}u2")).astype(np.uint16)
    return values.reshape(image.height, image.width)


def _reason(error: Exception, name: str) -> str:
    text = str(error).lower()
    if isinstance(error, EOFError) or "truncated" in text or "not enough" in text:
        return f"truncated {name}"
    if isinstance(error, struct.error | IndexError):
        return f"damaged {name}"
    if isinstance(error, NotImplementedError) or "unsupported" in text or "unknown" in text:
        return f"unsupported kind of {name}"
    return f"damaged {name}"
