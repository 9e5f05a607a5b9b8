"""The middle and the last frame of an animation, described beside its first: an animation is found by them too.

Pages of a document count as frames. What is known of them belongs to the content that they are part of.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.decoding.later_frames import read_later_frames
from core.decoding.raster import Raster, develop
from core.images import Limits, Picture, load, read_bytes
from core.records import ImageError

SUFFIX = "/frames"
"""Added to the key of a method, for what it says of later frames."""
_PLACE = struct.Struct("<III")
_SECONDS = 5.0
"""The most that going through a long animation may take; what is not reached by then stays undescribed."""
_JUDGING_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class FramePlace:
    """One described frame.

    Attributes:
        number: From 0.
        width: Pixels, upright.
        height: Pixels, upright.
    """

    number: int
    width: int
    height: int


def later_numbers(frames: int) -> tuple[int, ...]:
    """The middle and the last of so many frames, from 0; none of a still picture."""
    return tuple(sorted({frames // 2, frames - 1} - {0}))


def later_pictures(data: bytes, frames: int, side: int | None, limits: Limits) -> list[tuple[int, Picture]]:
    """The middle and last frame with their numbers, as far as they can be reached in a few seconds."""
    found = read_later_frames(data, later_numbers(frames), side, limits, _SECONDS)
    return [(number, _picture(raster, side)) for number, raster in found]


def load_frame(path: Path, number: int, side: int | None = None, limits: Limits | None = None) -> Picture:
    """Read one frame of a picture file, number 0 being what ``load`` reads.

    Raises:
        ImageError: The file cannot be read, or the frame cannot be reached.
    """
    limits = limits or Limits()
    if not number:
        return load(path, side, limits)
    data = read_bytes(path, limits.bytes)
    for _, raster in read_later_frames(data, [number], side, limits, _JUDGING_SECONDS):
        return _picture(raster, side)
    raise ImageError(f"frame {number + 1} cannot be read", path)


def _picture(raster: Raster, side: int | None) -> Picture:
    width, height = raster.upright_size
    return Picture(develop(raster, side), width, height, raster.format, raster.frames)


def pack_frames(pictures: Sequence[tuple[int, Picture]], features: Sequence[bytes]) -> bytes:
    """Which frames were described and what a method says of each, for the catalog; also of none at all."""
    places = b"".join(_PLACE.pack(number, picture.width, picture.height) for number, picture in pictures)
    return bytes([len(pictures)]) + places + b"".join(features)


def unpack_frames(data: bytes) -> list[tuple[FramePlace, bytes]]:
    """Read what ``pack_frames`` wrote.

    Raises:
        IndexError: There are no bytes.
        ValueError: The bytes are none of it.
    """
    count = data[0]
    start = 1 + count * _PLACE.size
    if not count:
        return []
    size, rest = divmod(len(data) - start, count)
    if rest or size < 1:
        raise ValueError("features of another number of frames")
    places = [FramePlace(*entry) for entry in _PLACE.iter_unpack(data[1:start])]
    return [(place, data[start + size * row : start + size * (row + 1)]) for row, place in enumerate(places)]
