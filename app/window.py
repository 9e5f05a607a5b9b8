"""The main window: puts the views together and connects them with the session; owns no logic."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app import drop_overlay, intake
from app.catalog_care import CatalogCare
from app.choosers import Choosers
from app.compare_presenter import ComparePresenter
from app.compare_view import CompareView
from app.drop_overlay import DropOverlay
from app.group_presenter import GroupPresenter
from app.help_view import HelpView
from app.inspector_view import InspectorView
from app.intake import HandOver
from app.library_presenter import LibraryPresenter
from app.library_view import LibraryView
from app.methods_choosers import MethodsChoosers
from app.methods_page import MethodsPage
from app.methods_presenter import MethodsPresenter
from app.pages import DuplicatesPage, SearchPage
from app.region_picker import RegionPicker
from app.review_room import ReviewRoom
from app.search_presenter import SearchPresenter
from app.session import Session
from app.settings import Settings
from app.status_view import StatusView
from app.theme import Theme
from app.thumbnails import ThumbnailService
from app.top_bar import PAGES, TopBar
from app.window_actions import Actions
from core.records import Group, ImageRecord, Match, Member

_LEAST_SIZE = (800, 560)
_FIRST_SIZE = (1280, 800)
_PANEL_WIDTHS = (224, 800, 264)


class Window(QMainWindow):
    """Everything a person sees.

    Args:
        session: What is done with the engine.
        thumbnails: Where small pictures come from.
        settings: What is remembered.
        theme: Light or dark.

    Signals:
        closing(): The person has closed the window; it is hidden already.
    """

    closing = Signal()

    def __init__(self, session: Session, thumbnails: ThumbnailService, settings: Settings, theme: Theme) -> None:
        super().__init__()
        self.session = session
        self._settings = settings
        self._theme = theme
        self._came_from = PAGES[0]
        self._picked: dict[str, object] = {}
        self.setWindowTitle("Twinsight")
        self.setMinimumSize(*_LEAST_SIZE)
        self.setAcceptDrops(True)
        self._choosers = Choosers(self, settings)
        self._make_views(thumbnails)
        self._lay_out()
        self._library = LibraryPresenter(session, self.library, self.status, self._choosers, self)
        self._search = SearchPresenter(session, self.search_page, self)
        self._comparing = ComparePresenter(session, self.compare, self)
        self._comparing.watch_results(self.search_page)
        self._comparing.watch_groups(self.groups)
        self._comparing.watch_groups(self.review_page.view)
        self._grouping = GroupPresenter(session, self.duplicates_page, self.status, self)
        self.care = CatalogCare(session.jobs.catalog_path, session.jobs.desk, self.status, self)
        self._methods = MethodsPresenter(
            session, self.methods, self.status, MethodsChoosers(self, settings), parent=self
        )
        self.actions_by_name = Actions(self, self._handlers())
        self.top_bar.set_actions(
            self.actions_by_name["library_panel"],
            self.actions_by_name["inspector_panel"],
            self.actions_by_name["theme"],
            self.actions_by_name.menu(self, theme, self.care.menu),
        )
        self._connect_views()
        self._connect_session()
        self._restore()
        self.top_bar.box.setFocus()

    def _make_views(self, thumbnails: ThumbnailService) -> None:
        self.top_bar = TopBar()
        self.library = LibraryView()
        self.search_page = SearchPage(thumbnails)
        self.duplicates_page = DuplicatesPage(thumbnails)
        self.compare = CompareView()
        self.methods = MethodsPage()
        self.inspector = InspectorView()
        self.status = StatusView()
        self.review = ReviewRoom(self.session, thumbnails, self.status, self._choosers, self._settings)
        self.review_page = self.review.page
        self.help = HelpView(self)
        self.region_picker = RegionPicker(thumbnails, self)
        # Short aliases for what is used all over this file.
        self.query = self.search_page.query
        self.results = self.search_page.results
        self.groups = self.duplicates_page.groups

    def _lay_out(self) -> None:
        self.pages = QStackedWidget()
        pages = {
            "search": self.search_page,
            "duplicates": self.duplicates_page,
            "review": self.review_page,
            "compare": self.compare,
            "methods": self.methods,
        }
        for name in PAGES:
            self.pages.addWidget(pages[name])
        self.panels = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=1)
        for panel in (self.library, self.pages, self.inspector):
            self.panels.addWidget(panel)
        self.panels.setStretchFactor(1, 1)
        self.panels.setSizes(list(_PANEL_WIDTHS))
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(self.panels, 1)
        column.addWidget(self.status)
        self.setCentralWidget(centre)
        self._overlay = DropOverlay(self)

    # ------------------------------------------------------------------ wiring

    def _handlers(self) -> dict[str, Callable[..., object]]:
        return {
            "add_folder": self._library.choose,
            "rescan": self.session.index,
            "remove_folder": self._library.remove_current,
            "find": self._focus_query_box,
            "open_pictures": self.choose_pictures,
            "paste": self.paste,
            "search_part": self.query.ask_for_part,
            "history_back": self._step_back,
            "history_forward": self.query.history_bar.forward.click,
            "next_query": lambda: self.query.step(1),
            "previous_query": lambda: self.query.step(-1),
            "clear_queries": self.clear_queries,
            "find_duplicates": self.find_duplicates,
            "open_group": self.groups.open_group,
            "clean_up": self.review.cleaning.sum_up,
            "clean_ups": self.review.cleaning.list_clean_ups,
            "decisions": self.review.walk.decisions.dialog.present,
            "export": self.export,
            "next_pair": self._comparing.next,
            "previous_pair": self._comparing.previous,
            "back": self._back,
            **{f"page_{name}": partial(self.show_page, name) for name in PAGES},
            "library_panel": self.library.setVisible,
            "inspector_panel": self.inspector.setVisible,
            "pause": self.status.pause_button.click,
            "cancel": self.status.cancel_button.click,
            "theme": self._theme.toggle,
            "help": self.help.present,
            "quit": self.close,
        }

    def _connect_views(self) -> None:
        self.top_bar.page_chosen.connect(self.show_page)
        self.top_bar.box.handed.connect(self.session.take)
        self.top_bar.box.browse_requested.connect(self.choose_pictures)
        self.search_page.browse_requested.connect(self.choose_pictures)
        self.query.preset.chosen.connect(self._share_preset)
        self.duplicates_page.preset.chosen.connect(self._share_preset)
        self.results.selection_changed.connect(lambda picked: self._pick("search", picked))
        self.groups.search_requested.connect(self._search.search_with)
        self.groups.part_requested.connect(self.region_picker.present)
        self._search.part_requested.connect(self.region_picker.present)
        self.compare.menu.search_requested.connect(self._search.search_with)
        self.compare.menu.part_requested.connect(self.region_picker.present)
        self.region_picker.picked.connect(self._search.search_part)
        self.groups.selection_changed.connect(lambda picked: self._pick("duplicates", picked))
        self.duplicates_page.scan_requested.connect(self.find_duplicates)
        self.duplicates_page.export_requested.connect(self.export)
        self.duplicates_page.review_requested.connect(self._review_group)
        self.compare.back_requested.connect(self._back)
        self.compare.browse_requested.connect(self._choose_pair)
        self.compare.message.connect(self.status.say)
        self._connect_review()
        self._theme.changed.connect(self._on_theme)
        self._methods.search_requested.connect(self._search_by)
        self._methods.methods_listed.connect(self.query.method.offer_methods)
        self._methods.descriptors_listed.connect(self.query.preset.offer_descriptors)
        self._methods.descriptors_listed.connect(self.duplicates_page.preset.offer_descriptors)
        self._methods.list_methods()

    def _connect_review(self) -> None:
        page, view = self.review_page, self.review_page.view
        view.search_requested.connect(self._search.search_with)
        view.part_requested.connect(self.region_picker.present)
        view.selection_changed.connect(lambda picked: self._pick("review", picked))
        page.scan_requested.connect(self.find_duplicates)
        self.review.opened.connect(lambda: self.show_page("review"))
        self.session.groups_kept.connect(self.groups.set_groups)
        self.session.groups_kept.connect(self._on_groups)

    def _connect_session(self) -> None:
        session, jobs = self.session, self.session.jobs
        for lane in (jobs.clean_up, jobs.query, jobs.pair, jobs.scan):
            self.status.watch(lane)
        self._methods.watch_lanes()
        session.said.connect(self.status.say)
        session.failed.connect(self.status.fail)
        session.skipped.changed.connect(self.status.set_skipped)
        session.scan_started.connect(self._on_scan_started)
        session.groups_found.connect(self.groups.update_groups)
        session.groups_found.connect(self._on_groups)
        session.groups_final.connect(self.groups.set_groups)
        session.groups_final.connect(self._on_groups)
        session.scan_stopped.connect(self._on_scan_stopped)
        self._search.searching.connect(self._show_results)
        self._comparing.opened.connect(lambda: self.show_page("compare"))
        self._comparing.moved.connect(self._allow_walking)
        self._comparing.moved.connect(lambda: self._pick("compare", None))
        self._comparing.compared.connect(lambda match: self._pick("compare", match))

    def _restore(self) -> None:
        settings = self._settings
        if not (settings.geometry and self.restoreGeometry(settings.geometry)):
            self.resize(*_FIRST_SIZE)
        if settings.panels:
            self.panels.restoreState(settings.panels)
        self.actions_by_name["library_panel"].setChecked(settings.library_shown)
        self.actions_by_name["inspector_panel"].setChecked(settings.inspector_shown)
        self.library.setVisible(settings.library_shown)
        self.inspector.setVisible(settings.inspector_shown)
        self.query.top.setValue(settings.top)
        self.query.preset.set_preset(settings.preset)
        self.duplicates_page.preset.set_preset(settings.preset)
        if settings.results_side:
            self.results.set_side(settings.results_side)
        if settings.groups_side:
            self.groups.set_side(settings.groups_side)
        self.top_bar.show_dark(self._theme.dark)
        self.actions_by_name["back"].setEnabled(False)
        self.show_page(settings.page if settings.page in PAGES and settings.page != "compare" else PAGES[0])
        self._allow_walking()

    def remember(self) -> None:
        """Write down what the next start restores."""
        settings = self._settings
        settings.geometry = self.saveGeometry()
        settings.panels = self.panels.saveState()
        settings.library_shown = self.actions_by_name["library_panel"].isChecked()
        settings.inspector_shown = self.actions_by_name["inspector_panel"].isChecked()
        settings.top = self.query.top.value()
        settings.preset = self.query.preset.preset
        settings.results_side = self.results.side
        settings.groups_side = self.groups.side
        settings.page = self.page if self.page != "compare" else self._came_from
        settings.theme = self._theme.mode
        settings.left_out = self.session.libraries.left_out
        settings.watched = self.session.libraries.watched
        settings.save()

    # ------------------------------------------------------------------ pages

    @property
    def page(self) -> str:
        """Name of the page that is open."""
        return PAGES[self.pages.currentIndex()]

    @Slot(str)
    def show_page(self, name: str) -> None:
        """Open a page."""
        if name == "compare" and self.page != "compare":
            self._came_from = self.page
        if self.page == "review" and name != "review":
            self.review.leave()
        self.pages.setCurrentIndex(PAGES.index(name))
        self.top_bar.show_page(name)
        if name == "review":
            self.review.enter()
        self._methods.show(name == "methods")
        # There is nothing to inspect on that page, and its tables need the room.
        self.inspector.setVisible(name != "methods" and self.actions_by_name["inspector_panel"].isChecked())
        self._inspect(self._picked.get(name))
        # Without this Escape would be taken from the views on the other pages.
        self.actions_by_name["back"].setEnabled(name == "compare")
        self.actions_by_name["history_back"].setEnabled(name in ("search", "compare"))
        for action in ("history_forward", "next_query", "previous_query", "search_part"):
            self.actions_by_name[action].setEnabled(name == "search")
        self._allow_walking()

    @Slot()
    def _allow_walking(self) -> None:
        comparing = self.page == "compare"
        self.actions_by_name["next_pair"].setEnabled(comparing and self._comparing.has_next)
        self.actions_by_name["previous_pair"].setEnabled(comparing and self._comparing.has_previous)

    @Slot()
    def _back(self) -> None:
        self.show_page(self._came_from)
        views = {"search": self.results, "duplicates": self.duplicates_page, "review": self.review_page}
        views.get(self._came_from, self.pages).setFocus()

    @Slot()
    def _step_back(self) -> None:
        """As in a browser: from a pair to the results, from a search to the one before."""
        if self.page == "compare":
            self._back()
        else:
            self.query.history_bar.back.click()

    @Slot()
    def _on_theme(self) -> None:
        self.top_bar.show_dark(self._theme.dark)

    @Slot()
    def _focus_query_box(self) -> None:
        self.top_bar.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.top_bar.box.selectAll()

    def _pick(self, page: str, picked: object) -> None:
        self._picked[page] = picked
        if page == self.page:
            self._inspect(picked)

    def _inspect(self, picked: object) -> None:
        match picked:
            case None:
                self.inspector.show_record(None)
            case (Group() as group, Member() as member):
                self._inspect_member(group, member)
            case Group():
                self.inspector.show_group(picked)
            case Match():
                self.inspector.show_match(picked)
            case ImageRecord():
                self.inspector.show_record(picked)

    def _inspect_member(self, group: Group, member: Member) -> None:
        """The representative stands for its group; another member is an answer to it."""
        if member.evidence is None:
            self.inspector.show_group(group)
            return
        self.inspector.show_match(
            Match(member.record, member.score, member.relation, member.evidence, member.words),
            group.representative.record,
        )

    # ------------------------------------------------------------------ searching

    @Slot()
    def choose_pictures(self) -> None:
        """Let the person choose pictures to search with."""
        pictures = self._choosers.pictures()
        if pictures:
            self.session.take(HandOver(tuple(pictures)))

    @Slot()
    def _choose_pair(self) -> None:
        self._comparing.take(HandOver(tuple(self._choosers.pictures(self.tr("Compare pictures")))), 0)

    @Slot()
    def paste(self) -> None:
        """Search with what is on the clipboard; on the Compare page, compare it."""
        handed = intake.read_clipboard()
        if self.page == "compare" and self._comparing.take(handed):
            return
        if handed:
            self.session.take(handed)
        else:
            self.status.say(self.tr("There is no picture on the clipboard."))

    @Slot()
    def _show_results(self) -> None:
        self.show_page("search")
        self.results.setFocus()

    @Slot(str, str)
    def _search_by(self, title: str, method: str) -> None:
        """Search by a method that was chosen on the Methods page."""
        self.query.method.use(title, method)
        self.show_page("search")

    @Slot()
    def clear_queries(self) -> None:
        """Start over with an empty Search page."""
        self.top_bar.box.clear()
        self._search.clear()

    # ------------------------------------------------------------------ duplicates

    @Slot()
    def find_duplicates(self) -> None:
        """Look for duplicates in the folders in use."""
        self.show_page("duplicates")
        self.groups.setFocus()
        reference = self.review.review.work.terms.scope.reference
        self.session.find_duplicates(self.duplicates_page.preset.preset, also=reference)

    @Slot(str)
    def _review_group(self, identifier: str) -> None:
        """Review what was found, beginning with this group."""
        self.show_page("review")
        self.review_page.view.go_to(identifier)
        self.review_page.setFocus()

    @Slot()
    def _on_scan_started(self) -> None:
        self.groups.begin_scan()
        self._on_groups()

    @Slot(list)
    def _on_scan_stopped(self, groups: list[Group]) -> None:
        if groups:
            self.groups.set_groups(groups)
        else:
            self.groups.clear()
        self._on_groups()

    @Slot()
    def _on_groups(self) -> None:
        self.duplicates_page.export_button.setEnabled(bool(self.session.groups))
        self.duplicates_page.open_button.setEnabled(bool(self.session.groups))
        self.duplicates_page.review_button.setEnabled(bool(self.session.groups))

    @Slot(object)
    def _share_preset(self, name: str) -> None:
        self.query.preset.set_preset(name)
        self.duplicates_page.preset.set_preset(name)

    # ------------------------------------------------------------------ exporting

    @Slot()
    def export(self) -> None:
        """Write what is on screen as CSV."""
        groups = self.groups.groups()
        page = self._came_from if self.page == "compare" else self.page
        if page == "duplicates" and groups:
            path = self._choosers.csv("duplicates.csv")
            if path is not None:
                self.session.export_groups(path, groups)
        elif page == "search" and self.session.answers.count:
            path = self._choosers.csv("matches.csv")
            if path is not None:
                self.session.export_matches(path)
        elif page == "methods" and self.methods.can_export:
            self.methods.export()
        else:
            self.status.say(self.tr("There is nothing to export yet."))

    # ------------------------------------------------------------------ dropping anywhere

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Say what dropping would do; what is dragged out of this very window is no news."""
        if event.source() is not None or not intake.could_take(event.mimeData()):
            return
        handed = intake.read(event.mimeData())
        if handed:
            event.acceptProposedAction()
            self._overlay.present(handed, drop_overlay.are_folders(handed))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The drag went elsewhere."""
        self._overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Folders become libraries, pictures become queries."""
        self._overlay.hide()
        handed = intake.read(event.mimeData())
        if handed:
            event.acceptProposedAction()
            self.session.take(handed, folders_are_libraries=True)

    # ------------------------------------------------------------------ closing

    def closeEvent(self, event: QCloseEvent) -> None:
        """Gone at once for the person; what runs is cancelled after that."""
        self.remember()
        self.hide()
        event.accept()
        self.closing.emit()
