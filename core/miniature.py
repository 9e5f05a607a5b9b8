"""A miniature of each picture, small enough to keep for all of them: the first look at the pixels of a pair.

Luma at 64 x 64 and both chroma planes at 32 x 32, squashed to squares, so that a homography between two
pictures carries over to their miniatures by scaling alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core._cv import cv2
from core.averaging import average_to
from core.features.base import Pixels

KEY = "miniature@1"
SIDE = 64
_CHROMA = SIDE // 2
_BYTES = SIDE * SIDE + 2 * _CHROMA * _CHROMA


@dataclass(frozen=True, slots=True, eq=False)
class Miniature:
    """A picture of 6 KiB.

    Attributes:
        luma: (64, 64) uint8.
        chroma: (32, 32, 2) uint8, Cr and Cb with 128 for gray.
    """

    luma: NDArray[np.uint8]
    chroma: NDArray[np.uint8]

    def pack(self) -> bytes:
        """The miniature as 6,144 bytes."""
        return self.luma.tobytes() + self.chroma.tobytes()

    @classmethod
    def unpack(cls, data: bytes) -> Miniature:
        """Read what ``pack`` wrote.

        Raises:
            ValueError: The bytes are no miniature.
        """
        if len(data) != _BYTES:
            raise ValueError(f"a miniature has {_BYTES} bytes, not {len(data)}")
        luma = np.frombuffer(data, np.uint8, SIDE * SIDE).reshape(SIDE, SIDE)
        return cls(luma, np.frombuffer(data, np.uint8, -1, SIDE * SIDE).reshape(_CHROMA, _CHROMA, 2))


def make_miniature(pixels: Pixels) -> Miniature:
    """Shrink a picture, (H, W, 3) uint8 RGB, to its miniature by averaging."""
    ycrcb = np.asarray(cv2.cvtColor(average_to(pixels, SIDE, SIDE), cv2.COLOR_RGB2YCrCb), np.uint8)
    chroma = average_to(ycrcb, _CHROMA, _CHROMA)[..., 1:]
    return Miniature(np.ascontiguousarray(ycrcb[..., 0]), np.ascontiguousarray(chroma))
