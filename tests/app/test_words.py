"""Numbers, sizes and phrases read as the person's locale writes them, in singular and plural."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QLocale

from app import words
from core.records import Evidence, ImageRecord, Match, Relation


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """English of the United States, whatever the machine speaks."""
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


def record(**changes: object) -> ImageRecord:
    values: dict[str, object] = {
        "path": Path("/home/someone/Holiday/beach.jpg"),
        "content": "ab",
        "width": 4032,
        "height": 3024,
        "size": 2_202_010,
        "modified": 0.0,
        "format": "JPEG",
    }
    return ImageRecord(**{**values, **changes})  # type: ignore[arg-type]


def test_numbers_have_the_separators_of_the_locale() -> None:
    assert words.number(12431) == "12,431"
    QLocale.setDefault(QLocale("de_DE"))
    assert words.number(5_000_000_000) == "5.000.000.000"
    assert words.decimal(4.25, 2) == "4,25"


def test_without_a_locale_numbers_are_still_grouped() -> None:
    QLocale.setDefault(QLocale.c())
    assert words.number(12431) == "12,431"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (900, "900 bytes"),
        (1024, "1.0 KiB"),
        (2_202_010, "2.1 MiB"),
        (10 * 2**20 - 1, "10 MiB"),
        (84 * 2**20, "84 MiB"),
        (3 * 2**40, "3.0 TiB"),
    ],
)
def test_sizes_are_binary_and_show_no_more_digits_than_tell_something(count: int, text: str) -> None:
    assert words.size(count) == text


def test_dates_have_the_form_of_the_locale() -> None:
    moment = datetime(2024, 3, 9, 15, 4).timestamp()
    assert words.date(moment).startswith("3/9/24")
    QLocale.setDefault(QLocale("de_DE"))
    assert words.date(moment) == "09.03.24 15:04"


@pytest.mark.parametrize(("share", "text"), [(0.0, "0%"), (0.001, "1%"), (0.62, "62%"), (0.999, "99%"), (1.0, "100%")])
def test_a_part_never_reads_as_nothing_or_all(share: float, text: str) -> None:
    assert words.percent(share) == text


def test_only_a_full_score_reads_as_one() -> None:
    assert [words.score(value) for value in (1.0, 0.9999, 0.5, 0.0)] == ["1.00", "0.99", "0.50", "0.00"]


def test_the_summary_of_a_scan_counts_in_singular_and_plural() -> None:
    assert words.copies_in_groups(12, 5, 84 * 2**20) == "12 copies in 5 groups, 84 MiB to free"
    assert words.copies_in_groups(1, 1, 1) == "1 copy in 1 group, 1 byte to free"
    assert words.copies_in_groups(1200, 1, 0) == "1,200 copies in 1 group, nothing to free"


def test_pictures_of_the_same_scene_are_not_counted_as_copies() -> None:
    assert words.copies_in_groups(2, 2, 0, 1) == "2 copies and 1 look-alike in 2 groups, nothing to free"
    assert words.copies_in_groups(0, 2, 0, 3) == "3 look-alikes in 2 groups, nothing to free"


def test_facts_leave_out_what_is_not_known() -> None:
    assert words.facts(record()).replace("\N{NO-BREAK SPACE}", " ") == "4032 × 3024 · 2.1 MiB · Holiday"  # noqa: RUF001
    assert words.facts(record(width=0, height=0)) == "2.1 MiB · Holiday"
    assert words.facts(record(path=Path("/beach.jpg"), width=0)) == "2.1 MiB · /"


def rotation(degrees: float, mirrored: bool = False) -> np.ndarray:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle), 30], [np.sin(angle), np.cos(angle), 5], [0, 0, 1]])
    return turn @ np.diag([-1.0 if mirrored else 1.0, 1.0, 1.0]) * 1.0


@pytest.mark.parametrize(
    ("relation", "evidence", "text"),
    [
        (None, Evidence(), "not verified"),
        (Relation.SAME_FILE, Evidence(), "same file"),
        (Relation.SIMILAR, None, "looks alike"),
        (Relation.CROP, Evidence(coverage_a=0.62, coverage_b=1.0), "crop 62%"),
        (Relation.CROP, Evidence(coverage_a=1.0, coverage_b=0.4), "uncropped"),
        (Relation.CROP, Evidence(coverage_a=0.71, coverage_b=0.43), "overlap 43%"),
        (Relation.CROP, Evidence(), "crop"),
        (
            Relation.CROP,
            Evidence(coverage_a=0.3, coverage_b=1, homography=rotation(90)),
            "crop 30%, turned 90°",
        ),
        (Relation.RE_ENCODED, Evidence(homography=rotation(0)), "re-encoded"),
        (Relation.RE_ENCODED, Evidence(homography=rotation(-90)), "turned 90°"),
        (Relation.SAME_PIXELS, Evidence(homography=rotation(180)), "turned 180°"),
        (Relation.RE_ENCODED, Evidence(homography=rotation(0, True), mirrored=True), "mirrored"),
        (Relation.RE_ENCODED, Evidence(homography=rotation(180, True), mirrored=True), "mirrored"),
        (Relation.EDITED, Evidence(homography=rotation(5)), "edited, turned 5°"),
        (Relation.EDITED, Evidence(homography=rotation(0.4)), "edited"),
    ],
)
def test_a_chip_says_the_relation_and_the_figure_that_matters(
    relation: Relation | None, evidence: Evidence | None, text: str
) -> None:
    assert words.chip(relation, evidence) == text


def test_every_relation_has_a_name_of_its_own() -> None:
    assert len({words.relation(relation) for relation in (None, *Relation)}) == len(Relation) + 1


def test_a_match_is_read_out_as_a_sentence() -> None:
    match = Match(record(), 0.84, Relation.CROP, Evidence(), "a 62% crop")
    said = words.match_in_words(match).replace("\N{NO-BREAK SPACE}", " ")
    assert said == "beach.jpg, a 62% crop, score 0.84, 4032 × 3024 · 2.1 MiB · Holiday"  # noqa: RUF001


def test_a_file_named_like_a_tag_is_shown_as_it_is_named() -> None:
    assert words.tooltip(["<b>bold</b>.jpg", ""]) == "<qt>&lt;b&gt;bold&lt;/b&gt;.jpg</qt>"


def test_the_home_folder_is_a_tilde() -> None:
    assert words.folder_of(Path.home() / "Pictures" / "a.jpg") == str(Path("~") / "Pictures")
    assert words.folder_of(Path("/media/card/a.jpg")) == str(Path("/media/card"))
