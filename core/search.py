"""Query pictures to ranked matches: descriptors rank first, verified evidence ranks above everything.

Scores from 0.5 up are verified, below they are likeness only; so a list is in order at every moment, and rises to
its final order while pairs are verified.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.catalog import Catalog
from core.describing import base_method
from core.events import Done, Event, Summary
from core.features import registry
from core.features.base import Kind
from core.images import Limits
from core.indexing import IndexOptions, index_library
from core.preset_names import named
from core.presets import Preset
from core.querying import QueryRun
from core.ranking import stored_method
from core.records import LibraryError, TwinsightError
from core.retrieval.searching import RankingOptions, search_by
from core.retrieval.specification import Specification, parse
from core.scanning import FileEntry, resolve_library, walk
from core.warm import Warm

_MOST_FOLLOWED = 20
"""With more queries than this, what is new is ranked once, at the end."""


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How to search.

    Attributes:
        top: Matches for each query at most.
        preset: The cascade's setting, where ``method`` is None.
        method: A global method or a specification to rank by alone, without verification, or None for the whole
            cascade.
        texts: Words to search with, beside pictures; ``method`` then reads words.
        hidden: Whether files and folders whose name starts with a dot are looked at.
        workers: Number of worker processes; None for one per core, at most eight.
        limits: What is too large to decode.
    """

    top: int = 20
    preset: str = "balanced"
    method: str | None = None
    texts: tuple[str, ...] = ()
    hidden: bool = False
    workers: int | None = None
    limits: Limits = field(default_factory=Limits)


def search(
    catalog: Catalog,
    library: Sequence[Path],
    queries: Sequence[Path],
    options: SearchOptions | None = None,
    warm: Warm | None = None,
) -> Iterator[Event]:
    """Search a library with query pictures.

    What the catalog knows is ranked and verified first. Then the library is brought up to date, and what is new
    joins the answers as it comes.

    Args:
        catalog: Where the library is, or will be.
        library: The folders to search.
        queries: Files, or folders of files.
        options: How.
        warm: Kept from search to search by a caller that searches again; None starts and ends all that is needed.

    Yields:
        MatchFound as matches come about, what indexing yields, and Done with the ranked matches of each query.

    Raises:
        LibraryError: A folder or query is missing.
        CatalogError: The catalog cannot be read or written.
        MethodError: There is no such preset or method.
        ModelError: A method's weights are missing.
    """
    options = options or SearchOptions()
    specification = _specification(options)
    if specification is not None:
        files = query_files(queries, hidden=options.hidden) if queries or not options.texts else []
        ranking = RankingOptions(options.top, options.hidden, options.workers, options.limits)
        yield from search_by(catalog, library, files, options.texts, specification, ranking)
        return
    if warm is None:
        with Warm() as own:
            yield from search(catalog, library, queries, options, own)
        return
    try:
        yield from _search(catalog, library, queries, options, warm)
    except TwinsightError:
        # What one worker cannot do the others cannot either; the next search starts new ones.
        warm.dismiss_team()
        raise


def _search(
    catalog: Catalog, library: Sequence[Path], queries: Sequence[Path], options: SearchOptions, warm: Warm
) -> Iterator[Event]:
    started = time.monotonic()
    chosen = _chosen(options)
    folders = resolve_library(library)
    files = query_files(queries, hidden=options.hidden)
    alone = options.method if options.method and not chosen.verifiers else None
    run = QueryRun(catalog, folders, chosen, alone, options.top, options.limits, warm, options.workers)
    yield from run.describe(files)
    yield from run.verify()
    summary = Summary(0, (), 0, 0.0)
    for event in index_library(
        catalog, folders, IndexOptions(chosen.methods, options.hidden, options.workers, options.limits)
    ):
        if isinstance(event, Done):
            summary = event.summary
            continue
        yield event
        if run.note(event) and len(files) <= _MOST_FOLLOWED:
            yield from run.rank()
    yield from run.rank()
    yield from run.verify()
    yield Done(
        replace(
            summary,
            seconds=time.monotonic() - started,
            skipped=(*summary.skipped, *run.skipped),
            matches=run.answers(),
        )
    )


def prepare(catalog: Catalog, library: Sequence[Path], options: SearchOptions, warm: Warm) -> None:
    """Start and read ahead what a search with these options would need.

    Raises:
        LibraryError: A folder is missing.
        CatalogError: The catalog cannot be read.
        TwinsightError: Workers do not start, or weights are missing.
    """
    chosen = _chosen(options)
    for name in chosen.methods:
        registry.prepare(base_method(name))
    warm.prepare(catalog, resolve_library(library), chosen.methods, (chosen.descriptor or "pdq", "pdq"))


def query_files(queries: Sequence[Path], *, hidden: bool = False) -> list[Path]:
    """The pictures that queries name, folders searched for them, each once and in order.

    Raises:
        LibraryError: A query is missing, or no picture is among them.
    """
    files: dict[Path, None] = {}
    for query in queries:
        if query.is_dir():
            entries = walk(resolve_library([query]), hidden=hidden)
            files.update(dict.fromkeys(entry.path for entry in entries if isinstance(entry, FileEntry)))
        elif query.exists():
            files[query.resolve()] = None
        else:
            raise LibraryError(f"{query}: there is no such picture; check the name.")
    if not files:
        raise LibraryError("There is no picture to search with; name a picture or a folder of pictures.")
    return list(files)


TEXT_METHOD = "clip-vit-b-32"
"""What reads words where no method is named."""


def _specification(options: SearchOptions) -> Specification | None:
    """What ranks alone, or None for the cascade and for what takes part in it: a bare method."""
    if options.texts:
        return parse(options.method or TEXT_METHOD)
    if options.method is None or options.method in registry.methods():
        return None
    return parse(options.method)


def _chosen(options: SearchOptions) -> Preset:
    """The preset, or one made of a single method: a global one ranks alone, a local one verifies."""
    base = named(options.preset)
    if options.method is None:
        return base
    wanted = stored_method(options.method)
    if registry.methods()[options.method].kind is Kind.LOCAL:
        return replace(base, verifier=options.method, second_verifier=None)
    return replace(base, descriptor=wanted, verifier=None, second_verifier=None)
