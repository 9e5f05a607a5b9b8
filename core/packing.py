"""Keypoints to bytes and back, for the catalog and the pipes of worker processes.

Layout: uint32 count, uint32 descriptor length, then points (N, 2) float32, sizes (N,) float32, angles (N,)
float32 and descriptors (N, D) uint8, little-endian.
"""

from __future__ import annotations

import numpy as np

from core.features.base import Keypoints

_HEADER = np.dtype("<u4")
_FLOAT = np.dtype("<f4")


def pack_keypoints(keypoints: Keypoints) -> bytes:
    """Serialise keypoints."""
    count, length = keypoints.descriptors.shape
    return b"".join(
        (
            np.array([count, length], _HEADER).tobytes(),
            keypoints.points.astype(_FLOAT).tobytes(),
            keypoints.sizes.astype(_FLOAT).tobytes(),
            keypoints.angles.astype(_FLOAT).tobytes(),
            np.ascontiguousarray(keypoints.descriptors, np.uint8).tobytes(),
        )
    )


def unpack_keypoints(data: bytes) -> Keypoints:
    """Read what ``pack_keypoints`` wrote; the arrays share the memory of ``data`` and are read-only.

    Raises:
        ValueError: The bytes are not packed keypoints.
    """
    if len(data) < 8:
        raise ValueError("packed keypoints are shorter than their header")
    count, length = (int(value) for value in np.frombuffer(data, _HEADER, 2))
    if len(data) != 8 + count * (16 + length):
        raise ValueError("packed keypoints have the wrong length")
    floats = np.frombuffer(data, _FLOAT, 4 * count, 8)
    return Keypoints(
        floats[: 2 * count].reshape(count, 2),
        floats[2 * count : 3 * count],
        floats[3 * count :],
        np.frombuffer(data, np.uint8, count * length, 8 + 16 * count).reshape(count, length),
    )
