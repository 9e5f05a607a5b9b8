"""Takes a folder of files that break decoders through everything that reads files, and says what became of each.

    python tests/bench/odd.py FOLDER [--csv TABLE.csv] [--preset fast]

Every file is opened by us and by Pillow, OpenCV, pillow-heif and rawpy, each in a worker process that may crash or
hang; then the folder is indexed and a thumbnail of every file is made. Files that no repository can hold (names
that are not UTF-8, a pipe, a socket, links and loops) are made in a second folder beside it. Printed at the end:
the table, and every file that one of the libraries opens and we do not, or that we open in another size or another
way up.
"""

from __future__ import annotations

import argparse
import csv
import os
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.terminal import printable, table
from app.thumbnail_worker import make_thumbnail
from core._cv import cv2
from core.catalog import Catalog
from core.events import Done
from core.images import EXTENSIONS, load
from core.indexing import IndexOptions, index_library
from core.presets import preset
from core.records import ImageError
from core.workers import Outcome, WorkerTeam

LIBRARIES = ("Pillow", "OpenCV", "pillow-heif", "rawpy")
_SIDE = 32
_SECONDS = 60.0
_FAR = 24.0
"""Mean difference of two 32 x 32 pictures, in levels, from which on they count as different."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture as somebody opened it: its upright size, and (32, 32, 3) uint8 of it."""

    width: int
    height: int
    small: bytes

    def distance(self, other: Seen) -> float:
        """Mean difference in levels."""
        ours, theirs = (np.frombuffer(each.small, np.uint8).astype(int) for each in (self, other))
        return float(np.abs(ours - theirs).mean())


def open_with(name: str, path: Path) -> Seen:
    """Open a file with one of the libraries, or with ours ("Twinsight"); runs in a worker process."""
    if name == "Twinsight":
        picture = load(path, side=1600)
        return _seen(picture.pixels, picture.width, picture.height)
    try:
        pixels = {"Pillow": _pillow, "OpenCV": _opencv, "pillow-heif": _heif, "rawpy": _raw}[name](path)
    except Exception as error:  # whatever a library raises, it has not opened the file
        raise ImageError(f"{type(error).__name__}: {str(error)[:80]}", path) from None
    return _seen(pixels, pixels.shape[1], pixels.shape[0])


