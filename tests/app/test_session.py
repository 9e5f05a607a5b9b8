"""The session: what the commands of the window do with the engine, without any widget."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.engine import Engine, SearchRequest
from app.intake import HandOver
from app.jobs import Jobs
from app.libraries import Libraries
from app.session import Session
from core.catalog import Catalog
from core.events import Done, Event, GroupFound, MatchFound, Progress, Skipped, Summary
from core.records import Evidence, Group, ImageRecord, Match, Member, Relation


def record(path: Path, size: int = 1000) -> ImageRecord:
    return ImageRecord(path, f"digest of {path.name}", 40, 30, size, 0.0, "PNG")


def match(path: Path, score: float, relation: Relation | None = Relation.EDITED) -> Match:
    return Match(record(path), score, relation, Evidence())


def group(identifier: str, *paths: Path) -> Group:
    members = [
        Member(record(path), Relation.EDITED, 0.9, Evidence() if number else None, "", not number, "")
        for number, path in enumerate(paths)
    ]
    return Group(identifier, tuple(members))


class Desk:
    """An engine of this test's own: notes what it is asked, and waits where the test wants it to."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.go = threading.Event()
        self.go.set()
        self.events: list[Event] = []
        self.engine = Engine(self._index, self._scan, self._search, self._compare)

    def _run(self, *asked: object) -> Iterator[Event]:
        self.asked.append(asked)
        yield Progress("Working", 0, 1, 0.0)
        while not self.go.wait(0.01):
            yield Progress("Working", 0, 1, 0.0)
        yield from self.events

    def _index(self, catalog: Catalog, library: Sequence[Path]) -> Iterator[Event]:
        yield from self._run("index", tuple(library))
        catalog.mark_indexed(library)
        yield Done(Summary(7, (), 7, 0.1))

    def _scan(self, catalog: Catalog, library: Sequence[Path], preset: str) -> Iterator[Event]:
        yield from self._run("scan", tuple(library), preset)

    def _search(self, catalog: Catalog, library: Sequence[Path], request: SearchRequest) -> Iterator[Event]:
        yield from self._run("search", tuple(library), request.queries, request.top, request.preset)

    def _compare(self, first: Path, second: Path) -> Iterator[Event]:
        yield from self._run("compare", first, second)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def session(jobs: Jobs, desk: Desk, tmp_path: Path, qtbot: QtBot) -> Session:
    return Session(jobs, Libraries(jobs.desk), tmp_path / "pasted", desk.engine)


def idle(session: Session) -> bool:
    return not any(lane.running for lane in session.jobs.lanes)


@pytest.fixture
def folder(session: Session, tmp_path: Path, qtbot: QtBot, desk: Desk) -> Path:
    """A library that is there and indexed."""
    folder = tmp_path / "photos"
    folder.mkdir()
    with qtbot.waitSignal(session.jobs.scan.finished):
        session.libraries.add([folder])
    qtbot.waitUntil(lambda: any(library.info.indexed for library in session.libraries.all))
    desk.asked.clear()
    return folder


