"""Fuzzes what reads strangers' bytes, with Hypothesis, and prints how many examples were tried and what they gave.

    python tests/soak/fuzz.py decode --minutes 20     damaged pictures through a worker process
    python tests/soak/fuzz.py catalog --minutes 10    damaged rows and pages of a catalog through a scan
    python tests/soak/fuzz.py imports --minutes 5     damaged plans, decisions and tables of truth through their readers

An example passes when it gives a result, or an error that says why in one sentence. Anything else (another exception,
a worker that crashes or hangs) is a finding: its bytes are saved beside the report, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from PIL import Image

from core.catalog import Catalog
from core.duplicates import ScanOptions, find_duplicates
from core.images import Limits, decode
from core.records import TwinsightError
from core.workers import WorkerTeam

FORMATS = (
    "JPEG",
    "PNG",
    "WEBP",
    "GIF",
    "TIFF",
    "BMP",
    "ICO",
    "TGA",
    "PPM",
    "DDS",
    "QOI",
    "PCX",
    "SGI",
    "JPEG2000",
    "AVIF",
)
_LIMITS = Limits(pixels=4_000_000, bytes=1 << 20)
_ROUND = 400


@dataclass(slots=True)
class Report:
    """What was tried, and what it gave."""

    folder: Path
    counts: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def find(self, what: str, data: bytes) -> None:
        """Keep the bytes that did it."""
        name = f"finding-{hashlib.blake2b(data, digest_size=6).hexdigest()}.bin"
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(data)
        self.findings.append(f"{what}: {self.folder / name}")
        self.counts["finding"] += 1


# ---------------------------------------------------------------------- damage


@st.composite
def damages(draw: st.DrawFn, most: int = 6) -> list[tuple[str, float, bytes]]:
    """Up to ``most`` changes: what is done, where as a share of the length, and with which bytes."""
    kinds = st.sampled_from(("write", "write", "write", "insert", "delete", "cut", "repeat"))
    # Most of what can go wrong is said in the first few hundred bytes.
    places = st.one_of(st.floats(0, 1), st.floats(0, 0.05))
    values = st.one_of(st.binary(min_size=1, max_size=8), st.sampled_from(_NUMBERS))
    return draw(st.lists(st.tuples(kinds, places, values), min_size=1, max_size=most))


_NUMBERS = (b"\0\0", b"\xff\xff", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\x01", b"\x01\0\0\0")


def damaged(data: bytes, changes: list[tuple[str, float, bytes]]) -> bytes:
    """The bytes with the changes made one after the other."""
    broken = bytearray(data)
    for kind, share, value in changes:
        place = int(share * len(broken))
        if kind == "write":
            broken[place : place + len(value)] = value
        elif kind == "insert":
            broken[place:place] = value
        elif kind == "delete":
            del broken[place : place + len(value)]
        elif kind == "cut":
            del broken[max(place, 1) :]
        else:
            broken[place:place] = broken[place : place + 64 * len(value)]
    return bytes(broken) or b"\0"


def pictures() -> list[bytes]:
    """Small pictures of every format and of several kinds: what the damage is done to."""
    rng = np.random.default_rng(1)
    rough = Image.fromarray(rng.integers(0, 256, (24, 36, 3), np.uint8))
    smooth = rough.resize((90, 60), Image.Resampling.BICUBIC)
    made = [_saved(smooth, name) for name in FORMATS]
    exif = Image.Exif()
    exif[0x0112] = 6
    made += [_saved(smooth, "JPEG", progressive=True, exif=exif), _saved(smooth.convert("CMYK"), "JPEG")]
    made += [_saved(smooth, "TIFF", compression=name) for name in ("tiff_lzw", "tiff_adobe_deflate", "jpeg")]
    made += [_saved(smooth.convert(mode), "PNG") for mode in ("P", "LA", "RGBA", "1")]
    frames = [smooth, rough.resize(smooth.size), smooth.rotate(90)]
    for name in ("GIF", "PNG", "WEBP", "TIFF", "MPO"):
        made.append(_saved(smooth, name, save_all=True, append_images=frames[1:]))
    made.append(_saved(smooth.convert("I;16") if smooth.mode == "L" else smooth.convert("L").convert("I;16"), "PNG"))
    for module, name in (("pillow_heif", "HEIF"), ("pillow_jxl", "JXL")):
        plugin = __import__(module)
        if name == "HEIF":
            plugin.register_heif_opener()
        made.append(_saved(smooth, name))
    return made


def _saved(image: Image.Image, name: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, name, **options)
    return stream.getvalue()


# ---------------------------------------------------------------------- targets


def decode_twice(data: bytes, side: int | None) -> tuple[int, int, int, int]:
    """Decode and check what holds of every picture; runs in a worker process."""
    picture = decode(data, side, _LIMITS)
    height, width, channels = picture.pixels.shape
    whole = picture.pixels.dtype == np.uint8 and channels == 3 and picture.pixels.flags.c_contiguous
    within = side is None or max(width, height) <= side
    if not (whole and within and 1 <= width <= picture.width and 1 <= height <= picture.height):
        raise AssertionError(f"{picture.pixels.shape} for {picture.width} x {picture.height}, side {side}")
    return picture.width, picture.height, picture.frames, len(picture.format)


def fuzz_decode(report: Report, until: float) -> None:
    """Damaged pictures."""
    seeds = pictures()
    with WorkerTeam(decode_twice, 1, seconds=20.0, memory=4 << 30) as team:

        def example(data: bytes, changes: list[tuple[str, float, bytes]], side: int | None) -> None:
            broken = damaged(data, changes)
            team.submit(0, broken, side)
            outcome = team.collect()[0]
            reason = outcome.error.reason if outcome.error is not None else "read"
            if reason.startswith(("unexpected", "decoder crashed", "took longer")) or not reason or "\n" in reason:
                report.find(reason, broken)
            report.counts["read" if outcome.error is None else "refused with a reason"] += 1

        sides = st.sampled_from((None, 16, 40))
        _rounds(st.tuples(st.sampled_from(seeds), damages(), sides), example, until)


def fuzz_catalog(report: Report, until: float) -> None:
    """Damaged catalogs: pages, and values of any type in any column."""
    with tempfile.TemporaryDirectory() as folder:
        workshop = Path(folder)
        original = _small_catalog(workshop)
        columns = _columns(original)
        copy = workshop / "copy.db"
        values = st.one_of(
            st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.text(max_size=9), st.binary(max_size=99)
        )
        row_changes = st.lists(st.tuples(st.sampled_from(columns), values), max_size=3)

        def example(
            changes: list[tuple[tuple[str, str], object]], bytes_too: list[tuple[str, float, bytes]] | None
        ) -> None:
            for leftover in workshop.glob("copy.db*"):
                leftover.unlink()
            shutil.copy(original, copy)
            _change_rows(copy, changes)
            if bytes_too:
                copy.write_bytes(damaged(copy.read_bytes(), bytes_too))
            report.counts[_use(copy, workshop / "library", report)] += 1

        _rounds(st.tuples(row_changes, st.one_of(st.none(), damages(3))), example, until)


def fuzz_imports(report: Report, until: float) -> None:
    """Damaged files that people hand in: plans, decisions, tables of truth."""
    with tempfile.TemporaryDirectory() as folder:
        workshop = Path(folder)
        documents = _documents(workshop)
        path = workshop / "handed in"

        def example(name: str, changes: list[tuple[str, float, bytes]]) -> None:
            data, read = documents[name]
            broken = damaged(data, changes)
            path.write_bytes(broken)
            try:
                read(path)
                report.counts["read"] += 1
            except TwinsightError as error:
                report.counts["refused with a reason"] += 1
                if "\n" in str(error):
                    report.find(f"{name}, not one sentence: {error!r}", broken)
            except Exception as error:  # that is what this looks for
                report.find(f"{name}, {type(error).__name__}: {error}", broken)

        _rounds(st.tuples(st.sampled_from(sorted(documents)), damages()), example, until)


def _documents(workshop: Path) -> dict[str, tuple[bytes, Callable[[Path], object]]]:
    """A sound file of each kind, and what reads it."""
    from core.evaluation.truth import read_truth
    from core.review.decisions import Decisions
    from core.review.plan_file import read_plan

    pictures_there = [workshop / "library" / f"{number}.jpg" for number in range(4)]
    item = {
        "path": str(pictures_there[1]), "content": "ab" * 16, "bytes": 100, "survivor": str(pictures_there[0]),
        "survivor_content": "cd" * 16, "group": "g1", "relation": "re-encoded", "why": "smaller",
        "root": str(workshop / "library"), "action": "trash", "merge": False,
        "companions": [{"path": "a.xmp", "content": "ef" * 16, "bytes": 9, "kind": "sidecar", "survivor": None}],
    }  # fmt: skip
    plan = {
        "twinsight_plan": 1,
        "action": "trash",
        "destination": None,
        "created": 1.5,
        "protected": [],
        "items": [item],
    }
    plan |= {"files": 1, "bytes": 100, "refused": [{"path": "b.jpg", "reason": "gone"}]}
    made = {"key": "k", "kind": "different", "made": 1.5, "pairs": [["ab" * 16, "cd" * 16]]}
    made["files"] = [{"content": "ab" * 16, "path": "a.jpg"}, {"content": "cd" * 16, "path": "b.jpg"}]
    decisions = {"twinsight_decisions": 1, "decisions": [made]}
    truth = "copy,original\n" + "".join(f"{number}.jpg,0.jpg\n" for number in range(1, 4))
    catalog = Catalog(workshop / "catalog.db")
    return {
        "plan": (json.dumps(plan).encode(), read_plan),
        "decisions": (json.dumps(decisions).encode(), Decisions(catalog).check),
        "truth": (truth.encode(), lambda path: read_truth(path, pictures_there, pictures_there)),
    }


def _small_catalog(workshop: Path) -> Path:
    (workshop / "library").mkdir()
    for number, data in enumerate(pictures()[:6]):
        (workshop / "library" / f"{number}.jpg").write_bytes(data)
        (workshop / "library" / f"{number} again.jpg").write_bytes(data)
    (workshop / "library" / "broken.jpg").write_bytes(b"no picture")
    path = workshop / "catalog.db"
    with Catalog(path) as catalog:
        _finish(find_duplicates(catalog, [workshop / "library"], ScanOptions("fast", workers=1)))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    return path


def _columns(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return [
            (table, row[1])
            for (table,) in tables.fetchall()
            for row in connection.execute(f"PRAGMA table_info({table})")
        ]


def _change_rows(path: Path, changes: list[tuple[tuple[str, str], object]]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for (table, column), value in changes:
            try:
                value = value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
                # One row; what the table itself refuses cannot be there either.
                connection.execute(
                    f"UPDATE {table} SET {column} = ? WHERE {column} = (SELECT {column} FROM {table} LIMIT 1)", (value,)
                )
                connection.commit()
            except sqlite3.Error:
                connection.rollback()


def _use(path: Path, library: Path, report: Report) -> str:
    """Scan with a catalog; what came of it."""
    try:
        with Catalog(path) as catalog:
            catalog.libraries()
            _finish(find_duplicates(catalog, [library], ScanOptions("fast", workers=1)))
    except TwinsightError as error:
        if "\n" in str(error):
            report.find(f"not one sentence: {error}", path.read_bytes())
        return "refused with a reason"
    except Exception as error:  # that is what this looks for
        report.find(f"{type(error).__name__}: {error}", path.read_bytes())
        return "failed"
    return "scanned"


def _finish(events: Iterator[object]) -> None:
    for _ in events:
        pass


def _rounds(strategy: st.SearchStrategy[Any], example: Callable[..., None], until: float) -> None:
    """Round after round of examples, each round from another seed, until the time is over."""

    def attempt(values: tuple[Any, ...]) -> None:
        if time.monotonic() < until:
            example(*values)

    number = 0
    while time.monotonic() < until:
        number += 1
        quiet = settings(max_examples=_ROUND, database=None, deadline=None, suppress_health_check=list(HealthCheck))
        seed(number)(quiet(given(strategy)(attempt)))()


TARGETS: dict[str, Callable[[Report, float], None]] = {
    "decode": fuzz_decode,
    "catalog": fuzz_catalog,
    "imports": fuzz_imports,
}


def main(arguments: argparse.Namespace) -> int:
    """Fuzz one target for so many minutes."""
    report = Report(arguments.findings)
    started = time.monotonic()
    try:
        TARGETS[arguments.target](report, started + 60 * arguments.minutes)
    finally:
        counts = ", ".join(f"{number:,} {what}" for what, number in sorted(report.counts.items()))
        minutes = (time.monotonic() - started) / 60
        sys.stdout.write(f"{arguments.target}: {minutes:.1f} min, {counts}\n")
        sys.stdout.writelines(f"  {line}\n" for line in report.findings)
    return 1 if report.findings else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--findings", type=Path, default=Path(tempfile.gettempdir()) / "twinsight-fuzz")
    sys.exit(main(parser.parse_args()))
