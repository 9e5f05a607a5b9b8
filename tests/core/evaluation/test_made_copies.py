"""A truth made of a library's own pictures: real photographs, real edits, real files."""

from __future__ import annotations

import csv
from collections.abc import Generator
from pathlib import Path

import pytest

from core.catalog import Catalog
from core.evaluation.leaderboard import EvaluationOptions, evaluate
from core.evaluation.made_copies import TRUTH, make_copies
from core.evaluation.values import EvaluationDone
from core.events import Progress, Skipped
from core.records import LibraryError


def finished(events: Generator[Progress | Skipped, None, Path]) -> tuple[Path, list[Progress | Skipped]]:
    seen = []
    while True:
        try:
            seen.append(next(events))
        except StopIteration as end:
            return end.value, seen


def test_every_copy_has_its_original_in_the_truth_and_no_picture_of_the_library_is_touched(
    library: Path, tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in library.rglob("*") if path.is_file()}
    folder, events = finished(make_copies([library], tmp_path / "made", 100))
    with (folder / TRUTH).open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [event.path.name for event in events if isinstance(event, Skipped)] == ["broken.jpg"]
    assert len(rows) == 6
    assert all((folder / row["copy"]).is_file() and Path(row["original"]).is_file() for row in rows)
    assert {path: path.read_bytes() for path in before} == before


def test_the_same_library_keeps_its_copies_and_a_changed_one_gets_others(library: Path, tmp_path: Path) -> None:
    first, _ = finished(make_copies([library], tmp_path / "made", 50))
    again, events = finished(make_copies([library], tmp_path / "made", 50))
    assert (again, events) == (first, [])
    (library / "flower.jpg").unlink()
    other, _ = finished(make_copies([library], tmp_path / "made", 50))
    assert other != first


def test_a_leaderboard_can_be_run_on_them(library: Path, tmp_path: Path) -> None:
    folder, _ = finished(make_copies([library], tmp_path / "made", 50))
    options = EvaluationOptions((library,), (folder,), folder / TRUTH, ("gray-histogram",), workers=1)
    with Catalog(tmp_path / "evaluation.sqlite3") as catalog:
        events = list(evaluate(catalog, options))
    assert isinstance(events[-1], EvaluationDone)
    (result,) = events[-1].summary.results
    assert result.queries == 6
    assert 0 < result.recall_at_5 <= 1


def test_a_folder_without_pictures_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(LibraryError, match="no readable picture"):
        finished(make_copies([tmp_path / "empty"], tmp_path / "made", 50))
