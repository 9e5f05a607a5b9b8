"""Results as JSON and CSV, written whole or not at all.

The names of keys and columns are stable: other programs read them. Paths are written as they are; one that is
no valid Unicode keeps its odd bytes, as escapes of lone surrogates in JSON and as these very bytes in CSV.
"""

from __future__ import annotations

import csv
import json
import math
import os
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from core.events import Summary
from core.records import Evidence, ExportError, Group, Match, Member
from core.review.plan_file import item_as_dict
from core.review.values import Plan

SCAN_COLUMNS = ("id", "path", "width", "height", "bytes", "keep", "why", "relation", "score", "inliers")
SEARCH_COLUMNS = ("query", "rank", "path", "score", "relation", "inliers", "homography")
SUBMISSION_COLUMNS = ("source", "target")
PLAN_COLUMNS = ("path", "bytes", "action", "survivor", "relation", "why", "group", "companions")

Matches = Sequence[tuple[Path, Sequence[Match]]]
"""Each query with its matches, best first."""

_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")  # noqa: RUF001 - full-width too
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_DIGITS = 6


# ---------------------------------------------------------------------- as dictionaries


def scan_as_dict(library: Sequence[Path], summary: Summary) -> dict[str, object]:
    """A finished scan in the form of its JSON.

    Args:
        library: The folders that were scanned.
        summary: What the scan ended with.
    """
    return {
        "library": [str(folder) for folder in library],
        "images": summary.images,
        "seconds": round(summary.seconds, 3),
        "skipped": [{"path": str(item.path), "reason": item.reason} for item in summary.skipped],
        "groups": [
            {"id": group.id, "members": [_member_as_dict(member) for member in group.members]}
            for group in summary.groups
        ],
    }


def search_as_dict(summary: Summary) -> dict[str, object]:
    """A finished search in the form of its JSON."""
    return {
        "queries": [
            {
                "query": str(query),
                "matches": [_match_as_dict(rank, match) for rank, match in enumerate(matches, start=1)],
            }
            for query, matches in summary.matches
        ]
    }


def comparison_as_dict(first: Path, match: Match) -> dict[str, object]:
    """A comparison of two pictures in the form of its JSON; A is the first, B the second."""
    evidence = match.evidence
    return {
        "a": str(first),
        "b": str(match.record.path),
        "score": _number(match.score),
        "relation": _relation(match),
        "words": match.words,
        "reason": evidence.reason,
        "inliers": evidence.inlier_count,
        "homography": _homography(evidence),
        "mirrored": evidence.mirrored,
        "coverage_a": _number(evidence.coverage_a),
        "coverage_b": _number(evidence.coverage_b),
        "similarity": None if evidence.similarity is None else _number(evidence.similarity),
    }


def _member_as_dict(member: Member) -> dict[str, object]:
    record = member.record
    found = {
        "path": str(record.path),
        "width": record.width,
        "height": record.height,
        "bytes": record.size,
        "keep": member.keep,
        "why": member.why,
        "relation": str(member.relation),
        "score": _number(member.score),
        "inliers": 0 if member.evidence is None else member.evidence.inlier_count,
    }
    return {**found, "new": True} if member.new else found


def _match_as_dict(rank: int, match: Match) -> dict[str, object]:
    return {
        "rank": rank,
        "path": str(match.record.path),
        "score": _number(match.score),
        "relation": _relation(match),
        "inliers": match.evidence.inlier_count,
        "homography": _homography(match.evidence),
    }


def _relation(match: Match) -> str | None:
    return None if match.relation is None else str(match.relation)


def _number(value: float) -> float | None:
    """A float that JSON can hold; six digits are more than any score carries."""
    return round(float(value), _DIGITS) if math.isfinite(value) else None


def _homography(evidence: Evidence) -> list[list[float]] | None:
    """Rows of the homography at full precision, which its small projective terms need."""
    return None if evidence.homography is None else [[float(x) for x in row] for row in evidence.homography]


# ---------------------------------------------------------------------- into a stream


