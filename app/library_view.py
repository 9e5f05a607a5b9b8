"""The side panel of the library: its folders with their counts, added by button or drop, removed by menu."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListView, QMenu, QStackedLayout, QVBoxLayout, QWidget

from app import icons, intake, words
from app.controls import quiet_button
from app.empty_state import EmptyState
from app.libraries import Library
from app.library_model import FOLDER_ROLE, LibraryDelegate, LibraryModel
from app.picture_actions import copy_paths, open_file
from app.theme import GAP, GROUP, RADIUS

_WIDTH = 240


class LibraryView(QWidget):
    """The library folders.

    Signals:
        add_requested(): The person wants to choose folders to add.
        dropped(object): Something was dropped here; a HandOver.
        remove_requested(object): A folder is to be forgotten.
        protect_requested(object, bool): A folder is to be protected, or not any more.
        protect_inside_requested(object): A folder within this one is to be chosen and protected.
        use_requested(object, bool): Searches and scans are to look into a folder, or leave it out.
        rescan_requested(object): A folder is to be brought up to date.
        watch_requested(object, bool): A folder is to be watched for changes, or not any more.
        skipped_requested(object): What could not be read below a folder is to be shown.
    """

    add_requested = Signal()
    dropped = Signal(object)
    remove_requested = Signal(object)
    protect_requested = Signal(object, bool)
    protect_inside_requested = Signal(object)
    use_requested = Signal(object, bool)
    rescan_requested = Signal(object)
    watch_requested = Signal(object, bool)
    skipped_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.setMinimumWidth(_WIDTH - 40)
        self._under_drag = False
        self.model = LibraryModel(self)
        self.model.use_changed.connect(self.use_requested)
        self._build()
        self.set_libraries(())

    def _build(self) -> None:
        title = QLabel(self.tr("Library"))
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self.add_button = quiet_button("add", self.tr("Add folder"), self.tr("Add a folder (Ctrl+O)"))
        self.add_button.clicked.connect(self.add_requested)
        header = QHBoxLayout()
        header.setContentsMargins(GROUP, GAP, GAP, GAP)
        header.addWidget(title)
        header.addStretch(1)
        header.addWidget(self.add_button)
        self.list = self._make_list()
        self.empty = EmptyState()
        self.empty.say(
            "folder-add",
            self.tr("Drop a folder here,\nor add one"),
            button=self.tr("Add folder …"),
        )
        self.empty.pressed.connect(self.add_requested)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addLayout(self._stack, 1)

    def _make_list(self) -> QListView:
        view = QListView(uniformItemSizes=True)
        view.setMouseTracking(True)
        view.setFrameShape(QListView.Shape.NoFrame)
        view.setModel(self.model)
        view.setItemDelegate(LibraryDelegate(view))
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._open_menu)
        view.doubleClicked.connect(self._open_folder)
        view.setAccessibleName(self.tr("Library folders"))
        view.viewport().setAutoFillBackground(False)
        return view

    # ------------------------------------------------------------------ what it shows

    def set_libraries(self, libraries: Sequence[Library]) -> None:
        """Show these folders; the selection stays where it was."""
        current = self.current
        self.model.set_libraries(libraries)
        self._stack.setCurrentWidget(self.list if libraries else self.empty)
        if current is not None:
            self.list.setCurrentIndex(self.model.index_of(current))

    def set_indexing(self, folders: Sequence[Path]) -> None:
        """Say which folders are being indexed right now."""
        self.model.set_indexing(folders)

    @property
    def current(self) -> Path | None:
        """The selected folder."""
        folder = self.list.currentIndex().data(FOLDER_ROLE)
        return folder if isinstance(folder, Path) else None

    def sizeHint(self) -> QSize:
        """As wide as a folder with its figures wants to be."""
        return QSize(_WIDTH, 400)

    # ------------------------------------------------------------------ the menu

    def menu_for(self, library: Library) -> QMenu:
        """The context menu of one folder."""
        folder = library.info.folder
        menu = QMenu(self)
        opening = menu.addAction(icons.icon("open-folder"), self.tr("Open folder"), lambda: open_file(folder))
        rescan = menu.addAction(
            icons.icon("refresh"),
            self.tr("Look for new and changed pictures"),
            lambda: self.rescan_requested.emit(folder),
        )
        for action in (opening, rescan):
            action.setEnabled(not library.missing)
        if library.info.skipped:
            text = self.tr("Show skipped files ({count})").format(count=words.number(library.info.skipped))
            menu.addAction(icons.icon("warning"), text, lambda: self.skipped_requested.emit(folder))
        menu.addAction(icons.icon("copy"), self.tr("Copy path"), lambda: copy_paths([folder]))
        watch = menu.addAction(icons.icon("refresh"), self.tr("Watch: take in new and changed pictures by itself"))
        watch.setCheckable(True)
        watch.setChecked(library.watched)
        watch.toggled.connect(lambda on: self.watch_requested.emit(folder, on))
        menu.addSeparator()
        protect = menu.addAction(icons.icon("lock"), self.tr("Protect: never move or delete anything in it"))
        protect.setCheckable(True)
        protect.setChecked(library.info.protected)
        protect.toggled.connect(lambda on: self.protect_requested.emit(folder, on))
        menu.addAction(
            icons.icon("lock"), self.tr("Protect a folder in it …"), lambda: self.protect_inside_requested.emit(folder)
        )
        for inside in library.protected:
            text = self.tr("Protect {folder} no more").format(folder=inside.relative_to(folder))
            menu.addAction(icons.icon("unlock"), text, partial(self.protect_requested.emit, inside, False))
        menu.addSeparator()
        menu.addAction(
            icons.icon("remove"),
            self.tr("Remove from the library (files stay)"),
            lambda: self.remove_requested.emit(folder),
        )
        return menu

    @Slot(QPoint)
    def _open_menu(self, place: QPoint) -> None:
        library = self.model.library(self.list.indexAt(place))
        if library is None:
            menu = QMenu(self)
            menu.addAction(icons.icon("folder-add"), self.tr("Add folder …"), self.add_requested.emit)
        else:
            menu = self.menu_for(library)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.list.viewport().mapToGlobal(place))

    @Slot(QModelIndex)
    def _open_folder(self, index: QModelIndex) -> None:
        library = self.model.library(index)
        if library is not None and not library.missing:
            open_file(library.info.folder)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete forgets the selected folder, which can be undone."""
        if event.key() == Qt.Key.Key_Delete and self.current is not None:
            self.remove_requested.emit(self.current)
            return
        super().keyPressEvent(event)

    # ------------------------------------------------------------------ dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Folders are welcome; files are taken too and told where they belong."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            self._mark_drag(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The drag went elsewhere."""
        self._mark_drag(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand over what was dropped."""
        self._mark_drag(False)
        handed = intake.read(event.mimeData())
        if handed:
            event.acceptProposedAction()
            self.dropped.emit(handed)

    def _mark_drag(self, under: bool) -> None:
        self._under_drag = under
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A frame in the accent colour while a drag is over it."""
        super().paintEvent(event)
        if self._under_drag:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.palette().accent().color(), 2))
            painter.drawRoundedRect(self.rect().adjusted(3, 3, -3, -3), RADIUS, RADIUS)
