"""What a worker process does for a thumbnail: decode, shrink, pack.

Kept apart from the service so that worker processes never load Qt.
"""

from __future__ import annotations

from pathlib import Path

from core.images import load, shrink
from core.records import ImageError

_QUALITY = 88


def make_thumbnail(path: Path, side: int) -> bytes:
    """Decode a file and return it as a small JPEG.

    Args:
        path: The picture; only read.
        side: The longest the long side of the result may be, in pixels.

    Returns:
        JPEG bytes, upright, sRGB; never larger than the picture itself.

    Raises:
        ImageError: The picture cannot be read.
    """
    from core._cv import cv2

    pixels = shrink(load(path, side).pixels, side)
    packed, data = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not packed:
        raise ImageError("its thumbnail could not be packed", path)
    return bytes(data.tobytes())
