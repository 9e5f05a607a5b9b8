"""The benchmark's table says what was found and what was not."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core._cv import cv2
from core.edits import apply
from core.records import ModelError
from core.training.benchmark import run_benchmark, summarise
from core.training.evaluation import make_held_out, ranks, similarities
from core.training.samples import read_picture


def _thumbnails(pictures: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A descriptor that any copy with the same layout keeps: the picture at 8 x 8."""
    small = [cv2.resize(picture, (8, 8), interpolation=cv2.INTER_AREA).astype(np.float32) for picture in pictures]
    values = np.stack(small).reshape(len(small), -1)
    values -= values.mean(1, keepdims=True)
    unit = values / np.linalg.norm(values, axis=1, keepdims=True)
    return unit.astype(np.float32), np.zeros((len(unit), 0, unit.shape[1]), np.float32)


@pytest.fixture
def benchmark(picture_folder: Path, tmp_path: Path) -> Path:
    """Six originals, twelve distractors, and of each original one easy and one hard copy."""
    for name in ("refs", "copies", "distractors"):
        (tmp_path / name).mkdir()
    rows = [["copy", "original", "transform"]]
    for number, path in enumerate(sorted(picture_folder.glob("*.jpg"))[:18]):
        pixels = read_picture(path)
        folder = "refs" if number < 6 else "distractors"
        cv2.imwrite(str(tmp_path / folder / path.name), pixels[..., ::-1])
        for edit in ("jpeg", "turn-90") if number < 6 else ():
            copy = f"copies/{number}-{edit}.png"
            cv2.imwrite(str(tmp_path / copy), apply(edit, pixels, np.random.default_rng(0)).pixels[..., ::-1])
            rows.append([copy, f"refs/{path.name}", edit])
    with (tmp_path / "truth.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return tmp_path


def test_every_edit_has_its_row(benchmark: Path) -> None:
    result = run_benchmark(_thumbnails, benchmark, 32)
    assert result.edits["jpeg"].at_1 == 1.0
    assert result.edits["jpeg"].similarity > 0.99
    assert result.edits["turn-90"].at_1 < 0.5
    assert result.overall.copies == 12
    assert result.wrong[0] <= result.wrong[1] <= result.wrong[2]


def test_a_folder_without_truth_is_no_benchmark(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no benchmark of copies"):
        run_benchmark(_thumbnails, tmp_path, 32)


def test_regions_find_what_whole_descriptors_miss() -> None:
    unit = np.eye(3, dtype=np.float32)
    queries = (unit[[2]], unit[None, [0, 1]])  # as a whole it looks like picture 2, a region shows picture 1
    whole, best = similarities(queries, (unit[:2], np.zeros((2, 2, 3), np.float32)))
    assert whole[0, 1] == 0
    assert best[0, 1] == 1
    result = summarise(whole, best, np.array([1]), ["collage"])
    assert result.edits["collage"].regions_similarity == 1


def test_equal_similarities_count_against_the_source() -> None:
    similarity = np.array([[0.5, 0.5, 0.1]], np.float32)
    assert ranks(similarity, np.array([0])).tolist() == [1]


def test_held_out_copies_are_the_same_every_time(picture_folder: Path) -> None:
    paths = sorted(picture_folder.glob("*.jpg"))
    first, second = (make_held_out(paths[:8], paths[8:12], paths[12:30], 1, side=32) for _ in range(2))
    assert np.array_equal(first.copies, second.copies)
    assert first.edits == second.edits
    assert len(first.gallery) == 12
