"""Worker processes share the memory of the computer, within bounds that let every sound picture be read."""

from __future__ import annotations

import sys

import pytest

from core.memory_share import LEAST, MOST, memory_share, physical_memory

_GIB = 1 << 30


@pytest.mark.parametrize(
    ("workers", "physical", "expected"),
    [
        (2, 16 * _GIB, 6 * _GIB),
        (1, 16 * _GIB, 6 * _GIB),
        (8, 64 * _GIB, 6 * _GIB),
        (8, 8 * _GIB, LEAST),
        (2, 256 * _GIB, MOST),
        (4, 0, LEAST),
    ],
)
def test_more_memory_or_fewer_workers_give_each_more(workers: int, physical: int, expected: int) -> None:
    assert memory_share(workers, physical) == expected


def test_the_system_says_how_much_memory_there_is() -> None:
    assert physical_memory() > _GIB if sys.platform == "linux" else physical_memory() >= 0
