"""The card of a model, Markdown beside it: what it is, how it was made, how good it is, and what it is not for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.model_files import sha256
from core.training.checkpoints import write_text
from core.training.metrics import Recall, TrainingDone
from core.training.settings import LOCAL_RECIPES, TrainingSettings

if TYPE_CHECKING:
    from core.training.producing import ModelWritten

_TITLES = {
    "simclr": "SimCLR (Chen 2020): normalised temperature-scaled cross entropy",
    "contrastive": "contrastive loss of a siamese network (Hadsell 2006)",
    "triplet": "triplet loss with the hardest other of the batch (Schroff 2015)",
    "sscd": "SSCD (Pizzi 2022): cross entropy with composites as targets and an entropy term",
    "delf": "DELF (Noh 2017): dense features with attention",
    "lift": "LIFT (Yi 2016): detector, orientation and descriptor",
}


def write_card(model: Path, settings: TrainingSettings, written: ModelWritten, done: TrainingDone) -> None:
    """Write the card of a trained model, "x.md" for "x.onnx"."""
    local = settings.recipe in LOCAL_RECIPES
    lines = [f"# {written.name}, version {written.version}", "", "| | |", "|---|---|"]
    lines += [f"| file | {model.name}, {written.bytes / 1e6:.1f} MB, sha256 `{sha256(model)}` |"]
    if written.agreement is not None:
        found = written.agreement
        lines.append(
            f"| agreement with the network | cosine {found.descriptor:.4f} at least, {found.mean:.4f} on average |"
        )
    if written.pictures_per_second is not None:
        lines.append(f"| speed | {written.pictures_per_second:.0f} pictures/s here, two threads |")
    lines += ["", "## How it was made", "", f"* Recipe: {_TITLES[settings.recipe]}."]
    if not local:
        lines.append(
            f"* Network: {settings.backbone}, started from {_start_of(settings)}; {settings.dimension} numbers."
        )
    lines += [
        f"* Data: the pictures of the run; {settings.held_out} at most were held out.",
        f"* Length: {done.steps} steps of {settings.pairs}, seed {settings.seed}; the best was step {done.best_step}.",
        "",
        "All settings are in settings.json of the run, all numbers in its metrics.jsonl.",
        "",
        "## How good it is",
        "",
    ]
    lines += _local_rows(done.recall) if local else _rows({"held-out copies": done.recall})
    lines += ["", "Two shots of one scene lie near each other too; geometry tells them from copies.", ""]
    write_text(model.with_suffix(".md"), "\n".join(lines))


def write_adapted_card(
    model: Path, base: str, words: str, before: Recall, after: Recall, pictures: int, held_out: int
) -> None:
    """Write the card of a model that was adapted to a library."""
    lines = [
        f"# {model.stem}",
        "",
        f"A copy descriptor adapted to one library: {words}.",
        "",
        f"Measured on edited copies of {held_out:,} pictures of that library that were set aside, searched for among",
        f"others of it; {pictures:,} pictures were used to adapt.",
        "",
        *_rows({f"before ({base})": before, "after": after}),
        "",
        f"File: {model.name}, sha256 `{sha256(model)}`.",
        "",
    ]
    write_text(model.with_suffix(".md"), "\n".join(lines))


def _start_of(settings: TrainingSettings) -> str:
    if settings.weights == "random":
        return "random weights"
    return Path(settings.weights).name if settings.weights else "its published weights"


def _rows(recalls: dict[str, Recall]) -> list[str]:
    lines = ["| | recall@1 | recall@10 | with regions @1 | @10 | nearest wrong, median |", "|---|---|---|---|---|---|"]
    for title, recall in recalls.items():
        numbers = (recall.at_1, recall.at_10, recall.regions_at_1, recall.regions_at_10, recall.wrong_median)
        lines.append(f"| {title} | " + " | ".join(f"{number:.3f}" for number in numbers) + " |")
    return lines


def _local_rows(recall: Recall) -> list[str]:
    return [
        f"Of the matched keypoints of held-out pairs {recall.at_1:.1%} are right within three pixels, "
        f"{recall.at_10:.1%} within ten."
    ]
