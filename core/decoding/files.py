"""The bytes of a picture file: read-only, and never from anything but a regular file."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

from core.decoding.limits import DEFAULT_LIMITS, Limits
from core.records import ImageError

# O_NONBLOCK: if a pipe takes the file's place at the last moment, opening it does not wait for a writer.
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


def read_bytes(path: Path, limit: int = DEFAULT_LIMITS.bytes) -> bytes:
    """Read a file whole, once, for those who need its digest as well as its pixels.

    Args:
        path: The file.
        limit: The most bytes.

    Raises:
        ImageError: Not a regular file (a pipe or device is never opened), empty, unreadable or too large.
    """
    limits = Limits(bytes=limit)
    try:
        _check(os.stat(path), limits)  # noqa: PTH116  # a third of the cost of Path.stat
        with _opened(path) as file:
            _check(os.fstat(file.fileno()), limits)
            data = file.read(limit + 1)
    except ImageError as error:
        raise ImageError(error.reason, path) from None
    except MemoryError as error:
        raise ImageError("needs too much memory", path) from error
    except (OSError, ValueError) as error:
        raise ImageError(_reason(error), path) from error
    return data


def read_beginning(path: Path, count: int) -> bytes:
    """The first bytes of a regular file, fewer where it is shorter; empty where it cannot be read."""
    try:
        with _opened(path) as file:
            return file.read(count) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
    except OSError:
        return b""


def _opened(path: Path) -> io.FileIO:
    return open(os.open(path, _FLAGS), "rb", buffering=0)  # noqa: PTH123  # flags


def _check(status: os.stat_result, limits: Limits) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ImageError("is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise ImageError("not a regular file")
    limits.check_bytes(status.st_size)


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "vanished"
    if isinstance(error, PermissionError):
        return "permission denied"
    return f"cannot be read ({getattr(error, 'strerror', None) or error})"
