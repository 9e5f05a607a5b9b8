"""Protected folders: their pictures are matched against, and nothing in them is ever touched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from core._catalog_protection import protect, protected_folders
from core.review.files import Files

__all__ = ["ProtectedFolders", "protect", "protected_folders"]


class ProtectedFolders:
    """Tells what lies in protected folders, under whatever name it is reached.

    A bind mount, a second drive letter or another spelling of the case leads to the same folders under other names;
    so besides names the numbers that the file system gives to folders are compared.

    Args:
        files: The disk.
        folders: The protected folders.
    """

    def __init__(self, files: Files, folders: Sequence[Path]) -> None:
        self._files = files
        self._listed = cache(files.listed)
        self._names = {name: folder for folder in folders for name in (folder, *self._spellings(folder))}
        self._numbers = {
            identity: folder for folder in folders for identity in files.folders_below(folder) if identity[1]
        }

    def _spellings(self, folder: Path) -> tuple[Path, Path]:
        real = self._files.real(folder)
        return real, self._listed(real)

    def covering(self, path: Path) -> Path | None:
        """The protected folder that a file lies in, or None."""
        places = {path.parent, *path.parent.parents}
        real, listed = self._spellings(path.parent)
        places |= {real, *real.parents, listed, *listed.parents}
        for place in places:
            if place in self._names:
                return self._names[place]
        if self._numbers:
            for place in (real, *real.parents):
                facts = self._files.facts(place)
                if facts is not None and facts.identity in self._numbers:
                    return self._numbers[facts.identity]
        return None
