"""Library to catalog: every picture is read once, decoded once and described once.

An unchanged file costs a look at its name; a moved or renamed one too, where the file system numbers its files,
and else one read. What is done is stored every second, so a killed run goes on where it stopped.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from core import miniature
from core._catalog_frames import lacking_frames
from core.catalog import Catalog, FileRow, NewContent
from core.describing import Described, base_method, describe_file, describes_frames, feature_key
from core.events import Done, Event, Indexed, Skipped, Summary
from core.features import registry
from core.images import Limits
from core.presets import PRESETS
from core.records import ImageError, ImageRecord, MethodError
from core.scanning import FileEntry, FolderProblem, resolve_library, walk
from core.stopwatch import Stage
from core.volumes import Volumes, are_two_drives, drives_away
from core.workers import Outcome, WorkerTeam

logger = logging.getLogger(__name__)

READER = 2
"""Raised when more files become readable; files that an older reader gave up on are then tried again."""

_PASSING = ("permission denied", "vanished", "cannot be read")
"""How reasons begin that are no fault of the file: it is tried again each time."""
_AWAY = "its drive is not plugged in; what is known of {count:,} files on it is kept"
_STORE_SECONDS = 1.0
_FEW, _FEW_SHARE = 20, 0.05
_STORE_COUNT = 200


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """How to index.

    Attributes:
        methods: Names of the registered methods to describe with; None for those of the default preset.
        hidden: Whether files and folders whose name starts with a dot are looked at.
        workers: Number of worker processes; None for one per core, at most eight.
        limits: What is too large to decode.
    """

    methods: tuple[str, ...] | None = None
    hidden: bool = False
    workers: int | None = None
    limits: Limits = field(default_factory=Limits)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The methods, with the default filled in.

        Raises:
            MethodError: One of them does not exist.
        """
        names = PRESETS["balanced"].methods if self.methods is None else self.methods
        unknown = [name for name in names if base_method(name) not in registry.methods()]
        if unknown:
            raise MethodError(f"There is no method {unknown[0]!r}; `twinsight methods` lists them.")
        return names


@dataclass(slots=True)
class _Work:
    """What a walk through the library found to do."""

    read: list[tuple[FileEntry, tuple[str, ...]]] = field(default_factory=list)
    moved: list[FileRow] = field(default_factory=list)
    renumbered: list[tuple[FileEntry, FileRow]] = field(default_factory=list)
    unreadable: list[Skipped] = field(default_factory=list)
    gone: list[bytes] = field(default_factory=list)


def worker_count(workers: int | None) -> int:
    """The number of worker processes: as asked, else one for each core this process may use, at most eight."""
    if workers is not None:
        return max(1, workers)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(8, cores)


def index_library(catalog: Catalog, library: Sequence[Path], options: IndexOptions | None = None) -> Iterator[Event]:
    """Bring the catalog up to date with the folders.

    Yields:
        Progress, Indexed for each new content, Skipped for each unreadable file, and Done.

    Raises:
        LibraryError: A folder is missing or unreadable.
        CatalogError: The catalog cannot be written.
        MethodError: A method does not exist.
        ModelError: A method's weights are missing.
    """
    options = options or IndexOptions()
    started = time.monotonic()
    folders = resolve_library(library)
    methods = options.wanted
    work = _Work()
    yield from _look(catalog, folders, methods, options.hidden, work)
    catalog.store_files(work.moved, work.gone)
    decoded = 0
    if work.read:
        for name in methods:
            registry.prepare(base_method(name))
        decoded = yield from _describe_all(catalog, work, options, _lacking(catalog, methods))
    catalog.mark_indexed(folders)
    skipped = tuple(_once([*catalog.skipped(folders), *work.unreadable]))
    images = sum(info.images for info in catalog.libraries() if info.folder in folders)
    yield Done(Summary(images, skipped, decoded, time.monotonic() - started))


def _once(skipped: Sequence[Skipped]) -> list[Skipped]:
    return sorted({item.path: item for item in skipped}.values(), key=lambda item: os.fsencode(item.path))


# ---------------------------------------------------------------------- looking


