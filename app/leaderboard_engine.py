"""What the Leaderboard and Compression sections run: generators for a process of their own. Knows no Qt."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.methods_process import in_process
from core.events import Progress, Skipped

if TYPE_CHECKING:
    from core.retrieval.offers import Offer


@dataclass(frozen=True, slots=True)
class EvaluationWish:
    """What is to be ranked.

    Attributes:
        dataset: Folders that are searched.
        queries: Folders of the pictures that are searched with; empty for those of the dataset.
        truth: A file, a folder, or a word for what the names of files say; None for copies that are made of the
            pictures of the dataset.
        methods: Specifications.
        most: Queries at most.
    """

    dataset: tuple[Path, ...]
    queries: tuple[Path, ...]
    truth: Path | str | None
    methods: tuple[str, ...]
    most: int


@dataclass(frozen=True, slots=True)
class CompressionWish:
    """What is to be measured.

    Attributes:
        catalog: Path of the catalog that knows the library.
        library: Its folders.
        method: Whose descriptors are compressed.
        queries: Pictures that are searched with, at most.
    """

    catalog: Path
    library: tuple[Path, ...]
    method: str
    queries: int


@dataclass(frozen=True, slots=True)
class Offered:
    """What there is.

    Attributes:
        offers: All methods, and what can be made of them.
        compressible: Title and name of the methods whose descriptors are compared by cosine.
    """

    offers: tuple[Offer, ...]
    compressible: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class WeightsFound:
    """What would be fetched for a method, in words for the person who is asked."""

    method: str
    words: str


@dataclass(frozen=True, slots=True)
class WeightsFetched:
    """The weights of a method are on this computer now."""

    method: str
    path: Path


def evaluate(wish: EvaluationWish) -> Iterator[object]:
    """Make copies if there is no truth, then evaluate; yields what ``core.evaluation.leaderboard.evaluate`` does."""
    from core.catalog import Catalog
    from core.evaluation.leaderboard import EvaluationOptions, evaluation_catalog_path
    from core.evaluation.leaderboard import evaluate as evaluated

    queries, truth = wish.queries or wish.dataset, wish.truth
    if truth is None:
        folder = yield from _copies(wish)
        queries, truth = (folder,), folder / "truth.csv"
    options = EvaluationOptions(wish.dataset, queries, truth, wish.methods, wish.most)
    with Catalog(evaluation_catalog_path()) as catalog:
        yield from evaluated(catalog, options)


def _copies(wish: EvaluationWish) -> Generator[Progress | Skipped, None, Path]:
    from core.evaluation.made_copies import made_copies_folder, make_copies

    return (yield from make_copies(wish.dataset, made_copies_folder(), wish.most))


def compress(wish: CompressionWish) -> Iterator[object]:
    """Measure; yields what ``core.evaluation.compression.measure_compression`` does."""
    from core.catalog import Catalog
    from core.evaluation.compression import CompressionOptions, measure_compression

    with Catalog(wish.catalog) as catalog:
        yield from measure_compression(
            catalog, CompressionOptions(wish.library, method=wish.method, queries=wish.queries)
        )


def offer() -> Iterator[object]:
    """List the methods; making the deep ones loads PyTorch, which this process can do without."""
    from core.features.base import Metric
    from core.features.registry import methods
    from core.retrieval.offers import offers

    yield Progress("Listing methods", 0, None, 0.0)
    listed = offers()
    cosine = [name for name, info in methods().items() if info.metric is Metric.COSINE]
    usable = [one for one in listed if one.group == "methods" and not one.problem and one.specification in cosine]
    yield Offered(listed, tuple((one.title, one.specification) for one in usable))


def find_weights(method: str) -> Iterator[object]:
    """Say what would be fetched for a method; uses no network."""
    from core.model_download import find_download

    yield Progress("Looking for weights", 0, None, 0.0)
    wanted = find_download(method)
    yield WeightsFound(method, f"{wanted.words} will be fetched over the network and kept at {wanted.target}.")


def fetch_weights(method: str) -> Iterator[object]:
    """Fetch the weights of a method over the network; only for a person who has just said so."""
    from core.model_download import download, find_download

    wanted = find_download(method)
    yield Progress(f"Fetching the weights of {wanted.network}", 0, None, 0.0)
    yield WeightsFetched(method, download(wanted))


def _find_weights_apart(method: str) -> Iterator[object]:
    return in_process(find_weights, method)


def _fetch_weights_apart(method: str) -> Iterator[object]:
    return in_process(fetch_weights, method)


def _evaluate_apart(wish: EvaluationWish) -> Iterator[object]:
    return in_process(evaluate, wish)


def _compress_apart(wish: CompressionWish) -> Iterator[object]:
    return in_process(compress, wish)


def _offer_apart() -> Iterator[object]:
    return in_process(offer)


@dataclass(frozen=True, slots=True)
class LeaderboardEngine:
    """What the session runs; tests put generators of their own in its place.

    Attributes:
        evaluate: Ranks methods as a wish says.
        compress: Measures compression as a wish says.
        offer: Lists methods.
        find_weights: Says what would be fetched for a method.
        fetch_weights: Fetches it.
    """

    evaluate: Callable[[EvaluationWish], Iterator[object]] = _evaluate_apart
    compress: Callable[[CompressionWish], Iterator[object]] = _compress_apart
    offer: Callable[[], Iterator[object]] = _offer_apart
    find_weights: Callable[[str], Iterator[object]] = _find_weights_apart
    fetch_weights: Callable[[str], Iterator[object]] = _fetch_weights_apart
