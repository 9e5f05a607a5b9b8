"""Batches of pairs, made ahead of the trainer by worker processes."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np

from core.records import ModelError
from core.training.pictures import listed_pictures
from core.training.samples import PairTask
from core.training.settings import TrainingSettings
from core.worker_process import end_with_parent

T = TypeVar("T")

_AHEAD = 3
_CHUNK = 16


@dataclass(frozen=True, slots=True)
class Batch(Generic[T]):
    """What one step (from 0) is trained on."""

    step: int
    items: list[T]


def split_pictures(settings: TrainingSettings) -> tuple[list[Path], list[Path]]:
    """The listed pictures to train on and those held out, at most a fifth; the seed decides.

    Raises:
        ModelError: The run has no list of its pictures yet; see ``core.training.pictures.gather``.
    """
    paths = listed_pictures(settings.run)
    order = np.random.default_rng([settings.seed, 0]).permutation(len(paths))
    count = min(settings.held_out, len(paths) // 5)
    return [paths[place] for place in order[count:]], [paths[place] for place in order[:count]]


def _batch_paths(paths: Sequence[Path], settings: TrainingSettings, step: int) -> tuple[Path, ...]:
    """The pictures of a step: every epoch goes through all in a new order."""
    count = min(settings.pairs, len(paths))
    per_epoch = len(paths) // count
    epoch, place = divmod(step, per_epoch)
    order = np.random.default_rng([settings.seed, 1, epoch]).permutation(len(paths))
    return tuple(paths[index] for index in order[place * count : (place + 1) * count])


def _tasks(paths: Sequence[Path], settings: TrainingSettings, step: int) -> list[PairTask]:
    chosen = _batch_paths(paths, settings, step)
    side = settings.side_at(step)
    return [PairTask(settings.seed, step, slot, side, chosen) for slot in range(len(chosen))]


def batches(
    paths: Sequence[Path],
    settings: TrainingSettings,
    first: int,
    make: Callable[[Sequence[PairTask]], list[T]],
) -> Iterator[Batch[T]]:
    """The batches from step ``first`` to the end of the run; closing it stops the workers.

    Args:
        paths: The pictures to train on.
        settings: Of the run.
        first: From 0.
        make: Makes the items of some tasks; a function of a module, as it runs in other processes.

    Raises:
        ImageError: A picture cannot be read.
        ModelError: A worker process died.
    """
    steps = range(first, settings.steps)
    if settings.workers == 0:
        for step in steps:
            yield Batch(step, make(_tasks(paths, settings, step)))
        return
    pool = ProcessPoolExecutor(settings.workers, multiprocessing.get_context("spawn"), end_with_parent)
    waiting: deque[tuple[int, list[Future[list[T]]]]] = deque()
    try:
        for step in steps:
            while len(waiting) < _AHEAD and step + len(waiting) < settings.steps:
                tasks = _tasks(paths, settings, step + len(waiting))
                chunks = [tasks[place : place + _CHUNK] for place in range(0, len(tasks), _CHUNK)]
                waiting.append((step + len(waiting), [pool.submit(make, chunk) for chunk in chunks]))
            number, futures = waiting.popleft()
            yield Batch(number, [item for future in futures for item in future.result()])
    except BrokenProcessPool as error:
        raise ModelError("A process that makes training pairs died; resume the run to go on") from error
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
