"""Frames of an animation, or pages of a document, after the first."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence

from PIL import Image

from core.decoding.headers import read_header
from core.decoding.limits import Limits
from core.decoding.pillow import opened, raster_of
from core.decoding.raster import Raster

log = logging.getLogger(__name__)

_IN_ORDER = frozenset({"GIF", "PNG", "WEBP", "AVIF", "JXL"})
"""Formats whose frames only make sense after those before them; pages of others are read by themselves."""
_MOST_PIXELS = 1_000_000_000
"""Pixels that may be decoded on the way to a frame."""


def read_later_frames(
    data: bytes, numbers: Sequence[int], side: int | None, limits: Limits, seconds: float
) -> Iterator[tuple[int, Raster]]:
    """Decode some frames in one pass, and end early where that takes too long or the file is damaged further on.

    Args:
        data: The file.
        numbers: Which frames, from 0, in ascending order.
        side: Long side that will be needed, or None.
        limits: What is refused.
        seconds: When to give up.

    Yields:
        The number of a frame, and the frame.
    """
    header = read_header(data)
    until = time.monotonic() + seconds
    try:
        with opened(data, limits) as image:
            for number in numbers:
                if not _reach(image, number, until):
                    return
                limits.check_size(*image.size)
                yield number, raster_of(image, header, side)
    except MemoryError:
        raise
    except Exception as error:  # Pillow's readers raise nearly anything on damaged files.
        log.debug("no further frames: %s", error)


def _reach(image: Image.Image, number: int, until: float) -> bool:
    """Go to a frame; False where the way there is too long."""
    if image.format not in _IN_ORDER:
        image.seek(number)
        return True
    if number * image.width * image.height > _MOST_PIXELS:
        return False
    for step in range(image.tell() + 1, number + 1):
        if time.monotonic() > until:
            return False
        image.seek(step)
        image.load()
    return True
