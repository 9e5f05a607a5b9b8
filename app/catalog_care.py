"""Check, back up and repair the catalog from the window.

A repair needs the catalog for itself, so it is done when everything else has ended: the window closes and opens again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget

from app import icons, words
from app.desk import Desk
from app.status_view import StatusView

if TYPE_CHECKING:
    from core._catalog_backup import Backup
    from core.upkeep import CheckReport, RepairReport

DAMAGED = "twinsight catalog repair"
"""What a sentence about a damaged catalog holds."""


class CatalogCare(QObject):
    """Looks after one catalog.

    Args:
        path: The catalog.
        desk: Does the checking and copying.
        status: Says what became of it.
        window: Over which to ask.

    Signals:
        repair_wanted(): The person wants a new catalog made from what can be read of this one.
    """

    repair_wanted = Signal()

    def __init__(self, path: Path, desk: Desk, status: StatusView, window: QWidget) -> None:
        super().__init__(window)
        self._path = path
        self._desk = desk
        self._status = status
        self._window = window
        self.menu = self._make_menu(window)
        status.offer(DAMAGED, self.tr("Repair …"), self.ask)

    def _make_menu(self, parent: QWidget) -> QMenu:
        menu = QMenu(self.tr("Catalog"), parent)
        menu.setToolTipsVisible(True)
        entries = (
            (
                "info",
                self.tr("Check the catalog"),
                self.tr("Read it from end to end and say what is wrong"),
                self.check,
            ),
            ("copy", self.tr("Back up the catalog"), self.tr("Copy it beside itself, with a checksum"), self.back_up),
            ("warning", self.tr("Repair the catalog …"), self.tr("Make a new one of what can be read"), self.ask),
        )
        for icon, text, tip, act in entries:
            menu.addAction(icons.icon(icon), text, act).setToolTip(tip)
        return menu

    @Slot()
    def check(self) -> None:
        """Read the catalog from end to end, in the background."""
        self._status.say(self.tr("Checking the catalog …"))
        self._desk.do(self._check, self._on_checked, self._status.fail)

    @Slot()
    def back_up(self) -> None:
        """Copy the catalog, in the background."""

        def work() -> Backup:
            from core import upkeep

            return upkeep.back_up(self._path)

        self._desk.do(work, self._on_backed_up, self._status.fail)

    @Slot()
    def ask(self) -> None:
        """Ask whether to repair; what is done then is said before."""
        box = QMessageBox(
            QMessageBox.Icon.Question, self.tr("Repair the catalog"), self._question(), parent=self._window
        )
        repair = box.addButton(self.tr("Close and repair"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(repair)
        box.accepted.connect(self.repair_wanted)
        box.open()

    def _question(self) -> str:
        return self.tr(
            "A new catalog is made from what can be read of this one. The old one is kept beside it, and what you"
            " decided (libraries, protected folders, rules, the journal) is also written to a file.\n\n"
            "Your pictures are not touched; what cannot be saved is read from them again. Whatever runs is stopped,"
            " and the window opens again by itself."
        )

    def _check(self) -> CheckReport:
        from core import upkeep
        from core.upkeep import CheckReport

        report = next(event for event in upkeep.check(self._path) if isinstance(event, CheckReport))
        return report

    def _on_checked(self, report: CheckReport) -> None:
        if report.whole:
            files = words.number(report.rows.get("file", 0))
            self._status.say(self.tr("The catalog is whole: {count} files are known").format(count=files))
            return
        count = words.number(len(report.problems))
        sentence = self.tr("The catalog has {count} problems; the first: {problem}")
        self._status.say(sentence.format(count=count, problem=report.problems[0]), self.tr("Repair …"), self.ask)

    def _on_backed_up(self, backup: Backup) -> None:
        self._status.say(self.tr("Backed up to {path}").format(path=backup.path))


def repaired_sentence(report: RepairReport) -> str:
    """What the window says when it opens again."""
    from PySide6.QtCore import QCoreApplication

    text = QCoreApplication.translate(
        "CatalogCare", "The catalog is repaired: {count} files are known. The old one is kept as {path}"
    )
    return text.format(count=words.number(report.saved.get("file", 0)), path=report.damaged)
