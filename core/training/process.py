"""How a process that trains treats memory and cores; both settings are for processes that do nothing else."""

from __future__ import annotations

import ctypes
import logging
import os
import sys

logger = logging.getLogger(__name__)

# The numbers of malloc.h, with the largest value that mallopt takes.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX, _ARENA_MAX = -1, -2, -4, -8
_SETTINGS = ((_TRIM_THRESHOLD, 2**31 - 1), (_TOP_PAD, 256 << 20), (_MMAP_MAX, 0), (_ARENA_MAX, 1))


def keep_memory() -> bool:
    """Tell glibc's allocator to keep freed memory, for the rest of this process.

    Every step allocates and frees the same large tensors. By default glibc hands each back to the kernel and
    then takes the page faults of fresh memory again, which doubles the time of a step.

    Returns:
        False where there is no glibc.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        adjust = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        logger.debug("no glibc here; memory is handled as ever")
        return False
    return all(adjust(name, value) == 1 for name, value in _SETTINGS)


def share_cores() -> None:
    """Let waiting threads of torch sleep; call it before torch is imported.

    By default they spin, and on a machine that is used for other things too a spinning thread keeps the core
    from the very thread it waits for.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
