"""A folder of small structured pictures to train on, and settings that end in seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core._cv import cv2
from core.training.loader import split_pictures
from core.training.pictures import gather
from core.training.settings import TrainingSettings
from core.training.task import Task, make_task


@pytest.fixture(scope="session")
def picture_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty pictures of coloured blobs, no two alike."""
    folder = tmp_path_factory.mktemp("pictures")
    for number in range(40):
        rng = np.random.default_rng(number)
        cells = rng.integers(0, 256, (int(rng.integers(3, 9)), int(rng.integers(3, 9)), 3)).astype(np.uint8)
        picture = cv2.resize(cells, (110, 90), interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(folder / f"{number:02d}.jpg"), picture)
    return folder


@pytest.fixture
def make_settings(picture_folder: Path, tmp_path: Path) -> Callable[..., TrainingSettings]:
    """Settings of a short run with random weights; any of them can be overridden."""

    def make(name: str = "run", **changes: object) -> TrainingSettings:
        values: dict[str, object] = {
            "pictures": (picture_folder,),
            "run": tmp_path / name,
            "weights": "random",
            "device": "cpu",
            "dimension": 32,
            "pairs": 4,
            "steps": 4,
            "sides": ((0.0, 32),),
            "warm_up": 1,
            "held_out": 4,
            "distractors": 4,
            "evaluate_every": 100,
            "checkpoint_every": 2,
            "frozen_blocks": 0,
            "bfloat16": False,
            "whiten": False,
            "threads": 1,
            "workers": 0,
        }
        return TrainingSettings(**{**values, **changes})  # type: ignore[arg-type]

    return make


@pytest.fixture
def task_of() -> Callable[[TrainingSettings], Task]:
    """The task of a run whose pictures are looked for first."""

    def make(settings: TrainingSettings) -> Task:
        settings.run.mkdir(exist_ok=True)
        for _ in gather(settings):
            pass
        return make_task(settings, *split_pictures(settings))

    return make
