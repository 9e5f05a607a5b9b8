"""Measures descriptors on a benchmark of edited copies: which copies find their source.

The folder holds refs/, copies/, distractors/ and truth.csv with the columns copy, original and transform.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from core.features import registry
from core.features.base import GlobalMethod
from core.records import ModelError
from core.training.evaluation import Describer, ranks, similarities
from core.training.export import square_pictures
from core.vectors.whitening import fit_whitening

_PART = 64


@dataclass(frozen=True, slots=True)
class EditResult:
    """How well the copies of one edit are found.

    Attributes:
        copies: How many there are.
        at_1: Share whose source comes first by whole descriptors.
        at_10: Share whose source is among the first ten, likewise.
        precision: Mean average precision by whole descriptors; as each copy has one source, the mean of 1 / its rank.
        regions_at_1: The same where the best region counts.
        regions_at_10: Likewise.
        similarity: Median cosine to the source by whole descriptors.
        regions_similarity: Median best cosine with regions.
        above: Share of copies whose best cosine with regions passes the 99th percentile of wrong ones.
    """

    copies: int
    at_1: float
    at_10: float
    precision: float
    regions_at_1: float
    regions_at_10: float
    similarity: float
    regions_similarity: float
    above: float


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """The whole table; percentiles are of the nearest wrong picture of each copy.

    Attributes:
        edits: By name of the edit.
        overall: Over all copies.
        wrong: Median, 99th percentile and maximum by whole descriptors.
        wrong_regions: The same with regions.
    """

    edits: dict[str, EditResult]
    overall: EditResult
    wrong: tuple[float, float, float]
    wrong_regions: tuple[float, float, float]


def _described(
    describer: Describer, paths: Sequence[Path], side: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    parts = [describer(square_pictures(paths[place : place + _PART], side)) for place in range(0, len(paths), _PART)]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _rows(folder: Path, by: str) -> Iterator[tuple[Path, str, str]]:
    try:
        with (folder / "truth.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                yield folder / row["copy"], row["original"], row[by]
    except (OSError, KeyError) as error:
        raise ModelError(f"{folder}: no benchmark of copies ({error})") from error


def _percentiles(similarity: NDArray[np.float32], sources: NDArray[np.int64]) -> tuple[float, float, float]:
    wrong = similarity.copy()
    wrong[np.arange(len(wrong)), sources] = -1
    nearest = wrong.max(1)
    return float(np.median(nearest)), float(np.percentile(nearest, 99)), float(nearest.max())


def summarise(
    whole: NDArray[np.float32], best: NDArray[np.float32], sources: NDArray[np.int64], names: Sequence[str]
) -> BenchmarkResult:
    """The table of (Q, G) similarities of whole descriptors and with regions."""
    lines = np.arange(len(sources))
    places, best_places = ranks(whole, sources), ranks(best, sources)
    own, best_own = whole[lines, sources], best[lines, sources]
    wrong, wrong_best = _percentiles(whole, sources), _percentiles(best, sources)

    def result(chosen: NDArray[np.bool_]) -> EditResult:
        return EditResult(
            int(chosen.sum()),
            float((places[chosen] < 1).mean()),
            float((places[chosen] < 10).mean()),
            float((1 / (places[chosen] + 1)).mean()),
            float((best_places[chosen] < 1).mean()),
            float((best_places[chosen] < 10).mean()),
            float(np.median(own[chosen])),
            float(np.median(best_own[chosen])),
            float((best_own[chosen] > wrong_best[1]).mean()),
        )

    labels = np.array(names)
    table = {name: result(labels == name) for name in dict.fromkeys(names)}
    return BenchmarkResult(table, result(np.ones(len(labels), bool)), wrong, wrong_best)


def method_describer(name: str) -> Describer:
    """A registered global method as a describer without regions.

    Raises:
        MethodError: There is no such method.
        ModelError: Its weights are missing.
    """
    method = cast(GlobalMethod, registry.create(name))

    def describe(pictures: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return _without_regions(np.stack([method.describe(pixels) for pixels in pictures]).astype(np.float32))

    return describe


def _without_regions(whole: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return whole, np.zeros((len(whole), 0, whole.shape[1]), np.float32)


def run_benchmark(
    describer: Describer, folder: Path, side: int, whiten: bool = False, by: str = "transform"
) -> BenchmarkResult:
    """Search every copy among originals and distractors.

    Args:
        describer: What describes the pictures.
        folder: The benchmark.
        side: Of the pictures that it is given.
        whiten: Whether whole descriptors are whitened on the pictures that are searched; regions are left out then.
        by: The column of truth.csv that results are grouped by.

    Raises:
        ModelError: The folder is no benchmark.
        ImageError: A picture cannot be read.
    """
    rows = list(_rows(folder, by))
    gallery = sorted((folder / "refs").iterdir()) + sorted((folder / "distractors").iterdir())
    place_of = {path: place for place, path in enumerate(gallery)}
    sources = np.array([place_of[folder / original] for _, original, _ in rows])
    queries = _described(describer, [copy for copy, _, _ in rows], side)
    searched = _described(describer, gallery, side)
    if whiten:
        whitening = fit_whitening(searched[0])
        queries, searched = (_without_regions(whitening.apply(found[0])) for found in (queries, searched))
    whole, best = similarities(queries, searched)
    return summarise(whole, best, sources, [name for _, _, name in rows])
