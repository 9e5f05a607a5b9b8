"""How much of what was copied each preset finds, how much of it is wrong, and what it costs.

    make bench-accuracy TRUTH=~/copies/truth.csv                      one library with known copies
    make bench-accuracy TRUTH="a/truth.csv b/truth.csv" GROWTH=~/Pictures PEERS=/path/to/python OUT=docs/accuracy.md
    make bench-accuracy TRUTH=~/copies/truth.csv DESCRIPTORS="efficientnet-lite0 my-copies"

A truth is a CSV with the columns copy, original and transform, paths relative to its folder; without one a library is
made of the sample pictures by ``core.edits``. Each scan is a process of its own with a new catalog, timed as a whole.
DESCRIPTORS take the place of the presets' own in further rows. PEERS is the Python of an environment that has
immaculate and czkawka installed; GROWTH a folder that is scanned as a tenth and whole.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from core.presets import PRESETS
from tests.bench.libraries import Truth, make_library, read_truth, tenth_of
from tests.bench.processes import Cost, run_timed

ROOT = Path(__file__).parents[2]
_TITLES = ("library", "tool", "precision", "recall", "second shots", "seconds", "peak MB")
_PEER = """
import json, sys
from pathlib import Path
folder, name = Path(sys.argv[1]), sys.argv[2]
if name == "czkawka":
    from czkawka import ImageSimilarity
    finder = ImageSimilarity()
    finder.set_directories([folder])
    finder.set_similarity(10)
    groups = finder.find_similar()
else:
    from immaculate import find_duplicates
    found = find_duplicates(folder, name)
    groups = [*found.exact, *found.near]
