"""What a person does with the engine from the window: index, find duplicates, search, compare, export.

No widgets here: commands come in as calls, and what comes of them goes out as signals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal, Slot

from app import intake, words
from app.answers import Answers
from app.engine import Engine, SearchRequest, warm_engine
from app.intake import HandOver, Intake
from app.jobs import Jobs
from app.libraries import Libraries
from app.query_part import Part
from app.settings import DEFAULT_PRESET
from app.skipped import SkippedFiles
from core.events import Event, GroupFound, MatchFound, Skipped, Summary
from core.records import Group

if TYPE_CHECKING:
    from core.catalog import Catalog

_COUNTS_MS = 3000


class Session(QObject):
    """The open libraries, the queries and their answers, the groups, and the jobs on them.

    Args:
        jobs: The lanes.
        libraries: The list of folders.
        pixels_folder: Where pasted pictures are kept as files.
        engine: What the lanes run; for tests.
        parent: The Qt owner.

    Signals:
        indexing_changed(list): The folders that are being indexed now.
        took_queries(list): Files or words to search with, in place of those before.
        search_started(list): The queries.
        matches_found(list): MatchFound events as they stream in.
        search_ended(bool): The answers are final; False for a search that was cancelled or failed.
        scan_started(): A scan for duplicates begins, the groups so far are void.
        groups_found(list): GroupFound events as they stream in.
        groups_final(list): The final groups of a scan.
        groups_kept(list): The groups that are left of those found, as the review leaves them.
        scan_stopped(list): A scan was cancelled or failed; the groups found until then.
        pair_compared(object, object): The first path and the Match.
        pair_failed(str): Why two pictures cannot be compared.
        said(str): A sentence about something that is done.
        failed(object): A Failure that has no lane of its own.
    """

    indexing_changed = Signal(list)
    took_queries = Signal(list)
    search_started = Signal(list)
    matches_found = Signal(list)
    search_ended = Signal(bool)
    scan_started = Signal()
    groups_found = Signal(list)
    groups_final = Signal(list)
    groups_kept = Signal(list)
    scan_stopped = Signal(list)
    pair_compared = Signal(object, object)
    pair_failed = Signal(str)
    said = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        jobs: Jobs,
        libraries: Libraries,
        pixels_folder: Path,
        engine: Engine | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.jobs = jobs
        self.libraries = libraries
        self.answers = Answers()
        self.searching = False
        self.words: set[Path] = set()
        self.parts: dict[Path, Part] = {}
        self._is_ready = False
        self._words_method: str | None = None
        self.groups: dict[str, Group] = {}
        self.skipped = SkippedFiles(self)
        self._engine = engine or warm_engine()
        self._pixels_folder = pixels_folder
        self.indexing: tuple[Path, ...] = ()
        self._index_later: tuple[Path, ...] = ()
        self._scan_preset: str | None = None
        self._held = False
        self._counts = QTimer(self, interval=_COUNTS_MS)
        self._counts.timeout.connect(libraries.refresh)
        self._connect()

    def _connect(self) -> None:
        self.libraries.added.connect(self._index_added)
        self.libraries.removed.connect(self._forget_removed)
        self.libraries.failed.connect(self.failed)
        self.libraries.changed.connect(self._get_ready)
        scan, query, pair = self.jobs.scan, self.jobs.query, self.jobs.pair
        scan.batch.connect(self._on_scan_batch)
        scan.finished.connect(self._on_scan_finished)
        scan.failed.connect(self._on_scan_failed)
        query.batch.connect(self._on_query_batch)
        query.finished.connect(self._on_query_finished)
        query.failed.connect(self._on_query_failed)
        pair.batch.connect(self._on_pair_batch)
        pair.failed.connect(self.pair_failed)

    def tidy(self) -> None:
        """Delete pasted pictures of long ago."""
        folder = self._pixels_folder
        self.jobs.desk.do(lambda: intake.forget_old_images(folder), lambda _: None, self.failed.emit)

    # ------------------------------------------------------------------ indexing

    @property
    def scanning(self) -> bool:
        """Whether duplicates are being looked for."""
        return self._scan_preset is not None

    def index(self, folders: Sequence[Path] | None = None) -> None:
        """Bring folders up to date, all in use by default; folders under way already stay under way."""
        wanted = tuple(folders) if folders is not None else self.libraries.scope
        if not wanted:
            self._need_a_folder()
            return
        if self._scan_preset is not None:
            # A scan brings what it looks at up to date itself.
            self.find_duplicates(self._scan_preset, also=wanted)
            return
        if self.jobs.query.running:
            self._index_later = _joined(self._index_later, wanted)
            return
        self._start_index(_joined(self.indexing, wanted))

    @Slot(list)
    def look_again(self, folders: list[Path]) -> None:
        """Bring watched folders up to date; what runs is not begun anew for it, but followed."""
        there = tuple(library.info.folder for library in self.libraries.all if not library.missing)
        wanted = tuple(folder for folder in folders if folder in there)
        if self.jobs.scan.running or self.jobs.query.running:
            self._index_later = _joined(self._index_later, wanted)
        elif wanted:
            self._start_index(wanted)

    def _start_index(self, folders: tuple[Path, ...]) -> None:
        self.skipped.replace(())
        self._start_scan_lane(lambda catalog: self._engine.index(catalog, folders))
        self._set_indexing(folders)

    def _set_indexing(self, folders: tuple[Path, ...]) -> None:
        if folders != self.indexing:
            self.indexing = folders
            self.indexing_changed.emit(list(folders))

    def _start_scan_lane(self, make: Callable[[Catalog], Iterator[Event]]) -> None:
        # A replaced job does not say that it ended, so what stood for it goes first.
        self._set_indexing(())
        self._scan_preset = None
        self._held = False
        self.jobs.scan.start(make)
        self._counts.start()

    @Slot(list)
    def _index_added(self, folders: list[Path]) -> None:
        self.index(folders)

    @Slot(object)
    def _forget_removed(self, folder: Path) -> None:
        rest = tuple(path for path in self.indexing if path != folder)
        if rest != self.indexing:
            self._start_index(rest) if rest else self.jobs.scan.cancel()
        self._index_later = tuple(path for path in self._index_later if path != folder)

    def _need_a_folder(self) -> None:
        if self.libraries.all:
            self.said.emit(self.tr("No folder is in use: tick one in the library."))
        else:
            self.said.emit(self.tr("Add a folder with pictures first."))

    # ------------------------------------------------------------------ duplicates

    def find_duplicates(self, preset: str, also: Sequence[Path] = ()) -> None:
        """Look for duplicates in the folders in use."""
        folders = _joined(self.libraries.scope, also)
        if not folders:
            self._need_a_folder()
            return
        self.skipped.replace(())
        self.groups = {}
        self.scan_started.emit()
        self._start_scan_lane(lambda catalog: self._engine.scan(catalog, folders, preset))
        self._scan_preset = preset

    def keep_groups(self, groups: Sequence[Group]) -> None:
        """The review has gone on: these groups are left, and so they stand."""
        self.groups = {group.id: group for group in groups}
        self.groups_kept.emit(list(groups))

    @Slot(list)
    def _on_scan_batch(self, events: list[Event]) -> None:
        self.skipped.note(events)
        found = [event for event in events if isinstance(event, GroupFound)]
        if found and self.scanning:
            self._note_groups(found)
            self.groups_found.emit(found)

    def _note_groups(self, found: Sequence[GroupFound]) -> None:
        for event in found:
            for replaced in event.replaces:
                self.groups.pop(replaced, None)
            self.groups[event.group.id] = event.group

    @Slot(object)
    def _on_scan_finished(self, summary: Summary | None) -> None:
        was_scan, was_index = self.scanning, bool(self.indexing)
        self._scan_preset, self._held = None, False
        self._set_indexing(())
        self._counts.stop()
        self.libraries.refresh()
        if summary is None:
            self._stopped(was_scan, was_index)
            return
        self.skipped.replace(summary.skipped)
        if was_scan:
            self.groups = {group.id: group for group in summary.groups}
            self.groups_final.emit(list(summary.groups))
            self.said.emit(_scan_sentence(summary.groups))
        else:
            self.said.emit(_index_sentence(summary))
        if self._index_later and not self.jobs.query.running:
            later, self._index_later = self._index_later, ()
            self._start_index(later)

    def _stopped(self, was_scan: bool, was_index: bool) -> None:
        """The groups found so far stay: each of them is verified."""
        if was_scan:
            self.scan_stopped.emit(list(self.groups.values()))
        if was_scan or was_index:
            self.said.emit(self.tr("Stopped. What is done is kept."))

    @Slot(str)
    def _on_scan_failed(self, sentence: str) -> None:
        was_scan, self._scan_preset, self._held = self.scanning, None, False
        self._set_indexing(())
        self._counts.stop()
        self.libraries.refresh()
        if was_scan:
            self.scan_stopped.emit(list(self.groups.values()))

    def exchange(self, gone: Sequence[Group], come: Sequence[Group]) -> None:
        """Put groups in the place of others, say the parts of one that a person has split."""
        replaced = {group.id for group in gone}
        groups = list(self.groups.values())
        place = next((number for number, group in enumerate(groups) if group.id in replaced), len(groups))
        rest = [group for group in groups if group.id not in replaced]
        kept = [*rest[:place], *come, *rest[place:]]
        self.groups = {group.id: group for group in kept}
        self.groups_final.emit(kept)

    # ------------------------------------------------------------------ searching

    @Slot()
    def _get_ready(self) -> None:
        """Once the library is known, let the first search find everything running and read."""
        folders = self.libraries.scope
        if self._is_ready or not folders or self.jobs.query.running or self.jobs.scan.running:
            return
        self._is_ready = True
        self.jobs.query.prepare(lambda catalog: self._engine.prepare(catalog, folders, DEFAULT_PRESET))

    def take(self, handed: HandOver, folders_are_libraries: bool = False) -> None:
        """Take what was dropped or pasted: pictures become queries, folders libraries or queries."""

        def look() -> tuple[Intake, list[Path]]:
            found = intake.sort_out(handed, self._pixels_folder)
            below = [] if folders_are_libraries else intake.pictures_below(found.folders)
            return found, [*found.files, *below]

        def took(answer: tuple[Intake, list[Path]]) -> None:
            self._on_taken(*answer, folders_are_libraries, handed.words)

        self.jobs.desk.do(look, took, self.failed.emit)

    def keep_files(self, handed: HandOver, then: Callable[[Intake], None]) -> None:
        """Look which files were handed over, for something else than searching; bare pixels become one."""
        self.jobs.desk.do(lambda: intake.sort_out(handed, self._pixels_folder), then, self.failed.emit)

    def _take_words(self, text: str) -> None:
        """Search with words, where a method that reads them has its weights; else say what it takes."""

        def look() -> tuple[str, ...]:
            from core.features.clip import methods_with_weights

            return methods_with_weights()

        def then(methods: tuple[str, ...]) -> None:
            if not methods:
                hint = self.tr("There is no file {text}. To search with words, add the weights of a CLIP model.")
                self.said.emit(hint.format(text=text))
                return
            self._words_method = methods[0]
            self.words.add(Path(text))
            self.took_queries.emit([Path(text)])

        self.jobs.desk.do(look, then, self.failed.emit)

    def take_part(self, part: Part) -> None:
        """Cut a part out of a picture and make it the query."""

        def cut() -> Path:
            from core.cropping import Box, cut_out

            box = Box(part.left, part.top, part.width, part.height, relative=True)
            return cut_out(part.source, box, self._pixels_folder)

        def took(path: Path) -> None:
            whole = self.parts.get(part.source)
            self.parts[path] = part if whole is None else part.of(whole)
            self.took_queries.emit([path])

        self.jobs.desk.do(cut, took, self.failed.emit)

    def _on_taken(self, found: Intake, queries: list[Path], folders_are_libraries: bool, words: str) -> None:
        if folders_are_libraries and found.folders:
            self.libraries.add(found.folders)
        if queries:
            self.took_queries.emit(queries)
        elif words and intake.are_words(words):
            self._take_words(words)
        elif found.missing:
            self.said.emit(self.tr("There is no file {path}").format(path=found.missing[0]))
        elif found.folders and not folders_are_libraries:
            self.said.emit(self.tr("There are no pictures in {path}").format(path=found.folders[0]))

    def close(self) -> None:
        """Let go of what the engine kept; once the lanes have ended."""
        self._engine.close()

    def search(self, queries: Sequence[Path], top: int, preset: str, method: str | None = None) -> None:
        """Search the folders in use for these pictures; without a folder, the answers are empty."""
        wanted, folders = tuple(queries), self.libraries.scope
        self.answers = Answers(wanted)
        self.searching = bool(wanted and folders)
        self.search_started.emit(list(wanted))
        if not self.searching:
            self.jobs.query.cancel()
            if wanted:
                self._need_a_folder()
            return
        self._make_way()
        pictures = tuple(query for query in wanted if query not in self.words)
        texts = tuple(str(query) for query in wanted if query in self.words)
        if texts and method is None:
            method = self._words_method
        request = SearchRequest(pictures, texts, top, preset, method)
        self.jobs.query.start(lambda catalog: self._engine.search(catalog, folders, request))

    def _make_way(self) -> None:
        """Let the person who waits go first: a scan is held, and indexing is left to the search.

        A search indexes what is new too, and two at once would decode every picture twice.
        """
        if self.indexing:
            self._index_later = _joined(self._index_later, self.indexing)
            self._set_indexing(())
            self.jobs.scan.cancel()
        elif self.scanning and not self.jobs.scan.paused:
            self._held = True
            self.jobs.scan.pause()

    def _give_way_back(self) -> None:
        if self._held:
            self._held = False
            self.jobs.scan.resume()
        later, self._index_later = self._index_later, ()
        if later:
            self.index(later)

    @Slot(list)
    def _on_query_batch(self, events: list[Event]) -> None:
        self.skipped.note(events)
        found = [event for event in events if isinstance(event, MatchFound)]
        for event in found:
            self.answers.add(event)
        if found:
            self.matches_found.emit(found)

    @Slot(object)
    def _on_query_finished(self, summary: Summary | None) -> None:
        self.searching = False
        if summary is None:
            self.said.emit(self.tr("Search stopped."))
        else:
            self.answers.settle(summary)
            self.skipped.replace(summary.skipped)
            self.said.emit(_search_sentence(self.answers, summary))
        self.search_ended.emit(summary is not None)
        self.libraries.refresh()
        self._give_way_back()

    @Slot(str)
    def _on_query_failed(self, sentence: str) -> None:
        self.searching = False
        self.search_ended.emit(False)
        self._give_way_back()

    # ------------------------------------------------------------------ comparing

    def compare(self, first: Path, second: Path) -> None:
        """Compare two pictures; the answer to an earlier pair never comes late."""
        self.jobs.pair.start(lambda _: self._engine.compare(first, second))

    @Slot(list)
    def _on_pair_batch(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, MatchFound):
                self.pair_compared.emit(event.query, event.match)

    # ------------------------------------------------------------------ exporting

    def export_matches(self, path: Path) -> None:
        """Write the answers as CSV."""
        matches = self.answers.all()

        def write(stream: TextIO) -> None:
            from core.export import write_search_csv

            write_search_csv(stream, matches)

        self._export(path, write, words.matches(self.answers.count))

    def export_groups(self, path: Path, groups: Sequence[Group]) -> None:
        """Write groups as CSV."""

        def write(stream: TextIO) -> None:
            from core.export import write_scan_csv

            write_scan_csv(stream, groups)

        self._export(path, write, words.groups(len(groups)))

    def _export(self, path: Path, write: Callable[[TextIO], None], what: str) -> None:
        def save() -> None:
            from core.export import save_text

            save_text(path, write)

        sentence = self.tr("Wrote {what} to {path}").format(what=what, path=path)
        self.jobs.desk.do(save, lambda _: self.said.emit(sentence), self.failed.emit)

    def show_skipped_of(self, folder: Path) -> None:
        """Fetch what the catalog knows to be unreadable below a folder."""

        def work(catalog: Catalog) -> list[Skipped]:
            return catalog.skipped([folder])

        self.jobs.desk.ask(work, self.skipped.replace, self.failed.emit)


def _joined(first: Sequence[Path], second: Sequence[Path]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _scan_sentence(groups: Sequence[Group]) -> str:
    others = [member for group in groups for member in group.members[1:]]
    copies = sum(member.relation.is_copy for member in others)
    reclaimable = sum(group.reclaimable for group in groups)
    return words.copies_in_groups(copies, len(groups), reclaimable, len(others) - copies)


def _index_sentence(summary: Summary) -> str:
    return f"{words.pictures(summary.images)} · {words.decimal(summary.seconds)} s"


def _search_sentence(answers: Answers, summary: Summary) -> str:
    """What a search found, in one line ("20 matches, 6 verified · 0.8 s")."""
    verified = QCoreApplication.translate("Session", "{matches}, {count} verified").format(
        matches=words.matches(answers.count), count=words.number(answers.verified)
    )
    return f"{verified} · {words.decimal(summary.seconds)} s"
