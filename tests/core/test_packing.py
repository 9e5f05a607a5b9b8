"""Keypoints survive the way through the catalog unchanged, and damaged ones are noticed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.features.base import Keypoints
from core.packing import pack_keypoints, unpack_keypoints


def some_keypoints(count: int, length: int = 32, seed: int = 0) -> Keypoints:
    rng = np.random.default_rng(seed)
    return Keypoints(
        rng.uniform(-0.5, 4000, (count, 2)).astype(np.float32),
        rng.uniform(1, 200, count).astype(np.float32),
        rng.uniform(0, 360, count).astype(np.float32),
        rng.integers(0, 256, (count, length)).astype(np.uint8),
    )


@given(st.integers(0, 50), st.sampled_from([1, 32, 61, 128]), st.integers(0, 9))
def test_what_is_packed_comes_back_bit_by_bit(count: int, length: int, seed: int) -> None:
    before = some_keypoints(count, length, seed)

    after = unpack_keypoints(pack_keypoints(before))

    assert len(after) == count
    for name in ("points", "sizes", "angles", "descriptors"):
        assert np.array_equal(getattr(after, name), getattr(before, name)), name
        assert getattr(after, name).dtype == getattr(before, name).dtype
        assert getattr(after, name).shape == getattr(before, name).shape


def test_it_takes_the_bytes_it_needs_and_no_more() -> None:
    assert len(pack_keypoints(some_keypoints(100))) == 8 + 100 * (16 + 32)
    assert len(pack_keypoints(some_keypoints(0))) == 8


def test_arrays_that_lie_scattered_in_memory_are_packed_too() -> None:
    before = some_keypoints(20)
    scattered = Keypoints(before.points[::2], before.sizes[::2], before.angles[::2], before.descriptors[::2])

    assert np.array_equal(unpack_keypoints(pack_keypoints(scattered)).descriptors, before.descriptors[::2])


@pytest.mark.parametrize("data", [b"", b"short", b"\xff" * 8, pack_keypoints(some_keypoints(3))[:-1]])
def test_damaged_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="packed keypoints"):
        unpack_keypoints(data)
