"""Walks library folders and says what is there. Reads names and sizes only, never a file's contents."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.bins import is_bin
from core.images import EXTENSIONS
from core.records import LibraryError
from core.spelling import as_listed
from core.volumes import Volumes

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file that may be a picture.

    Attributes:
        path: Absolute, symbolic links of the library folder itself resolved.
        size: Bytes.
        modified_ns: Nanoseconds since the epoch.
        inode: Number of the file on its device; 0 where the system has none.
        device: Number of the drive, see ``core.volumes``.
        problem: Why it cannot be read at all ("not a regular file"), or None.
    """

    path: Path
    size: int
    modified_ns: int
    inode: int
    device: int
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class FolderProblem:
    """A folder that could not be listed; what the catalog knows below it stays as it is."""

    path: Path
    reason: str


def resolve_library(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Check library folders and drop those that lie inside another one.

    Raises:
        LibraryError: A folder is missing, is not a folder, or may not be listed.
    """
    resolved = sorted({_checked(folder) for folder in folders}, key=lambda folder: os.fsencode(folder))
    if not resolved:
        raise LibraryError("No library folder was given; name at least one folder with pictures.")
    return tuple(
        folder for folder in resolved if not any(other != folder and folder.is_relative_to(other) for other in resolved)
    )


def _checked(folder: Path) -> Path:
    try:
        resolved = as_listed(folder.expanduser().resolve(strict=True))
        if not resolved.is_dir():
            raise LibraryError(f"{folder} is a file, not a folder; name the folder it lies in.")
        os.scandir(resolved).close()
    except FileNotFoundError:
        raise LibraryError(f"{folder}: there is no such folder; check the name, or plug in its drive.") from None
    except PermissionError:
        raise LibraryError(
            f"{folder}: you may not read this folder; change its permissions or choose another."
        ) from None
    except (OSError, RuntimeError) as error:
        raise LibraryError(f"{folder} cannot be opened: {error}") from None
    return resolved


def walk(library: Sequence[Path], *, hidden: bool = False) -> Iterator[FileEntry | FolderProblem]:
    """Yield every file with a picture's extension below the folders, sorted within each folder.

    Symbolic links are not followed, so there are no loops and no file is seen twice under two names. What lies in a
    trash or in our quarantine was removed, and is no picture of the library.

    Args:
        library: Folders as returned by ``resolve_library``.
        hidden: Whether files and folders whose name starts with a dot are looked at.
    """
    volumes = Volumes()
    waiting = list(reversed(library))
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            yield FolderProblem(folder, _reason(error))
            continue
        below: list[Path] = []
        for entry in entries:
            if entry.name.startswith(".") and not hidden:
                continue
            if entry.is_dir(follow_symlinks=False):
                if not is_bin(entry.name):
                    below.append(Path(entry.path))
            elif os.path.splitext(entry.name)[1].lower() in EXTENSIONS:  # noqa: PTH122 - a Path per name is slow
                found = _entry(entry, volumes)
                if found is not None:
                    yield found
        waiting.extend(reversed(below))


def _entry(entry: os.DirEntry[str], volumes: Volumes) -> FileEntry | None:
    """What the directory knows of a file; None for a symbolic link."""
    if entry.is_symlink():
        return None
    path = Path(entry.path)
    try:
        # On Windows a directory entry knows no inode, so the file itself is asked.
        facts = entry.stat(follow_symlinks=False) if os.name == "posix" else path.lstat()
    except OSError as error:
        return FileEntry(path, 0, 0, 0, 0, _reason(error))
    problem = None if stat.S_ISREG(facts.st_mode) else "not a regular file"
    return FileEntry(path, facts.st_size, facts.st_mtime_ns, facts.st_ino, volumes.number(facts.st_dev), problem)


def _reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "permission denied"
    if isinstance(error, FileNotFoundError):
        return "vanished"
    return (error.strerror or str(error)).lower()
