"""Camera RAW through rawpy (LibRaw): the embedded preview where it is large enough, else a development."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from core.decoding.limits import Limits
from core.decoding.raster import Raster
from core.decoding.tiff import tiff_tags
from core.records import ImageError

log = logging.getLogger(__name__)

RAW_EXTENSIONS = frozenset(
    (
        *(".3fr", ".arw", ".cr2", ".cr3", ".dcr", ".dng", ".erf", ".iiq", ".kdc", ".mef", ".mos", ".mrw"),
        *(".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"),
    )
)
_MAGICS = (b"FUJIFILMCCD-RAW", b"IIU\0", b"IIRO", b"IIRS", b"MMOR", b"FOVb", b"\0MRM")
_TIFF = (b"II*\0", b"MM\0*")
_DNG_VERSION = 50706
_NEW_SUBFILE_TYPE, _SUB_IFDS = 254, 330
_SAME_SHAPE = 0.02
"""By how much the shape of a preview may differ from that of the picture it stands for."""
_FLIPS = {3: 3, 5: 8, 6: 6}
"""LibRaw's flip to EXIF orientation."""


def is_raw(data: bytes) -> bool:
    """Whether the content says that it is a camera RAW file."""
    if data.startswith(_MAGICS) or data[4:12] == b"ftypcrx ":
        return True
    if not data.startswith(_TIFF):
        return False
    if data[8:10] == b"CR" or data[8:12] == b"IIII":
        return True
    try:
        tags = tiff_tags(data)
    except ValueError:
        return False
    return _DNG_VERSION in tags or (tags.get(_NEW_SUBFILE_TYPE) == 1 and _SUB_IFDS in tags)


def is_named_raw(data: bytes, path: Path | None) -> bool:
    """Whether it is a TIFF structure that only its name calls a RAW file, as those of some cameras are."""
    return path is not None and path.suffix.lower() in RAW_EXTENSIONS and data.startswith(_TIFF)


def read_raw(
    data: bytes,
    limits: Limits,
    side: int | None,
    read_preview: Callable[[bytes], Raster],
) -> Raster:
    """Decode a RAW file.

    Args:
        data: The file.
        limits: What is refused.
        side: Long side that will be needed; None develops the full picture.
        read_preview: Decodes the embedded JPEG.

    Raises:
        ImageError: rawpy is missing, or the file is damaged.
    """
    try:
        import rawpy
    except ImportError as error:
        raise ImageError("reading camera RAW needs the package rawpy") from error
    try:
        with rawpy.imread(io.BytesIO(data)) as raw:
            sizes = raw.sizes
            limits.check_size(sizes.width, sizes.height)
            preview = _preview(raw, side, read_preview) if side is not None else None
            if preview is not None:
                return preview
            half = side is not None and max(sizes.width, sizes.height) >= 2 * side
            samples: np.ndarray[tuple[int, ...], np.dtype[np.uint8]] = raw.postprocess(
                half_size=half, use_camera_wb=True, user_flip=0, no_auto_bright=False
            )
    except rawpy.LibRawError as error:
        raise ImageError("damaged or unsupported RAW") from error
    return Raster(samples, sizes.width, sizes.height, "RAW", orientation=_FLIPS.get(sizes.flip, 1))


def _preview(raw: Any, side: int, read_preview: Callable[[bytes], Raster]) -> Raster | None:
    import rawpy

    try:
        thumbnail = raw.extract_thumb()
        if thumbnail.format is not rawpy.ThumbFormat.JPEG:
            return None
        raster = read_preview(thumbnail.data)
    except (rawpy.LibRawError, ImageError) as error:
        log.debug("no usable preview: %s", error)
        return None
    if max(raster.width, raster.height) < side:
        return None
    return _as_full_size(raster, raw.sizes)


def _as_full_size(preview: Raster, sizes: Any) -> Raster | None:
    shape, full = preview.width / preview.height, sizes.width / sizes.height
    orientation = _FLIPS.get(sizes.flip, 1)
    if abs(shape / full - 1.0) <= _SAME_SHAPE:
        return Raster(preview.samples, sizes.width, sizes.height, "RAW", 1, orientation, preview.profile)
    if orientation in (6, 8) and abs(shape * full - 1.0) <= _SAME_SHAPE:
        # The camera has turned the preview already.
        return Raster(preview.samples, sizes.height, sizes.width, "RAW", 1, 1, preview.profile)
    return None
