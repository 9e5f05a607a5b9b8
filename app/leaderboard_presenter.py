"""Keeps the Leaderboard and Compression sections in step with what is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from app.leaderboard_session import LeaderboardSession
from app.leaderboard_view import LeaderboardView
from app.libraries import Libraries
from app.methods_choosers import MethodsChoosers
from app.methods_compression import CompressionView
from app.methods_form import PathField

if TYPE_CHECKING:
    from core.evaluation.values import CompressionPoint, MethodResult


class LeaderboardPresenter(QObject):
    """Connects the two views with the session.

    Args:
        session: Measures.
        libraries: Whose pictures copies are made of, and whose descriptors are compressed.
        leaderboard: Shows the ranking.
        compression: Shows what compression costs.
        choosers: Asks for files and folders.
        parent: The Qt owner.
    """

    def __init__(
        self,
        session: LeaderboardSession,
        libraries: Libraries,
        leaderboard: LeaderboardView,
        compression: CompressionView,
        choosers: MethodsChoosers,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._libraries = libraries
        self._leaderboard = leaderboard
        self._compression = compression
        self._choosers = choosers
        self._connect_leaderboard()
        self._connect_compression()
        libraries.changed.connect(self._share_library)
        self._share_library()

    def _connect_leaderboard(self) -> None:
        session, view, form = self._session, self._leaderboard, self._leaderboard.form
        session.offers_listed.connect(form.methods.set_offers)
        session.specification_read.connect(form.methods.add)
        session.specification_refused.connect(form.methods.refuse)
        session.evaluation_began.connect(view.begin)
        session.evaluated.connect(view.add)
        session.evaluation_ended.connect(view.end)
        session.weights_found.connect(form.methods.ask)
        form.methods.typed.connect(session.read_specification)
        form.methods.hub_requested.connect(session.find_weights)
        form.methods.fetch_agreed.connect(session.fetch_weights)
        form.start_requested.connect(session.evaluate)
        form.stop_requested.connect(session.stop)
        form.folder_requested.connect(self._choose_folder)
        form.truth_requested.connect(self._choose_truth)
        view.export_requested.connect(self._export_results)

    def _connect_compression(self) -> None:
        session, view = self._session, self._compression
        session.compressible_listed.connect(view.offer_methods)
        session.compression_began.connect(view.begin)
        session.measured.connect(view.add)
        session.compression_ended.connect(view.end)
        view.start_requested.connect(session.compress)
        view.stop_requested.connect(session.stop)
        view.export_requested.connect(self._export_points)

    @Slot()
    def _share_library(self) -> None:
        used = [library.info for library in self._libraries.all if library.used and not library.missing]
        pictures = sum(info.images for info in used)
        self._leaderboard.form.set_library(self._libraries.scope, pictures)
        self._compression.set_library(self._libraries.scope, pictures)

    @Slot(object)
    def _choose_folder(self, field: PathField) -> None:
        folder = self._choosers.folder(self.tr("Choose a folder of pictures"), "evaluation")
        if folder is not None:
            field.set_path(folder)

    @Slot(object)
    def _choose_truth(self, field: PathField) -> None:
        path = self._choosers.file(self.tr("Choose the truth"), self.tr("Tables (*.csv);;All files (*)"), "evaluation")
        if path is not None:
            field.set_path(path)

    @Slot(list)
    def _export_results(self, results: list[MethodResult]) -> None:
        kinds = self.tr("Table (*.csv);;Precision-recall curves (*.svg)")
        path = self._choosers.target(self.tr("Export the leaderboard"), "leaderboard.csv", kinds)
        if path is not None:
            self._session.export_results(path, results)

    @Slot(list)
    def _export_points(self, points: list[CompressionPoint]) -> None:
        path = self._choosers.target(self.tr("Export the table"), "compression.csv", self.tr("Table (*.csv)"))
        if path is not None:
            self._session.export_points(path, points)
