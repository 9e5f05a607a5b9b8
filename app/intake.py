"""What people hand to the window: dropped and pasted files, folders, lists of paths, and bare pixels.

Reading the hand-over is quick and happens in the GUI thread; looking at the disk may take long (a drive that
has to spin up, a folder of thousands) and is made for the desk.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage

_MOST_LINES = 10_000
_LONGEST_TEXT = 1 << 20
_FAST_PNG = 90
_KEPT_DAYS = 30.0


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a drop or the clipboard holds, not yet looked for on the disk.

    Attributes:
        paths: Local files and folders, in their order.
        image: Pixels that have no file, say of a browser or a screenshot, or None.
        words: What was typed, as it was typed.
    """

    paths: tuple[Path, ...] = ()
    image: QImage | None = None
    words: str = ""

    def __bool__(self) -> bool:
        return bool(self.paths) or self.image is not None


@dataclass(frozen=True, slots=True)
class Intake:
    """What was handed over, sorted.

    Attributes:
        files: Files that exist, in their order.
        folders: Folders that exist, in their order.
        missing: What was named but is not there.
    """

    files: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()
    missing: tuple[Path, ...] = ()


def could_take(data: QMimeData) -> bool:
    """Whether a drag may be dropped; cheap enough for every move of the pointer."""
    return data.hasUrls() or data.hasImage() or data.hasText()


def read(data: QMimeData) -> HandOver:
    """Read a drop or the clipboard.

    Local files win over pixels, since a file has its full size. Web addresses count for nothing: nothing is
    ever downloaded, and a browser sends the pixels along.
    """
    local = tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
    image = _image(data)
    if local or image is not None:
        return HandOver(local, image)
    return HandOver(tuple(paths_in_text(data.text()))) if data.hasText() else HandOver()


def are_words(text: str) -> bool:
    """Whether a line that names no file reads like words and not like a path that is misspelt."""
    line = text.strip()
    if not line or "\n" in line or re.search(r"[/\\]|^~|^[a-z]:", line, re.IGNORECASE):
        return False
    from core.decoding.formats import EXTENSIONS

    return Path(line).suffix.lower() not in EXTENSIONS


def read_clipboard() -> HandOver:
    """Read the clipboard, which on some platforms may be in use by another program and then tells nothing."""
    data: QMimeData | None = QGuiApplication.clipboard().mimeData()
    return HandOver() if data is None else read(data)


def clipboard_is_one_line() -> bool:
    """Whether the clipboard is a line of text and nothing more: something to type on from."""
    data: QMimeData | None = QGuiApplication.clipboard().mimeData()
    if data is None or data.hasUrls() or data.hasImage():
        return False
    return "\n" not in data.text().strip()


def _image(data: QMimeData) -> QImage | None:
    if not data.hasImage():
        return None
    image = data.imageData()
    return image if isinstance(image, QImage) and not image.isNull() else None


def paths_in_text(text: str) -> list[Path]:
    """The paths in a text, one a line: plain, quoted, with a tilde, or as file:// addresses."""
    lines = text[:_LONGEST_TEXT].splitlines()[:_MOST_LINES]
    paths = (_path(line.strip()) for line in lines)
    return [path for path in paths if path is not None]


def _path(line: str) -> Path | None:
    quoted = re.fullmatch(r"(['\"])(.+)\1", line)
    if quoted:
        line = quoted.group(2)
    if not line or "\0" in line:
        return None
    if line.lower().startswith("file:"):
        return Path(unquote(urlsplit(line).path))
    if re.match(r"[a-z][a-z0-9+.-]+://|data:", line, re.IGNORECASE):
        return None
    try:
        return Path(line).expanduser()
    except RuntimeError:
        return Path(line)


def sort_out(handed: HandOver, pixels_folder: Path) -> Intake:
    """Look what is there; pixels become a PNG file. For the desk: it touches the disk.

    Raises:
        OSError: The pixels cannot be kept.
    """
    found = sort_paths(handed.paths)
    if handed.image is None or found.files or found.folders:
        return found
    return Intake(files=(save_image(handed.image, pixels_folder),))


def sort_paths(paths: Sequence[Path]) -> Intake:
    """Tell files, folders and what is not there apart; each counts once."""
    unique = [Path(os.path.abspath(path)) for path in dict.fromkeys(paths)]  # noqa: PTH100 - links stay as they are
    folders = tuple(path for path in unique if is_folder(path))
    files = tuple(path for path in unique if _is_file(path))
    known = {*files, *folders}
    return Intake(files, folders, tuple(path for path in unique if path not in known))


def is_folder(path: Path) -> bool:
    """Whether a folder is there; a name that no file system can have is none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def pictures_below(folders: Sequence[Path]) -> list[Path]:
    """Every file with a picture's extension below the folders. For the desk: it touches the disk.

    Raises:
        LibraryError: A folder cannot be listed.
    """
    if not folders:
        return []
    from core.scanning import FileEntry, resolve_library, walk

    return [entry.path for entry in walk(resolve_library(folders)) if isinstance(entry, FileEntry)]


def forget_old_images(folder: Path, days: float = _KEPT_DAYS) -> int:
    """Delete kept pixels that nobody has searched with for a while. For the desk: it touches the disk.

    Returns:
        How many were deleted.
    """
    oldest = time.time() - days * 86_400
    old = [path for path in folder.glob("pasted-*") if path.stat().st_mtime < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def save_image(image: QImage, folder: Path) -> Path:
    """Keep pixels as a PNG named by their contents, so that pasting the same picture twice makes one file.

    Raises:
        OSError: The file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    digest = hashlib.blake2b(bytes(cast(Any, plain.constBits())), digest_size=8)
    digest.update(f"{plain.width()}x{plain.height()}".encode())
    path = folder / f"pasted-{digest.hexdigest()}.png"
    if path.exists():
        path.touch()
        return path
    partial = path.with_suffix(".part")
    if not image.save(str(partial), "PNG", _FAST_PNG):  # type: ignore[call-overload]
        raise OSError(f"the pasted picture cannot be kept in {folder}")
    return partial.replace(path)
