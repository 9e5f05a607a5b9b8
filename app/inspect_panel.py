"""The inspector of a pair: both files side by side, what differs, their histograms, and which one is better and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app import theme, words
from app.pair_facts import PairFacts, Row, likeness_in_words, rows_of
from app.picture_painter import mix
from core.appraisal import Look, Verdict

_PLOT = QSize(220, 120)
_CURVES = (("#c62828", Qt.PenStyle.SolidLine), ("#2e7d32", Qt.PenStyle.DashLine), ("#1565c0", Qt.PenStyle.DotLine))
_DARK_CURVES = ("#ff8a80", "#81d48a", "#82b1ff")
_MARK = "\N{NOT EQUAL TO}"


class InspectPanel(QScrollArea):
    """Shows a PairFacts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = ""
        self.likeness = ""
        self.rows: list[Row] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(self.tr("Both files compared"))
        self.setToolTip(self.tr("Both files side by side; what differs is marked"))
        self.wait()

    def wait(self, reason: str = "") -> None:
        """Says that the pictures are being measured, or why they cannot be."""
        label = QLabel(reason or self.tr("Measuring ..."))
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        self.setWidget(label)

    def show_facts(self, facts: PairFacts, letters: str) -> None:
        """Shows a measured pair.

        Args:
            facts: Of both pictures.
            letters: What the pictures are called for short.
        """
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, theme.GAP, theme.GAP, theme.GAP)
        column.setSpacing(theme.GROUP)
        self.verdict = verdict_in_words(facts.appraisal.verdict, letters)
        column.addWidget(_verdict_label(self.verdict))
        self.likeness = likeness_in_words(facts.likeness)
        column.addWidget(_value(self.tr("Pixels"), self.likeness, False))
        column.addLayout(self._table(facts, letters))
        column.addStretch(1)
        self.setWidget(page)

    def as_image(self) -> QImage:
        """All of it, also what is scrolled out of sight."""
        page = self.widget() or self.viewport()
        image = QImage(page.size() * self.devicePixelRatioF(), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(self.devicePixelRatioF())
        image.fill(self.palette().color(QPalette.ColorRole.Window))
        page.render(image)
        return image

    def _table(self, facts: PairFacts, letters: str) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GROUP)
        grid.setVerticalSpacing(theme.SPACE)
        for column in (1, 2):
            grid.setColumnStretch(column, 1)
        for side in (0, 1):
            grid.addWidget(_bold(f"{letters[side]}  {facts.paths[side].name}"), 0, side + 1)
            plot = HistogramPlot(facts.appraisal.looks[side], facts.paths[side])
            grid.addWidget(plot, 1, side + 1)
        grid.addWidget(_quiet(self.tr("Histogram")), 1, 0, Qt.AlignmentFlag.AlignTop)
        self.rows = rows_of(facts)
        for number, row in enumerate(self.rows, start=2):
            grid.addWidget(_quiet(row.name), number, 0, Qt.AlignmentFlag.AlignTop)
            for side in (0, 1):
                grid.addWidget(_value(row.name, row.values[side], row.differs), number, side + 1)
        note = _quiet(self.tr("{mark} differs between the two").format(mark=_MARK))
        grid.addWidget(note, len(self.rows) + 2, 1, 1, 2)
        return grid


class HistogramPlot(QWidget):
    """Luminance as an area, red, green and blue as lines of different kinds."""

    def __init__(self, look: Look, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setMinimumSize(_PLOT)
        self.setMaximumHeight(_PLOT.height())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        name = self.tr("Histogram of {name}").format(name=path.name)
        self.setAccessibleName(name)
        clipped = self.tr("{dark} all but black, {bright} all but white").format(
            dark=words.percent(look.shadows), bright=words.percent(look.highlights)
        )
        self.setAccessibleDescription(clipped)
        kinds = self.tr("Brightness as an area; red solid, green dashed, blue dotted")
        self.setToolTip(words.tooltip((name, kinds, clipped)))

    def sizeHint(self) -> QSize:
        """Wide enough to tell shadows from highlights."""
        return _PLOT

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the curves on a quiet ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        base, text = palette.color(QPalette.ColorRole.Base), palette.color(QPalette.ColorRole.WindowText)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
        painter.setBrush(base)
        painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)
        inner = area.adjusted(6, 6, -6, -2)
        # A flat sky must not press everything else to the ground.
        top = max(1e-9, float(sorted(self._look.histogram[3])[-3]) * 1.15)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(base, text, 0.25))
        painter.drawPolygon(_curve(self._look.histogram[3], inner, top, closed=True))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        dark = base.lightness() < 128
        for number, (colour, style) in enumerate(_CURVES):
            painter.setPen(QPen(QColor(_DARK_CURVES[number] if dark else colour), 1.5, style))
            painter.drawPolyline(_curve(self._look.histogram[number], inner, top, closed=False))


def _curve(shares: Sequence[float], area: QRectF, top: float, closed: bool) -> QPolygonF:
    step = area.width() / (len(shares) - 1)
    points = [
        QPointF(area.left() + number * step, area.bottom() - min(1.0, float(share) / top) * area.height())
        for number, share in enumerate(shares)
    ]
    if closed:
        points = [area.bottomLeft(), *points, area.bottomRight()]
    return QPolygonF(points)


def verdict_in_words(verdict: Verdict, letters: str) -> str:
    """Which picture is better and why, in a sentence or two."""
    if verdict.better is None:
        return QCoreApplication.translate("InspectPanel", "Neither is clearly better.")
    told = QCoreApplication.translate("InspectPanel", "{letter} is better: {reasons}.")
    sentence = told.format(letter=letters[verdict.better], reasons="; ".join(verdict.reasons))
    if not verdict.against:
        return sentence
    but = QCoreApplication.translate("InspectPanel", "For {letter} speaks: {reasons}.")
    return f"{sentence} {but.format(letter=letters[1 - verdict.better], reasons='; '.join(verdict.against))}"


def _verdict_label(text: str) -> QLabel:
    label = _bold(text)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _bold(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    label.setToolTip(text)
    return label


def _quiet(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("tone", "quiet")
    return label


def _value(name: str, text: str, differs: bool) -> QLabel:
    """Marked by a sign and bold where it differs, never by colour alone."""
    shown = f"{text} {_MARK}" if differs else text
    label = _bold(shown) if differs else QLabel(shown)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setAccessibleName(f"{name}: {shown}")
    return label