def _look(
    catalog: Catalog, folders: Sequence[Path], methods: tuple[str, ...], hidden: bool, work: _Work
) -> Iterator[Event]:
    """Compare the folders with the catalog and fill ``work``."""
    stage = Stage("Looking for pictures")
    known = catalog.files(folders)
    lacking = _lacking(catalog, methods)
    seen: set[bytes] = set()
    closed: list[bytes] = []
    for number, entry in enumerate(walk(folders, hidden=hidden), start=1):
        if isinstance(entry, FolderProblem):
            # What lies below may be there still, so nothing of it is forgotten.
            closed.append(os.fsencode(entry.path) + os.fsencode(os.sep))
            work.unreadable.append(Skipped(entry.path, entry.reason))
            yield work.unreadable[-1]
            continue
        path = os.fsencode(entry.path)
        seen.add(path)
        yield from _sort_in(catalog, entry, known.get(path), lacking, work)
        if stage.due():
            yield stage.progress(number, None)
    missing = [
        row for path, row in known.items() if path not in seen and not any(path.startswith(below) for below in closed)
    ]
    away = _away(missing, {known[path].device for path in seen if path in known})
    for items in away.values():
        folder = Path(os.fsdecode(os.path.commonpath([os.path.dirname(row.path) for row in items])))  # noqa: PTH120
        work.unreadable.append(Skipped(folder, _AWAY.format(count=len(items))))
        yield work.unreadable[-1]
    work.gone = [row.path for row in missing if row.device not in away]
    _sort_renumbered(work, len(known), lacking)
    yield stage.progress(len(seen), len(seen))


def _away(missing: Sequence[FileRow], present: set[int]) -> dict[int, list[FileRow]]:
    """Of the files that were not found, those on drives that are not there, by the number of the drive."""
    places = {Path(os.fsdecode(row.path)): row.device for row in missing if row.inode}
    found: dict[int, list[FileRow]] = {drive: [] for drive in drives_away(places, present, Volumes().number_at)}
    for row in missing:
        if row.device in found:
            found[row.device].append(row)
    return found


def _sort_renumbered(work: _Work, known: int, lacking: dict[str, set[int]]) -> None:
    """Files that look unchanged but have another number: other files put in their place, to be read.

    Where many are, the file system gives new numbers each time it is mounted, and they mean nothing.
    """
    if len(work.renumbered) > max(_FEW, known * _FEW_SHARE):
        work.moved += [replace(row, inode=entry.inode, device=entry.device) for entry, row in work.renumbered]
    else:
        work.read += [(entry, tuple(lacking)) for entry, _ in work.renumbered]
    work.renumbered.clear()


def _lacking(catalog: Catalog, methods: tuple[str, ...]) -> dict[str, set[int]]:
    """For each method, the contents it has not described yet; under "" where only their miniatures are wanted."""
    lacking = {name: catalog.lacking(feature_key(name)) for name in methods}
    for name in filter(describes_frames, methods):
        lacking[name] |= lacking_frames(catalog, feature_key(name))
    return lacking or {"": catalog.lacking(miniature.KEY)}


def _sort_in(
    catalog: Catalog, entry: FileEntry, row: FileRow | None, lacking: dict[str, set[int]], work: _Work
) -> Iterator[Event]:
    if entry.problem is not None:
        work.unreadable.append(Skipped(entry.path, entry.problem))
        yield work.unreadable[-1]
        return
    if row is not None and (row.size, row.modified_ns) != (entry.size, entry.modified_ns):
        row = None
    if row is None:
        row = _moved_from(catalog, entry)
        if row is not None:
            work.moved.append(row)
    if row is None:
        work.read.append((entry, tuple(lacking)))
    elif row.content is not None:
        missing = tuple(name for name, contents in lacking.items() if row.content in contents)
        if missing:
            work.read.append((entry, missing))
        elif (row.inode, row.device) != (entry.inode, entry.device):
            same_drive = row.device == entry.device and row.inode and entry.inode
            if same_drive or are_two_drives(row.device, entry.device):
                work.renumbered.append((entry, row))
            else:
                work.moved.append(replace(row, inode=entry.inode, device=entry.device))
    elif row.reader != READER or _is_passing(row):
        work.read.append((entry, tuple(lacking)))
    else:
        yield Skipped(entry.path, row.reason or "unreadable")


def _moved_from(catalog: Catalog, entry: FileEntry) -> FileRow | None:
    """The row of a file under a new name, when the file system vouches that it is the same unchanged file."""
    if not entry.inode:
        return None
    for row in catalog.files_with_inode(entry.inode, entry.device):
        same = (row.size, row.modified_ns) == (entry.size, entry.modified_ns)
        if same and row.content is not None:
            path = os.fsencode(entry.path)
            return FileRow(path, row.size, row.modified_ns, row.inode, row.device, row.content, None, READER)
    return None


