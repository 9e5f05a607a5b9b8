"""How fast pictures are described, on one core, decoding not counted."""

from __future__ import annotations

import json
import logging
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import numpy as np

from core import models
from core._cv import cv2
from core.describing import describe_picture, working_side
from core.features import registry
from core.images import Limits, Picture, load
from core.ranking import stored_method
from core.records import ImageError
from core.workers import WorkerTeam

_log = logging.getLogger(__name__)

_MOST_SECONDS = 4.0
_REPEATS = 6


class Stopwatch:
    """Measures how fast methods describe pictures, in one worker process; a context manager."""

    def __init__(self) -> None:
        self._team: WorkerTeam[float] = WorkerTeam(seconds_per_picture, 1, seconds=120.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._team.__exit__(None, None, None)

    def pictures_per_second(self, methods: tuple[str, ...], paths: Sequence[Path], limits: Limits) -> float | None:
        """Describe some pictures.

        Args:
            methods: What to describe them with.
            paths: The pictures; the first only warms up.
            limits: What is too large to decode.

        Returns:
            Pictures per second of processor time, or None where none could be read.
        """
        self._team.submit(0, tuple(paths), methods, limits)
        while self._team.pending:
            for outcome in self._team.collect():
                return 1 / outcome.value if outcome.value else None
        return None


def seconds_per_picture(paths: tuple[Path, ...], methods: tuple[str, ...], limits: Limits) -> float:
    """Processor seconds that describing a picture takes; runs in a worker process.

    Processor time, as other programs on the machine would slow a clock on the wall.

    Returns:
        Seconds, 0 where no picture could be read.
    """
    spent, counted, began = 0.0, 0, time.monotonic()
    for number, path in enumerate(paths):
        try:
            picture = load(path, working_side(methods), limits)
        except ImageError:
            continue
        seconds = _seconds(picture, methods) - _seconds(picture, ())
        if number:  # The first one loads models.
            spent += max(seconds, 1e-6)
            counted += 1
        if time.monotonic() - began > _MOST_SECONDS and counted:
            break
    return spent / counted if counted else 0.0


def _seconds(picture: Picture, methods: tuple[str, ...]) -> float:
    """Processor seconds of describing, with the miniature that every picture gets."""
    started = time.process_time()
    describe_picture(picture, methods)
    return time.process_time() - started


def describing_speeds(names: Sequence[str]) -> Iterator[tuple[str, float | None]]:
    """Pictures per second of methods on a made picture of 512 pixels, remembered from one call to the next.

    Args:
        names: Of registered methods whose weights are there.

    Yields:
        Each name with its rate, None where it could not be measured.
    """
    known = registry.methods()
    remembered = _remembered()
    with tempfile.TemporaryDirectory(prefix="twinsight-speed-") as folder, Stopwatch() as stopwatch:
        path = Path(folder) / "picture.png"
        for name in names:
            stored = stored_method(name)
            key = known[stored].key
            if key not in remembered:
                if not path.exists():
                    _write_picture(path)
                rate = stopwatch.pictures_per_second((stored,), [path] * _REPEATS, Limits())
                if rate is not None:
                    remembered[key] = rate
                    _remember(remembered)
            yield name, remembered.get(key)


def _speeds_path() -> Path:
    return models.model_cache_folder().parent / "speeds.json"


def _remembered() -> dict[str, float]:
    """Rates by ``name@version``; a file that is missing or damaged remembers nothing."""
    try:
        found = json.loads(_speeds_path().read_text("utf-8"))
        return {str(key): float(rate) for key, rate in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _remember(speeds: dict[str, float]) -> None:
    try:
        _speeds_path().parent.mkdir(parents=True, exist_ok=True)
        _speeds_path().write_text(json.dumps(speeds, indent=1), "utf-8")
    except OSError as error:
        _log.warning("%s: speeds cannot be kept (%s)", _speeds_path(), error)


def _write_picture(path: Path) -> None:
    """A picture with structure at every scale, the same every time."""
    rng = np.random.default_rng(1)
    layers = [
        cv2.resize(rng.integers(0, 256, (3 * cells, 4 * cells, 3)).astype(np.uint8), (512, 384), interpolation=2)
        for cells in (2, 6, 16, 48)
    ]
    _, data = cv2.imencode(".png", np.asarray(np.mean(layers, axis=0), np.uint8))
    path.write_bytes(data.tobytes())
