"""The training loop, as a generator of events: pull to go on, stop pulling to pause, close to cancel."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.events import Progress
from core.records import ModelError
from core.training.checkpoints import load_checkpoint, save_checkpoint, save_weights, write_text
from core.training.loader import Batch, split_pictures
from core.training.metrics import Recall, TrainingDone, TrainingEvent, TrainingMetrics
from core.training.pictures import gather
from core.training.settings import TrainingSettings, read_settings
from core.training.task import Task, make_task

logger = logging.getLogger(__name__)

BEST = "best.safetensors"
METRICS = "metrics.jsonl"

_FIXED = ("recipe", "backbone", "weights", "dimension", "seed", "pictures", "held_out")


def rate_at(settings: TrainingSettings, step: int) -> float:
    """The backbone's learning rate in a step (from 0): a linear rise, then half a cosine."""
    if step < settings.warm_up:
        return settings.learning_rate * (step + 1) / settings.warm_up
    share = (step - settings.warm_up) / max(1, settings.steps - settings.warm_up)
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))


def take_step(task: Task, batch: Batch[Any], settings: TrainingSettings) -> dict[str, float]:
    """One step of the optimizer; the terms of its loss.

    Raises:
        ModelError: The loss is no longer a number.
    """
    import torch

    task.network.train()
    terms = task.terms(batch)
    loss = torch.stack(list(terms.values())).sum()
    if not math.isfinite(float(loss.detach())):
        raise ModelError(f"The loss is no longer a number at step {batch.step + 1}; use a lower learning rate")
    rate = rate_at(settings, batch.step)
    for group in task.optimizer.param_groups:
        group["lr"] = rate * group["share"]
    task.optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_([p for g in task.optimizer.param_groups for p in g["params"]], 5.0)
    task.optimizer.step()
    return {name: float(term.detach()) for name, term in terms.items()}


class _Run:
    """What one run keeps between its steps."""

    def __init__(self, settings: TrainingSettings) -> None:
        self.settings = settings
        self.task = make_task(settings, *split_pictures(settings))
        self.state: dict[str, Any] = {"best_step": 0, "best": None, "worse": 0}
        self.first = 0

    def resume(self) -> bool:
        """Go on from the checkpoint, if there is one."""
        stored = load_checkpoint(self.settings.run, self.task.network, self.task.optimizer)
        if stored is None:
            return False
        self.first = int(stored["step"])
        self.state = {key: stored[key] for key in ("best_step", "best", "worse")}
        _forget_after(self.settings.run / METRICS, self.first)
        return True

    @property
    def ended(self) -> bool:
        """Whether there is nothing left to do: all steps are done, or it ended early."""
        return self.first >= self.settings.steps or 0 < self.settings.patience <= self.state["worse"]

    def evaluate(self, step: int) -> Recall:
        """Evaluate, keep the weights if they are the best so far, count if they are not."""
        self.task.network.eval()
        recall = self.task.evaluate()
        best, goodness = self.state["best"], self.task.goodness
        if best is None or goodness(recall) >= goodness(Recall(**best)):
            save_weights(self.settings.run / BEST, self.task.network, {"step": str(step)})
            self.state = {"best_step": step, "best": asdict(recall), "worse": 0}
        else:
            self.state["worse"] += 1
        return recall

    def save(self, step: int) -> None:
        """Write a checkpoint."""
        save_checkpoint(self.settings.run, step, self.task.network, self.task.optimizer, self.state)


def _forget_after(path: Path, step: int) -> None:
    """Drop the metrics of steps that will be done again."""
    if path.exists():
        rows = [row for row in path.read_text(encoding="utf-8").splitlines() if _step_of(row) <= step]
        write_text(path, "".join(f"{row}\n" for row in rows))


def _step_of(row: str) -> float:
    try:
        return float(json.loads(row)["step"])
    except (ValueError, KeyError):  # a line that a kill cut short
        return math.inf


def _record(run: Path, metrics: TrainingMetrics) -> TrainingMetrics:
    with (run / METRICS).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(metrics.to_row()) + "\n")
    return metrics


def read_metrics(run: Path) -> list[TrainingMetrics]:
    """The metrics of a run so far, to draw its curves again; none for a run that has not begun."""
    path = run / METRICS
    if not path.exists():
        return []
    rows = []
    for text in path.read_text(encoding="utf-8").splitlines():
        if _step_of(text) < math.inf:
            row = json.loads(text)
            recall = Recall(**row.pop("recall")) if row.get("recall") else row.pop("recall", None)
            rows.append(TrainingMetrics(**row, recall=recall))
    return rows


def _first_evaluation(run: _Run) -> TrainingMetrics:
    """Make the network ready and evaluate it untrained."""
    run.task.start()
    recall = run.evaluate(0)
    run.save(0)
    return _record(run.settings.run, TrainingMetrics(0, math.nan, {}, 0.0, 0.0, recall))


def begin(settings: TrainingSettings) -> None:
    """Make the folder of a run, or make sure that the one there is can go on with these settings.

    Raises:
        ModelError: The folder holds a run of something else.
    """
    settings.run.mkdir(parents=True, exist_ok=True)
    if (settings.run / "settings.json").exists():
        before = read_settings(settings.run)
        for name in _FIXED:
            if getattr(before, name) != getattr(settings, name):
                raise ModelError(
                    f"{settings.run}: holds a run with {name} {getattr(before, name)!r}, not "
                    f"{getattr(settings, name)!r}; name another folder, or delete this one"
                )
    write_text(settings.run / "settings.json", settings.to_json())


def train(settings: TrainingSettings) -> Iterator[TrainingEvent]:
    """Train a network, or go on with a run that was stopped.

    Args:
        settings: What and how; a folder that holds a checkpoint is resumed from it.

    Yields:
        Progress, Skipped for each file that cannot be trained on, TrainingMetrics after every step, and TrainingDone
        at the end.

    Raises:
        LibraryError: A folder of pictures is missing.
        ModelError: There are too few pictures, or weights are missing.
        ImageError: A picture vanished during the run.
    """
    start = time.monotonic()
    begin(settings)
    yield from gather(settings)
    yield Progress("Preparing", 0, None, 0.0)
    run = _Run(settings)
    if not run.resume():
        yield _first_evaluation(run)
    done = run.first
    if not run.ended:
        done = yield from _steps(run)
    best = run.state["best"]
    yield TrainingDone(done, run.state["best_step"], Recall(**best), time.monotonic() - start)


def _steps(run: _Run) -> Generator[TrainingEvent, None, int]:
    """The steps that are left; returns the last one that was done."""
    settings, start = run.settings, time.monotonic()
    before = start
    step = run.first
    source = run.task.batches(run.first)
    try:
        for batch in source:
            terms = take_step(run.task, batch, settings)
            step = batch.step + 1
            last = step == settings.steps
            recall = run.evaluate(step) if last or step % settings.evaluate_every == 0 else None
            now = time.monotonic()
            speed, before = len(batch.items) / (now - before), now
            metrics = TrainingMetrics(step, sum(terms.values()), terms, rate_at(settings, batch.step), speed, recall)
            yield _record(settings.run, metrics)
            yield Progress("Training", step - run.first, settings.steps - run.first, now - start)
            tired = 0 < settings.patience <= run.state["worse"]
            if last or tired or step % settings.checkpoint_every == 0:
                run.save(step)
            if tired:
                logger.info("No better recall in %d evaluations; the run ends at step %d", settings.patience, step)
                break
    finally:
        source.close()  # type: ignore[attr-defined]
    return step
