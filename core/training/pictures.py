"""The pictures of a run: looked for once, kept small where they are large, and listed in the run's folder.

Training reads every picture many times, so a photo of a camera is decoded once and a small copy of it kept beside the
run. Copies of one picture would be pushed apart by every recipe; of those that a library holds only the first is taken.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from core._cv import cv2
from core.events import Progress, Skipped
from core.features.pdq import hash_all
from core.images import load
from core.records import ImageError, ModelError
from core.scanning import FileEntry, resolve_library, walk
from core.stopwatch import Stage
from core.training.checkpoints import write_text
from core.training.settings import TrainingSettings
from core.vectors.neighbours import within_hamming
from core.workers import Outcome, WorkerTeam

LISTED = "pictures.json"
FEWEST = 8

_FOLDER = "pictures"
_LONGEST = 512
_SHORTEST = 32
_QUALITY = 95
_NEAR = 30
_LEAST_QUALITY = 50
_READ_AS_IT_IS = ("JPEG", "PNG", "WebP")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture that can be trained on.

    Attributes:
        path: The file itself, or the small copy of it.
        hashes: Its PDQ hashes in all eight orientations, 256 bytes; empty where nothing can be hashed.
    """

    path: Path
    hashes: bytes


def prepare_picture(path: Path, target: Path) -> Prepared:
    """Check that a picture can be trained on, and keep a small copy of a large one.

    Args:
        path: The picture.
        target: Where a small copy goes, if one is needed.

    Raises:
        ImageError: It cannot be read, or is too small to learn from.
    """
    picture = load(path, _LONGEST)
    if min(picture.pixels.shape[:2]) < _SHORTEST:
        raise ImageError(f"smaller than {_SHORTEST} pixels, too small to learn from", path)
    hashed = hash_all(picture.pixels)
    hashes = hashed.hashes.tobytes() if hashed.quality >= _LEAST_QUALITY else b""
    if picture.exact and picture.format in _READ_AS_IT_IS:
        return Prepared(path, hashes)
    done, data = cv2.imencode(".jpg", picture.pixels[..., ::-1], (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))
    if not done:
        raise ImageError("cannot be kept small", path)
    target.write_bytes(data.tobytes())
    return Prepared(target, hashes)


def gather(settings: TrainingSettings) -> Iterator[Progress | Skipped]:
    """Look for the pictures of a run and list them; a run that was listed before keeps its list.

    Yields:
        Progress, and Skipped for each file that cannot be trained on.

    Raises:
        LibraryError: A folder is missing or unreadable.
        ModelError: There are too few pictures.
    """
    listed = settings.run / LISTED
    if listed.exists():
        return
    stage = Stage("Looking for pictures")
    found = [entry.path for entry in walk(resolve_library(settings.pictures)) if isinstance(entry, FileEntry)]
    yield stage.progress(len(found), len(found))
    chosen = _thinned(found, settings)
    folder = settings.run / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    prepared: dict[int, Prepared] = {}
    stage = Stage("Reading pictures")
    for done, (number, result) in enumerate(_prepare_all(chosen, folder, settings.workers), start=1):
        if isinstance(result, Prepared):
            prepared[number] = result
        else:
            yield Skipped(chosen[number], result)
        if stage.due() or done == len(chosen):
            yield stage.progress(done, len(chosen))
    kept = _without_copies([prepared[number] for number in sorted(prepared)])
    if len(kept) < FEWEST:
        names = ", ".join(str(place) for place in settings.pictures)
        raise ModelError(f"{names}: training needs at least {FEWEST} different pictures, found {len(kept)}")
    write_text(listed, json.dumps([str(path) for path in kept], indent=0))


def listed_pictures(run: Path) -> list[Path]:
    """The pictures that ``gather`` listed in a run's folder.

    Raises:
        ModelError: There is no such list.
    """
    try:
        names = json.loads((run / LISTED).read_text(encoding="utf-8"))
        return [Path(name) for name in names]
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"{run}: this run has no list of its pictures ({error})") from error


def _thinned(found: list[Path], settings: TrainingSettings) -> list[Path]:
    """At most as many as the settings want, drawn by the seed, in the order they were found."""
    if len(found) <= settings.most_pictures:
        return found
    drawn = np.random.default_rng([settings.seed, 3]).choice(len(found), settings.most_pictures, replace=False)
    return [found[place] for place in sorted(drawn.tolist())]


def _prepare_all(paths: list[Path], folder: Path, workers: int) -> Iterator[tuple[int, Prepared | str]]:
    """Each picture's place with what became of it, in any order: it is prepared, or the reason why not."""
    targets = [folder / f"{number:06d}.jpg" for number in range(len(paths))]
    if workers == 0:
        for number, (path, target) in enumerate(zip(paths, targets, strict=True)):
            try:
                yield number, prepare_picture(path, target)
            except ImageError as error:
                yield number, error.reason
        return
    with WorkerTeam(prepare_picture, workers) as team:
        for number, (path, target) in enumerate(zip(paths, targets, strict=True)):
            team.submit(number, path, target)
        while team.pending:
            for outcome in team.collect():
                yield cast(int, outcome.key), _result(outcome)


def _result(outcome: Outcome[Prepared]) -> Prepared | str:
    if outcome.value is not None:
        return outcome.value
    return outcome.error.reason if outcome.error is not None else "cannot be read"


def _without_copies(pictures: list[Prepared]) -> list[Path]:
    """The first of every set of near copies, as far as hashes can tell."""
    hashed = [number for number, picture in enumerate(pictures) if picture.hashes]
    dropped: set[int] = set()
    if hashed:
        packed = np.frombuffer(b"".join(pictures[number].hashes for number in hashed), np.uint8)
        hashes = packed.reshape(len(hashed), -1, 32)
        near = within_hamming(hashes.reshape(-1, 32), np.ascontiguousarray(hashes[:, 0]), _NEAR)
        pairs = zip((near.queries // hashes.shape[1]).tolist(), near.found.tolist(), strict=True)
        dropped = {max(hashed[first], hashed[second]) for first, second in pairs if first != second}
    return [picture.path for number, picture in enumerate(pictures) if number not in dropped]
