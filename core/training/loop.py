"""The training loop, as a generator of events: pull to go on, stop pulling to pause, close to cancel."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.events import Progress
from core.records import ModelError
from core.training.checkpoints import load_checkpoint, save_checkpoint, save_weights, write_text
from core.training.evaluation import HeldOut, evaluate, make_held_out
from core.training.loader import Batch, batches, split_pictures
from core.training.metrics import Recall, TrainingDone, TrainingEvent, TrainingMetrics
from core.training.projection import start_projection
from core.training.relations import relate
from core.training.settings import TrainingSettings

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from core.training.network import DescriptorNetwork

logger = logging.getLogger(__name__)

BEST = "best.safetensors"
_WHITENING_PICTURES = 1500


def _prepare(settings: TrainingSettings) -> tuple[DescriptorNetwork, Optimizer]:
    """Network and optimizer as they are before the first step."""
    import torch

    from core.training.network import build

    if settings.device == "cuda" and not torch.cuda.is_available():
        raise ModelError("This computer has no CUDA device; train on the CPU")
    if settings.threads:
        torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    network = build(
        settings.backbone,
        settings.weights,
        settings.dimension,
        settings.frozen_blocks,
        settings.train_depthwise,
    ).to(settings.device)
    head = list(network.projection.parameters())
    body = [parameter for parameter in network.backbone.parameters() if parameter.requires_grad]
    groups = [
        {"params": body, "share": 1.0},
        {"params": head, "share": settings.head_rate / settings.learning_rate},
    ]
    optimizer = torch.optim.AdamW(groups, settings.learning_rate, weight_decay=settings.weight_decay)
    return network, optimizer


def rate_at(settings: TrainingSettings, step: int) -> float:
    """The backbone's learning rate in a step (from 0): a linear rise, then half a cosine."""
    if step < settings.warm_up:
        return settings.learning_rate * (step + 1) / settings.warm_up
    share = (step - settings.warm_up) / max(1, settings.steps - settings.warm_up)
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))


def _step(
    network: DescriptorNetwork, optimizer: Optimizer, batch: Batch, settings: TrainingSettings
) -> dict[str, float]:
    """One step; the terms of its loss."""
    import torch

    from core.training.losses import LOSSES, Described

    stacked = np.stack([pair.picture for pair in batch.pairs] + [pair.copy for pair in batch.pairs])
    pixels = torch.from_numpy(stacked).to(settings.device).permute(0, 3, 1, 2).float()
    network.train()
    with torch.autocast(settings.device, torch.bfloat16, enabled=settings.bfloat16):
        whole, regions = network(pixels)
    count = len(batch.pairs)
    described = Described(whole[:count], whole[count:], regions[:count], regions[count:])
    terms = LOSSES[settings.recipe](described, relate(batch.pairs), settings)
    rate = rate_at(settings, batch.step)
    for group in optimizer.param_groups:
        group["lr"] = rate * group["share"]
    optimizer.zero_grad(set_to_none=True)
    torch.stack(list(terms.values())).sum().backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_([p for g in optimizer.param_groups for p in g["params"]], 5.0)
    optimizer.step()
    return {name: float(term.detach()) for name, term in terms.items()}


class _Run:
    """What one run keeps between its steps."""

    def __init__(self, settings: TrainingSettings) -> None:
        settings.run.mkdir(parents=True, exist_ok=True)
        write_text(settings.run / "settings.json", settings.to_json())
        self.settings = settings
        self.paths, self.held_out_paths = split_pictures(settings)
        self.network, self.optimizer = _prepare(settings)
        self.state: dict[str, Any] = {"best_step": 0, "best": None, "worse": 0}
        self.first = 0
        self.held_out: HeldOut | None = None

    def resume(self) -> bool:
        """Go on from the checkpoint, if there is one."""
        stored = load_checkpoint(self.settings.run, self.network, self.optimizer)
        if stored is None:
            return False
        self.first = int(stored["step"])
        self.state = {key: stored[key] for key in ("best_step", "best", "worse")}
        _forget_after(self.settings.run / "metrics.jsonl", self.first)
        return True

    def evaluate(self, step: int) -> Recall:
        """Evaluate, keep the weights if they are the best so far, count if they are not."""
        settings = self.settings
        if self.held_out is None:
            count = min(settings.distractors, len(self.paths) // 2)
            distractors, guests = self.paths[:count], self.paths[count : 2 * count]
            self.held_out = make_held_out(self.held_out_paths, distractors, guests, settings.seed)
        recall = evaluate(self.network, self.held_out, settings.device, settings.bfloat16)
        best = self.state["best"]
        if best is None or _goodness(recall) >= _goodness(Recall(**best)):
            save_weights(settings.run / BEST, self.network, {"step": str(step)})
            self.state = {"best_step": step, "best": asdict(recall), "worse": 0}
        else:
            self.state["worse"] += 1
        return recall

    def save(self, step: int) -> None:
        """Write a checkpoint."""
        save_checkpoint(self.settings.run, step, self.network, self.optimizer, self.state)


def _goodness(recall: Recall) -> float:
    """Copies that are found, and how little others look alike: without the second no threshold helps."""
    return recall.at_1 + recall.regions_at_1 - recall.wrong_median


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
    with (run / "metrics.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(metrics.to_row()) + "\n")
    return metrics


def _first_evaluation(run: _Run) -> TrainingMetrics:
    """Set the projection and evaluate the untrained network."""
    settings = run.settings
    if settings.whiten and settings.weights != "random":
        chosen = run.paths[:_WHITENING_PICTURES]
        start_projection(run.network, chosen, settings.side_at(0), settings.device, settings.bfloat16)
    recall = run.evaluate(0)
    run.save(0)
    return _record(settings.run, TrainingMetrics(0, math.nan, {}, 0.0, 0.0, recall))


def train(settings: TrainingSettings) -> Iterator[TrainingEvent]:
    """Train a network, or go on with a run that was stopped.

    Args:
        settings: What and how; a folder that holds a checkpoint is resumed from it.

    Yields:
        Progress and TrainingMetrics after every step, TrainingDone at the end.

    Raises:
        ModelError: There are too few pictures, or weights are missing.
        ImageError: A picture cannot be read.
    """
    start = time.monotonic()
    run = _Run(settings)
    if not run.resume():
        yield Progress("Preparing", 0, None, 0.0)
        yield _first_evaluation(run)
    before = time.monotonic()
    step = run.first
    source = batches(run.paths, settings, run.first)
    try:
        for batch in source:
            terms = _step(run.network, run.optimizer, batch, settings)
            step = batch.step + 1
            loss = sum(terms.values())
            if not math.isfinite(loss):
                raise ModelError(f"The loss is no longer a number after step {step}; use a lower learning rate")
            last = step == settings.steps
            recall = run.evaluate(step) if last or step % settings.evaluate_every == 0 else None
            now = time.monotonic()
            speed, before = len(batch.pairs) / (now - before), now
            metrics = TrainingMetrics(step, loss, terms, rate_at(settings, batch.step), speed, recall)
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
    best = run.state["best"]
    yield TrainingDone(step, run.state["best_step"], Recall(**best), time.monotonic() - start)
