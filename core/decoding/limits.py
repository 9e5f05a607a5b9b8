"""What is refused from the header alone, before any memory is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from core.records import ImageError

_MEGA = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused before decoding.

    Attributes:
        pixels: The most pixels of a picture.
        side: The most pixels of one side.
        bytes: The largest file.
    """

    pixels: int = 500_000_000
    side: int = 65_500
    bytes: int = 2 << 30

    def check_size(self, width: int, height: int) -> None:
        """Refuse a picture of this size.

        Raises:
            ImageError: Over the limits, or without a single pixel.
        """
        size = f"{width} x {height}"
        if width < 1 or height < 1:
            raise ImageError(f"has no pixels ({size})")
        if width * height > self.pixels:
            raise ImageError(f"too large: {size} pixels (limit {self.pixels / _MEGA:g} megapixels)")
        if max(width, height) > self.side:
            raise ImageError(f"too large: {size} pixels (limit {self.side} on a side)")

    def check_bytes(self, size: int) -> None:
        """Refuse a file of this many bytes.

        Raises:
            ImageError: Over the limit, or empty.
        """
        if size == 0:
            raise ImageError("empty file")
        if size > self.bytes:
            raise ImageError(f"too large: {size / _MEGA:,.0f} MB (limit {self.bytes / _MEGA:,.0f} MB)")


DEFAULT_LIMITS = Limits()
