"""Two calls of Linux that Python does not offer: moving without replacing, and copies that share their blocks."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

_AT_FDCWD = -100
_RENAME_NOREPLACE = 1
_FICLONE = 0x40049409
_UNKNOWN = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)


def rename_new(source: Path, target: Path) -> None:
    """Rename a file; never over another one.

    Raises:
        FileExistsError: Something is at the target.
        OSError: It cannot be moved; ``errno.EXDEV`` for another file system.
    """
    if sys.platform == "linux" and _renameat2(source, target):
        return
    if os.name == "posix" and os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    source.rename(target)


def _renameat2(source: Path, target: Path) -> bool:
    """Whether the system knows the call here; old kernels and some network drives do not."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    if call(_AT_FDCWD, os.fsencode(source), _AT_FDCWD, os.fsencode(target), _RENAME_NOREPLACE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNKNOWN:
        return False
    raise OSError(code, os.strerror(code), str(source), None, str(target))


def clone(source: int, target: int) -> None:
    """Let an empty file share the blocks of another one until either is written to (``FICLONE``).

    Args:
        source: Descriptor of the file, open for reading.
        target: Descriptor of the empty file, open for writing.

    Raises:
        OSError: The file system cannot do that, or the files lie on two.
    """
    if sys.platform != "linux":
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))
    import fcntl

    fcntl.ioctl(target, _FICLONE, source)
