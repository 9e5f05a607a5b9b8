"""What people want trained, and the runs that came of it: each a folder that explains itself. Knows no Qt.

``wish.json`` in the folder of a run says what was wanted, so that it can go on after a restart; ``result.json`` is
there once it has ended.
"""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from core.records import ModelError
from core.training.metrics import Recall, TrainingMetrics

logger = logging.getLogger(__name__)

ADAPTING = ("whiten", "train")
"""The ways that begin with the model in use; all others are recipes that begin with a backbone."""

_WISH, _RESULT, _STATE = "wish.json", "result.json", "state.json"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be trained.

    Attributes:
        folders: Where the pictures are.
        name: Of the method that comes out.
        way: One of ``ADAPTING``, or a recipe of ``core.training.settings``.
        steps: Training steps; whitening has none.
        pairs: Pairs of picture and copy in a step.
        backbone: What a recipe begins with.
        weights: "" for those that come with the backbone, "random", or a file.
    """

    folders: tuple[Path, ...]
    name: str
    way: str = "whiten"
    steps: int = 200
    pairs: int = 32
    backbone: str = "efficientnet-lite0"
    weights: str = ""

    @property
    def adapts(self) -> bool:
        """Whether it begins with the model in use."""
        return self.way in ADAPTING


@dataclass(frozen=True, slots=True)
class Baseline:
    """How well copies are found before anything is trained.

    Attributes:
        before: On copies of pictures that were set aside.
        pictures: Pictures that are trained on, or None where that is not told.
        held_out: Pictures that were set aside, likewise.
    """

    before: Recall
    pictures: int | None = None
    held_out: int | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """What was learned before the run was interrupted."""

    metrics: tuple[TrainingMetrics, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The last event of a run.

    Attributes:
        model: The file that came out, not installed yet.
        name: Of its method.
        before: How well held-out copies were found at the beginning.
        after: By the model that came out.
        better: Whether it finds more than what it began with.
        words: What was done.
    """

    model: Path
    name: str
    before: Recall
    after: Recall
    better: bool
    words: str


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was begun at some time.

    Attributes:
        folder: Where it is kept.
        wish: What was wanted.
        step: The step of its last checkpoint.
        result: What came of it, or None for one that can go on.
    """

    folder: Path
    wish: Wish
    step: int
    result: Result | None


def curve_so_far(wish: Wish) -> list[TrainingMetrics]:
    """The metrics of an unfinished run of just this wish; none where it would begin anew."""
    from core.training.loop import read_metrics
    from core.training.producing import default_run

    run = read_run(default_run(wish.name))
    return read_metrics(run.folder) if run is not None and run.result is None and run.wish == wish else []


def runs() -> list[Run]:
    """The runs that were begun in the window, those begun last first."""
    from core.models import training_folder

    folders = [path.parent for path in training_folder().glob(f"*/{_WISH}")]
    found = [run for folder in folders if (run := read_run(folder)) is not None]
    return sorted(found, key=lambda run: -(run.folder / _WISH).stat().st_mtime)


def remove_run(run: Run) -> None:
    """Delete the folder of a run; models that were installed from it stay.

    Raises:
        ModelError: It cannot be removed.
    """
    from core.models import training_folder

    if run.folder.parent != training_folder():
        raise ModelError(f"{run.folder}: is no run of this computer's")
    try:
        shutil.rmtree(run.folder)
    except OSError as error:
        raise ModelError(f"{run.folder}: cannot be removed ({error.strerror})") from error


def read_run(folder: Path) -> Run | None:
    """The run in a folder, or None where there is none that can be understood."""
    try:
        said = json.loads((folder / _WISH).read_text(encoding="utf-8"))
        wish = Wish(**{**said, "folders": tuple(Path(path) for path in said["folders"])})
        state = folder / _STATE
        step = int(json.loads(state.read_text(encoding="utf-8"))["step"]) if state.is_file() else 0
        return Run(folder, wish, step, _result(folder))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.warning("%s: left out, it is no run that can be understood (%s)", folder, error)
        return None


def _result(folder: Path) -> Result | None:
    path = folder / _RESULT
    if not path.is_file():
        return None
    said = json.loads(path.read_text(encoding="utf-8"))
    before, after = Recall(**said.pop("before")), Recall(**said.pop("after"))
    return Result(**{**said, "model": Path(said["model"])}, before=before, after=after)


def write_wish(folder: Path, wish: Wish) -> None:
    """Leave in a run's folder what was wanted."""
    _write(folder / _WISH, {**asdict(wish), "folders": [str(path) for path in wish.folders]})


def write_result(folder: Path, result: Result) -> None:
    """Leave in a run's folder what came of it."""
    _write(folder / _RESULT, {**asdict(result), "model": str(result.model)})


def _write(path: Path, values: dict[str, object]) -> None:
    new = path.with_suffix(".new")
    new.write_text(json.dumps(values, indent=1), encoding="utf-8")
    new.replace(path)
