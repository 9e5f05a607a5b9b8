"""The compare page: two pictures, the keypoints that tie them together, and seven ways to look at them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QStackedLayout, QStackedWidget, QVBoxLayout, QWidget

from app import compare_tasks, evidence_words, theme
from app.compare_bars import EvidenceHeader, ModeBar, OptionsBar
from app.compare_canvas import CompareCanvas
from app.compare_drops import PairDrops
from app.compare_keeping import CompareKeeper
from app.compare_menu import CompareMenu
from app.compare_scene import Mode
from app.compare_surface import STEP
from app.empty_state import EmptyState
from app.inspect_panel import InspectPanel
from app.pair_facts import PairFacts
from app.pair_pictures import PairPictures
from app.pyramid import Pyramid
from core import overlay
from core.difference import Difference
from core.records import Match, Relation

_NOTICE_MILLISECONDS = 4000


class CompareView(QWidget):
    """The evidence of one pair. Picture A is what was asked about, B the answer.

    Signals:
        back_requested(): Leave the page.
        browse_requested(): The person wants to choose pictures to compare.
        previous_requested(), next_requested(): Show a neighbouring pair.
        message(str): One sentence for the status line.
    """

    back_requested = Signal()
    browse_requested = Signal()
    previous_requested = Signal()
    next_requested = Signal()
    message = Signal(str)

    def __init__(self, parent: QWidget | None = None, pictures: PairPictures | None = None) -> None:
        super().__init__(parent)
        self._paths: tuple[Path, Path] | None = None
        self._match: Match | None = None
        self._swapped = False
        self.pictures = pictures or PairPictures()
        self.pictures.setParent(self)
        self.header = EvidenceHeader(self)
        self.bar = ModeBar(self)
        self.canvas = CompareCanvas(self)
        self.inspect = InspectPanel(self)
        self.menu = CompareMenu(self)
        self.options = OptionsBar(self)
        self.keeper = CompareKeeper(self.pictures, self.canvas, self.inspect, self.header, self)
        self.drops = PairDrops(self, self.canvas)
        self._empty = EmptyState(self)
        self._empty.pressed.connect(self.browse_requested)
        self._notice = QTimer(self)
        self._notice.setSingleShot(True)
        self._notice.setInterval(_NOTICE_MILLISECONDS)
        self._arrange()
        self._connect()
        self._add_shortcuts()
        self.clear()

    def _arrange(self) -> None:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(theme.GROUP, theme.GAP, theme.GROUP, theme.GAP)
        column.setSpacing(theme.GAP)
        for bar in (self.header, self.bar):
            column.addWidget(bar)
        self._looks = QStackedWidget(page)
        self._looks.addWidget(self.canvas)
        self._looks.addWidget(self.inspect)
        column.addWidget(self._looks, 1)
        column.addWidget(self.options)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(page)
        self.setFocusProxy(self.canvas)

    def _connect(self) -> None:
        self.header.back.connect(self.back_requested)
        self.header.previous.connect(self.previous_requested)
        self.header.following.connect(self.next_requested)
        self.bar.mode_chosen.connect(self.set_mode)
        self.bar.lock.toggled.connect(self.canvas.set_locked)
        self.bar.swap.clicked.connect(self.swap)
        self.bar.save.clicked.connect(self.keeper.ask_where_to_save)
        self.bar.copy.clicked.connect(self.keeper.copy)
        self.keeper.said.connect(self.notify)
        self._connect_options()
        self.canvas.menu_wanted.connect(self._open_menu)
        self.canvas.full_size_wanted.connect(self.pictures.sharpen)
        self.pictures.loaded.connect(self._show_picture)
        self.pictures.failed.connect(self._show_trouble)
        self.pictures.worked.connect(self._take_result)
        self.pictures.work_failed.connect(self._take_failure)
        self._notice.timeout.connect(lambda: self.canvas.set_notice(""))

    def _connect_options(self) -> None:
        options, canvas = self.options, self.canvas
        options.lines_wanted.connect(canvas.set_lines)
        options.rejected_wanted.connect(canvas.show_rejected)
        options.outlines_wanted.connect(canvas.show_outlines)
        options.pause_wanted.connect(canvas.pause_blinking)
        options.interval_wanted.connect(canvas.set_blink_interval)
        options.share_wanted.connect(canvas.set_share)
        options.zoom.out.clicked.connect(lambda: canvas.zoom_by(1 / STEP))
        options.zoom.into.clicked.connect(lambda: canvas.zoom_by(STEP))
        options.zoom.fit.clicked.connect(canvas.fit)
        options.zoom.pixels.clicked.connect(canvas.zoom_to_pixels)

    def _add_shortcuts(self) -> None:
        canvas, bar, options = self.canvas, self.bar, self.options
        for index, mode in enumerate(Mode):
            self._shortcut(str(index + 1), partial(self.set_mode, mode))
        keys: list[tuple[str, Callable[[], object]]] = [
            ("+", lambda: canvas.zoom_by(STEP)),
            ("=", lambda: canvas.zoom_by(STEP)),
            ("-", lambda: canvas.zoom_by(1 / STEP)),
            ("0", canvas.fit),
            ("Z", canvas.zoom_to_pixels),
            ("L", bar.lock.toggle),
            ("S", self.swap),
            ("R", options.rejected.click),
            ("O", options.outlines.click),
            ("P", options.pause.click),
            ("PgUp", self.previous_requested.emit),
            ("[", self.previous_requested.emit),
            ("PgDown", self.next_requested.emit),
            ("]", self.next_requested.emit),
            ("Ctrl+S", self.keeper.ask_where_to_save),
            ("Ctrl+C", self.keeper.copy),
        ]
        for key, action in keys:
            self._shortcut(key, action)

    def _shortcut(self, key: str, action: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(action)

    # ---- what the window calls ----

    def show_pair(self, first: Path, second: Path) -> None:
        """Shows two pictures while the evidence is looked for.

        Args:
            first: Picture A.
            second: Picture B.
        """
        self._swapped = False
        self._match = None
        self._open(first, second)
        self.header.say("search", self.tr("Looking for matches ..."), f"A {first.name} · B {second.name}")

    def show_match(self, first: Path, match: Match) -> None:
        """Shows the evidence of a pair; loads the pictures unless they are on the page already.

        Args:
            first: Picture A.
            match: B as an answer to A.
        """
        if self._asked_pair() != (first, match.record.path):
            self.show_pair(first, match.record.path)
        self._match = match
        self.header.say(*evidence_words.headline(match))
        self._prove()

    def show_error(self, text: str) -> None:
        """Says why there is no evidence.

        Args:
            text: One sentence.
        """
        self._match = None
        self.canvas.set_proof(None)
        self.header.say("warning", text, "", "danger")
        self._allow_overlaid(text)
        self._leave_overlaid()

    @property
    def shown(self) -> tuple[Path, Path] | None:
        """The pictures on the page, the left one first."""
        return self._paths

    @property
    def active_side(self) -> int:
        """The side that the pointer was on last, 0 or 1."""
        return self.canvas.active_side

    @property
    def waiting(self) -> str:
        """What the empty page says."""
        return self._empty.sentence

    def wait_for_other(self, path: Path | None) -> None:
        """Says on the empty page that one picture is there, or none."""
        sentence = self.tr("No pair to compare")
        if path is not None:
            sentence = self.tr("{name} is here, the other one is missing").format(name=path.name)
        hint = self.tr("Drop or paste two pictures, or one after the other; or open a match of a search.")
        self._empty.say("compare", sentence, hint, self.tr("Choose pictures …"))

    def clear(self) -> None:
        """Empties the page."""
        self.wait_for_other(None)
        self._paths = self._match = None
        self._swapped = False
        self.pictures.close()
        self.canvas.clear()
        self.options.set_counts(0, 0)
        self._allow_overlaid("")
        self._stack.setCurrentIndex(0)

    def shutdown(self) -> None:
        """Ends the background thread and its worker processes."""
        self.pictures.shutdown()

    def set_mode(self, mode: Mode) -> None:
        """Shows the pair in another way; a way that takes a homography does nothing without one."""
        index = list(Mode).index(mode)
        if not self.bar.modes.button(index).isEnabled():
            self.notify(self._why_not_overlaid())
            return
        self.bar.modes.choose(index)
        self.options.show_mode(mode)
        self.canvas.set_mode(mode)
        self._looks.setCurrentWidget(self.inspect if mode is Mode.INSPECT else self.canvas)
        self._want_difference()
        self._want_facts()

    def swap(self) -> None:
        """Puts B on the left, and under A in the modes that lay one over the other."""
        if self._paths is None:
            return
        self._swapped = not self._swapped
        self._open(self._paths[1], self._paths[0])
        self._prove()

    def notify(self, text: str) -> None:
        """Says something over the canvas for a moment, and in the status line."""
        self.canvas.set_notice(text)
        self._notice.start()
        self.message.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the page, unless the window has an action for that key."""
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Puts the keyboard where the pictures are."""
        super().showEvent(event)
        self._take_keys()

    def _take_keys(self) -> None:
        """Gives the canvas the keyboard, unless a control of this page has it."""
        holder = QApplication.focusWidget()
        if self.isVisible() and (holder is None or not self.isAncestorOf(holder) or not holder.isVisible()):
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int, QPoint)
    def _open_menu(self, side: int, place: QPoint) -> None:
        if self._paths is not None:
            self.menu.pop_up(self._paths[side], self.canvas.scene.letters[side], place, self.canvas)

    # ---- the pair ----

    def _asked_pair(self) -> tuple[Path, Path] | None:
        """The pair as it was asked for, whichever side each picture is on."""
        if self._paths is None:
            return None
        return (self._paths[1], self._paths[0]) if self._swapped else self._paths

    def _open(self, left: Path, right: Path) -> None:
        self._paths = (left, right)
        self._stack.setCurrentIndex(1)
        self._take_keys()
        self.canvas.open(left, right, "BA" if self._swapped else "AB")
        for label, letter in zip(self.options.ends, self.canvas.scene.letters, strict=True):
            label.setText(letter)
        self.options.set_counts(0, 0)
        self._allow_overlaid(self.tr("The evidence is not there yet."))
        self.pictures.open(left, right)
        self.inspect.wait()
        self._want_facts()

    def _evidence_match(self) -> Match | None:
        """The match as told from the left picture to the right one."""
        if self._match is None or not self._swapped or self._paths is None:
            return self._match
        return replace(self._match, evidence=overlay.turned_round(self._match.evidence))

    def _prove(self) -> None:
        """Works the evidence out in the background, as soon as the pictures' sizes are known."""
        match = self._evidence_match()
        if match is not None:
            evidence = match.evidence
            self.pictures.work("proof", lambda pair: compare_tasks.prove(pair, evidence))

    def _show_proof(self, proof: overlay.Proof) -> None:
        self.canvas.set_proof(proof)
        self.options.set_counts(len(proof.agreeing), len(proof.rejected))
        self._allow_overlaid(self._why_not_overlaid())
        if proof.homography is None:
            self._leave_overlaid()
        self._want_difference()
        self._want_facts()

    def _leave_overlaid(self) -> None:
        """Goes back to side by side where nothing tells how one picture lies on the other."""
        if self.canvas.scene.mode.overlaid:
            self.set_mode(Mode.LINES)

    def _allow_overlaid(self, why_not: str) -> None:
        proof = self.canvas.scene.proof
        self.bar.allow_overlaid(proof is not None and proof.homography is not None, why_not)

    def _why_not_overlaid(self) -> str:
        if self._match is None or self.canvas.scene.proof is None:
            return self.tr("The evidence is not there yet.")
        return self.tr("Nothing tells how one picture lies on the other: no homography was found.")

    # ---- what comes back from the background ----

    @Slot(int, object)
    def _show_picture(self, side: int, picture: Pyramid) -> None:
        self.canvas.set_picture(side, picture)

    @Slot(int, str)
    def _show_trouble(self, side: int, reason: str) -> None:
        self.canvas.set_trouble(side, reason)

    @Slot(str, object)
    def _take_result(self, name: str, result: object) -> None:
        if isinstance(result, overlay.Proof):
            self._show_proof(result)
        elif name == "difference":
            nothing = self.tr("The pictures share too little to compare.")
            found = result if isinstance(result, Difference) else None
            self.canvas.set_difference(found, None if found else nothing)
        elif isinstance(result, PairFacts):
            self.inspect.show_facts(result, self.canvas.scene.letters)
        elif isinstance(result, QImage | Path):
            self.keeper.take(result)

    @Slot(str, str)
    def _take_failure(self, name: str, reason: str) -> None:
        if name == "difference":
            self.canvas.set_difference(None, reason)
        elif name == "facts":
            self.inspect.wait(self.tr("That did not work: {reason}").format(reason=reason))
        else:
            self.notify(self.tr("That did not work: {reason}").format(reason=reason))

    def _want_difference(self) -> None:
        scene = self.canvas.scene
        proof = scene.proof
        if scene.mode is not Mode.DIFFERENCE or scene.difference is not None:
            return
        if proof is None or proof.homography is None:
            return
        matrix = proof.homography
        self.pictures.work("difference", lambda pair: compare_tasks.subtract(pair, matrix))

    def _want_facts(self) -> None:
        """Measures the pair where that is asked for; anew once the evidence is there."""
        scene, paths = self.canvas.scene, self._paths
        if scene.mode is not Mode.INSPECT or paths is None:
            return
        matrix = scene.proof.homography if scene.proof is not None else None
        cropped = self._match is not None and self._match.relation is Relation.CROP
        self.pictures.work("facts", lambda pair: compare_tasks.inspect(pair, paths, matrix, cropped))
