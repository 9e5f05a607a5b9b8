"""The window's door to the engine: generators that import what they need when they are first pulled.

The window opens without any of this, and tests put generators of their own in place of these.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.events import Done, Event, MatchFound, Progress, Summary

if TYPE_CHECKING:
    from core.catalog import Catalog
    from core.warm import Warm

_KEPT_WORKERS = 4


def _index(catalog: Catalog, library: Sequence[Path]) -> Iterator[Event]:
    from core.indexing import index_library

    yield from index_library(catalog, library)


def _scan(catalog: Catalog, library: Sequence[Path], preset: str) -> Iterator[Event]:
    from core.duplicates import ScanOptions, find_duplicates

    yield from find_duplicates(catalog, library, ScanOptions(preset=preset))


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What a person wants to find.

    Attributes:
        queries: Pictures.
        texts: Words.
        top: Matches of a query at most.
        preset: How far to look.
        method: A method to rank by alone, or None for all evidence.
    """

    queries: tuple[Path, ...]
    texts: tuple[str, ...]
    top: int
    preset: str
    method: str | None = None


def _search(
    catalog: Catalog, library: Sequence[Path], request: SearchRequest, warm: Warm | None = None
) -> Iterator[Event]:
    from core.search import SearchOptions, search

    options = SearchOptions(top=request.top, preset=request.preset, method=request.method, texts=request.texts)
    yield from search(catalog, library, request.queries, options, warm)


def _compare(first: Path, second: Path) -> Iterator[Event]:
    started = time.monotonic()
    yield Progress("Comparing", 0, None, 0.0)
    from core.comparing import compare

    yield MatchFound(first, compare(first, second))
    yield Done(Summary(2, (), 2, time.monotonic() - started))


@dataclass(frozen=True, slots=True)
class Engine:
    """What the engine can do for the window.

    Attributes:
        index: (catalog, folders): brings the catalog up to date.
        scan: (catalog, folders, preset): finds groups of duplicates.
        search: (catalog, folders, request): ranks matches.
        compare: (first, second): one MatchFound.
        prepare: (catalog, folders, preset): gets ready for a first search; yields nothing.
        close: Ends what was kept from one job for the next.
    """

    index: Callable[[Catalog, Sequence[Path]], Iterator[Event]] = _index
    scan: Callable[[Catalog, Sequence[Path], str], Iterator[Event]] = _scan
    search: Callable[[Catalog, Sequence[Path], SearchRequest], Iterator[Event]] = _search
    compare: Callable[[Path, Path], Iterator[Event]] = _compare
    prepare: Callable[[Catalog, Sequence[Path], str], Iterator[Event]] = lambda *_: iter(())
    close: Callable[[], None] = lambda: None


def warm_engine() -> Engine:
    """An engine whose searches leave their workers and descriptors to the next one, which then answers at once."""
    kept = _WarmSearch()
    return Engine(search=kept.search, prepare=kept.prepare, close=kept.close)


class _WarmSearch:
    """Belongs to the thread that searches; closed when that has ended."""

    def __init__(self) -> None:
        self._warm: Warm | None = None

    def search(self, catalog: Catalog, library: Sequence[Path], request: SearchRequest) -> Iterator[Event]:
        yield from _search(catalog, library, request, self._kept())

    def prepare(self, catalog: Catalog, library: Sequence[Path], preset: str) -> Iterator[Event]:
        from core.search import SearchOptions, prepare

        prepare(catalog, library, SearchOptions(preset=preset), self._kept())
        yield from ()

    def _kept(self) -> Warm:
        from core.warm import Warm

        if self._warm is None:
            self._warm = Warm(_KEPT_WORKERS)
        return self._warm

    def close(self) -> None:
        if self._warm is not None:
            self._warm.close()
