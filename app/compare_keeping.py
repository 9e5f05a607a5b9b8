"""Saves and copies what the compare page shows, as a picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from app import compare_report, compare_tasks
from app.choosers import pictures_folder
from app.compare_bars import EvidenceHeader
from app.compare_canvas import CompareCanvas
from app.compare_scene import Mode
from app.inspect_panel import InspectPanel
from app.pair_loader import Pair
from app.pair_pictures import PairPictures

_LONGEST_STEM = 80


class CompareKeeper(QObject):
    """Draws what is shown in the background, then saves it or puts it on the clipboard.

    Args:
        pictures: Where the drawing is done.
        canvas: Shows the pictures.
        inspect: Shows them in the mode that has no canvas.
        header: Says the evidence.
        parent: The page.

    Signals:
        said(str): What became of it, in one sentence.
    """

    said = Signal(str)

    def __init__(
        self,
        pictures: PairPictures,
        canvas: CompareCanvas,
        inspect: InspectPanel,
        header: EvidenceHeader,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._page = parent
        self._pictures = pictures
        self._canvas = canvas
        self._inspect = inspect
        self._header = header

    @Slot()
    def copy(self) -> None:
        """Put what is shown on the clipboard."""
        drawn = self._drawing()
        if drawn is not None:
            self._pictures.work("copy", drawn)

    def save(self, path: Path) -> None:
        """Write what is shown as PNG.

        Args:
            path: Where to; replaced if it exists.
        """
        drawn = self._drawing()
        if drawn is not None:
            self._pictures.work("save", lambda pair: compare_tasks.save(drawn(pair), path))

    @Slot()
    def ask_where_to_save(self) -> None:
        """Let the person choose a file, and write it."""
        if self._drawing() is None:
            return
        title, kinds = self.tr("Save the comparison"), self.tr("PNG pictures (*.png)")
        chosen, _ = QFileDialog.getSaveFileName(
            self._page, title, str(Path(pictures_folder()) / self.proposed_name()), kinds
        )
        if chosen:
            path = Path(chosen)
            self.save(path if path.suffix else path.with_suffix(".png"))

    def proposed_name(self) -> str:
        """Both names and what is shown of them ("beach - beach small (difference).png")."""
        stems = [Path(name).stem[:_LONGEST_STEM] for name in self._canvas.scene.names]
        shown = {
            Mode.LINES: self.tr("lines"),
            Mode.SWIPE: self.tr("swipe"),
            Mode.BLEND: self.tr("blend"),
            Mode.DIFFERENCE: self.tr("difference"),
            Mode.INSPECT: self.tr("inspected"),
        }
        return f"{' - '.join(stems)} ({shown.get(self._canvas.scene.mode, self.tr('side by side'))}).png"

    def take(self, result: QImage | Path) -> None:
        """Take what the background made: a picture to copy, or the file that is written."""
        if isinstance(result, QImage):
            QGuiApplication.clipboard().setImage(result)
            self.said.emit(self.tr("Copied as picture"))
        else:
            self.said.emit(self.tr("Saved as {name}").format(name=result.name))

    def _drawing(self) -> compare_tasks.Drawing | None:
        """What draws the picture; None, with a word why, where there is nothing to draw yet."""
        scene = self._canvas.scene
        if scene.mode is Mode.INSPECT:
            shown = self._inspect.as_image()
            return lambda _: shown
        if None in scene.pictures:
            self.said.emit(self.tr("The pictures are not there yet."))
            return None
        if scene.proof is None and scene.mode is not Mode.BESIDE:
            self.said.emit(self.tr("There is no evidence to show yet."))
            return None
        report = compare_report.report_of(scene, self._header.title.text(), self._header.detail.text())

        def draw(pair: Pair) -> QImage:
            return compare_report.draw(report, pair)

        return draw
