"""What a similarity by the shipped descriptor is worth by another one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.model_files import read_manifest
from core.models import shipped_models_folder
from core.presets import LEVEL, OWN
from core.training.calibration import matched, matched_threshold


def test_the_level_is_carried_over_by_how_rare_it_is() -> None:
    ours = np.random.default_rng(0).normal(0.0, 0.13, 100_000).clip(-1, 1).astype(np.float32)
    theirs = 0.5 + ours / 2

    assert matched(ours, ours) == pytest.approx(LEVEL, abs=0.005)
    assert matched(ours, theirs) == pytest.approx(0.5 + LEVEL / 2, abs=0.005)


def test_a_level_that_no_pair_reaches_is_carried_over_from_the_rarest_pairs() -> None:
    ours = np.random.default_rng(0).normal(0.0, 0.05, 3000).astype(np.float32)

    assert matched(ours, 0.5 + ours / 2) == pytest.approx(0.5 + LEVEL / 2, abs=0.005)


def test_pictures_that_all_look_alike_say_nothing() -> None:
    assert matched(np.full(100, 0.2, np.float32), np.full(100, 0.97, np.float32)) == 0.0


def test_the_shipped_model_says_as_much_as_itself(picture_folder: Path) -> None:
    model = shipped_models_folder() / f"{OWN}.onnx"
    manifest = read_manifest(model)
    assert manifest is not None
    found = matched_threshold(model, manifest.side, sorted(picture_folder.iterdir()), 1)

    assert found in (0.0, pytest.approx(LEVEL))
    assert matched_threshold(model, manifest.side, [], 1) == 0.0
