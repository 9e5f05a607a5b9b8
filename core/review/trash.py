"""The trash of Linux desktops, as the freedesktop.org Trash specification 1.0 lays it out.

Moving files there by ourselves tells where each one went, which undo needs. The trash of other systems does not say
that, so what goes there is quarantined instead.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from core.review.files import Files


@dataclass(frozen=True, slots=True)
class Trash:
    """A trash that takes files of one drive.

    Attributes:
        folder: The trash, with ``files`` and ``info`` below it.
        top: The folder that notes name files relative to; None for absolute names.
    """

    folder: Path
    top: Path | None

    def target(self, name: str) -> Path:
        """Where a removed file lies."""
        return self.folder / "files" / name

    def note(self, name: str) -> Path:
        """The file that says where a removed file came from, and when."""
        return self.folder / "info" / f"{name}.trashinfo"

    def note_text(self, source: Path, when: float) -> bytes:
        """What a note says.

        Args:
            source: Where the file was.
            when: Seconds since the epoch.
        """
        path = source if self.top is None else source.relative_to(self.top)
        date = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(when))
        return f"[Trash Info]\nPath={quote(os.fsencode(path))}\nDeletionDate={date}\n".encode("ascii")


class NoTrash(Exception):  # noqa: N818 - no error: where it lies there is none
    """A drive has no trash that this user may use; ``str()`` says why."""


def trash_for(files: Files, path: Path) -> Trash:
    """The trash that takes a file without copying it.

    Raises:
        NoTrash: There is none.
        OSError: The drive cannot be looked at.
    """
    if sys.platform in ("win32", "darwin"):
        raise NoTrash("the trash of this system does not say where files go")
    home = _home_trash()
    device = _device(files, path.parent)
    if _device(files, _existing(files, home)) == device:
        return Trash(_usable(files, home), None)
    top = _top_folder(files, path.parent, device)
    return Trash(_usable(files, _of_drive(files, top)), top)


def _home_trash() -> Path:
    data = os.environ.get("XDG_DATA_HOME", "")
    base = Path(data) if Path(data).is_absolute() else Path.home() / ".local" / "share"
    return base / "Trash"


def _of_drive(files: Files, top: Path) -> Path:
    """The trash of a drive: one below a folder that an administrator made, else one of this user's own."""
    user = os.getuid()
    shared = top / ".Trash"
    facts = files.facts(shared)
    if facts is not None and facts.folder and facts.sticky:
        return shared / str(user)
    return top / f".Trash-{user}"


def _usable(files: Files, folder: Path) -> Path:
    facts = files.facts(folder)
    if facts is not None and not facts.folder:
        raise NoTrash(f"{folder} is no folder")
    place = folder if facts is not None else _existing(files, folder)
    if not files.is_writable(place):
        raise NoTrash(f"you may not write to {place}")
    return folder


def _existing(files: Files, folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    while files.facts(folder) is None and folder != folder.parent:
        folder = folder.parent
    return folder


def _device(files: Files, folder: Path) -> int:
    facts = files.facts(files.real(folder))
    if facts is None:
        raise NoTrash(f"{folder} is not there")
    return facts.device


def _top_folder(files: Files, folder: Path, device: int) -> Path:
    """The topmost folder of the drive that a folder lies on."""
    folder = files.real(folder)
    while folder != folder.parent and _device(files, folder.parent) == device:
        folder = folder.parent
    return folder