def write_json(stream: TextIO, document: dict[str, object]) -> None:
    """Write a document as indented JSON in Unicode, with a line end after it."""
    text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    stream.write(_LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def write_scan_csv(stream: TextIO, groups: Iterable[Group]) -> None:
    """Write one row per member; the first of each id is the representative."""
    writer = _CsvWriter(stream)
    writer.write(SCAN_COLUMNS)
    for group in groups:
        for member in group.members:
            values = {"id": group.id, **_member_as_dict(member)}
            writer.write([_cell(values[column]) for column in SCAN_COLUMNS])


def write_search_csv(stream: TextIO, matches: Matches) -> None:
    """Write one row per match; a query without matches has no row."""
    writer = _CsvWriter(stream)
    writer.write(SEARCH_COLUMNS)
    for query, found in matches:
        for rank, match in enumerate(found, start=1):
            values = {"query": str(query), **_match_as_dict(rank, match)}
            writer.write([_cell(values[column]) for column in SEARCH_COLUMNS])


def write_plan_csv(stream: TextIO, plan: Plan) -> None:
    """Write one row per picture that would go."""
    writer = _CsvWriter(stream)
    writer.write(PLAN_COLUMNS)
    for item in plan.items:
        values = item_as_dict(item)
        values["companions"] = " ".join(str(companion.path) for companion in item.companions)
        writer.write([_cell(values[column]) for column in PLAN_COLUMNS])


def write_submission(stream: TextIO, matches: Matches) -> None:
    """Write one row per query: the file name of its best match, or nothing, and its own file name.

    A program reads this file, so the names stand exactly as they are, even those that start like a formula.
    """
    writer = _CsvWriter(stream)
    writer.write(SUBMISSION_COLUMNS)
    for query, found in matches:
        writer.write([found[0].record.path.name if found else "", query.name])


class _CsvWriter:
    """Rows that end in a line feed; Python's own writer would then leave a carriage return unquoted."""

    def __init__(self, stream: TextIO) -> None:
        self._plain = csv.writer(stream, lineterminator="\n")
        self._quoted = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL)

    def write(self, row: Sequence[object]) -> None:
        risky = any(isinstance(cell, str) and "\r" in cell for cell in row)
        (self._quoted if risky else self._plain).writerow(row)


def _cell(value: object) -> object:
    """A value as CSV holds it; text that a spreadsheet would run as a formula gets an apostrophe in front."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return json.dumps(value)
        case str() if value.startswith(_FORMULA_STARTS):
            return f"'{value}"
        case _:
            return value


# ---------------------------------------------------------------------- into a file


def check_writable(path: Path) -> None:
    """Find out before long work whether a result can be written.

    Raises:
        ExportError: The folder is missing or may not be written to, or the path is a folder.
    """
    folder = path.parent
    try:
        if path.is_dir():
            raise ExportError(f"{path} is a folder; name a file in it.")
        if not folder.is_dir():
            raise ExportError(f"{path} cannot be written: there is no folder {folder}; make it first.")
        # Replacing a file takes the right to write to its folder; a device or pipe is written to itself.
        target = path if _is_special(path) else folder
    except OSError as error:
        raise _cannot_write(path, error) from error
    if not os.access(target, os.W_OK):
        raise ExportError(f"{path} cannot be written: you may not write to {target}.")


def save_text(path: Path, write: Callable[[TextIO], None]) -> None:
    """Write a UTF-8 text file whole or not at all.

    Args:
        path: The file; an existing one is replaced once the new one is complete.
        write: Writes the contents to the stream it is given.

    Raises:
        ExportError: The file cannot be written.
    """

    def encode(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
            write(stream)

    save(path, encode)


def save(path: Path, write: Callable[[Path], None]) -> None:
    """Have a file written under a temporary name beside its place and move it there when complete.

    Args:
        path: The file; a symbolic link is followed, a device or pipe is written to directly.
        write: Writes the file it is given the path of.

    Raises:
        ExportError: The file cannot be written.
    """
    try:
        if _is_special(path):
            write(path)
        else:
            _replace(path.resolve(), write)
    except OSError as error:
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError) -> ExportError:
    return ExportError(f"{path} cannot be written: {error.strerror or error}.")


def _is_special(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _replace(path: Path, write: Callable[[Path], None]) -> None:
    temporary = path.with_name(f".twinsight-{secrets.token_hex(8)}{path.suffix}")
    temporary.touch(exist_ok=False)
    try:
        write(temporary)
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o777)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
