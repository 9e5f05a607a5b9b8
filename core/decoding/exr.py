"""OpenEXR: radiance in floats, of any range, tone-mapped to what a screen shows."""

from __future__ import annotations

import io
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.decoding.colour import blend, tone_map
from core.decoding.header import Header
from core.decoding.raster import Raster
from core.records import ImageError

EXR_MAGIC = b"v/1\x01"
_LONGEST_HEADER = 1 << 20
_NAMES = (("R", "G", "B"), ("r", "g", "b"), ("Y", "Y", "Y"), ("Z", "Z", "Z"))


def read_exr_header(data: bytes) -> Header | None:
    """The size of the data window; None where the header has none."""
    place = 8
    while place < min(len(data), _LONGEST_HEADER) and data[place]:
        name_end = data.index(b"\0", place)
        kind_end = data.index(b"\0", name_end + 1)
        (length,) = struct.unpack_from("<i", data, kind_end + 1)
        start = kind_end + 5
        if data[place:name_end] == b"dataWindow":
            left, top, right, bottom = struct.unpack_from("<iiii", data, start)
            return Header("EXR", max(0, right - left + 1), max(0, bottom - top + 1), False)
        if length < 0:
            return None
        place = start + length
    return None


def read_exr(data: bytes, header: Header) -> Raster:
    """Decode an OpenEXR picture whose header has been checked against the limits.

    Raises:
        ImageError: OpenEXR is missing, or the file is damaged or of a kind that shows no picture (deep data).
    """
    try:
        import OpenEXR
    except ImportError as error:
        raise ImageError("reading OpenEXR needs the package OpenEXR") from error
    try:
        file = OpenEXR.InputFile(io.BytesIO(data))
        planes = _planes(file, header.width, header.height)
    except MemoryError:
        raise
    except Exception as error:  # The binding raises nearly anything on damaged files.
        raise ImageError("damaged or unsupported EXR") from error
    return Raster(_visible(planes), header.width, header.height, "EXR")


def _planes(file: Any, width: int, height: int) -> list[NDArray[np.float32]]:
    """The three colours, and the opacity where there is one."""
    channels = file.header()["channels"]
    names, alpha = _chosen(channels)
    if (width, height) != _window(file.header()["dataWindow"]):
        raise ValueError("two sizes")
    return [_plane(file, name, height, width) for name in (*names, *filter(None, [alpha]))]


def _window(window: Any) -> tuple[int, int]:
    return window.max.x - window.min.x + 1, window.max.y - window.min.y + 1


def _chosen(channels: Mapping[str, Any]) -> tuple[tuple[str, str, str], str | None]:
    """The names of the colours and of the opacity, in the first layer that has any."""
    layers = sorted({name.rpartition(".")[0] for name in channels})
    for names in _NAMES:
        for layer in layers:
            red, green, blue, alpha = (f"{layer}.{name}" if layer else name for name in (*names, "A"))
            if all(name in channels and channels[name].xSampling == 1 for name in (red, green, blue)):
                return (red, green, blue), alpha if alpha in channels else None
    raise ValueError("no colours")


def _plane(file: Any, name: str, height: int, width: int) -> NDArray[np.float32]:
    packed = file.channel(name)
    size = len(packed) // max(1, height * width)
    # A channel of 32-bit numbers holds identifiers, not light; it is the right size and looks like noise.
    values = np.frombuffer(packed, {2: "<f2", 4: "<f4"}[size]).reshape(height, width)
    return values.astype(np.float32)


def _visible(planes: list[NDArray[np.float32]]) -> NDArray[np.uint8]:
    radiance = np.stack(planes[:3], axis=-1)
    if len(planes) == 3:
        return tone_map(radiance)
    opacity = np.nan_to_num(planes[3]).clip(0.0, 1.0)
    # Colours are stored multiplied by their opacity.
    bare = radiance / np.maximum(opacity, 1e-3)[..., None]
    return blend(tone_map(bare), (opacity * 255.0 + 0.5).astype(np.uint8))