print(json.dumps([[str(path) for path in group] for group in groups]))
"""
_PEERS = ("pdq", "sscd_distilled", "sscd", "czkawka")

_Groups = list[list[tuple[str, str]]]
_Tool = tuple[str, Callable[[], tuple[_Groups, Cost]]]
"""What it is called, and what scans with it."""


def main(arguments: Sequence[str]) -> None:
    """Measure, and print the tables as Markdown."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="twinsight-bench-") as name:
        workshop = Path(name)
        truths = [read_truth(path) for path in options.truth] or [make_library(workshop / "made")]
        lines = [f"{os.cpu_count()} cores. `{_command(arguments)}`", ""]
        for truth in truths:
            lines += [*_library(truth, _tools(truth, workshop, options)), ""]
        if options.growth is not None:
            lines += _growth(options.growth, workshop)
    text = "\n".join(lines) + "\n"
    sys.stdout.write(text)
    if options.out is not None:
        options.out.write_text(f"# What was measured\n\n{text}", encoding="utf-8")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("truth", nargs="*", type=Path)
    parser.add_argument("--descriptors", nargs="+", default=[])
    parser.add_argument("--growth", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--out", type=Path)
    return parser.parse_args(arguments)


def _command(arguments: Sequence[str]) -> str:
    return " ".join(
        ["python -m tests.bench.accuracy", *(Path(word).name if "/" in word else word for word in arguments)]
    )


# ---------------------------------------------------------------------- one library


def _library(truth: Truth, tools: Iterator[_Tool]) -> Iterator[str]:
    rows: list[tuple[str, ...]] = []
    by_edit: dict[str, dict[str, float]] = {}
    relations: list[str] = []
    for tool, run in tools:
        groups, cost = run()
        names = [[name for name, relation in group if relation not in ("same-scene", "similar")] for group in groups]
        precision, recall = truth.precision(names), truth.recall(names)
        by_edit[tool] = recall
        rows.append(
            (
                truth.name,
                tool,
                f"{precision:.4f}",
                f"{sum(truth.found(names)) / len(truth.rows):.3f}",
                f"{truth.called_copies(names)} of {len(truth.negatives)}",
                f"{cost.seconds:.1f}",
                f"{cost.peak_megabytes:.0f}",
            )
        )
        if tool == "thorough":
            relations = list(_relations(truth, groups))
    yield from _markdown(_TITLES, rows)
    yield ""
    yield "Recall by edit, where not everybody finds all:"
    yield ""
    edits = [edit for edit in truth.edits if min(by_edit[tool][edit] for tool in by_edit) < 1]
    yield from _markdown(
        ("edit", *by_edit), [(edit, *(f"{by_edit[tool][edit]:.2f}" for tool in by_edit)) for edit in edits]
    )
    yield from relations


def _tools(truth: Truth, workshop: Path, options: argparse.Namespace) -> Iterator[_Tool]:
    for preset in PRESETS:
        yield preset, partial(_scan, truth.folder, ("--preset", preset), workshop)
    for descriptor in options.descriptors:
        for preset in (name for name, chosen in PRESETS.items() if chosen.descriptor is not None):
            choice = ("--preset", preset, "--descriptor", descriptor)
            yield f"{preset} by {descriptor}", partial(_scan, truth.folder, choice, workshop)
    for peer in _PEERS if options.peers is not None else ():
        yield f"peer {peer}", partial(_peer, truth.folder, peer, options.peers)


def _scan(folder: Path, choice: Sequence[str], workshop: Path) -> tuple[_Groups, Cost]:
    with tempfile.TemporaryDirectory(dir=workshop) as name:
        out = Path(name) / "groups.json"
        command = [sys.executable, "-m", "app", "scan", str(folder), *choice, "--json", str(out)]
        cost, _ = run_timed([*command, "--catalog", f"{name}/catalog.sqlite3"], ROOT)
        found = json.loads(out.read_text(encoding="utf-8"))
    return [[(Path(m["path"]).name, m["relation"]) for m in group["members"]] for group in found["groups"]], cost


def _peer(folder: Path, peer: str, python: Path) -> tuple[_Groups, Cost]:
    cost, printed = run_timed([str(python), "-c", _PEER, str(folder), peer], ROOT)
    return [[(Path(path).name, "") for path in group] for group in json.loads(printed)], cost


# ---------------------------------------------------------------------- names of relations


def _relations(truth: Truth, groups: _Groups) -> Iterator[str]:
    """Truth against name, for groups whose representative shows what the original shows."""
    table_of: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    right = total = 0
    for group in groups:
        centre = group[0][0]
        for name, relation in group[1:]:
            edit = truth.edit_between(centre, name)
            if edit is None:
                continue
            table_of[edit][relation] += 1
            total += 1
            right += relation in truth.expected(edit)
    yield ""
    yield f"Relations named in `thorough`: {right} of {total} right ({right / max(1, total):.1%})."
    yield ""
    names = sorted({relation for row in table_of.values() for relation in row})
    rows = [(edit, *(str(table_of[edit].get(name, "")) for name in names)) for edit in truth.edits if edit in table_of]
    yield from _markdown(("edit", *names), rows)


# ---------------------------------------------------------------------- growth


def _growth(folder: Path, workshop: Path) -> Iterator[str]:
    small = tenth_of(folder, workshop / "tenth")
    rows = []
    for name, library in (("a tenth", small), ("all", folder)):
        with tempfile.TemporaryDirectory(dir=workshop) as place:
            command = [sys.executable, "-m", "app", "scan", str(library), "--json", f"{place}/g.json"]
            cost, _ = run_timed([*command, "--catalog", f"{place}/catalog.sqlite3"], ROOT)
            images = json.loads(Path(place, "g.json").read_text(encoding="utf-8"))["images"]
        rows.append(
            (name, f"{images:,}", f"{cost.seconds:.1f}", f"{images / cost.seconds:.0f}", f"{cost.peak_megabytes:.0f}")
        )
    yield "Growth, `balanced`:"
    yield ""
    yield from _markdown(("library", "pictures", "seconds", "pictures/s", "peak MB of all processes"), rows)


def _markdown(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(titles) + " |"
    yield "|" + "---|" * len(titles)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


if __name__ == "__main__":
    main(sys.argv[1:])
