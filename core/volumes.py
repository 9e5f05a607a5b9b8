"""Which drive a file lies on, by a number that stays the same when the drive is plugged in again.

The system's own number of a device belongs to the socket as much as to the drive: the next stick gets the number of
the one before it. Where the file system has an identifier, or a network share a name, the number is made from that.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

_IDENTIFIERS = Path("/dev/disk/by-uuid")
_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "ceph", "glusterfs", "fuse.rclone", "davfs")
"""Kinds of file systems that are somewhere else; their changes are not announced, and they may go at any moment."""
_NAMED = 1 << 62
"""Numbers that are made from a name are no smaller."""


class Volumes:
    """The drives that are there now; made anew for each walk, as drives come and go.

    Args:
        identifiers: Folder with one link per file system, named by its identifier (Linux).
        mounts: What is mounted, in the form of Linux.
    """

    def __init__(self, identifiers: Path = _IDENTIFIERS, mounts: Path = _MOUNTS) -> None:
        self._names = {**_network_names(mounts), **_file_systems(identifiers)}
        self._numbers: dict[int, int] = {}

    def number(self, device: int) -> int:
        """A number for the drive that the system calls ``device``; that number itself where no more is known."""
        if device not in self._numbers:
            name = self._names.get(device)
            self._numbers[device] = device if name is None else _hashed(name)
        return self._numbers[device]

    def number_at(self, path: Path) -> int | None:
        """The number of the drive on which a path lies, or would lie if it were there."""
        for place in (path, *path.parents):
            try:
                return self.number(place.stat().st_dev)
            except OSError:
                continue
        return None


def are_two_drives(one: int, other: int) -> bool:
    """Whether two numbers are certain to stand for two drives; those that the system gave may be one."""
    return one != other and min(one, other) >= _NAMED


def is_on_network(folder: Path, mounts: Path = _MOUNTS) -> bool:
    """Whether a folder lies on another computer, as far as the system tells."""
    try:
        return folder.stat().st_dev in _network_names(mounts)
    except OSError:
        return False


def drives_away(
    missing: Mapping[Path, int], present: Iterable[int], number_at: Callable[[Path], int | None]
) -> set[int]:
    """The drives that are not there, so that nothing can be said of their files.

    Args:
        missing: Files that were not found, with the number of the drive each was on.
        present: Numbers that drives had of which files were found, by whatever number they go now.
        number_at: The number of the drive at a path now, see ``Volumes``.

    Returns:
        Numbers of drives of which no file was found and whose place is taken by another drive, or by an empty folder.
    """
    first: dict[int, Path] = {}
    for path, drive in missing.items():
        first.setdefault(drive, path)
    there = set(present)
    return {drive for drive, path in first.items() if drive not in there and number_at(path) != drive}


def _hashed(name: str) -> int:
    """A number that SQLite can hold and that no system gives to a device."""
    digest = hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 2 | _NAMED


def _file_systems(folder: Path) -> dict[int, str]:
    try:
        links = list(folder.iterdir())
    except OSError:
        return {}
    found: dict[int, str] = {}
    for link in links:
        try:
            found[link.stat().st_rdev] = f"uuid:{link.name}"
        except OSError:
            continue
    return found


def _network_names(mounts: Path) -> dict[int, str]:
    """What is mounted from elsewhere: device number to kind and source."""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return {}
    found: dict[int, str] = {}
    for line in lines:
        before, _, after = line.partition(" - ")
        fields, source = before.split(" "), after.split(" ")
        if len(fields) > 3 and len(source) > 1 and source[0] in _NETWORK:
            major, _, minor = fields[2].partition(":")
            found[os.makedev(int(major), int(minor))] = f"{source[0]}:{source[1]}:{fields[3]}"
    return found
