"""Thumbnails that survive a restart: small JPEG files, named by the content they show.

The folder is private to the user, since thumbnails show what the pictures show. A file is written whole or
not at all, and the oldest files go when the folder outgrows its limit.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
import time
from pathlib import Path

import platformdirs

_LOG = logging.getLogger(__name__)
_JPEG_END = b"\xff\xd9"
_PRUNE_EVERY = 64 << 20
_KEPT_AFTER_PRUNING = 0.9
_TOUCH_AFTER = 24 * 3600.0


def default_cache_folder() -> Path:
    """Where thumbnails are kept for the person at this computer."""
    return platformdirs.user_cache_path("twinsight", appauthor=False) / "thumbnails"


class ThumbnailFiles:
    """A bounded folder of JPEG files by content hash; for use in one thread.

    Args:
        folder: Created when first written to, readable by its owner only.
        limit: Bytes the folder may hold.
    """

    def __init__(self, folder: Path, limit: int = 1 << 30) -> None:
        self._folder = folder
        self._limit = limit
        self._written = 0
        self._writable = True

    def read(self, content: str, side: int) -> bytes | None:
        """The JPEG of a content, or None when there is none or it is not whole."""
        path = self._path(content, side)
        try:
            data = path.read_bytes()
            if not data.endswith(_JPEG_END):
                path.unlink(missing_ok=True)
                return None
            self._touch(path)
        except OSError:
            return None
        return data

    def write(self, content: str, side: int, data: bytes) -> None:
        """Keep the JPEG of a content; a full or read-only disk costs only the speed of the next start."""
        if not self._writable:
            return
        path = self._path(content, side)
        try:
            self._write_whole(path, data)
        except OSError as error:
            _LOG.warning("Thumbnails are not kept from now on: %s", error)
            self._writable = False
            return
        self._written += len(data)
        if self._written >= _PRUNE_EVERY:
            self.prune()

    def prune(self) -> int:
        """Remove the files used longest ago until the folder is within its limit; returns how many went."""
        self._written = 0
        files = sorted(self._files())
        total = sum(count for _, count, _ in files)
        if total <= self._limit:
            return 0
        removed = 0
        for _, count, path in files:
            if total <= self._limit * _KEPT_AFTER_PRUNING:
                break
            Path(path).unlink(missing_ok=True)
            total -= count
            removed += 1
        return removed

    def _path(self, content: str, side: int) -> Path:
        return self._folder / content[:2] / f"{content}-{side}.jpg"

    def _write_whole(self, path: Path, data: bytes) -> None:
        self._make_private_folder()
        path.parent.mkdir(mode=0o700, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            Path(name).replace(path)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise

    def _make_private_folder(self) -> None:
        if not self._folder.is_dir():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)

    def _touch(self, path: Path) -> None:
        """Mark a file as used, so that pruning takes others first; once a day is enough."""
        if time.time() - path.stat().st_mtime > _TOUCH_AFTER:
            os.utime(path)

    def _files(self) -> list[tuple[float, int, str]]:
        found: list[tuple[float, int, str]] = []
        for folder in _entries(self._folder):
            for entry in _entries(folder.path):
                with contextlib.suppress(OSError):
                    status = entry.stat(follow_symlinks=False)
                    found.append((status.st_mtime, status.st_size, entry.path))
        return found


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []
