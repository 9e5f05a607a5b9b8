"""Searching: what comes first, what joins while the library is still being read, and what a search leaves behind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.catalog import Catalog
from core.events import Done, Event, Indexed, MatchFound, Progress
from core.indexing import index_library
from core.model_store import import_model
from core.models import shipped_models_folder
from core.records import LibraryError, Relation
from core.search import SearchOptions, prepare, search
from core.warm import Warm

FAST = SearchOptions(preset="fast", workers=1)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path / "catalog.sqlite3") as opened:
        yield opened


def names(events: list[Event]) -> dict[str, Relation | None]:
    (done,) = [event for event in events if isinstance(event, Done)]
    (answer,) = done.summary.matches
    return {match.record.path.name: match.relation for match in answer[1] if match.verified}


def test_what_is_known_is_answered_before_the_library_is_looked_at(catalog: Catalog, library: Path) -> None:
    list(index_library(catalog, [library]))

    events = list(search(catalog, [library], [library / "china.jpg"], FAST))

    kinds = [event.stage if isinstance(event, Progress) else type(event).__name__ for event in events]
    assert kinds.index("MatchFound") < kinds.index("Verifying pairs") < kinds.index("Looking for pictures")
    assert names(events) == {"china (1).jpg": Relation.SAME_FILE, "china small.jpg": Relation.RE_ENCODED}


def test_likeness_comes_first_and_verdicts_move_it(catalog: Catalog, library: Path) -> None:
    list(index_library(catalog, [library]))

    found = list(search(catalog, [library], [library / "china.jpg"], FAST))

    told = [event.match for event in found if isinstance(event, MatchFound)]
    small = [match.relation for match in told if match.record.path.name == "china small.jpg"]
    assert small == [None, Relation.RE_ENCODED]


def test_a_library_that_nobody_indexed_is_searched_while_it_is_read(catalog: Catalog, library: Path) -> None:
    events = list(search(catalog, [library], [library / "china.jpg"], FAST))

    assert any(isinstance(event, Indexed) for event in events)
    assert set(names(events)) == {"china (1).jpg", "china small.jpg"}


def test_new_pictures_join_and_lost_ones_leave(catalog: Catalog, library: Path) -> None:
    list(index_library(catalog, [library]))
    (library / "copies" / "china small.jpg").unlink()
    shutil.copy(library / "china.jpg", library / "china new.jpg")

    events = list(search(catalog, [library], [library / "china.jpg"], FAST))

    assert set(names(events)) == {"china (1).jpg", "china new.jpg"}


def test_searches_that_share_what_is_warm_answer_like_those_that_do_not(catalog: Catalog, library: Path) -> None:
    queries = [library / "china.jpg", library / "copies" / "cat turned.png"]
    with Warm(1) as warm:
        for query in (*queries, *queries):
            kept = names(list(search(catalog, [library], [query], FAST, warm)))
            assert kept == names(list(search(catalog, [library], [query], FAST)))


def test_a_search_that_was_given_up_leaves_nothing_to_the_next(catalog: Catalog, library: Path) -> None:
    list(index_library(catalog, [library]))
    with Warm(1) as warm:
        given_up = search(catalog, [library], [library / "cat.png"], FAST, warm)
        next(event for event in given_up if isinstance(event, MatchFound))
        given_up.close()  # type: ignore[attr-defined]  # a generator

        events = list(search(catalog, [library], [library / "china.jpg"], FAST, warm))

    assert {event.query.name for event in events if isinstance(event, MatchFound)} == {"china.jpg"}
    assert set(names(events)) == {"china (1).jpg", "china small.jpg"}


def test_a_query_that_is_not_there_is_an_error_in_words(catalog: Catalog, library: Path) -> None:
    with pytest.raises(LibraryError, match=r"missing\.jpg"):
        list(search(catalog, [library], [library / "missing.jpg"], FAST))


def test_what_was_prepared_answers_the_first_search(catalog: Catalog, library: Path) -> None:
    list(index_library(catalog, [library]))
    with Warm(1) as warm:
        prepare(catalog, [library], FAST, warm)
        known = warm.known(catalog, [library.resolve()])
        assert set(known.rankings) == {"pdq"}

        events = list(search(catalog, [library], [library / "china.jpg"], FAST, warm))

    assert set(names(events)) == {"china (1).jpg", "china small.jpg"}


def test_workers_that_do_not_know_a_model_yet_are_replaced(tmp_path: Path) -> None:
    model = shutil.copy(shipped_models_folder() / "twinsight-copy.onnx", tmp_path / "mine.onnx")
    with Warm(1) as warm:
        before = warm.team()
        assert warm.team() is before

        import_model(model, "mine")

        assert warm.team() is not before
