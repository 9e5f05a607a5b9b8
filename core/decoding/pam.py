"""Portable arbitrary maps (PAM, "P7"), which Pillow does not know."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from core.decoding.colour import blend
from core.decoding.header import Header
from core.decoding.raster import Raster
from core.records import ImageError

PAM_MAGIC = b"P7\n"
_LONGEST_HEADER = 4096
_FIELD = re.compile(rb"^(WIDTH|HEIGHT|DEPTH|MAXVAL) (\d{1,9})\s*$", re.MULTILINE)


def read_pam_header(data: bytes) -> Header | None:
    """The size; None where the header is not one of a PAM (XV thumbnails begin alike)."""
    fields, _ = _fields(data)
    return Header("PAM", fields[b"WIDTH"], fields[b"HEIGHT"], False, alpha=fields[b"DEPTH"] in (2, 4))


def read_pam(data: bytes, header: Header) -> Raster:
    """Decode a PAM whose header has been checked against the limits.

    Raises:
        ImageError: Truncated, or not of one to four samples a pixel.
    """
    fields, start = _fields(data)
    depth, most = fields[b"DEPTH"], fields[b"MAXVAL"]
    if not 1 <= depth <= 4 or not 1 <= most <= 65535:
        raise ImageError("unsupported kind of PAM")
    kind = np.dtype(">u2" if most > 255 else "u1")
    count = header.width * header.height * depth
    if len(data) < start + count * kind.itemsize:
        raise ImageError("truncated PAM")
    samples = np.frombuffer(data, kind, count, start).reshape(header.height, header.width, depth)
    if most != 255:
        samples = ((samples.clip(0, most).astype(np.float32) / most) * 255.0 + 0.5).astype(np.uint8)
    return Raster(_visible(samples.astype(np.uint8)), header.width, header.height, "PAM")


def _visible(samples: NDArray[np.uint8]) -> NDArray[np.uint8]:
    depth = samples.shape[2]
    colours = samples[..., : 3 if depth >= 3 else 1]
    if depth in (2, 4):
        colours = blend(np.ascontiguousarray(colours), samples[..., -1])
    return colours[..., 0] if depth < 3 else np.ascontiguousarray(colours)


def _fields(data: bytes) -> tuple[dict[bytes, int], int]:
    end = data.index(b"ENDHDR\n", 0, _LONGEST_HEADER)
    fields = {name: int(value) for name, value in _FIELD.findall(data[:end])}
    if len(fields) != 4:
        raise ValueError("no PAM header")
    return fields, end + len(b"ENDHDR\n")
