"""What one search leaves for the next: running worker processes, and what is known of the library.

Starting processes and reading the descriptors of a large library takes longer than a search itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from core.catalog import Catalog, Content
from core.describing import base_method, instance, look_again
from core.features import registry
from core.indexing import worker_count
from core.presentation import records_by_digest
from core.ranking import Ranking
from core.records import ImageRecord
from core.workers import WorkerTeam

_MOST_KEPT = 4


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A library as the catalog knows it at one moment.

    Attributes:
        folders: Its folders.
        version: Of the catalog.
        contents: In order of their digests.
        records: The files of each digest.
        rankings: What was loaded to rank these contents, by method.
    """

    folders: tuple[Path, ...]
    version: tuple[int, int]
    contents: Sequence[Content]
    records: Mapping[bytes, Sequence[ImageRecord]]
    rankings: dict[str, Ranking] = field(default_factory=dict)


class Warm:
    """Keeps workers and descriptors between searches; use it from one thread, as a context manager or by ``close``."""

    def __init__(self, most_workers: int | None = None) -> None:
        """Prepare; nothing is started or read before it is needed.

        Args:
            most_workers: Worker processes to keep at most; None for as many as a search asks for.
        """
        self._most_workers = most_workers
        self._team: WorkerTeam[Any] | None = None
        self._count = 0
        self._catalog: Path | None = None
        self._known: Known | None = None
        self._offered: frozenset[str] = frozenset()

    def __enter__(self) -> Warm:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker processes and forget the library; the next search starts afresh."""
        self.dismiss_team()
        self._known = None

    def dismiss_team(self) -> None:
        """End the worker processes, say because one of them failed in a way that the others would too."""
        team, self._team = self._team, None
        if team is not None:
            team.close()

    def team(self, workers: int | None = None) -> WorkerTeam[Any]:
        """A team that calls whatever function it is handed; what an earlier search left in it is forgotten.

        Args:
            workers: Number of worker processes; None for one per core, at most eight.
        """
        self._notice_models()
        count = worker_count(workers)
        if self._most_workers is not None:
            count = min(count, self._most_workers)
        if self._team is None or self._count != count:
            self.dismiss_team()
            self._team, self._count = WorkerTeam(_call, count), count
        self._team.cancel_waiting()
        return self._team

    def _notice_models(self) -> None:
        """Begin anew where models were installed or removed: workers know the methods of when they started."""
        offered = frozenset(info.key for info in registry.methods().values())
        if offered != self._offered:
            self.close()
            look_again()
            self._offered = offered

    def prepare(
        self, catalog: Catalog, folders: Sequence[Path], methods: Sequence[str], ranking: Sequence[str]
    ) -> None:
        """Start the workers and read what a search would need, ahead of it.

        Args:
            catalog: Where the library is.
            folders: The library.
            methods: What queries will be described with.
            ranking: Methods that will rank.

        Raises:
            CatalogError: The catalog cannot be read.
            TwinsightError: Worker processes cannot be started, or a method's weights are missing.
        """
        team = self.team()
        for number in range(self._count):
            team.submit((None, number), _load, tuple(methods))
        known = self.known(catalog, folders)
        for method in ranking if known.contents else ():
            self.ranking(catalog, known, method)

    def known(self, catalog: Catalog, folders: Sequence[Path]) -> Known:
        """The library as it stands in the catalog now; read only where something has changed.

        Raises:
            CatalogError: The catalog cannot be read.
        """
        version = catalog.version()
        before = self._known if self._catalog == catalog.path else None
        if before is not None and (before.folders, before.version) == (tuple(folders), version):
            return before
        contents = catalog.contents(folders)
        rankings = {}
        if before is not None and before.contents == contents:
            # One that lacked descriptors may have them by now.
            rankings = {name: kept for name, kept in before.rankings.items() if len(kept.places) == len(contents)}
        self._catalog = catalog.path
        self._known = Known(tuple(folders), version, contents, records_by_digest(catalog, folders), rankings)
        return self._known

    def ranking(self, catalog: Catalog, known: Known, method: str) -> Ranking:
        """Ranks the contents of a library by one method.

        Raises:
            CatalogError: The catalog cannot be read.
            MethodError: There is no such method, or it has no descriptor for a whole picture.
        """
        if method not in known.rankings:
            if len(known.rankings) >= _MOST_KEPT:
                known.rankings.pop(next(iter(known.rankings)))
            known.rankings[method] = Ranking(catalog, known.contents, method)
        return known.rankings[method]


def _load(methods: Sequence[str]) -> None:
    """Load models in a worker, so that the first query does not wait for them."""
    for name in methods:
        instance(base_method(name))


def _call(function: Callable[..., object], *arguments: object) -> object:
    """What the workers do; functions travel by their name."""
    return function(*arguments)
