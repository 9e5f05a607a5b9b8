"""What a person can filter matches by, from the matches that there are."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app import words
from app.facet_menu import Choice
from core.records import Match

_MOST_FOLDERS = 25
_KIB, _MIB = 1024, 1024 * 1024
_DAY = 86_400.0


def folders(matches: Iterable[Match]) -> list[Choice]:
    """The folders of the matches, the fullest first."""
    counts = Counter(match.record.path.parent for match in matches)
    return [(_counted(words.folder_of(folder / "x"), count), folder) for folder, count in _most(counts)]


def kinds(matches: Iterable[Match]) -> list[Choice]:
    """The formats of the matches."""
    counts = Counter(match.record.format for match in matches if match.record.format)
    return [(_counted(kind, count), kind) for kind, count in counts.most_common()]


def sizes() -> list[Choice]:
    """Four bands of file sizes."""
    small, middle, large = words.size(100 * _KIB), words.size(_MIB), words.size(10 * _MIB)
    return [
        (_text("Below {size}").format(size=small), (-math.inf, 100 * _KIB)),
        (_text("{first} to {second}").format(first=small, second=middle), (100 * _KIB, _MIB)),
        (_text("{first} to {second}").format(first=middle, second=large), (_MIB, 10 * _MIB)),
        (_text("{size} and more").format(size=large), (10 * _MIB, math.inf)),
    ]


def dates(now: float | None = None) -> list[Choice]:
    """Spans of time that end now, and what is older."""
    today = time.time() if now is None else now
    month, year = today - 30 * _DAY, today - 365 * _DAY
    return [
        (_text("The last 30 days"), (month, math.inf)),
        (_text("The last 12 months"), (year, math.inf)),
        (_text("Older than 12 months"), (-math.inf, year)),
    ]


def _most(counts: Counter[Path]) -> list[tuple[Path, int]]:
    return counts.most_common(_MOST_FOLDERS)


def _counted(text: str, count: int) -> str:
    return f"{text} ({words.number(count)})"


def _text(source: str) -> str:
    return QCoreApplication.translate("Facets", source)
