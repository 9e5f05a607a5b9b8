"""Folders that removed files lie in: the trash of any system, and our own quarantine. What lies there is no copy."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

QUARANTINE = ".twinsight-quarantine"
"""Name of the folders that removed files are moved to where a drive has no trash."""

_NAMES = re.compile(r"\.trash|\.trash-\d+|\.trashes|\$recycle\.bin|recycler|\.twinsight-quarantine", re.IGNORECASE)


def is_bin(name: str) -> bool:
    """Whether a folder of this name holds removed files."""
    return _NAMES.fullmatch(name) is not None


def in_bin(path: Path) -> bool:
    """Whether a path lies in a trash or quarantine: of this system, of another one, or of a drive."""
    folders = path.parts[:-1]
    if any(is_bin(name) for name in folders):
        return True
    # The trash of a home folder on Linux: .../Trash/files, with Trash/info beside it.
    return any(pair == ("Trash", "files") for pair in itertools.pairwise(folders))
