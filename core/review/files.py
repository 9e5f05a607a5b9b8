"""Every file operation of a clean-up; no other code of it touches a disk.

One small class, so that it can be read in one go, and so that tests can let any operation fail at any moment.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.describing import DIGEST_SIZE
from core.review import _system
from core.spelling import as_listed

_CHUNK = 1 << 20
_GONE = (errno.ENOENT, errno.ENOTDIR)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the file system says of a name, symbolic links not followed.

    Attributes:
        device: Number of the device.
        inode: Number of the file on it; 0 where there are none.
        size: Bytes.
        modified_ns: Nanoseconds since the epoch.
        links: How many names the file has.
        regular: Whether it is a plain file.
        folder: Whether it is a folder.
        sticky: Whether in a folder each user may remove only files of their own.
    """

    device: int
    inode: int
    size: int
    modified_ns: int
    links: int
    regular: bool
    folder: bool
    sticky: bool = False

    @property
    def identity(self) -> tuple[int, int]:
        """The same for two names of one file: hard links, bind mounts, another spelling of the case."""
        return self.device, self.inode

    def same_file(self, other: Facts) -> bool:
        """Whether both are names of one file, as far as the file system numbers its files."""
        return self.inode != 0 and self.identity == other.identity

    def unchanged(self, other: Facts | None) -> bool:
        """Whether it is still there and nobody wrote to it in between."""
        return other is not None and (self.identity, self.size, self.modified_ns) == (
            other.identity,
            other.size,
            other.modified_ns,
        )


class Files:
    """The disk, as a clean-up sees it. Every method raises OSError when the system refuses."""

    # ------------------------------------------------------------------ looking

    def facts(self, path: Path) -> Facts | None:
        """What is at a path, or None where nothing is."""
        try:
            found = path.lstat()
        except OSError as error:
            if error.errno in _GONE:
                return None
            raise
        return _facts(found)

    def digest(self, path: Path) -> bytes:
        """Digest of a file's bytes, as the catalog has it."""
        value = hashlib.blake2b(digest_size=DIGEST_SIZE)
        with _open_plain(path) as stream:
            while block := stream.read(_CHUNK):
                value.update(block)
        return value.digest()

    def opens(self, path: Path) -> bool:
        """Whether a file can be opened right now; what a drive said of it a moment ago does not count.

        FUSE and network drives answer ``facts`` from memory for some seconds after a file went under another name.
        """
        try:
            _open_plain(path).close()
        except OSError:
            return False
        return True

    def read(self, path: Path) -> bytes:
        """A file's bytes."""
        with _open_plain(path) as stream:
            return stream.read()

    def real(self, path: Path) -> Path:
        """The path with symbolic links resolved, as far as it exists."""
        return Path(os.path.realpath(path))

    def listed(self, path: Path) -> Path:
        """The path as its folders spell it, where case makes no difference."""
        return as_listed(path)

    def names(self, folder: Path) -> list[str]:
        """The names in a folder, in order."""
        return sorted(entry.name for entry in folder.iterdir())

    def folders_below(self, folder: Path) -> Iterator[tuple[int, int]]:
        """Identities of a folder and of all folders below it, symbolic links not followed."""
        for place, _, _ in os.walk(folder):
            with suppress(OSError):
                yield _facts(os.lstat(place)).identity

    def is_writable(self, folder: Path) -> bool:
        """Whether files may be made in a folder and taken from it."""
        return os.access(folder, os.W_OK | os.X_OK)

    # ------------------------------------------------------------------ changing

    def make_folder(self, folder: Path, mode: int = 0o777) -> None:
        """Make a folder and those above it; one that is there is fine."""
        folder.mkdir(mode=mode, parents=True, exist_ok=True)

    def remove_folder(self, folder: Path) -> None:
        """Remove an empty folder."""
        folder.rmdir()

    def rename(self, source: Path, target: Path) -> None:
        """Move a file within its file system, never over another one.

        Raises:
            FileExistsError: Something is at the target.
            OSError: With ``errno.EXDEV`` when the target lies on another file system.
        """
        _system.rename_new(source, target)

    def replace(self, source: Path, target: Path) -> None:
        """Put a file in the place of another one in a single step."""
        source.replace(target)

    def copy(self, source: Path, target: Path) -> None:
        """Copy a file with its times, permissions and attributes to a new name, down to the disk."""
        with _open_plain(source) as reading, target.open("xb") as writing:
            shutil.copyfileobj(reading, writing, _CHUNK)
            _sync(writing)
        self.copy_attributes(source, target)
        self.sync_folder(target.parent)

    def write(self, path: Path, data: bytes) -> None:
        """Write a new file, down to the disk."""
        with path.open("xb") as writing:
            writing.write(data)
            _sync(writing)

    def clone(self, source: Path, target: Path) -> None:
        """Make a new file that shares the blocks of another one, where the file system can."""
        with _open_plain(source) as reading, target.open("xb") as writing:
            _system.clone(reading.fileno(), writing.fileno())
            _sync(writing)

    def copy_attributes(self, source: Path, target: Path) -> None:
        """Give a file the times, permissions, owner and extended attributes of another one."""
        found = source.lstat()
        self._give_owner(target, found.st_uid, found.st_gid)
        shutil.copystat(source, target)

    def attributes(self, path: Path) -> bytes:
        """Times, permissions and owner of a file, to be kept for ``set_attributes``."""
        found = path.lstat()
        times = found.st_atime_ns, found.st_mtime_ns
        return json.dumps([stat.S_IMODE(found.st_mode), *times, found.st_uid, found.st_gid]).encode()

    def set_attributes(self, path: Path, attributes: bytes) -> None:
        """Give a file the times, permissions and owner that another one had."""
        mode, accessed, modified, user, group = json.loads(attributes)
        self._give_owner(path, user, group)
        path.chmod(mode)
        os.utime(path, ns=(accessed, modified))

    def _give_owner(self, path: Path, user: int, group: int) -> None:
        if hasattr(os, "chown"):
            # Only the administrator can give files away; a file of one's own has the right owner anyway.
            with suppress(PermissionError):
                os.chown(path, user, group)

    def link(self, source: Path, target: Path) -> None:
        """Give a file another name."""
        target.hardlink_to(source)

    def unlink(self, path: Path) -> None:
        """Take a name away; with its last name a file is gone."""
        path.unlink()

    def sync_folder(self, folder: Path) -> None:
        """Bring the names in a folder down to the disk, where the system can."""
        if os.name != "posix":
            return
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            # Some network drives cannot; they keep names in order on their side.
            with suppress(OSError):
                os.fsync(number)
        finally:
            os.close(number)


def _facts(found: os.stat_result) -> Facts:
    return Facts(
        found.st_dev,
        found.st_ino,
        found.st_size,
        found.st_mtime_ns,
        found.st_nlink,
        stat.S_ISREG(found.st_mode),
        stat.S_ISDIR(found.st_mode),
        bool(found.st_mode & stat.S_ISVTX),
    )


def _open_plain(path: Path) -> BinaryIO:
    """Open a plain file; a symbolic link is refused, and a pipe in its place does not block."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    return open(os.open(path, flags), "rb")  # noqa: PTH123 - a descriptor has no path


def _sync(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())
