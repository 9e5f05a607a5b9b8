"""The words of the evidence are true: how a copy was turned, scaled, mirrored and cut."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from core.comparing import compare
from tests.bench.evidence_words import Told, told_by, truth_of, verdicts

Pixels = NDArray[np.uint8]
Edit = Callable[[Image.Image], Image.Image]

_BESIDE = Path(__file__).parents[3] / "shared" / "data" / "copies"
_TRUTH = Path(os.environ.get("TWINSIGHT_COPIES", _BESIDE)) / "truth.csv"
_ASKED = ("rot90", "rot25", "hflip", "vflip", "resize50", "resize200", "crop70", "crop50", "jpeg50", "combo3")
_ORIGINALS = 4

EDITS: dict[str, tuple[Edit, Told]] = {
    "turned by 90 degrees": (lambda image: image.rotate(90, expand=True), Told(90.0)),
    "turned by 30 degrees": (lambda image: image.rotate(30, Image.Resampling.BICUBIC, expand=True), Told(30.0)),
    "mirrored": (lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), Told(mirrored=True)),
    "upside down": (lambda image: image.transpose(Image.Transpose.FLIP_TOP_BOTTOM), Told(mirrored=True)),
    "half the size": (lambda image: image.resize((300, 200)), Told(scale=0.5)),
    "1.8 times the size": (lambda image: image.resize((1080, 720)), Told(scale=1.8)),
    "cut to 56%": (lambda image: image.crop((60, 40, 510, 340)), Told(share=56.25)),
    "cut and enlarged": (lambda image: image.crop((60, 40, 510, 340)).resize((675, 450)), Told(scale=1.5, share=56.25)),
}


@pytest.mark.parametrize("edit", EDITS)
def test_the_words_tell_the_edit(edit: str, photos: Mapping[str, Pixels], tmp_path: Path) -> None:
    change, truth = EDITS[edit]
    original = Image.fromarray(photos["coffee"])
    original.save(tmp_path / "original.png")
    change(original).save(tmp_path / "copy.jpg", quality=85)

    match = compare(tmp_path / "original.png", tmp_path / "copy.jpg")

    assert [what for what, right in verdicts(truth, told_by(match.words)) if not right] == [], match.words


def test_the_words_are_true_of_copies_that_others_made() -> None:
    if not _TRUTH.is_file():
        pytest.skip(f"{_TRUTH} is not there; TWINSIGHT_COPIES names the folder of another truth.csv")
    with _TRUTH.open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["transform"] in _ASKED]
    originals = sorted({row["original"] for row in rows})[:_ORIGINALS]
    said: Counter[bool] = Counter()
    for row in rows:
        if row["original"] in originals:
            match = compare(_TRUTH.parent / row["original"], _TRUTH.parent / row["copy"])
            said.update(right for _, right in verdicts(truth_of(row), told_by(match.words)))
    assert said[True] / said.total() >= 0.95