# ---------------------------------------------------------------------- describing


def _describe_all(
    catalog: Catalog,
    work: _Work,
    options: IndexOptions,
    lacking: Mapping[str, set[int]],
) -> Generator[Event, None, int]:
    """Describe files in worker processes, store what they told, and return how many had to be decoded."""
    stage = Stage("Describing")
    files = work.read
    waiting = iter(enumerate(files))
    finished: list[tuple[FileEntry, Outcome[Described]]] = []
    done = decoded = 0
    count = min(worker_count(options.workers), len(files))
    stored = time.monotonic()
    with WorkerTeam(describe_file, count) as team:
        while True:
            while team.pending < 8 * count and (item := next(waiting, None)) is not None:
                number, (entry, methods) = item
                known = () if _is_known(catalog, entry) else _complete(catalog, entry.size, lacking)
                team.submit(number, entry.path, tuple(filter(None, methods)), known, options.limits)
            if not team.pending:
                break
            for outcome in team.collect():
                assert isinstance(outcome.key, int)
                finished.append((files[outcome.key][0], outcome))
                done += 1
                decoded += outcome.value is None or outcome.value.picture is not None
            if len(finished) >= _STORE_COUNT or time.monotonic() - stored > _STORE_SECONDS:
                yield from _store(catalog, finished, work.unreadable)
                finished.clear()
                stored = time.monotonic()
            if stage.due():
                yield stage.progress(done, len(files))
    yield from _store(catalog, finished, work.unreadable)
    yield stage.progress(done, len(files))
    return decoded


def _complete(catalog: Catalog, size: int, lacking: Mapping[str, set[int]]) -> tuple[bytes, ...]:
    """Digests of the contents of this size that need no more describing."""
    return tuple(
        digest
        for number, digest in catalog.contents_of_size(size)
        if not any(number in contents for contents in lacking.values())
    )


def _is_known(catalog: Catalog, entry: FileEntry) -> bool:
    """Whether this very file is known already and is only read again for a method it lacks."""
    path = os.fsencode(entry.path)
    row = catalog.file(path)
    return row is not None and row.content is not None and _same(row, entry) and row.inode == entry.inode


def _same(row: FileRow, entry: FileEntry) -> bool:
    return (row.size, row.modified_ns) == (entry.size, entry.modified_ns)


def _store(
    catalog: Catalog, finished: Sequence[tuple[FileEntry, Outcome[Described]]], unreadable: list[Skipped]
) -> Iterator[Event]:
    """Write a batch in two short transactions, then report it; nothing is open while the front end has the turn."""
    new = {
        item.digest: NewContent(item.digest, item.size, *item.picture, item.pixels, item.features)
        for _, outcome in finished
        if (item := outcome.value) is not None and item.picture is not None
    }
    ids = catalog.store_contents(list(new.values())) if new else {}
    ids.update(catalog.content_ids({outcome.value.digest for _, outcome in finished if outcome.value} - ids.keys()))
    rows: list[FileRow] = []
    events: list[Event] = []
    for entry, outcome in finished:
        row = _row(entry, outcome, ids)
        if _is_passing(row) and _is_known(catalog, entry):
            # Its drive may be gone: what is known of it is not given up for that.
            unreadable.append(Skipped(entry.path, row.reason or "unreadable"))
        else:
            rows.append(row)
        if outcome.value is None:
            events.append(Skipped(entry.path, row.reason or "unreadable"))
        elif (content := new.get(outcome.value.digest)) is not None:
            events.append(Indexed(_record(entry, content)))
    catalog.store_files(rows)
    yield from events


def _is_passing(row: FileRow) -> bool:
    """Whether a file could not be read for a reason that may be gone next time."""
    return row.content is None and (row.reason or "").startswith(_PASSING)


def _row(entry: FileEntry, outcome: Outcome[Described], ids: dict[bytes, int]) -> FileRow:
    content = ids[outcome.value.digest] if outcome.value is not None else None
    error = outcome.error or ImageError("unreadable")
    return FileRow(
        os.fsencode(entry.path),
        entry.size,
        entry.modified_ns,
        entry.inode,
        entry.device,
        content,
        None if content is not None else error.reason,
        READER,
    )


def _record(entry: FileEntry, content: NewContent) -> ImageRecord:
    return ImageRecord(
        entry.path,
        content.digest.hex(),
        content.width,
        content.height,
        entry.size,
        entry.modified_ns / 1e9,
        content.format,
        content.frames,
    )