def test_a_folder_that_is_added_is_indexed_and_its_figures_are_read(
    session: Session, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    seen: list[list[Path]] = []
    session.indexing_changed.connect(seen.append)
    with qtbot.waitSignal(session.said) as said:
        session.libraries.add([folder])
    assert desk.asked == [("index", (folder,))]
    assert seen == [[folder], []]
    assert said.args is not None
    assert "7 pictures" in said.args[0]
    qtbot.waitUntil(lambda: bool(session.libraries.all and session.libraries.all[0].info.indexed))
    assert session.libraries.scope == (folder,)


def test_a_folder_that_is_not_there_is_reported_and_the_others_are_added(
    session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    failures: list[str] = []
    session.failed.connect(lambda failure: failures.append(failure.sentence))
    with qtbot.waitSignal(session.jobs.scan.finished):
        session.libraries.add([tmp_path / "gone", folder])
    assert len(failures) == 1
    assert "gone" in failures[0]


def test_a_second_folder_joins_the_first_while_that_is_indexed(
    session: Session, desk: Desk, tmp_path: Path, qtbot: QtBot
) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir(), second.mkdir()
    desk.go.clear()
    session.libraries.add([first])
    qtbot.waitUntil(lambda: session.indexing == (first,))
    session.libraries.add([second])
    qtbot.waitUntil(lambda: session.indexing == (first, second))
    desk.go.set()
    qtbot.waitUntil(lambda: idle(session))
    assert desk.asked[-1] == ("index", (first, second))


def test_a_folder_that_is_removed_while_it_is_indexed_is_let_go(
    session: Session, desk: Desk, folder: Path, qtbot: QtBot
) -> None:
    desk.go.clear()
    session.index([folder])
    with qtbot.waitSignal(session.jobs.scan.finished):
        session.libraries.remove(folder)
    qtbot.waitUntil(lambda: session.libraries.all == ())
    assert session.indexing == ()


def test_a_folder_left_out_is_not_looked_into(
    session: Session, desk: Desk, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    session.libraries.add([other])
    qtbot.waitUntil(lambda: len(session.libraries.all) == 2 and idle(session))
    session.libraries.use(folder, False)
    session.find_duplicates("fast")
    qtbot.waitUntil(lambda: idle(session))
    assert desk.asked[-1] == ("scan", (other,), "fast")
    session.libraries.use(other, False)
    with qtbot.waitSignal(session.said) as said:
        session.find_duplicates("fast")
    assert said.args == ["No folder is in use: tick one in the library."]


def test_a_watched_folder_is_looked_at_again_after_what_runs_now(
    session: Session, desk: Desk, folder: Path, qtbot: QtBot
) -> None:
    session.libraries.watch(folder, True)
    assert session.libraries.watched == {folder}
    assert session.libraries.all[0].watched
    with qtbot.waitSignal(session.jobs.scan.finished):
        session.look_again([folder, folder.with_name("no library")])
    assert desk.asked == [("index", (folder,))]
    desk.go.clear()
    desk.events = [Done(Summary(7, (), 0, 0.1))]
    session.find_duplicates("fast")
    session.look_again([folder])
    assert session.scanning
    desk.go.set()
    qtbot.waitUntil(lambda: [asked[0] for asked in desk.asked] == ["index", "scan", "index"])
    qtbot.waitUntil(lambda: idle(session))


def test_a_folder_whose_drive_is_gone_is_left_out(session: Session, folder: Path, qtbot: QtBot) -> None:
    folder.rmdir()
    session.libraries.refresh()
    qtbot.waitUntil(lambda: session.libraries.all[0].missing)
    assert session.libraries.scope == ()


def test_figures_that_change_while_they_are_read_are_read_again(session: Session, folder: Path, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not session.libraries._refreshing)
    changes: list[bool] = []
    session.libraries.changed.connect(lambda: changes.append(True))
    for _ in range(5):
        session.libraries.refresh()
    qtbot.waitUntil(lambda: len(changes) == 2)
    with qtbot.assertNotEmitted(session.libraries.changed, wait=100):
        pass


def test_protecting_a_folder_is_remembered(session: Session, folder: Path, qtbot: QtBot) -> None:
    session.libraries.protect(folder, True)
    qtbot.waitUntil(lambda: session.libraries.all[0].info.protected)


def test_without_a_folder_every_command_says_what_is_missing(session: Session, qtbot: QtBot) -> None:
    for command in (
        session.index,
        lambda: session.find_duplicates("fast"),
        lambda: session.search([Path("/a.jpg")], 5, "fast"),
    ):
        with qtbot.waitSignal(session.said) as said:
            command()
        assert said.args == ["Add a folder with pictures first."]


# ---------------------------------------------------------------------- duplicates


def test_groups_stream_in_and_the_final_ones_replace_them(
    session: Session, desk: Desk, folder: Path, qtbot: QtBot
) -> None:
    early = group("1", folder / "a", folder / "b")
    grown = group("2", folder / "a", folder / "b", folder / "c")
    final = group("2", folder / "a", folder / "b", folder / "c", folder / "d")
    summary = Summary(4, (Skipped(folder / "x", "truncated"),), 4, 1.0, groups=(final,))
    desk.events = [GroupFound(early), GroupFound(grown, ("1",)), Skipped(folder / "y", "odd"), Done(summary)]
    streamed: list[GroupFound] = []
    session.groups_found.connect(streamed.extend)
    final_groups: list[list[Group]] = []
    session.groups_final.connect(final_groups.append)
    with qtbot.waitSignal(session.said) as said:
        session.find_duplicates("thorough")
    assert desk.asked == [("scan", (folder,), "thorough")]
    assert [event.group for event in streamed] == [early, grown]
    assert session.groups == {"2": final}
    assert final_groups == [[final]]
    assert said.args == ["3 copies in 1 group, 2.9 KiB to free"]
    assert [item.path for item in session.skipped.all] == [folder / "x"]


def test_a_scan_that_is_cancelled_keeps_the_groups_found_so_far(
    session: Session, desk: Desk, folder: Path, qtbot: QtBot
) -> None:
    found = group("1", folder / "a", folder / "b")

    def scan(catalog: Catalog, library: Sequence[Path], preset: str) -> Iterator[Event]:
        yield GroupFound(found)
        while True:
            yield Progress("Verifying", 1, 2, 0.0)

    session._engine = replace(desk.engine, scan=scan)
    with qtbot.waitSignal(session.groups_found):
        session.find_duplicates("fast")
    with qtbot.waitSignal(session.scan_stopped) as stopped:
        session.jobs.scan.cancel()
    assert stopped.args == [[found]]
    assert not session.scanning


def test_a_folder_added_during_a_scan_is_scanned_too(
    session: Session, desk: Desk, folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    desk.go.clear()
    session.find_duplicates("fast")
    qtbot.waitUntil(lambda: len(desk.asked) == 1)
    session.libraries.add([other])
    qtbot.waitUntil(lambda: len(desk.asked) == 2)
    assert desk.asked[-1][0] == "scan"
    assert set(desk.asked[-1][1]) == {folder, other}  # type: ignore[call-overload]
    desk.go.set()


# ---------------------------------------------------------------------- searching


def test_matches_stream_in_by_query_and_end_in_the_final_ranking(
    session: Session, desk: Desk, folder: Path, qtbot: QtBot
) -> None:
    query, a, b = folder / "query.png", folder / "a", folder / "b"
    desk.events = [
        MatchFound(query, match(a, 0.3, None)),
        MatchFound(query, match(b, 0.4, None)),
        MatchFound(query, match(a, 0.95)),
        Done(Summary(2, (), 0, 0.5, matches=((query, (match(a, 0.95),)),))),
    ]
    with qtbot.waitSignal(session.search_ended) as ended:
        session.search([query], 20, "balanced")
    assert desk.asked == [("search", (folder,), (query,), 20, "balanced")]
    assert ended.args == [True]
    assert [found.record.path for found in session.answers.of(query)] == [a]
    assert session.answers.count == 1


def test_the_next_search_drops_the_matches_of_the_last_one(
    session: Session, desk: Desk, folder: Path, qtbot: QtBot
) -> None:
    first, second = folder / "1.png", folder / "2.png"
    desk.go.clear()
    desk.events = [Done(Summary(0, (), 0, 0.0))]
    session.search([first], 5, "fast")
    qtbot.waitUntil(lambda: len(desk.asked) == 1)
    session.search([second], 5, "fast")
    desk.go.set()
    with qtbot.waitSignal(session.search_ended):
        pass
    assert [query for query, _ in session.answers.all()] == [second]


def test_indexing_makes_way_for_a_search_and_goes_on_after_it(
    session: Session, desk: Desk, folder: Path, qtbot: QtBot
) -> None:
    desk.go.clear()
    session.index([folder])
    qtbot.waitUntil(lambda: len(desk.asked) == 1)
    session.search([folder / "query.png"], 5, "fast")
    assert session.indexing == ()
    desk.go.set()
    qtbot.waitUntil(lambda: len(desk.asked) == 3 and idle(session))
    assert [asked[0] for asked in desk.asked] == ["index", "search", "index"]


def test_a_scan_is_held_while_a_search_runs(session: Session, desk: Desk, folder: Path, qtbot: QtBot) -> None:
    desk.go.clear()
    session.find_duplicates("fast")
    qtbot.waitUntil(lambda: len(desk.asked) == 1)
    session.search([folder / "query.png"], 5, "fast")
    assert session.jobs.scan.paused
    desk.go.set()
    qtbot.waitUntil(lambda: idle(session))
    assert not session.scanning


def test_clearing_the_queries_ends_the_search(session: Session, desk: Desk, folder: Path, qtbot: QtBot) -> None:
    desk.go.clear()
    session.search([folder / "query.png"], 5, "fast")
    session.search([], 5, "fast")
    assert not session.jobs.query.running
    assert not session.searching
    assert session.answers.count == 0


# ---------------------------------------------------------------------- taking


def test_dropped_pictures_become_queries_and_dropped_folders_libraries(
    session: Session, tmp_path: Path, make_picture: Callable[..., Path], qtbot: QtBot
) -> None:
    picture = make_picture("a.png")
    folder = tmp_path / "photos"
    folder.mkdir()
    queries: list[list[Path]] = []
    session.took_queries.connect(queries.append)
    with qtbot.waitSignal(session.libraries.added) as added:
        session.take(HandOver((picture, folder)), folders_are_libraries=True)
    assert (queries, added.args) == ([[picture]], [[folder]])
    qtbot.waitUntil(lambda: idle(session))
    assert [library.info.folder for library in session.libraries.all] == [folder]


def test_a_folder_dropped_on_the_query_box_gives_its_pictures(
    session: Session, tmp_path: Path, make_picture: Callable[..., Path], qtbot: QtBot
) -> None:
    folder = tmp_path / "queries"
    pictures = [make_picture(f"{name}.png", folder=folder) for name in "ab"]
    with qtbot.waitSignal(session.took_queries) as took:
        session.take(HandOver((folder,)))
    assert took.args == [pictures]
    assert session.libraries.all == ()


def test_pasted_pixels_become_a_file_to_search_with(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("blue"))
    with qtbot.waitSignal(session.took_queries) as took:
        session.take(HandOver(image=image))
    assert took.args is not None
    (path,) = took.args[0]
    assert path.parent == tmp_path / "pasted"
    assert QImage(str(path)).size() == image.size()


@pytest.mark.parametrize("as_libraries", [True, False])
def test_what_is_not_there_is_said(session: Session, tmp_path: Path, qtbot: QtBot, as_libraries: bool) -> None:
    with qtbot.waitSignal(session.said) as said:
        session.take(HandOver((tmp_path / "gone.png",)), folders_are_libraries=as_libraries)
    assert said.args == [f"There is no file {tmp_path / 'gone.png'}"]


def test_an_empty_folder_of_queries_is_said(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    with qtbot.waitSignal(session.said) as said:
        session.take(HandOver((folder,)))
    assert said.args == [f"There are no pictures in {folder}"]


# ---------------------------------------------------------------------- comparing and exporting


def test_two_pictures_are_compared(session: Session, desk: Desk, tmp_path: Path, qtbot: QtBot) -> None:
    a, b = tmp_path / "a", tmp_path / "b"
    found = match(b, 0.9)
    desk.events = [MatchFound(a, found), Done(Summary(2, (), 2, 0.1))]
    with qtbot.waitSignal(session.pair_compared) as compared:
        session.compare(a, b)
    assert compared.args == [a, found]


def test_exports_are_what_was_found(session: Session, desk: Desk, folder: Path, qtbot: QtBot) -> None:
    query, a = folder / "query.png", folder / "a.png"
    desk.events = [Done(Summary(2, (), 0, 0.5, matches=((query, (match(a, 0.95),)),)))]
    with qtbot.waitSignal(session.search_ended):
        session.search([query], 20, "balanced")
    with qtbot.waitSignal(session.said, check_params_cb=lambda text: "Wrote" in text) as said:
        session.export_matches(folder / "matches.csv")
    assert said.args == [f"Wrote 1 match to {folder / 'matches.csv'}"]
    rows = (folder / "matches.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 2
    assert rows[1].startswith(f"{query},1,{a},0.95,edited")
    with qtbot.waitSignal(session.said, check_params_cb=lambda text: "groups.csv" in text):
        session.export_groups(folder / "groups.csv", [group("1", a, query)])
    assert len((folder / "groups.csv").read_text(encoding="utf-8").splitlines()) == 3


def test_an_export_that_cannot_be_written_says_so(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(session.failed) as failed:
        session.export_groups(tmp_path / "no" / "such" / "groups.csv", [])
    assert failed.args is not None
    assert "cannot be written" in failed.args[0].sentence