def _seen(pixels: np.ndarray, width: int, height: int) -> Seen:
    small = cv2.resize(np.ascontiguousarray(pixels), (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    return Seen(width, height, np.asarray(small, np.uint8).tobytes())


def _pillow(path: Path) -> np.ndarray:
    import warnings

    import pillow_heif
    import pillow_jxl  # noqa: F401 - registers itself
    from PIL import Image, ImageOps

    warnings.simplefilter("ignore")
    pillow_heif.register_heif_opener()
    with Image.open(path) as image:
        image.load()
        upright = ImageOps.exif_transpose(image)
        if upright.mode.startswith("I;16"):  # Pillow itself would clip these to white
            return np.repeat((np.asarray(upright) / 257).astype(np.uint8)[..., None], 3, axis=2)
        if not upright.has_transparency_data:
            return np.asarray(upright.convert("RGB"))
        full = upright.convert("RGBA")
        return np.asarray(Image.alpha_composite(Image.new("RGBA", full.size, (128, 128, 128)), full).convert("RGB"))


def _opencv(path: Path) -> np.ndarray:
    samples = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR_RGB)
    if samples is None:
        raise ValueError("refused")
    return np.asarray(samples)


def _heif(path: Path) -> np.ndarray:
    import pillow_heif

    return np.asarray(pillow_heif.open_heif(path).to_pillow().convert("RGB"))


def _raw(path: Path) -> np.ndarray:
    import rawpy

    with rawpy.imread(str(path)) as raw:
        return np.asarray(raw.postprocess(half_size=False, use_camera_wb=True))


# ---------------------------------------------------------------------- the three passes


def opened(paths: Sequence[Path]) -> dict[tuple[str, Path], Outcome[Seen]]:
    """Every file with every library, in worker processes."""
    with WorkerTeam(open_with, 1, _SECONDS) as team:
        tasks = [(name, path) for path in paths for name in ("Twinsight", *LIBRARIES)]
        return {outcome.key: outcome for outcome in _run(team, tasks)}  # type: ignore[misc]


def thumbnails(paths: Sequence[Path]) -> Counter[str]:
    """What became of the thumbnail of every file."""
    with WorkerTeam(make_thumbnail, 1, _SECONDS) as team:
        return Counter(verdict(outcome) for outcome in _run(team, [(path, 256) for path in paths]))


def indexed(folders: Sequence[Path], preset_name: str) -> tuple[Counter[str], bool]:
    """What became of every file of a scan, and whether the scan came to its end."""
    with tempfile.TemporaryDirectory() as folder, Catalog(Path(folder) / "catalog.db") as catalog:
        options = IndexOptions(methods=preset(preset_name).methods, workers=1)
        for event in index_library(catalog, folders, options):
            if isinstance(event, Done):
                reasons = Counter(kind(item.reason) for item in event.summary.skipped)
                reasons["read"] = event.summary.images
                return reasons, True
    return Counter(), False


def _run(team: WorkerTeam[object], tasks: Sequence[tuple[object, ...]]) -> Iterator[Outcome[object]]:
    for task in tasks:
        team.submit(task, *task)
    while team.pending:
        yield from team.collect()


def verdict(outcome: Outcome[object]) -> str:
    """One of "read", "skipped with a reason", "worker crashed, contained" and "hang, ended"."""
    return "read" if outcome.error is None else kind(outcome.error.reason)


def kind(reason: str) -> str:
    """The kind of a reason why a file was not read."""
    if reason == "decoder crashed":
        return "worker crashed, contained"
    return "hang, ended" if reason.startswith("took longer") else "skipped with a reason"


# ---------------------------------------------------------------------- files no repository can hold


def make_hostile(folder: Path, sample: bytes) -> int:
    """Fill a folder with names and kinds of files that only a running system has; returns how many."""
    folder.mkdir()
    names = [b"caf\xe9 \xff\xfe.jpg", b"two\nlines.jpg", b"\x1b[31mred\x1b[0m.jpg", b"=1+1.jpg", b"-rf.jpg", b"a" * 251]
    names += [
        "\u202egpj.exe.jpg".encode(),
        "\u0065\u0301.jpg".encode(),
        "\u00e9.jpg".encode(),
        b" .jpg",
        b"'\"$(id).jpg",
    ]
    for name in names:
        (folder / os.fsdecode(name if name.endswith(b".jpg") else name + b".jpg")).write_bytes(sample)
    os.mkfifo(folder / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as listener, suppress(OSError):
        listener.bind(str(folder / "socket.jpg"))
    (folder / "loop.jpg").symlink_to("loop.jpg")
    (folder / "device.jpg").symlink_to("/dev/zero")
    (folder / "broken.jpg").symlink_to("nowhere.jpg")
    (folder / "round").mkdir()
    (folder / "round" / "again").symlink_to("..")
    (folder / "folder.jpg").mkdir()
    return len(names)


# ---------------------------------------------------------------------- the report


def missed(answers: dict[tuple[str, Path], Outcome[Seen]], paths: Sequence[Path]) -> Iterator[tuple[str, str, str]]:
    """Files that a library opens and we do not, or differently: what, by whom, the file."""
    for path in paths:
        ours = answers["Twinsight", path]
        for name in LIBRARIES:
            theirs = answers[name, path].value
            if theirs is None:
                continue
            if ours.value is None:
                yield f"not opened: {ours.error.reason if ours.error else '?'}", name, str(path)
            elif name == "Pillow" and (ours.value.width, ours.value.height) != (theirs.width, theirs.height):
                sizes = f"{ours.value.width} x {ours.value.height}, not {theirs.width} x {theirs.height}"
                yield f"other size: {sizes}", name, str(path)
            elif name == "Pillow" and ours.value.distance(theirs) > _FAR:
                yield f"looks different by {ours.value.distance(theirs):.0f} levels", name, str(path)


def write_csv(path: Path, answers: dict[tuple[str, Path], Outcome[Seen]], paths: Sequence[Path]) -> None:
    """One row per file: what each library made of it."""
    with path.open("w", newline="", encoding="utf-8", errors="surrogateescape") as stream:
        writer = csv.writer(stream)
        writer.writerow(("path", "Twinsight", *LIBRARIES))
        for item in paths:
            cells = (answers[name, item] for name in ("Twinsight", *LIBRARIES))
            writer.writerow([item, *("read" if each.error is None else each.error.reason for each in cells)])


def main(arguments: argparse.Namespace) -> None:
    """Make and print the table."""
    started = time.monotonic()
    paths = sorted(path for path in arguments.folder.rglob("*") if path.is_file() and not path.is_symlink())
    answers = opened(paths)
    ours = Counter(verdict(answers["Twinsight", path]) for path in paths)
    small = thumbnails(paths)
    with tempfile.TemporaryDirectory() as workshop:
        hostile = Path(workshop) / "hostile"
        sample = cv2.imencode(".jpg", np.full((64, 96, 3), 90, np.uint8))[1].tobytes()
        made = make_hostile(hostile, sample)
        scanned, complete = indexed([arguments.folder, hostile], arguments.preset)
        looked_at = sum(path.suffix.lower() in EXTENSIONS for path in paths)
    rows = [
        (name, *(f"{counts[column]:,}" for column in _COLUMNS), f"{sum(counts.values()):,}")
        for name, counts in (("opened", ours), ("thumbnail", small), ("index", scanned))
    ]
    out = [*table(("", *_COLUMNS, "files"), rows)]
    out.append(f"scans lost: {0 if complete else 1}; files by a picture's name: {looked_at:,}; made here: {made}")
    for name in LIBRARIES:
        out.append(f"{name} opens {sum(answers[name, path].error is None for path in paths):,}")
    differences = sorted(missed(answers, paths))
    out += [*table(("what", "by", "file"), [tuple(map(printable, row)) for row in differences])] if differences else []
    out.append(f"{len(differences)} files to look at; {time.monotonic() - started:.0f} s")
    sys.stdout.write("\n".join(out) + "\n")
    if arguments.csv:
        write_csv(arguments.csv, answers, paths)


_COLUMNS = ("read", "skipped with a reason", "worker crashed, contained", "hang, ended")

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--csv", type=Path, metavar="FILE", help="what each library made of each file")
    parser.add_argument("--preset", default="fast")
    main(parser.parse_args())
