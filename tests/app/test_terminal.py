"""What people see in the terminal: sizes in words, aligned tables, a progress line that knows its place."""

from __future__ import annotations

import io
import os

import pytest

from app.terminal import ProgressLine, duration, plural, printable, progress_words, size, table
from core.events import Progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1,023 bytes"),
        (1024, "1.0 KiB"),
        (2_202_010, "2.1 MiB"),
        (88_080_384, "84 MiB"),
        (5 << 50, "5,120 TiB"),
    ],
)
def test_sizes_are_in_binary_units(count: int, words: str) -> None:
    assert size(count) == words


def test_counts_take_the_right_noun() -> None:
    assert plural(1, "copy", "copies") == "1 copy"
    assert plural(12_431, "picture") == "12,431 pictures"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("東京 é.jpg", "東京 é.jpg"),
        ("\x1b[31m.jpg", "\\x1b[31m.jpg"),
        ("two\nlines.jpg", "two\\x0alines.jpg"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        (os.fsdecode(b"caf\xe9.jpg"), "caf\\xe9.jpg"),
    ],
)
def test_names_are_shown_without_harm(name: str, shown: str) -> None:
    assert printable(name) == shown


def test_columns_line_up() -> None:
    assert list(table(("name", "kind"), [("orb", "local"), ("pdq", "global")], indent="  ")) == [
        "  name  kind",
        "  orb   local",
        "  pdq   global",
    ]


def test_progress_reads_like_a_sentence() -> None:
    assert progress_words(Progress("Looking for pictures", 0, None, 0.0)) == "Looking for pictures 0"
    assert progress_words(Progress("Describing", 4210, 12431, 13.5)) == "Describing 4,210 of 12,431   312/s   26 s left"


@pytest.mark.parametrize(("seconds", "words"), [(0, "0 s"), (99.6, "2 min"), (240, "4 min"), (3900, "1 h 5 min")])
def test_times_are_as_exact_as_they_need_to_be(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_on_a_terminal_one_line_is_kept_up_to_date_and_taken_away() -> None:
    stream = Terminal()

    with ProgressLine(stream) as line:
        line.show(Progress("Looking for pictures", 3, None, 0.1))
        line.show(Progress("Describing", 4, 12, 2.0))

    first, second, blank, end = stream.getvalue().split("\r")[1:]
    assert first.startswith("Looking for pictures 3")
    assert second.startswith("Describing 4 of 12")
    assert (blank.strip(), end) == ("", "")
    assert len(blank) >= len(second.rstrip())


def test_a_narrow_terminal_gets_a_line_that_does_not_wrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    stream = Terminal()

    with ProgressLine(stream) as line:
        line.show(Progress("Describing", 4210, 12431, 13.5))

    assert all(len(part) < 20 for part in stream.getvalue().split("\r"))


def test_a_file_sees_no_progress() -> None:
    stream = io.StringIO()

    with ProgressLine(stream) as line:
        line.show(Progress("Describing", 4, 12, 0.1))

    assert stream.getvalue() == ""
