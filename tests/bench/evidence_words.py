"""Holds the words of the evidence against what is known of each copy: how it was turned, scaled, mirrored and cut.

    make bench-words TRUTH=~/copies/truth.csv

The truth is a CSV with the columns copy, original, transform, kept and params (JSON), paths relative to its folder.
A figure counts as right within 2 degrees, 3% of scale and 5 points of the share that a crop shows; whether a copy
is mirrored counts exactly. Only the words are read, as a person would read them.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.terminal import table
from core.comparing import compare
from core.records import ImageError
from core.workers import WorkerTeam

_WORKERS = 2
_DEGREES, _SCALE, _SHARE = 2.0, 0.03, 5.0
_TURNS = {"rot90": 90.0, "rot180": 180.0, "rot270": 90.0}
_UNTOLD = ("perspective", "perspective_strong", "photo_of_screen", "screenshot", "squeeze", "exact", "metadata")
"""Edits whose turn or scale nobody wrote down, or of which the words say no more than that the bytes are equal."""
_FREE_SCALE = ("paste50", "paste20", "collage", "sidebyside", "rot5", "letterbox", "blurpad", "border", "caption_bar")
"""Edits that also scale the picture, by what the truth does not tell."""


@dataclass(frozen=True, slots=True)
class Told:
    """What words say, or what is true: degrees without their direction, the scale, mirroring, percent shown."""

    degrees: float | None = 0.0
    scale: float | None = 1.0
    mirrored: bool | None = False
    share: float | None = None


def truth_of(row: Mapping[str, str]) -> Told:
    """What the words should say about a copy; None where the truth does not tell."""
    name, params = row["transform"], json.loads(row["params"] or "{}")
    steps = [name, *params.get("steps", ())]
    mirrored = any(step in ("hflip", "vflip") for step in steps)
    degrees: float | None = abs(float(params["deg"])) if "deg" in params else _TURNS.get(name, 0.0)
    if "rot8" in steps:
        degrees = 8.0
    scale: float | None = float(params.get("scale", 0.5 if "half" in steps else 1.0))
    if name in _UNTOLD or "perspective" in steps:
        degrees = scale = None
    if name in _FREE_SCALE:
        scale = None
    share = 100 * float(row["kept"]) if name.startswith("crop") else None
    return Told(degrees, scale, mirrored, share)


def told_by(words: str) -> Told:
    """Read the evidence as a person would."""
    turned = re.search(r"turned (\d+(?:\.\d+)?) degrees", words)
    larger = re.search(r"(\d+(?:\.\d+)?) times (larger|smaller)", words)
    share = re.search(r"(\d+)% crop|crop showing (\d+)%", words)
    scale = 1.0
    if larger:
        scale = float(larger[1]) if larger[2] == "larger" else 1 / float(larger[1])
    percent = next((float(group) for group in share.groups() if group), None) if share else None
    return Told(float(turned[1]) if turned else 0.0, scale, "mirrored" in words, percent)


def verdicts(true: Told, told: Told) -> Iterator[tuple[str, bool]]:
    """What can be checked, and whether it is right."""
    if true.degrees is not None and told.degrees is not None:
        yield "turn", abs(true.degrees - told.degrees) <= _DEGREES
    if true.scale is not None and told.scale is not None:
        yield "scale", abs(told.scale / true.scale - 1) <= _SCALE
    if true.mirrored is not None:
        yield "mirrored", true.mirrored == told.mirrored
    if true.share is not None:
        # A crop that shows nearly everything may be named by something else.
        yield "share shown", abs((told.share or 100.0) - true.share) <= _SHARE


def words_of(original: Path, copy: Path) -> tuple[str, bool]:
    """The words for a pair, and whether it was recognised as a copy."""
    match = compare(original, copy)
    return match.words, match.relation is not None and match.relation.is_copy


def main(truth: str, every: str = "1") -> None:
    """Compare every copy with its original and print how often the words are right."""
    path = Path(truth).expanduser()
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))[:: int(every)]
    right: Counter[str] = Counter()
    checked: Counter[str] = Counter()
    wrong: dict[str, list[str]] = defaultdict(list)
    recognised = 0
    for row, (words, is_copy) in _answers(path.parent, rows):
        recognised += is_copy
        if not is_copy:
            continue
        for what, is_right in verdicts(truth_of(row), told_by(words)):
            checked[what] += 1
            right[what] += is_right
            if not is_right:
                wrong[what].append(f"{row['copy']} ({row['transform']} {row['params']}): {words}")
    sys.stdout.write(f"{recognised:,} of {len(rows):,} copies recognised; of their words are right:\n")
    found = [(what, f"{right[what]:,} of {checked[what]:,}", f"{right[what] / checked[what]:.1%}") for what in checked]
    for line in table(("what", "right", "share"), found):
        sys.stdout.write(f"{line}\n")
    for what, lines in wrong.items():
        for line in lines:
            sys.stdout.write(f"wrong {what}: {line}\n")


def _answers(folder: Path, rows: list[dict[str, str]]) -> Iterator[tuple[dict[str, str], tuple[str, bool]]]:
    with WorkerTeam[Any](words_of, _WORKERS) as team:
        for number, row in enumerate(rows):
            team.submit(number, folder / row["original"], folder / row["copy"])
        while team.pending:
            for outcome in team.collect():
                assert isinstance(outcome.key, int)
                if isinstance(outcome.error, ImageError):
                    sys.stderr.write(f"{rows[outcome.key]['copy']}: {outcome.error.reason}\n")
                    continue
                yield rows[outcome.key], outcome.value


if __name__ == "__main__":
    main(*sys.argv[1:])
