"""Samples of any depth, with alpha, ink or an ICC profile -> 8-bit sRGB."""

from __future__ import annotations

import io
import logging
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.features.base import Pixels

if TYPE_CHECKING:
    from PIL import ImageCms

log = logging.getLogger(__name__)

BACKGROUND = 128
"""Transparent pixels show this gray; neither black nor white pictures vanish on it."""
_ROWS = 64
"""Rows at a time, so that what lies between stays in the cache of the processor."""
_SAME_COLOUR = 3
"""Levels by which a profile may differ from sRGB and still be taken for it (rounding of its tables)."""
_MODES = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}


def to_srgb(samples: NDArray[np.uint8], profile: bytes | None) -> Pixels:
    """Convert (H, W, 3) RGB or (H, W, 4) CMYK samples to (H, W, 3) sRGB; a broken profile counts as none."""
    transform = _transform(profile) if profile else None
    ink = samples.shape[2] == 4
    mode = _mode(profile) if profile else None
    if transform is None or ink != (mode == "CMYK"):
        return _from_ink(samples) if ink else samples
    from PIL import Image, ImageCms

    source = np.ascontiguousarray(samples[..., 0] if mode == "L" else samples)
    converted = ImageCms.applyTransform(Image.fromarray(source, mode), transform)
    return np.asarray(converted)


def blend(samples: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay (H, W, C) samples over the gray background by their (H, W) alpha.

    An alpha that is zero everywhere is a broken channel (old BMP and TGA writers), not an invisible picture.
    """
    lowest, highest = int(alpha.min(initial=255)), int(alpha.max(initial=0))
    if lowest == 255 or highest == 0:
        return samples
    out: NDArray[np.uint8] = np.empty_like(samples)
    for start in range(0, len(samples), _ROWS):
        rows = slice(start, start + _ROWS)
        opacity = alpha[rows, :, None].astype(np.uint16)
        sums = samples[rows] * opacity + (BACKGROUND * (255 - opacity) + 128)
        # Division by 255, rounded, without dividing.
        out[rows] = (sums + (sums >> 8)) >> 8
    return out


def to_bytes(values: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Scale samples of any type to uint8 without clipping.

    16-bit numbers keep their meaning (0 to 65535); floats and longer numbers are taken as 0 to 1, 0 to 255 or
    0 to 65535 by the largest value, and are stretched where none of these fits.
    """
    if values.dtype == np.uint8:
        return values  # type: ignore[return-value]
    if values.dtype == np.bool_:
        return values.astype(np.uint8) * np.uint8(255)
    if values.dtype == np.uint16:
        # Exactly round(value / 257), in whole numbers.
        return ((values.astype(np.uint32) * 255 + 32895) >> 16).astype(np.uint8)
    return _floats_to_bytes(values.astype(np.float32))


def tone_map(radiance: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Radiance of any range -> uint8 (global operator of Reinhard et al., 2002, with the sRGB curve)."""
    light = np.nan_to_num(radiance, nan=0.0, posinf=0.0, neginf=0.0).clip(0.0)
    luminance = light @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    average = float(np.exp(np.log(luminance + 1e-6).mean()))
    scaled = luminance * (0.18 / max(average, 1e-6))
    mapped = light * (scaled / (1.0 + scaled) / np.maximum(luminance, 1e-9))[..., None]
    curved = np.where(mapped <= 0.0031308, 12.92 * mapped, 1.055 * np.maximum(mapped, 1e-9) ** (1 / 2.4) - 0.055)
    return np.asarray(curved.clip(0.0, 1.0) * 255.0 + 0.5, np.uint8)


def _floats_to_bytes(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    if low >= 0.0 and high <= 65535.0:
        full = next(full for full in (1.0, 255.0, 65535.0) if high <= full)
        return (values * (255.0 / full) + 0.5).astype(np.uint8)
    return ((values - low) * (255.0 / max(high - low, 1e-12)) + 0.5).astype(np.uint8)


def _from_ink(samples: NDArray[np.uint8]) -> Pixels:
    light = 255 - samples[..., :3].astype(np.uint16)
    return ((light * (255 - samples[..., 3:].astype(np.uint16)) + 127) // 255).astype(np.uint8)


def _mode(profile: bytes) -> str | None:
    return _MODES.get(profile[16:20])


@lru_cache(maxsize=32)
def _transform(profile: bytes) -> ImageCms.ImageCmsTransform | None:
    """The way from a profile to sRGB, or None where there is nothing to convert (or no way to)."""
    from PIL import ImageCms

    mode = _mode(profile)
    if mode is None:
        return None
    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError) as error:
        log.debug("colour profile ignored: %s", error)
        return None
    return None if mode != "CMYK" and _changes_nothing(transform, mode) else transform


def _changes_nothing(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    from PIL import Image, ImageCms

    levels = np.linspace(0, 255, 9).astype(np.uint8)
    if mode == "L":
        cube = levels[None, :]
    else:
        cube = np.stack(np.meshgrid(levels, levels, levels), -1).reshape(27, 27, 3)
    converted = np.asarray(ImageCms.applyTransform(Image.fromarray(cube, mode), transform)).astype(int)
    expected = cube[..., None] if mode == "L" else cube
    return bool(np.abs(converted - expected).max() <= _SAME_COLOUR)


def split_alpha(samples: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W), (H, W, 3 BGR) or (H, W, 4 BGRA) as OpenCV decodes them -> (H, W, 3) RGB, blended."""
    if samples.ndim == 2:
        return cv2.cvtColor(samples, cv2.COLOR_GRAY2RGB)  # type: ignore[return-value]
    if samples.shape[2] == 4:
        rgb = cv2.cvtColor(samples, cv2.COLOR_BGRA2RGB)
        return blend(rgb, samples[..., 3])  # type: ignore[arg-type]
    return cv2.cvtColor(samples, cv2.COLOR_BGR2RGB)  # type: ignore[return-value]
