"""Names as the disk has them: where case makes no difference, one folder answers to many spellings.

Two spellings may even have two file numbers, as FUSE drivers give them out by name; so spellings are made one before
anything is compared.
"""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path


def as_listed(path: Path) -> Path:
    """A path with each name spelled as its folder lists it; what cannot be looked up stays as it is.

    Args:
        path: An absolute path.
    """
    found = Path(path.anchor)
    for name in path.parts[1:]:
        found /= _listed(found, name)
    return found


def _listed(folder: Path, name: str) -> str:
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names alone
    except OSError:
        return name
    if name in names or not os.path.lexists(folder / name):
        return name
    alike = [each for each in names if _folded(each) == _folded(name)]
    return alike[0] if len(alike) == 1 else name


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
