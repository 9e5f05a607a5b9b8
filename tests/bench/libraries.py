"""Libraries with known copies: read from a truth file, or made of the sample pictures by the project's own edits."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from pathlib import Path

import numpy as np
from PIL import Image

from core import edits
from core.images import EXTENSIONS, load
from core.samples import make_sample_library

_SIDE = 640
_SAME_PIXELS = ("metadata", "png", "bmp")
_SAME = ("exact", *_SAME_PIXELS)
_RE_ENCODED = ("webp", "jpeg50", "jpeg10", "progressive", "resize50", "resize25", "resize200")
_PARTS = ("paste50", "paste20", "collage", "sidebyside", "composite")
_FRAMED = ("screenshot", "photo_of_screen", "meme", "caption_bar", "border", "letterbox", "blurpad", "sticker4")
_COPIES = frozenset({"same-file", "same-pixels", "re-encoded", "edited", "crop", "composite"})


@dataclass(frozen=True)
class Truth:
    """A library and what is known of it.

    Attributes:
        folder: The library.
        rows: Copy, original and edit, by file name.
        negatives: Pairs of file names that show one scene and are not copies.
    """

    folder: Path
    rows: tuple[tuple[str, str, str], ...]
    negatives: tuple[tuple[str, str], ...] = ()
    sources: dict[str, set[str]] = field(init=False, default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        for copy, original, _ in self.rows:
            self.sources[copy].add(original)
            self.sources[original].add(original)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @cached_property
    def edits(self) -> tuple[str, ...]:
        """The edits, in the order of the rows."""
        return tuple(dict.fromkeys(edit for _, _, edit in self.rows))

    def precision(self, groups: Sequence[Sequence[str]]) -> float:
        """Share of the pairs of one group that share a source."""
        right = wrong = 0
        for group in groups:
            for a, b in combinations(sorted(set(group)), 2):
                shared = self.sources.get(a, {a}) & self.sources.get(b, {b})
                right, wrong = (right + 1, wrong) if shared else (right, wrong + 1)
        return right / max(1, right + wrong)

    def found(self, groups: Sequence[Sequence[str]]) -> list[bool]:
        """For each row, whether copy and original stand in one group."""
        where: dict[str, set[int]] = defaultdict(set)
        for number, group in enumerate(groups):
            for name in group:
                where[name].add(number)
        return [bool(where[copy] & where[original]) for copy, original, _ in self.rows]

    def recall(self, groups: Sequence[Sequence[str]]) -> dict[str, float]:
        """Recall for each edit."""
        hits: dict[str, list[bool]] = defaultdict(list)
        for (_, _, edit), hit in zip(self.rows, self.found(groups), strict=True):
            hits[edit].append(hit)
        return {edit: sum(found) / len(found) for edit, found in hits.items()}

    def called_copies(self, groups: Sequence[Sequence[str]]) -> int:
        """How many of the negatives stand in one group as copies."""
        together = {frozenset(pair) for group in groups for pair in combinations(set(group), 2)}
        return sum(frozenset(pair) in together for pair in self.negatives)

    def edit_between(self, centre: str, name: str) -> str | None:
        """The edit that made ``name`` of what ``centre`` shows, or None where the centre is more than re-encoded."""
        edit_of = {copy: (original, edit) for copy, original, edit in self.rows}
        original, made = edit_of.get(centre, (centre, "exact"))
        if made not in (*_SAME, *_RE_ENCODED) or name not in edit_of or edit_of[name][0] != original:
            return None
        edit = edit_of[name][1]
        # Seen from another encoding of the original, its equal copies are re-encoded too.
        return edit if made == "exact" or edit not in _SAME else "progressive"

    @staticmethod
    def expected(edit: str) -> frozenset[str]:
        """The relations that say right what an edit did."""
        if edit == "exact":
            return frozenset({"same-file"})
        if edit in _SAME_PIXELS:
            return frozenset({"same-pixels"})
        if edit in _RE_ENCODED:
            return frozenset({"re-encoded", "same-pixels"})
        if edit.startswith("crop"):
            return frozenset({"crop"})
        if edit in _PARTS:
            return frozenset({"composite"})
        if edit in _FRAMED:
            return frozenset({"edited", "composite"})
        if edit.startswith(("combo", "chain", "rot", "perspective")):
            return frozenset({"edited", "crop", "composite"})
        return frozenset({"edited", "re-encoded"}) if edit in _COPIES else frozenset({"edited"})


def read_truth(path: Path) -> Truth:
    """Read truth.csv, and negatives.csv beside it where there is one."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [
            (Path(row["copy"]).name, Path(row["original"]).name, row["transform"]) for row in csv.DictReader(stream)
        ]
    pairs: list[tuple[str, str]] = []
    beside = path.with_name("negatives.csv")
    if beside.exists():
        with beside.open(encoding="utf-8", newline="") as stream:
            pairs = [(Path(row["a"]).name, Path(row["b"]).name) for row in csv.DictReader(stream)]
    return Truth(path.parent.resolve(), tuple(rows), tuple(pairs))


def make_library(folder: Path, seed: int = 1) -> Truth:
    """Copies of the sample pictures by every edit of ``core.edits``; the same seed makes the same library."""
    samples = folder.with_name("samples")
    make_sample_library(samples)
    originals = sorted(path for path in samples.iterdir() if path.suffix.lower() in EXTENSIONS)[:12]
    pictures = [load(path, _SIDE).pixels for path in originals]
    folder.mkdir(parents=True)
    rows = []
    for number, pixels in enumerate(pictures):
        original = f"original-{number:02}.png"
        Image.fromarray(pixels).save(folder / original)
        others = [picture for place, picture in enumerate(pictures) if place != number]
        for family in edits.families().values():
            for edit in family:
                rng = np.random.default_rng([seed, number, len(rows)])
                copy = f"copy-{len(rows):04}.jpg"
                Image.fromarray(edits.apply(edit, pixels, rng, others).pixels).save(folder / copy, quality=90)
                rows.append((copy, original, edit))
    return Truth(folder.resolve(), tuple(rows))


def tenth_of(library: Path, folder: Path) -> Path:
    """Every tenth file of a library, as links in a folder of its own."""
    folder.mkdir()
    files = sorted(path for path in library.rglob("*") if path.is_file() and path.suffix.lower() in EXTENSIONS)
    for number, path in enumerate(files[::10]):
        target = folder / f"{number:06}{path.suffix}"
        try:
            os.link(path, target)
        except OSError:
            target.write_bytes(path.read_bytes())
    return folder
