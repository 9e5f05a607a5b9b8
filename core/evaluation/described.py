"""The described pictures of an evaluation: what is searched, and what is searched with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.catalog import Catalog, Content
from core.describing import describe_picture
from core.evaluation.values import EvaluationEvent
from core.events import Skipped
from core.features import registry
from core.images import Limits, Picture, load
from core.records import ImageError, ImageRecord
from core.retrieval.gallery import Gallery, Query
from core.scanning import resolve_library
from core.stopwatch import Stage
from core.workers import WorkerTeam

_SAMPLE = 12


class Pictures:
    """The pictures of an evaluation by their files.

    Args:
        catalog: Has them described.
        searched: The files of the dataset.
    """

    def __init__(self, catalog: Catalog, searched: Sequence[Path]) -> None:
        self._catalog = catalog
        folders = sorted({path.parent for path in searched})
        self._digests = {record.path: record.content for record in _records(catalog, folders)}
        contents = {content.digest.hex(): content for content in catalog.contents(folders)}
        first = {self._digests[path]: path for path in reversed(searched)}
        self._place = {digest: number for number, digest in enumerate(sorted(first))}
        ordered = sorted(first)
        self.gallery = Gallery(catalog, [contents[digest] for digest in ordered], [first[name] for name in ordered])
        self._known: dict[Path, Content] = {}

    @staticmethod
    def files(catalog: Catalog, folders: Sequence[Path]) -> list[Path]:
        """The readable pictures below some folders."""
        return [record.path for record in _records(catalog, folders)]

    def places(self, files: Iterable[Path]) -> NDArray[np.int64]:
        """The places of files in the gallery, for those that are in it."""
        digests = (self._digests.get(path) for path in files)
        return np.array(sorted({self._place[name] for name in digests if name in self._place}), np.int64)

    def query(self, path: Path, methods: Sequence[str]) -> Query:
        """A file as a query, with its features of some methods."""
        if path not in self._known:
            self._learn(path.parent)
        content = self._known[path]
        features = {
            key: data
            for key in (registry.methods()[name].key for name in methods)
            for _, data in self._catalog.features(key, [content.id])
        }
        return Query(features, path, (content.width, content.height))

    def _learn(self, folder: Path) -> None:
        contents = {content.digest.hex(): content for content in self._catalog.contents([folder])}
        for record in self._catalog.records([folder]):
            self._known[record.path] = contents[record.content]

    def sample(self) -> list[Path]:
        """Some files, spread evenly over the gallery."""
        step = max(1, len(self.gallery) // _SAMPLE)
        return list(self.gallery.paths[::step])[:_SAMPLE]


def _records(catalog: Catalog, folders: Sequence[Path]) -> list[ImageRecord]:
    return list({record.path: record for record in catalog.records(resolve_library(folders))}.values())


Box = tuple[float, float, float, float]


def describe_boxes(
    boxes: Sequence[tuple[Path, Box]],
    methods: tuple[str, ...],
    limits: Limits,
    described: dict[tuple[Path, Box | None], Query],
    skipped: dict[Path, Skipped],
) -> Iterator[EvaluationEvent]:
    """Describe parts of pictures in a worker process and put them into ``described``."""
    stage = Stage("Describing parts of pictures")
    with WorkerTeam(describe_box, 1) as team:
        for number, (path, box) in enumerate(boxes):
            team.submit(number, path, box, methods, limits)
        done = 0
        while team.pending:
            for outcome in team.collect():
                assert isinstance(outcome.key, int)
                path = boxes[outcome.key][0]
                done += 1
                if outcome.value is not None:
                    described[boxes[outcome.key]] = outcome.value
                else:
                    skipped[path] = Skipped(path, outcome.error.reason if outcome.error else "unreadable")
            yield stage.progress(done, len(boxes))


def describe_box(path: Path, box: Box, methods: tuple[str, ...], limits: Limits) -> Query:
    """Describe a part of a picture; runs in a worker process.

    Args:
        path: The file.
        box: Left, top, right, bottom in pixels of the upright picture.
        methods: Names of registered methods.
        limits: What is too large.

    Raises:
        ImageError: The file cannot be read, or the part lies outside of it.
    """
    picture = load(path, None, limits)
    left, top, right, bottom = (max(0, round(edge)) for edge in box)
    part = np.ascontiguousarray(picture.pixels[top:bottom, left:right])
    if not part.size:
        raise ImageError("the part that is searched with lies outside of the picture", path)
    height, width = part.shape[:2]
    cut = Picture(part, width, height, picture.format, picture.frames)
    # Without a path: pixels of the whole picture would have other coordinates than these keypoints.
    return Query(describe_picture(cut, methods), None, (width, height))
