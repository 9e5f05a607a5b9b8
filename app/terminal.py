"""What the command line shows people: the progress line, tables, and names that cannot harm a terminal."""

from __future__ import annotations

import math
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from core.events import Progress
from core.records import Group, Match, Member

# Controls, marks that turn the direction of text, line separators, odd bytes of a name that is not Unicode.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_SECONDS_BETWEEN = 0.1
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


def printable(text: str | Path) -> str:
    r"""A name as it can be shown safely: escape codes and odd bytes become ``\x1b`` and the like."""
    return _UNSAFE.sub(_escaped, str(text))


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:  # a byte that Python hid in a lone surrogate
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun ("1 picture", "12,431 pictures")."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def size(count: int) -> str:
    """Bytes in binary units ("2.1 MiB", "84 MiB")."""
    if count < 1024:
        return plural(count, "byte")
    power = min(int(math.log2(count)) // 10, len(_UNITS) - 1)
    value = count / 1024**power
    return f"{value:.1f} {_UNITS[power]}" if value < 9.95 else f"{value:,.0f} {_UNITS[power]}"


# ---------------------------------------------------------------------- tables


def table(titles: Sequence[str], rows: Sequence[Sequence[str]], indent: str = "") -> Iterator[str]:
    """Lines of a table with its columns aligned, the last one as wide as it needs to be."""
    lines = [tuple(titles), *map(tuple, rows)] if titles else [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        yield indent + "  ".join(cells).rstrip()


def group_lines(number: int, group: Group) -> Iterator[str]:
    """A group of copies as a heading and one line per file, the representative first."""
    yield f"Group {number}: {plural(len(group.members), 'file')}, {size(group.reclaimable)} to free"
    yield from table((), [_member_cells(member) for member in group.members], indent="  ")


def _member_cells(member: Member) -> tuple[str, ...]:
    record = member.record
    return (
        "keep" if member.keep else "could go",
        f"{record.width} x {record.height}",
        size(record.size),
        f"{member.score:.2f}",
        printable(record.path),
        printable(member.words or str(member.relation)) + (", new since you decided" if member.new else ""),
    )


def match_lines(query: Path, matches: Sequence[Match]) -> Iterator[str]:
    """A query with its ranked matches, one line each."""
    found = plural(len(matches), "match", "matches") if matches else "nothing found"
    yield f"{printable(query)}: {found}"
    rows = [_match_cells(rank, match) for rank, match in enumerate(matches, start=1)]
    yield from table((), rows, indent="  ") if rows else ()


def _match_cells(rank: int, match: Match) -> tuple[str, ...]:
    return (
        str(rank),
        f"{match.score:.2f}",
        printable(match.record.path),
        printable(match.words or str(match.relation or "not verified")),
    )


# ---------------------------------------------------------------------- progress


def duration(seconds: float) -> str:
    """A time in words ("26 s", "4 min", "1 h 5 min")."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def progress_words(progress: Progress) -> str:
    """A progress in words ("Describing 4,210 of 12,431   312/s   26 s left")."""
    parts = [f"{progress.stage} {progress.done:,}"]
    if progress.total is not None:
        parts[0] += f" of {progress.total:,}"
    if progress.rate is not None:
        parts.append(f"{progress.rate:,.0f}/s" if progress.rate >= 9.95 else f"{progress.rate:.1f}/s")
    if progress.seconds_left is not None:
        parts.append(f"{duration(progress.seconds_left)} left")
    return "   ".join(parts)


class ProgressLine:
    """One line that says how far a job is, on a terminal; silent elsewhere. A context manager.

    Args:
        stream: Where to show it, usually stderr.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._visible = stream.isatty()
        self._stage = ""
        self._shown_at = -math.inf
        self._width = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def show(self, progress: Progress) -> None:
        """Show how far a stage is, in place of what stood there."""
        now = time.monotonic()
        if self._visible and (progress.stage != self._stage or now - self._shown_at >= _SECONDS_BETWEEN):
            self._stage, self._shown_at = progress.stage, now
            self._put(printable(progress_words(progress)))

    def close(self) -> None:
        """Take the line off the terminal."""
        if self._width:
            self._put("")
            self._stream.write("\r")
            self._stream.flush()

    def _put(self, text: str) -> None:
        # A full last column would wrap, and the next line could then not take this one's place.
        text = text[: shutil.get_terminal_size().columns - 1]
        self._stream.write(f"\r{text.ljust(self._width)}")
        self._stream.flush()
        self._width = len(text)
