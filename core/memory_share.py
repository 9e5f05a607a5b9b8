"""How much memory one worker process may take: its share of what this computer has."""

from __future__ import annotations

import os

LEAST = 4 << 30
"""Bytes of address space that a picture of 100 megapixels and a network beside it find room in."""
MOST = 16 << 30
"""More than any picture within the limits needs; what wants it is a bomb."""
_SHARE = 0.75


def memory_share(workers: int, physical: int | None = None) -> int:
    """The most address space in bytes for each of so many workers.

    Three quarters of the memory are shared out, among two at least, so that pictures that want too much fail one by
    one before the computer swaps. On a small computer no worker gets less than ``LEAST``: they hardly ever want it
    all at once.

    Args:
        workers: How many processes share the memory, at least 1.
        physical: Bytes of memory, None to ask the system.
    """
    total = physical_memory() if physical is None else physical
    return min(MOST, max(LEAST, int(total * _SHARE / max(2, workers))))


def physical_memory() -> int:
    """Bytes of memory of this computer, 0 where the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return 0
