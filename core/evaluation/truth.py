"""What belongs to what, in the formats in which benchmarks say it.

* a CSV whose columns are ``copy,original``, ``query,picture``, ``target,source`` or ``file,group``;
* a folder of Oxford and Paris: ``*_query.txt``, ``*_good.txt``, ``*_ok.txt``, ``*_junk.txt``;
* the names of the files: ``ukbench`` (ukbench00000 and the three after it belong together), ``holidays`` and
  ``copydays`` (all but the last two digits name the group, and ``00`` the query).
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.records import TruthError

NAMES = ("ukbench", "holidays", "copydays")
"""Truths that stand in the names of the files."""

_PAIRS = (("copy", "original"), ("query", "picture"), ("target", "source"), ("query", "match"))
_GROUPS = ("file", "group")
_GROUP_OF_FOUR = 4


@dataclass(frozen=True, slots=True)
class QueryTruth:
    """What is right for one query.

    Attributes:
        query: Its file.
        right: Files that are right.
        junk: Files that count neither way.
        box: Left, top, right, bottom of the part that is searched with, in pixels, or None for all of it.
    """

    query: Path
    right: frozenset[Path]
    junk: frozenset[Path] = frozenset()
    box: tuple[float, float, float, float] | None = None


def read_truth(truth: Path | str, dataset: Sequence[Path], queries: Sequence[Path]) -> tuple[QueryTruth, ...]:
    """Read a truth and find its files.

    Args:
        truth: A CSV file, a folder, or one of ``NAMES``.
        dataset: The files that are searched.
        queries: The files that may be searched with.

    Returns:
        The queries with at least one right file in the dataset, in order of their paths. A query is never right or
        wrong for itself.

    Raises:
        TruthError: It cannot be read, or fits none of the files.
    """
    if str(truth) in NAMES:
        found = _by_names(str(truth), dataset, queries)
    elif Path(truth).is_dir():
        found = _oxford(Path(truth), _Finder(Path(truth), dataset), _Finder(Path(truth), queries))
    else:
        found = _table(Path(truth), dataset, queries)
    usable = [one for one in found if one.right]
    if not usable:
        raise TruthError(f"{truth}: none of its queries with a right picture is among these folders; check them.")
    return tuple(sorted(usable, key=lambda one: bytes(one.query)))


class _Finder:
    """Finds files by the names that a truth has for them.

    Args:
        folder: What relative names are relative to, if they are more than names.
        files: The files there are.
    """

    def __init__(self, folder: Path, files: Iterable[Path]) -> None:
        self._folder = folder
        self._files = {path.resolve(): path for path in files}
        self._by_name: dict[str, list[Path]] = defaultdict(list)
        for path in self._files.values():
            for name in {path.name, path.stem}:
                self._by_name[name].append(path)

    def find(self, name: str) -> Path | None:
        """The file, or None where there is none or its name alone does not tell which."""
        exact = self._files.get((self._folder / name).resolve())
        if exact is not None:
            return exact
        alike = self._by_name.get(Path(name).name, [])
        tail = Path(name).parts
        fitting = [path for path in alike if path.parts[-len(tail) :] == tail] or alike
        return fitting[0] if len(fitting) == 1 else None


# ---------------------------------------------------------------------- a table


def _table(path: Path, dataset: Sequence[Path], queries: Sequence[Path]) -> list[QueryTruth]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            columns = tuple(reader.fieldnames or ())
            rows = [row for row in reader if all(map(_is_cell, row.values()))]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TruthError(f"{path}: cannot be read as a table of the truth ({error}).") from error
    in_dataset, in_queries = _Finder(path.parent, dataset), _Finder(path.parent, queries)
    if set(_GROUPS) <= set(columns):
        return _grouped([(row["file"], row["group"]) for row in rows], in_dataset, in_queries)
    for query, right in _PAIRS:
        if {query, right} <= set(columns):
            return _paired([(row[query], row[right]) for row in rows], in_dataset, in_queries)
    wanted = "; ".join(",".join(pair) for pair in (*_PAIRS[:3], _GROUPS))
    raise TruthError(f"{path}: its columns are {','.join(columns) or 'missing'}, and not one of {wanted}.")


def _is_cell(value: object) -> bool:
    """Whether a row has this cell, with a text that may be a name; rows may be short, long or damaged."""
    return isinstance(value, str) and "\0" not in value


def _paired(rows: Iterable[tuple[str, str]], in_dataset: _Finder, in_queries: _Finder) -> list[QueryTruth]:
    right: dict[Path, set[Path]] = defaultdict(set)
    for query_name, picture_name in rows:
        query, picture = in_queries.find(query_name), in_dataset.find(picture_name)
        if query is not None and picture is not None and query != picture:
            right[query].add(picture)
    return [QueryTruth(query, frozenset(pictures), frozenset({query})) for query, pictures in right.items()]


def _grouped(rows: Iterable[tuple[str, str]], in_dataset: _Finder, in_queries: _Finder) -> list[QueryTruth]:
    """Every file of a group is right for the others."""
    rows = list(rows)
    groups: dict[str, set[Path]] = defaultdict(set)
    for name, group in rows:
        if (path := in_dataset.find(name)) is not None:
            groups[group].add(path)
    asked = [(in_queries.find(name), group) for name, group in rows]
    return [
        QueryTruth(query, frozenset(groups[group] - {query}), frozenset({query}))
        for query, group in asked
        if query is not None
    ]


# ---------------------------------------------------------------------- the names of the files


def _by_names(kind: str, dataset: Sequence[Path], queries: Sequence[Path]) -> list[QueryTruth]:
    groups: dict[int, set[Path]] = defaultdict(set)
    for path in dataset:
        if (number := _number(path)) is not None:
            groups[_group(kind, number)].add(path)
    found = []
    for query in queries:
        number = _number(query)
        if number is None or (kind != "ukbench" and number % 100):
            continue
        found.append(QueryTruth(query, frozenset(groups[_group(kind, number)] - {query}), frozenset({query})))
    return found


def _number(path: Path) -> int | None:
    """The digits at the end of a name."""
    digits = re.search(r"(\d+)$", path.stem)
    return None if digits is None else int(digits[1])


def _group(kind: str, number: int) -> int:
    return number // (_GROUP_OF_FOUR if kind == "ukbench" else 100)


# ---------------------------------------------------------------------- Oxford and Paris


def _oxford(folder: Path, in_dataset: _Finder, in_queries: _Finder) -> list[QueryTruth]:
    found = []
    for path in sorted(folder.glob("*_query.txt")):
        stem = path.name.removesuffix("_query.txt")
        name, *box = _lines(path)[0].split() if _lines(path) else ("",)
        query = in_queries.find(name.removeprefix("oxc1_"))
        if query is None:
            continue
        good, fair, junk = (_listed(folder / f"{stem}_{kind}.txt", in_dataset) for kind in ("good", "ok", "junk"))
        found.append(QueryTruth(query, (good | fair) - {query}, junk | {query}, _box(path, box)))
    return found


def _box(path: Path, numbers: Sequence[str]) -> tuple[float, float, float, float] | None:
    if len(numbers) < 4:
        return None
    try:
        left, top, right, bottom = map(float, numbers[:4])
    except ValueError as error:
        raise TruthError(f"{path}: behind the name stand four numbers, the part that is searched with.") from error
    return left, top, right, bottom


def _listed(path: Path, finder: _Finder) -> frozenset[Path]:
    named = (finder.find(line) for line in _lines(path))
    return frozenset(one for one in named if one is not None)


def _lines(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise TruthError(f"{path}: cannot be read as a list of names ({error}).") from error
