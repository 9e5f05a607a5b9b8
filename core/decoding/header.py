"""What the header of a picture file says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Header:
    """The figures of a stored picture.

    Attributes:
        format: Name of the format, as Pillow spells it ("JPEG").
        width: Pixels of the stored rows, before the orientation is applied.
        height: Pixels of the stored columns.
        plain: Whether OpenCV reads this kind of file right.
        orientation: EXIF orientation, 1 to 8.
        profile: ICC profile, or None.
        alpha: Whether pixels can be transparent.
        frames: 1 for a still picture, 0 where the header does not tell.
    """

    format: str
    width: int
    height: int
    plain: bool
    orientation: int = 1
    profile: bytes | None = None
    alpha: bool = False
    frames: int = 1
